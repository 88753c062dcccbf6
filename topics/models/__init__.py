from topics.models.case import Case
from topics.models.comment import HANDED_OVER, INLINE_REPLIES, PER_PAGE, TEXT_LIMIT, WHOLE_LIMIT, Comment
from topics.models.decision import APPEAL_LIMIT, Appeal, Decision
from topics.models.question import Question, QuestionMute, QuestionStep
from topics.models.reason import Reason
from topics.models.report import Report
from topics.models.sealed import SealedLook, SealedText
from topics.models.support import Support
from topics.models.topic import Category, Topic
from topics.models.version import CommentVersion
from topics.models.word import WatchedWord

__all__ = [
    "APPEAL_LIMIT",
    "HANDED_OVER",
    "INLINE_REPLIES",
    "PER_PAGE",
    "TEXT_LIMIT",
    "WHOLE_LIMIT",
    "Appeal",
    "Case",
    "Category",
    "Comment",
    "CommentVersion",
    "Decision",
    "Question",
    "QuestionMute",
    "QuestionStep",
    "Reason",
    "Report",
    "SealedLook",
    "SealedText",
    "Support",
    "Topic",
    "WatchedWord",
]
