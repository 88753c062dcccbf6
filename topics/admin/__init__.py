from topics.admin import comments, decisions, topics

__all__ = ["comments", "decisions", "topics"]
