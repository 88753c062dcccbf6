"""Example meetings in every state that a visitor can meet, and a draft. Dates follow the day of loading."""

import datetime
from typing import Any

from django.utils import timezone

from meetings.example import chain, voices
from meetings.example.people import COOPERATIVE, GUARD, POLICE, TOWN_HALL, Cast
from meetings.minutes import write_note
from meetings.models import AgendaItem, Forum, Meeting, Organiser, Presence
from meetings.publication import announce, close_as_held, move, postpone
from meetings.series import OPENING_TITLE
from participants.prose import bind_short_words as bound
from participants.roles import SYSTEM
from topics.models import Topic

FORUM = "Przykładowe forum mieszkańców"
DAY = datetime.timedelta(days=1)
FIVE, SEVEN = datetime.time(17, 0), datetime.time(19, 0)
SCHOOL = {"place": "Przykładowa Szkoła Podstawowa", "address": "ul. Przykładowa 1", "room": "sala gimnastyczna, parter"}
Kind, Role, Attendance = Presence.Kind, Presence.Role, Presence.Attendance


def make_meetings(cast: Cast, topics: dict[str, Topic], now: datetime.datetime) -> None:
    today = timezone.localdate(now)
    forum = Forum.objects.create(
        name=FORUM,
        founder="Przykładowy komendant",
        territory="Przykładowe miasto",
        description="To forum jest przykładem: wszystkie osoby i instytucje są zmyślone.",
        is_example=True,
    )
    first = _next_thursday(today + 9 * DAY)
    _make_held(forum, cast, topics, today - 20 * DAY, now)
    _make_unclosed(forum, cast, topics, today - 2 * DAY)
    _make_coming(forum, cast, topics, first, now)
    _make_moved(forum, cast, first + 21 * DAY)
    _make_postponed(forum, cast, first + 35 * DAY)
    _make(forum, 5, "Bezpieczne wakacje", first + 49 * DAY, lead="To jest szkic. Widzi go tylko redakcja.")


def _next_thursday(day: datetime.date) -> datetime.date:
    return day + (3 - day.weekday()) % 7 * DAY


def _make(forum: Forum, number: int, title: str, date: datetime.date, **fields: Any) -> Meeting:
    fields["lead"] = bound(fields["lead"])
    return Meeting.objects.create(forum=forum, number=number, title=title, date=date, is_example=True, **fields)


def _make_held(forum: Forum, cast: Cast, topics: dict[str, Topic], date: datetime.date, now: datetime.datetime) -> None:
    meeting = _make(
        forum,
        1,
        "Bezpiecznie na klatce i na parkingu",
        date,
        lead="O rowerach, domofonach i samochodach na przejściach.",
        report=bound(
            "<p>Najwięcej pytań dotyczyło rowerów na klatkach. Spółdzielnia powiedziała, które zamki wymieni.</p>"
            "<p>Mieszkańcy prosili też o znaki przy szkole. To jest przykładowa relacja.</p>"
        ),
        starts=FIVE,
        ends=datetime.time(18, 45),
        head_count=40,
        head_counted=Meeting.Counted.ABOUT,
        **SCHOOL,
    )
    _organise(meeting, cast, POLICE, COOPERATIVE)
    _set_agenda(
        meeting,
        {"title": "Powitanie", "part": AgendaItem.Part.OPENING},
        {"topic": topics["bicycles"], "institution": cast.institutions[COOPERATIVE], "is_main": True},
    )
    came = {"attendance": Attendance.PRESENT}
    _invite(
        meeting,
        {"appointment": cast.appointments["sowa"], **came},
        {"appointment": cast.appointments["maj"], "attendance": Attendance.EXCUSED},
        {"kind": Kind.GROUP, "group": "mieszkańcy", "count": 35, "counted": Meeting.Counted.ABOUT, **came},
        {"appointment": cast.appointments["wolska"], "role": Role.HOST, **came},
    )
    evening = timezone.make_aware(datetime.datetime.combine(date, FIVE))
    meeting = announce(meeting, by=SYSTEM, now=evening - 10 * DAY)
    item = meeting.agenda_items.get(topic=topics["bicycles"])
    write_note(item, text=bound(voices.BICYCLES_NOTE), by=cast.editor, seen=0, now=evening + DAY)
    chain.close_first(meeting, item, cast, evening)
    chain.keep_promises(meeting, cast, evening)
    chain.ask_opinions(meeting, cast, now)


