"""A letter of news: what one person is told at one moment, page by page. The same whether one thing waits or twenty."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from meetings.following import no_replies_url, stop_url
from meetings.models import AgendaQuestion, MeetingStep, News
from meetings.models.meeting_step import newest
from participants.models import Resident
from topics.models import Comment, Question, QuestionMute
from topics.telling import mute_url

QUOTED = 160
REPLIES = 3  # more of them under one's comments are counted
TITLE, PREHEADER = 80, 140
Step, Source = MeetingStep.Kind, tuple[str, int]


@dataclass
class Line:
    """One sentence, with what it quotes and where it stands; `events` are the things that it tells of."""

    text: str
    path: str
    events: list[Source]
    quote: str = ""

    @property
    def url(self) -> str:
        return f"{settings.SITE_URL}{self.path}"


@dataclass
class Group:
    """What happened on one page, and how to hear no more of it."""

    title: str
    path: str
    is_sensitive: bool = False
    lines: list[Line] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)  # those that are counted only
    replies: list[Comment] = field(default_factory=list)
    steps: list[MeetingStep] = field(default_factory=list)
    stops: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"{settings.SITE_URL}{self.path}"


@dataclass
class Bulletin:
    groups: list[Group]

    @property
    def events(self) -> list[Source]:
        return [event for group in self.groups for line in group.lines for event in line.events]

    @property
    def heading(self) -> str:
        count = len(self.events)
        return ngettext("%(count)d news item from the forum", "%(count)d news items from the forum", count) % {
            "count": count
        }

    @property
    def subject(self) -> str:
        """Names the page where there is one, unless its topic is sensitive."""
        if len(self.groups) == 1 and not self.groups[0].is_sensitive:
            return _("News: %(page)s") % {"page": Truncator(self.groups[0].title).chars(TITLE)}
        return self.heading

    @property
    def preheader(self) -> str:
        """What programs show beside the subject. Where a topic is sensitive it is long enough to keep its name away."""
        named = [group.title for group in self.groups if not group.is_sensitive]
        shown = [Truncator("; ".join(named)).chars(PREHEADER)] if named else []
        if len(named) < len(self.groups):
            shown.append(_("What else is new is in the letter: we do not name everything here."))
        return "; ".join(shown)


def compose(account: Resident, rows: Iterable[News]) -> Bulletin:
    """`rows` are public and wanted, as News.objects.for_letter() gives them. Speaks the active language.

    Two queries at most. An answer that was taken from view since is left out: `events` says what is told.
    """
    rows = list(rows)
    answers, asked = _answers(rows), _asked(rows, account)
    groups: dict[Source, Group] = {}
    for row in rows:
        key, group = _group_of(row)
        group = groups.setdefault(key, group)
        _add(group, row, answers)
        _add_stops(group, row, account, asked)
    for group in groups.values():
        _merge(group)
    return Bulletin([group for group in groups.values() if group.lines])


def _group_of(row: News) -> tuple[Source, Group]:
    if row.comment:
        topic = row.comment.topic
        return ("topic", topic.pk), Group(topic.title, topic.get_absolute_url(), topic.is_sensitive)
    if row.question_step:
        question = row.question_step.question
        return ("question", question.pk), Group(str(question), question.get_absolute_url())
    if row.commitment_entry:
        promise = row.commitment_entry.commitment
        item = promise.agenda_item
        is_sensitive = row.asked_in_quiet or bool(item and item.topic and item.topic.is_sensitive)
        return ("promise", promise.pk), Group(promise.text, promise.get_absolute_url(), is_sensitive)
    meeting = row.meeting_step.meeting
    return ("meeting", meeting.pk), Group(meeting.title, meeting.get_absolute_url())


def _add(group: Group, row: News, answers: dict[int, list[Comment]]) -> None:
    if row.comment:
        _add_comment(group, row)
    elif row.question_step:
        _add_question_step(group, row, answers)
    elif row.commitment_entry:
        entry = row.commitment_entry
        group.lines.append(Line(_entry_in_words(entry), entry.get_absolute_url(), [row.source], _quoted(entry.text)))
    else:
        group.steps.append(row.meeting_step)


def _add_comment(group: Group, row: News) -> None:
    """Official words and replies to one's own comment stand out; the others are counted."""
    comment = row.comment
    if comment.is_official:
        group.lines.append(_said(comment, _("Official answer: %(who)s") % {"who": _speaker(comment)}))
    elif row.why == News.Why.REPLY:
        group.replies.append(comment)
    else:
        group.comments.append(comment)


def _merge(group: Group) -> None:
    """What is alike becomes one line."""
    replies, comments, count = group.replies, group.comments, len(group.replies)
    if count > REPLIES:
        text = ngettext("%(count)d reply to your comments", "%(count)d replies to your comments", count)
        group.lines.append(_counted(replies, text % {"count": count}))
    else:
        told = [_said(one, _("Reply to your comment: %(who)s") % {"who": _speaker(one)}) for one in replies]
        group.lines.extend(told)
    if count := len(comments):
        text = ngettext("%(count)d new comment", "%(count)d new comments", count)
        group.lines.append(_counted(comments, text % {"count": count}))
    group.lines.extend(_of_meeting(group))


