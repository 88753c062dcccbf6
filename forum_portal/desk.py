"""What waits for the person who opens the panel: each number leads to exactly the list that it counts."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Min
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import ngettext

from meetings.models import AskedFor, Circulation, Commitment, Meeting
from participants.models import AccessibilityStatement, InformationClause, Letter, OfficePage
from participants.office import gaps_of_clause, gaps_of_statement, review_warning
from participants.sending_stop import current
from topics.models import Case, Question
from topics.questions import institution_of

SHOWN_MEETINGS = 5


@dataclass(frozen=True)
class Item:
    count: int
    label: str
    url: str
    since: datetime.datetime | None = None
    is_urgent: bool = False


@dataclass(frozen=True)
class Unfinished:
    """A page of the office that lacks something."""

    title: str
    url: str
    notes: list[str]


def desk(user: Any, now: datetime.datetime | None = None) -> dict[str, Any]:
    """By role, seventeen queries at most, whatever the size of the site."""
    now = now or timezone.now()
    today = timezone.localdate(now)
    items: list[Item] = _cases(user)
    meetings: list[Meeting] = []
    to_close: list[Meeting] = []
    if user.has_perm("topics.change_question"):
        items += _questions(user, now)
    if user.has_perm("meetings.change_meeting"):
        items += [*_meetings(today), _untaken(today), _proposed(), _overdue(today), _disputed()]
        to_close = list(Meeting.objects.to_close(today).without_texts().latest_first()[:SHOWN_MEETINGS])
        ahead = Meeting.objects.visible_to(user).filter(last_day__gte=today).soonest_first()
        meetings = list(ahead[:SHOWN_MEETINGS])
    if user.has_perm("participants.change_letter"):
        items.append(_letters())
    office = _office(user, today)
    return {"items": items, "to_close": to_close, "meetings": meetings, "office": office, "stopped": current()}


def _cases(user: Any) -> list[Item]:
    """What moderators and those who consider appeals have to decide. One query for each of the two."""
    items = []
    cases = Case.objects.open().visible_to(user).order_by()
    if user.has_perm("topics.change_comment"):
        found = cases.filter(appeal__isnull=True).aggregate(count=Count("pk"), since=Min("opened_at"))
        label = ngettext("matter waits for a decision", "matters wait for a decision", found["count"])
        items.append(_waiting(found, label, "comments"))
    if user.has_perm("topics.decide_appeal"):
        found = cases.filter(appeal__isnull=False).aggregate(count=Count("pk"), since=Min("opened_at"))
        label = ngettext("appeal to decide", "appeals to decide", found["count"])
        items.append(_waiting(found, label, Case.Kind.APPEAL))
    return items


def _waiting(found: dict[str, Any], label: str, kind: str) -> Item:
    url = f"{reverse('admin:topics_case_changelist')}?kind={kind}"
    return Item(found["count"], label, url, since=found["since"], is_urgent=bool(found["count"]))


def _questions(user: Any, now: datetime.datetime) -> list[Item]:
    """What the institution has to answer in whose name the account speaks."""
    own = institution_of(user, now)
    if own is None:
        return []
    waiting = Question.objects.public().waiting().filter(institution=own)
    found = waiting.aggregate(count=Count("pk"), since=Min("asked_at"))
    label = ngettext("question waits for you", "questions wait for you", found["count"])
    url = f"{reverse('admin:topics_question_changelist')}?holder=us"
    return [Item(found["count"], label, url, since=found["since"], is_urgent=bool(found["count"]))]


def _meetings(today: datetime.date) -> list[Item]:
    coming = Meeting.objects.upcoming(today).count()
    drafts = Meeting.objects.unpublished().count()
    unwritten = Meeting.objects.to_close(today).count()
    url = reverse("admin:meetings_meeting_changelist")
    return [
        Item(coming, ngettext("coming meeting", "coming meetings", coming), f"{url}?stage=coming"),
        Item(drafts, ngettext("draft or scheduled", "drafts and scheduled", drafts), f"{url}?stage=unpublished"),
        Item(
            unwritten,
            ngettext("meeting without a report", "meetings without a report", unwritten),
            f"{url}?stage=no-report",
            is_urgent=bool(unwritten),
        ),
    ]


def _untaken(today: datetime.date) -> Item:
    """Asked for a coming meeting, and on no agenda. One query."""
    count = AskedFor.objects.untaken().coming(today).count()
    label = ngettext(
        "question for a coming meeting is on no agenda", "questions for coming meetings are on no agenda", count
    )
    return Item(count, label, f"{reverse('admin:meetings_askedfor_changelist')}?need=coming")


def _proposed() -> Item:
    """Institutions that proposed other words for minutes. One query."""
    count = Circulation.objects.with_proposals().count()
    label = ngettext(
        "institution waits for a decision on its words in minutes",
        "institutions wait for a decision on their words in minutes",
        count,
    )
    url = f"{reverse('admin:meetings_circulation_changelist')}?need=decision"
    return Item(count, label, url, is_urgent=bool(count))


def _overdue(today: datetime.date) -> Item:
    count = Commitment.objects.public().overdue(today).count()
    label = ngettext("overdue promise", "overdue promises", count)
    return Item(count, label, f"{reverse('admin:meetings_commitment_changelist')}?need=overdue")


def _disputed() -> Item:
    """Done, as an institution says; several of those who had asked for it say that it is not better. One query."""
    count = Commitment.objects.public().disputed().count()
    label = ngettext("promise that residents dispute", "promises that residents dispute", count)
    return Item(count, label, f"{reverse('admin:meetings_commitment_changelist')}?need=disputed", is_urgent=bool(count))


def _letters() -> Item:
    failed = Letter.objects.failed().count()
    label = ngettext("letter was not sent", "letters were not sent", failed)
    url = f"{reverse('admin:participants_letter_changelist')}?state__exact={Letter.State.FAILED}"
    return Item(failed, label, url, is_urgent=bool(failed))


def _office(user: Any, today: datetime.date) -> list[Unfinished]:
    """The information clause and the accessibility statement, while something is missing. Two queries."""
    found = []
    if user.has_perm("participants.change_informationclause"):
        row = InformationClause.objects.annotate(purposes=Count("processings")).first()
        clause = row or InformationClause.beginning()
        gaps = gaps_of_clause(clause, has_purposes=bool(row and row.purposes))
        found.append(_unfinished(clause, [_missing(len(gaps))] if gaps else []))
    if user.has_perm("participants.change_accessibilitystatement"):
        statement = AccessibilityStatement.objects.current()
        missing = gaps_of_statement(statement)
        notes = [_missing(len(missing)) if missing else "", review_warning(statement, today)]
        found.append(_unfinished(statement, [note for note in notes if note]))
    return [page for page in found if page.notes]


def _missing(count: int) -> str:
    return ngettext("%(count)d thing is missing.", "%(count)d things are missing.", count) % {"count": count}


def _unfinished(page: OfficePage, notes: list[str]) -> Unfinished:
    """Leads to the form: to that of the first row, where there is none."""
    name = f"admin:participants_{page._meta.model_name}"
    is_new = page._state.adding
    url = reverse(f"{name}_add") if is_new else reverse(f"{name}_change", args=[page.pk])
    return Unfinished(capfirst(str(page)), url, notes)
