from topics.admin import appeals, comments, decisions, questions, topics, words

__all__ = ["appeals", "comments", "decisions", "questions", "topics", "words"]
