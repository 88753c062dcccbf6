"""What authors do with their own comments: change them, add to them, take them away."""

import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import formats, timezone, translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from participants.limits import Limit, take
from participants.models import Appointment
from topics.cases import close_held, open_case
from topics.discussion import appointment_of, check_author, check_confirmed, fitting, hints_of, take_from_view
from topics.holding import Sending, reason_to_hold
from topics.locks import locked
from topics.models import TEXT_LIMIT, WHOLE_LIMIT, Case, Comment, CommentVersion, Topic
from topics.models.comment import fingerprint
from topics.refusals import CommentRefused, TalkClosed

FREELY = datetime.timedelta(minutes=15)  # after writing: changes leave no trace
LIMIT = Limit("edit", times=30, seconds=3600)
OWN = frozenset({Comment.State.WAITING, Comment.State.PUBLISHED})


class NotChangeable(CommentRefused):
    """The comment is somebody else's, or its text stays as it is, whatever the new one; `str()` says why."""


class OnlyAddition(NotChangeable):
    """Somebody has answered: the text stays as it was answered, and can be added to."""


class ChangedMeanwhile(CommentRefused):
    """The text is another one than the author saw: a second window, or a moderator, was faster."""


def is_answered(comment: Comment) -> bool:
    """Whether a reply was ever published under it, an official answer or not. A reply hidden since still counts:
    it may come back, and must find what it answered. No query."""
    return comment.reply_count > 0


def is_own(comment: Comment, *, by: Any, post: Appointment | None) -> bool:
    """Whether the comment is there and the account speaks for it; for an official one it must still hold the post.

    No query: `post` is what appointment_of() says of the account. The page asks as well.
    """
    if comment.author_id is None or comment.author_id != by.pk or comment.state not in OWN:
        return False
    return not comment.is_official or (post is not None and post.pk == comment.appointment_id)


def may_change(comment: Comment, *, by: Any, post: Appointment | None, is_open: bool) -> bool:
    """Whether the text can be changed or added to: one's own, in a talk that goes on, and not under report."""
    is_set_aside = comment.state == Comment.State.WAITING and comment.hold == Comment.Hold.REPORTS
    return is_open and is_own(comment, by=by, post=post) and not is_set_aside


def check(comment: Comment, *, by: Any, now: datetime.datetime | None = None) -> None:
    """Raises what edit() and add_to() would raise whatever the text, or nothing. Two queries at most."""
    now = now or timezone.now()
    check_author(by, now)
    check_confirmed(by)
    post = appointment_of(by, now)
    is_open = comment.topic.accepts_comments(timezone.localdate(now))
    if may_change(comment, by=by, post=post, is_open=is_open):
        return
    if not is_own(comment, by=by, post=post):
        raise NotChangeable(_("This comment cannot be changed any more."))
    if not is_open:
        raise TalkClosed(_("The talk is closed. You can remove your comment, but not change it."))
    raise NotChangeable(_("A moderator is reading what others say about this comment. Until then its text stays."))


def check_removal(comment: Comment, *, by: Any, now: datetime.datetime | None = None) -> None:
    """Raises NotChangeable where withdraw() would. No query, one for an official."""
    if not is_own(comment, by=by, post=appointment_of(by, now or timezone.now())):
        raise NotChangeable(_("This comment cannot be removed any more."))


def edit(
    comment: Comment,
    *,
    by: Any,
    text: str,
    insists: bool = False,
    seen_revision: int | None = None,
    now: datetime.datetime | None = None,
) -> Comment:
    """Put another text in place of the author's own. The same text again changes nothing.

    `insists`: the author has seen what looks like somebody's data, and sends it to a moderator all the same.

    Within FREELY of writing no trace is left, unless somebody has ever reported the comment (what a moderator let
    stand is to be known from what was put there since); later the former text is
    kept. The rules of topics.holding judge the new text: a published comment that one of them holds leaves the
    page until a moderator has read it, and keeps its place.

    Raises CommentRefused: OnlyAddition where somebody has answered, ChangedMeanwhile where `seen_revision` is not
    the last, TalkClosed, NotChangeable, DataFound, or what is wrong with the text. Raises LimitReached.
    """
    now = now or timezone.now()
    with transaction.atomic():
        take((LIMIT, by.pk), now=now)
        topic, comment = locked(comment)
        check(comment, by=by, now=now)
        if is_answered(comment):
            raise OnlyAddition(_("Somebody has answered this comment, so its text stays. You can add to it."))
        text = fitting(text, max(TEXT_LIMIT, len(comment.text)))
        if text != comment.text:
            _check_revision(comment, seen_revision)
            _put(comment, topic, text, insists=insists, now=now)
    return comment