def _said(comment: Comment, text: str) -> Line:
    return Line(text, comment.get_absolute_url(), [("comment", comment.pk)], _quoted(comment.text))


def _counted(comments: list[Comment], text: str) -> Line:
    return Line(text, comments[0].get_absolute_url(), [("comment", comment.pk) for comment in comments])


def _of_meeting(group: Group) -> Iterator[Line]:
    """Of several changes, how it stands after the last."""
    for step in newest(group.steps):
        text, quote = _meeting_in_words(step)
        alike = [one for one in group.steps if one.is_change] if step.is_change else [step]
        yield Line(text, group.path, [("meeting_step", one.pk) for one in alike], quote)


def _speaker(comment: Comment) -> str:
    """As the page signs it: without the name where the official withholds it since."""
    withheld = comment.appointment and comment.appointment.official.name_withheld
    parts = [comment.voice] if withheld else [comment.signed, comment.voice or comment.author_estate]
    return ", ".join(filter(None, parts))


def _add_question_step(group: Group, row: News, answers: dict[int, list[Comment]]) -> None:
    step = row.question_step
    path, quote = group.path, step.note
    if step.state == Question.State.ANSWERED and not step.at_meeting:
        given = [one for one in answers.get(step.question_id, []) if one.published_at <= step.at]
        if not given:
            return
        path, quote = given[-1].get_absolute_url(), given[-1].text
    text = render_to_string("topics/email/_question_step.txt", {"step": step}).strip()
    group.lines.append(Line(text, path, [row.source], _quoted(quote)))


def _answers(rows: list[News]) -> dict[int, list[Comment]]:
    """The official replies that stand now, by question. One query where there is an answer to tell of."""
    steps = [row.question_step for row in rows if row.question_step]
    keys = {step.question_id for step in steps if step.state == Question.State.ANSWERED and not step.at_meeting}
    if not keys:
        return {}
    replies = Comment.objects.public().published().official().filter(parent__question__in=keys)
    found: dict[int, list[Comment]] = {}
    for reply in replies.select_related("topic", "parent__question").order_by("published_at", "pk"):
        found.setdefault(reply.parent.question.pk, []).append(reply)
    return found


def _entry_in_words(entry: Any) -> str:
    words = f"{date_format(localtime(entry.at), 'DATE_FORMAT')}: {entry.in_words}"
    if entry.passed_to:
        words += f" ({entry.passed_to.name})"
    if entry.moves_due and entry.due:
        words += ". " + _("Due: %(due)s") % {"due": date_format(entry.due, "DATE_FORMAT")}
    return words


def _meeting_in_words(step: MeetingStep) -> tuple[str, str]:
    """The sentence, and what was given as the reason."""
    meeting = step.meeting
    if step.kind == Step.POSTPONED:
        return _("The meeting is put off, without a new date yet."), _quoted(meeting.state_reason)
    if step.kind == Step.CANCELLED:
        return _("The meeting does not take place."), _quoted(meeting.state_reason)
    if step.kind == Step.REPORT:
        return _("The report of the meeting is out."), ""
    if step.kind == Step.MINUTES:
        return _("The minutes of the meeting are approved."), ""
    hour = date_format(meeting.starts, "TIME_FORMAT") if meeting.starts else ""
    where = ", ".join(filter(None, [meeting.when, hour, meeting.where]))
    if step.kind == Step.MOVED:
        return _("Another date or place: %(where)s") % {"where": where}, ""
    return _("A meeting is announced: %(where)s") % {"where": where}, ""


def _quoted(text: str) -> str:
    return Truncator(" ".join(text.split())).chars(QUOTED)


# -- The ways out


def _add_stops(group: Group, row: News, account: Resident, asked: dict[int, list[Question]]) -> None:
    """What led to the line, and the address that ends it."""
    if row.follow:
        group.stops[row.follow.label] = f"{settings.SITE_URL}{stop_url(row.follow)}"
    if row.why == News.Why.REPLY:
        group.stops[_("replies to my comments")] = f"{settings.SITE_URL}{no_replies_url(account)}"
    questions = [row.question_step.question] if row.question_step else []
    if row.commitment_entry:
        questions = asked.get(row.commitment_entry.commitment_id, [])
    if row.why in News.ABOUT_QUESTIONS:
        for question in questions:
            group.stops[str(question)] = f"{settings.SITE_URL}{mute_url(question, account)}"


def _asked(rows: list[News], account: Resident) -> dict[int, list[Question]]:
    """From which of their questions, or of those that they support, a promise came. One query where one is told of."""
    entries = [row.commitment_entry for row in rows if row.commitment_entry and row.why in News.ABOUT_QUESTIONS]
    if not entries:
        return {}
    theirs = Q(question__comment__author=account) | Q(question__comment__supports__resident=account)
    muted = QuestionMute.objects.filter(question=OuterRef("question"), account=account)
    places = AgendaQuestion.objects.public().promised().filter(theirs).exclude(Exists(muted))
    places = places.filter(commitment__in={entry.commitment_id for entry in entries}).select_related("question")
    found: dict[int, list[Question]] = {}
    for place in places.order_by("question").distinct():
        found.setdefault(place.commitment_id, []).append(place.question)
    return found
