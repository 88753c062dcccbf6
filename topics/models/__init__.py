from topics.models.comment import INLINE_REPLIES, PER_PAGE, TEXT_LIMIT, Comment, Decision, Reason
from topics.models.topic import Category, Topic

__all__ = ["INLINE_REPLIES", "PER_PAGE", "TEXT_LIMIT", "Category", "Comment", "Decision", "Reason", "Topic"]
