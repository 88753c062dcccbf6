from topics.admin import cases, comments, decisions, questions, sealed, topics, words

__all__ = ["cases", "comments", "decisions", "questions", "sealed", "topics", "words"]
