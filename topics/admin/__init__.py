from topics.admin import comments, decisions, questions, topics, words

__all__ = ["comments", "decisions", "questions", "topics", "words"]
