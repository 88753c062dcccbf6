"""What the talk holds of somebody, for themselves."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from participants.leaving import addresses_of
from participants.models import Resident
from participants.my_data import Part, part
from topics.models import Appeal, Comment, CommentVersion, Decision, Question, QuestionMute, Report, SealedText, Support

COMMENT = "topic__title kind author_name author_estate voice text state hold hidden_reason created_at edited_at"
COMMENT += " published_at withdrawn_at hidden_at support_count reply_count"


def parts_of(account: Resident) -> list[Part]:
    """What others wrote under the person's comments is theirs, and who decided is named by role."""
    comments = Comment.objects.filter(author=account)
    reports = Report.objects.filter(Q(resident=account) | Q(resident=None, email__in=addresses_of(account)))
    decisions = Decision.objects.filter(comment__in=comments)
    sealed = SealedText.objects.filter(comment__in=comments, erased_at=None)
    versions = CommentVersion.objects.filter(comment__in=comments)
    questions = Question.objects.filter(comment__in=comments)
    asked = "number topic__title state institution__name source asked_at since answered_at"
    decided = "comment__created_at act reason note rule rules_version hours role decided_at"
    appealed = "decision__act text created_at outcome note decided_at"
    own = "comment__created_at"
    supports = Support.objects.filter(resident=account)
    mutes = QuestionMute.objects.filter(account=account)
    return [
        part("komentarze", _("Comments"), comments, COMMENT, "author"),
        part("poprzednie", _("Former texts"), versions, f"{own} number text was_public written_at replaced_at"),
        part("pytania", _("Questions"), questions, asked),
        part("poparcie", _("Support"), supports, "comment__topic__title created_at", "resident"),
        part("wyciszone", _("Muted questions"), mutes, "question__number", "account"),
        part("zgloszenia", _("Reports"), reports, "why text name email state created_at language", "resident"),
        part("decyzje", _("Decisions about your comments"), decisions, decided),
        part("odwolania", _("Appeals"), Appeal.objects.filter(decision__in=decisions), appealed),
        part("zapieczetowane", _("Sealed originals"), sealed, "comment__created_at sealed_at erase_at"),
    ]


LEFT_OUT = {
    "topics.Comment.html": "the text once more",
    "topics.Comment.digest": "made from the text",
    "topics.Case.claimed_by": "which moderator is at it: the staff's own",
    "topics.Decision.decided_by": "staff in their role; the author gets the role",
    "topics.Decision.decided_by_name": "the name of a moderator",
    "topics.Appeal.against": "staff in their role",
    "topics.Appeal.decided_by": "staff in their role; the author gets the outcome",
    "topics.Appeal.decided_by_name": "the name of a moderator",
    "topics.QuestionStep": "the public course of a question; who wrote it down is of the staff",
    "topics.SealedText": "proof under seal: that it exists is told, the text is the duty officer's",
    "topics.SealedLook": "who of the staff looked at a sealed original: proof, kept with it",
}
