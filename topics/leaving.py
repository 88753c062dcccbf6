"""What stays of somebody in the talk when they leave, and what goes."""

import datetime

from django.conf import settings
from django.db.models import F, Q
from django.utils import translation
from django.utils.translation import gettext

from participants.leaving import addresses_of, forget_in_log, forget_words
from participants.models import Resident
from participants.prose import plain_to_html
from topics.cases import close_held
from topics.discussion import take_from_view
from topics.models import Appeal, Case, Comment, CommentVersion, Decision, Report, Support, Topic

State = Comment.State


def forget_account(account: Resident, *, erases_texts: bool, now: datetime.datetime) -> dict[str, int]:
    """Take the person off everything that they wrote, in the caller's transaction; returns how much it was.

    Comments that everybody can read stay without a name, or with `erases_texts` go as if their author had withdrawn
    them. What nobody but moderators has read, and what was withdrawn before, loses its text in any case. Answers of
    officials stay: they are the record of their institution. Locks the topics, then the comments, each in one order.
    """
    own = Comment.objects.filter(author=account)
    topics = {t.pk: t for t in Topic.objects.filter(comments__in=own).order_by("pk").distinct()}
    topics = {t.pk: t for t in Topic.objects.select_for_update(of=("self",)).filter(pk__in=topics).order_by("pk")}
    touched = Q(author=account) | Q(pk__in=Support.objects.filter(resident=account).values("comment"))
    locked = list(Comment.objects.select_for_update(of=("self",)).filter(touched).order_by("pk"))
    written = [comment for comment in locked if comment.author_id == account.pk]
    for comment in written:
        if not comment.is_official:
            comment.topic = topics[comment.topic_id]
            _forget_comment(comment, erases_texts=erases_texts, now=now)
    _forget_reports(account)
    _forget_appeals(account, [comment.pk for comment in written])
    _forget_in_log(account, [comment.pk for comment in written])
    return {"comments": len(written), "supports": _take_supports_back(account)}


def _forget_comment(comment: Comment, *, erases_texts: bool, now: datetime.datetime) -> None:
    """Two queries at least; what stays readable keeps those former texts that were readable too."""
    goes = erases_texts or comment.state in {State.WAITING, State.WITHDRAWN}
    changes = {"author": None, "author_name": "", "author_estate": ""}
    if goes:
        if comment.state == State.PUBLISHED:
            take_from_view(comment, topic=comment.topic, now=now)
        if comment.state in {State.PUBLISHED, State.WAITING}:
            changes |= {"state": State.WITHDRAWN, "withdrawn_at": now}
            close_held(comment, now=now)
        text = _nothing()
        changes |= {"text": text, "html": plain_to_html(text), "digest": "", "revision": F("revision") + 1}
    Comment.objects.filter(pk=comment.pk).update(**changes)
    versions = CommentVersion.objects.filter(comment=comment)
    (versions if goes else versions.filter(was_public=False)).delete()


def _nothing() -> str:
    """Stands where a text was; part of the comment, so in the language of the forum."""
    with translation.override(settings.LANGUAGE_CODE):
        return gettext("The author has left the forum and taken this text along.")


def _forget_reports(account: Resident) -> None:
    """Reports count; who made them, and in which words, is not known any more. Those of others keep their words, but
    not the address."""
    addresses = addresses_of(account)
    strangers = Q(resident__isnull=True, email__in=addresses)
    reports = Report.objects.filter(Q(resident=account) | strangers)
    forget_in_log(Report, reports.values_list("pk", flat=True))
    reports.update(resident=None, name="", email="", text="")
    forget_words(Report.objects.all(), ["text"], addresses)


def _forget_appeals(account: Resident, comments: list[int]) -> None:
    """What nobody has decided is withdrawn, its case with it; of the rest the outcome stays. What they decided
    themselves, when they worked for the forum, stays under their role."""
    appeals = Appeal.objects.filter(decision__comment__in=comments)
    appeals.waiting().delete()
    appeals.update(text="")
    Appeal.objects.filter(decided_by=account).update(decided_by_name="")
    Decision.objects.filter(decided_by=account).update(decided_by_name="")


def _forget_in_log(account: Resident, comments: list[int]) -> None:
    """The panel notes a row by its words: comments, and what hangs on them."""
    forget_in_log(Comment, comments)
    forget_in_log(Case, Case.objects.filter(comment__in=comments).values_list("pk", flat=True))
    forget_in_log(Appeal, Appeal.objects.filter(decision__comment__in=comments).values_list("pk", flat=True))


def _take_supports_back(account: Resident) -> int:
    """The comments are locked. Two queries."""
    supports = Support.objects.filter(resident=account)
    Comment.objects.filter(pk__in=list(supports.values_list("comment", flat=True))).update(
        support_count=F("support_count") - 1
    )
    return supports.delete()[0]