def add_to(
    comment: Comment,
    *,
    by: Any,
    text: str,
    insists: bool = False,
    seen_revision: int | None = None,
    now: datetime.datetime | None = None,
) -> Comment:
    """Put a dated paragraph under the author's own text; sent twice, it stands once. Otherwise as edit()."""
    now = now or timezone.now()
    with transaction.atomic():
        take((LIMIT, by.pk), now=now)
        topic, comment = locked(comment)
        check(comment, by=by, now=now)
        before = f"{comment.text}\n\n{_heading(now)}\n"
        room = WHOLE_LIMIT - len(before)
        if room <= 0:
            raise NotChangeable(_("Nothing more fits into this comment. Write a new one."))
        addition = fitting(text, min(TEXT_LIMIT, room))
        if not comment.text.endswith(f":\n{addition}"):
            _check_revision(comment, seen_revision)
            _put(comment, topic, before + addition, insists=insists, now=now)
    return comment


def withdraw(comment: Comment, *, by: Any, now: datetime.datetime | None = None) -> Comment:
    """Take the author's own comment away, also from a closed talk or a suspended account; twice is as once.

    Where it had a place a notice stays, with the replies; a comment that nobody has seen leaves none. What was
    held is closed; what others reported still waits for a moderator. Raises NotChangeable.
    """
    now = now or timezone.now()
    with transaction.atomic():
        topic, comment = locked(comment)
        if comment.state == Comment.State.WITHDRAWN and comment.author_id == by.pk:
            return comment
        check_removal(comment, by=by, now=now)
        if comment.state == Comment.State.PUBLISHED:
            take_from_view(comment, topic=topic)
        comment.state, comment.withdrawn_at = Comment.State.WITHDRAWN, now
        comment.save(update_fields=["state", "withdrawn_at"])
        close_held(comment, now=now)
    return comment


def _check_revision(comment: Comment, seen: int | None) -> None:
    if seen is not None and seen != comment.revision:
        raise ChangedMeanwhile(_("The comment has changed since you opened it. Compare, and send your text once more."))


def _heading(now: datetime.datetime) -> str:
    """Part of the comment, so in the language of the forum whoever adds."""
    with translation.override("pl"):
        moment = formats.date_format(timezone.localtime(now), "DATETIME_FORMAT")
        return gettext("Added on %(moment)s:") % {"moment": moment}


def _put(comment: Comment, topic: Topic, text: str, *, insists: bool, now: datetime.datetime) -> None:
    """Under the locks of both."""
    is_public = comment.state == Comment.State.PUBLISHED
    former, comment.text = comment.text, text
    comment.digest = fingerprint(text)
    hold = reason_to_hold(comment, Sending(now, hints_of(comment, insists=insists)))
    if not _is_free(comment, now):
        _keep(comment, former, was_public=is_public, now=now)
        comment.edited_at = now if is_public else comment.edited_at
    comment.revision += 1
    comment.hold = hold or comment.hold  # what waits already goes on waiting
    if hold and is_public:
        take_from_view(comment, topic=topic)
        comment.state = Comment.State.WAITING
        open_case(comment, kind=Case.Kind.HELD, now=now)
    comment.save(update_fields=["text", "revision", "hold", "state", "edited_at"])


def _is_free(comment: Comment, now: datetime.datetime) -> bool:
    if now - comment.created_at > FREELY:
        return False
    return not Case.objects.filter(comment=comment, kind=Case.Kind.REPORTED).exists()


def _keep(comment: Comment, former: str, *, was_public: bool, now: datetime.datetime) -> None:
    last = comment.versions.aggregate(number=Max("number"), at=Max("replaced_at"))
    CommentVersion.objects.create(
        comment=comment,
        number=(last["number"] or 0) + 1,
        text=former,
        was_public=was_public,
        written_at=last["at"] or comment.created_at,
        replaced_at=now,
    )