def _make_unclosed(forum: Forum, cast: Cast, topics: dict[str, Topic], date: datetime.date) -> None:
    """The meeting whose report a newcomer may write: nothing is said of it yet, and two questions wait for an end."""
    lead = "To spotkanie się odbyło, a jego relacji jeszcze nie ma."
    meeting = _make(forum, 6, "Spokojny wieczór na osiedlu", date, lead=lead, starts=SEVEN, **SCHOOL)
    _organise(meeting, cast, POLICE)
    _set_agenda(meeting, {"topic": topics["noise"], "is_main": True}, {"topic": topics["way"]})
    _invite(
        meeting,
        {"appointment": cast.appointments["sowa"], "attendance": Attendance.CONFIRMED},
        {"kind": Kind.DELEGATION, "institution": cast.institutions[GUARD]},
        {"appointment": cast.appointments["wolska"], "role": Role.HOST},
    )
    evening = timezone.make_aware(datetime.datetime.combine(date, SEVEN))
    meeting = announce(meeting, by=SYSTEM, now=evening - 10 * DAY)
    chain.take_to_end(meeting, topics["noise"], topics["way"], cast, evening - DAY)
    close_as_held(meeting, by=SYSTEM, now=evening + DAY)


def _make_coming(
    forum: Forum, cast: Cast, topics: dict[str, Topic], date: datetime.date, now: datetime.datetime
) -> None:
    meeting = _make(
        forum,
        2,
        "Jasna droga do domu",
        date,
        subtitle="przykładowe spotkanie z mieszkańcami",
        kind=Meeting.Kind.OPENING,
        lead="O ciemnych przejściach, patrolach i o tym, co da się naprawić od razu.",
        announcement=bound("<p>Przyjdź i pokaż na mapie miejsca, w których wieczorem jest niebezpiecznie.</p>"),
        invites="Przykładowa Komenda Policji",
        audience="mieszkańcy obu osiedli",
        starts=FIVE,
        ends=SEVEN,
        step_free=True,
        induction_loop=False,
        sign_language=True,
        sign_language_until=date - 5 * DAY,
        takes_registrations=True,
        capacity=60,
        reserved_seats=10,
        **SCHOOL,
    )
    _organise(meeting, cast, POLICE, TOWN_HALL)
    _set_agenda(
        meeting,
        {"title": OPENING_TITLE, "part": AgendaItem.Part.EVALUATION, "starts": FIVE, "minutes": 10},
        {"topic": topics["way"], "is_main": True, "minutes": 50, "introduced_by": "asp. szt. Marta Wolska"},
        {"title": "Przerwa", "part": AgendaItem.Part.BREAK, "starts": datetime.time(18, 0), "minutes": 15},
        {"topic": topics["noise"], "minutes": 25},
        {"topic": topics["path"], "minutes": 20},
        {"title": voices.FROM_LAST_TIME, "minutes": 10},
    )
    _invite(
        meeting,
        {"appointment": cast.appointments["maj"], "attendance": Attendance.CONFIRMED},
        {"appointment": cast.appointments["sowa"]},
        {"appointment": cast.appointments["unnamed"], "attendance": Attendance.CONFIRMED},
        {"kind": Kind.DELEGATION, "institution": cast.institutions[GUARD]},
        {"kind": Kind.GROUP, "group": "przewodniczący rad osiedli"},
        {"appointment": cast.appointments["wolska"], "role": Role.HOST, "attendance": Attendance.CONFIRMED},
    )
    meeting = announce(meeting, by=SYSTEM)
    chain.open_next(meeting, cast, now)
    chain.sign_up(meeting, cast, now)


def _make_moved(forum: Forum, cast: Cast, date: datetime.date) -> None:
    lead = "Termin tego spotkania zmienił się, a poprzedni nadal widać na stronie."
    meeting = _make(forum, 3, "Seniorzy w mieście", date, lead=lead, starts=FIVE, ends=SEVEN, **SCHOOL)
    _organise(meeting, cast, TOWN_HALL)
    meeting = announce(meeting, by=SYSTEM)
    move(meeting, by=SYSTEM, date=date + 7 * DAY, starts=datetime.time(10, 0), ends=datetime.time(12, 0))


def _make_postponed(forum: Forum, cast: Cast, date: datetime.date) -> None:
    lead = "To spotkanie jest odłożone i nie ma jeszcze nowego terminu."
    meeting = _make(forum, 4, "Rozmowa o parkowaniu", date, lead=lead, starts=FIVE)
    _organise(meeting, cast, GUARD)
    postpone(announce(meeting, by=SYSTEM), by=SYSTEM, reason="Remont sali.")


def _organise(meeting: Meeting, cast: Cast, first: str, *others: str) -> None:
    Organiser.objects.create(meeting=meeting, institution=cast.institutions[first])
    for position, name in enumerate(others, start=1):
        institution, role = cast.institutions[name], Organiser.Role.CO_ORGANISER
        Organiser.objects.create(meeting=meeting, institution=institution, role=role, position=position)


def _set_agenda(meeting: Meeting, *items: dict[str, Any]) -> None:
    for position, item in enumerate(items, start=1):
        AgendaItem.objects.create(meeting=meeting, position=position, **item)


def _invite(meeting: Meeting, *lines: dict[str, Any]) -> None:
    for position, line in enumerate(lines, start=1):
        Presence.objects.create(meeting=meeting, position=position, **line)
