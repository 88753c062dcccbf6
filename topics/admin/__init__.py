from topics.admin import comments, decisions, topics, words

__all__ = ["comments", "decisions", "topics", "words"]
