from topics.admin import appeals, cases, comments, decisions, questions, sealed, topics, words

__all__ = ["appeals", "cases", "comments", "decisions", "questions", "sealed", "topics", "words"]
