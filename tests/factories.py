"""Plain makers of rows. Each gives the least that is valid; tests name what they are about."""

import datetime
import io
import itertools
import uuid
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image

from meetings.commitments import promise
from meetings.models import (
    AgendaItem,
    AskedFor,
    Circulation,
    Commitment,
    Document,
    Forum,
    Meeting,
    Organiser,
    Photo,
    Presence,
    Registration,
    Survey,
    SurveyQuestion,
)
from participants.models import AccessibilityStatement, Appointment, Estate, Institution, Official, Rank, Resident
from participants.roles import SYSTEM, Role
from participants.rules import CURRENT
from topics.discussion import show
from topics.models import Category, Comment, Question, Topic

PASSWORD = "trzy losowe słowa"
count = itertools.count(1)


def make_resident(
    signature: str = "Hanna", *, roles: list[Role] | None = None, confirmed: bool = True, **fields: Any
) -> Resident:
    fields.setdefault("rules_version", CURRENT.name)
    email = fields.pop("email", f"osoba{next(count)}@poczta.example")
    resident = Resident.objects.create_user(email, PASSWORD, signature=signature, is_staff=bool(roles), **fields)
    EmailAddress.objects.create(user=resident, email=email, verified=confirmed, primary=True)
    resident.groups.set(Group.objects.filter(name__in=roles or []))
    return resident


def make_institution(name: str = "", *, public: bool = True, **fields: Any) -> Institution:
    published_at = timezone.now() if public else None
    return Institution.objects.create(name=name or f"Instytucja {next(count)}", published_at=published_at, **fields)


def make_official(
    first_names: str = "Marta", last_name: str = "Wolska", *, public: bool = True, **fields: Any
) -> Official:
    published_at = timezone.now() if public else None
    return Official.objects.create(first_names=first_names, last_name=last_name, published_at=published_at, **fields)


def make_appointment(
    official: Official | None = None, institution: Institution | None = None, *, rank: str = "", **fields: Any
) -> Appointment:
    fields.setdefault("post", "Kierownik Rewiru Dzielnicowych")
    return Appointment.objects.create(
        official=official or make_official(),
        institution=institution or make_institution(),
        rank=Rank.objects.get(abbreviation=rank) if rank else None,
        **fields,
    )


def make_estate(name: str = "Wyzwolenia") -> Estate:
    return Estate.objects.get_or_create(name=name)[0]


def make_category(name: str = "Patrole i dzielnicowi") -> Category:
    return Category.objects.get_or_create(name=name)[0]


def make_topic(title: str = "", *, state: str = Topic.State.OPEN, **fields: Any) -> Topic:
    now = timezone.now()
    fields.setdefault("lead", "O jakich porach patrol jest najbardziej potrzebny?")
    fields.setdefault("category", fields.get("category") or make_category())
    if state != Topic.State.DRAFT:
        fields.setdefault("published_at", now)
        fields.setdefault("active_at", now)
    if state in {Topic.State.CLOSED, Topic.State.ARCHIVED}:
        fields.setdefault("closed_at", now)
    return Topic.objects.create(title=title or f"Temat {next(count)}", state=state, **fields)


def make_comment(
    topic: Topic,
    text: str = "",
    *,
    author: Resident | None = None,
    **fields: Any,
) -> Comment:
    """A waiting comment as it stands in the table. Each says something else, as the rules ask of people."""
    author = author or make_resident()
    text = text or f"Wieczorem przydałby się patrol. ({next(count)})"
    fields.setdefault("author_name", author.signature)
    fields.setdefault("created_at", timezone.now())
    fields.setdefault("hold", Comment.Hold.FIRST)
    return Comment.objects.create(topic=topic, author=author, text=text, submission=uuid.uuid4(), **fields)


def make_published(topic: Topic, text: str = "", **fields: Any) -> Comment:
    """A comment that went the whole way: written, then shown by the domain function."""

    comment = make_comment(topic, text, **fields)
    topic.refresh_from_db()
    show(comment, topic=topic, now=comment.created_at)
    comment.refresh_from_db()
    return comment


def make_forum(name: str = "Forum ku bezpieczeństwu", **fields: Any) -> Forum:
    return Forum.objects.get_or_create(name=name, defaults=fields)[0]


def make_meeting(title: str = "Bezpieczna zima", *, state: str = Meeting.State.ANNOUNCED, **fields: Any) -> Meeting:
    now = timezone.now()
    fields.setdefault("date", timezone.localdate() + datetime.timedelta(days=14))
    fields.setdefault("forum", fields.get("forum") or make_forum())
    stamps = {
        Meeting.State.SCHEDULED: {"publish_at": now + datetime.timedelta(hours=1)},
        Meeting.State.POSTPONED: {"postponed_at": now},
        Meeting.State.CANCELLED: {"cancelled_at": now, "state_reason": "Awaria prądu w sali."},
        Meeting.State.HELD: {"held_at": now, "closed_at": now},
        Meeting.State.ARCHIVED: {"held_at": now, "closed_at": now, "archived_at": now},
    }
    if state not in Meeting.UNPUBLISHED:
        fields.setdefault("published_at", now)
    return Meeting.objects.create(title=title, state=state, **{**stamps.get(state, {}), **fields})


def make_agenda_item(meeting: Meeting, topic: Topic | None = None, **fields: Any) -> AgendaItem:
    if topic is None:
        fields.setdefault("title", "Powitanie")
    fields.setdefault("position", next(count))
    return AgendaItem.objects.create(meeting=meeting, topic=topic, **fields)


def make_presence(meeting: Meeting, appointment: Appointment | None = None, **fields: Any) -> Presence:
    fields.setdefault("position", next(count))
    if appointment is None and "kind" not in fields:
        fields |= {"kind": Presence.Kind.GROUP, "group": fields.get("group", "przewodniczący rad osiedli")}
    return Presence.objects.create(meeting=meeting, appointment=appointment, **fields)


def make_organiser(meeting: Meeting, institution: Institution | None = None, **fields: Any) -> Organiser:
    return Organiser.objects.create(meeting=meeting, institution=institution or make_institution(), **fields)


def make_document(meeting: Meeting, title: str = "Program spotkania", **fields: Any) -> Document:
    file = ContentFile(b"%PDF-1.7 program", name="program.pdf")
    return Document.objects.create(meeting=meeting, title=title, file=file, **fields)


def make_photo(meeting: Meeting, alt: str = "Mieszkańcy na sali", **fields: Any) -> Photo:
    jpeg = io.BytesIO()
    Image.new("RGB", (60, 40), "navy").save(jpeg, "JPEG")
    fields = {"source": "Komenda Miejska Policji", "ground": Photo.Ground.DETAIL} | fields
    return Photo.objects.create(meeting=meeting, alt=alt, image=ContentFile(jpeg.getvalue(), name="sala.jpg"), **fields)


# -- Promises


def make_commitment(
    text: str = "", *, meeting: Meeting | None = None, institution: Institution | None = None, **fields: Any
) -> Commitment:
    """Promised at a meeting whose report is out, unless another one is given."""
    past = timezone.localdate() - datetime.timedelta(days=30)
    return promise(
        meeting=meeting or make_meeting(state=Meeting.State.HELD, date=past),
        institution=institution or make_institution(),
        text=text or f"Nowe lampy przy szkole ({next(count)})",
        by=SYSTEM,
        **fields,
    )


# -- Sign-ups ---------------------------------------------------------------------------------------------------


def make_registration(meeting: Meeting, *, state: str = Registration.State.SEATED, **fields: Any) -> Registration:
    """A sign-up as it stands in the table, two days old."""
    then = fields.setdefault("created_at", timezone.now() - datetime.timedelta(days=2))
    stamps = {"confirmed_at": then} if state != Registration.State.PENDING else {}
    stamps |= {Registration.State.SEATED: {"seated_at": then}, Registration.State.LEFT: {"left_at": then}}.get(
        state, {}
    )
    fields.setdefault("name", "Hanna Nowak")
    fields.setdefault("email", f"gosc{next(count)}@poczta.example")
    fields.setdefault("submission", uuid.uuid4())
    return Registration.objects.create(meeting=meeting, state=state, **{**stamps, **fields})


def make_bare_commitment(
    meeting: Meeting | None = None, text: str = "", *, public: bool = True, **fields: Any
) -> Commitment:
    """A promise as it stands in the table, without its entries."""
    meeting = meeting or make_meeting(state=Meeting.State.HELD, date=timezone.localdate() - datetime.timedelta(days=90))
    fields.setdefault("since", timezone.now())
    fields.setdefault("institution", fields.get("institution") or make_institution())
    published_at = timezone.now() if public else None
    text = text or f"Naprawimy lampę nr {next(count)}"
    return Commitment.objects.create(meeting=meeting, text=text, published_at=published_at, **fields)


# -- Surveys


def make_survey(meeting: Meeting | None = None, *, asks: list[dict[str, Any]] | None = None, **fields: Any) -> Survey:
    """Open today, with a question of each kind."""
    today = timezone.localdate()
    fields = {"opens_on": today, "closes_on": today + datetime.timedelta(days=7), **fields}
    survey = Survey.objects.create(meeting=meeting or make_meeting(), **fields)
    usual = [
        {"kind": "scale", "text": "Jak bezpiecznie czujesz się w okolicy?", "lowest": "źle", "highest": "dobrze"},
        {"kind": "choice", "text": "Czy znasz dzielnicowego?", "answers": "Tak\nNie"},
        {"kind": "choices", "text": "Co zagraża Ci w pobliżu domu?", "answers": "Kradzieże\nWandalizm\nNic z tego"},
        {"kind": "text", "text": "Czego oczekujesz?"},
    ]
    for position, question in enumerate(usual if asks is None else asks, start=1):
        SurveyQuestion.objects.create(survey=survey, position=position, **question)
    return survey


# -- Questions of residents for a meeting


def make_asked(meeting: Meeting, topic: Topic, text: str = "Kiedy naprawicie lampy?", **fields: Any) -> Question:
    """A public question that was asked for a meeting."""
    comment = make_published(topic, text, kind=Comment.Kind.QUESTION, **fields)
    AskedFor.objects.create(comment=comment, meeting=meeting)
    return comment.question


# -- Minutes ----------------------------------------------------------------------------------------------------------


def make_circulation(meeting: Meeting, institution: Institution | None = None, **fields: Any) -> Circulation:
    institution = institution or make_institution(email=f"sekretariat{next(count)}@urzad.example")
    fields = {"email": institution.email, "sent_at": timezone.now()} | fields
    return Circulation.objects.create(meeting=meeting, institution=institution, **fields)


def make_statement(**fields: Any) -> AccessibilityStatement:
    """Complete, and reviewed today."""
    usual: dict[str, Any] = {
        "entity": "Komenda Przykładowa",
        "published_on": datetime.date(2026, 1, 1),
        "updated_on": datetime.date(2026, 1, 2),
        "status": "partial",
        "not_conforming": "Część skanów nie ma warstwy tekstowej.",
        "prepared_on": datetime.date(2026, 1, 3),
        "reviewed_on": timezone.localdate(),
        "basis": "self",
        "conveniences": "Strona działa bez skryptów.",
        "contact": "Anna Przykład",
        "email": "dostepnosc@policja.example",
        "phone": "47 000 00 02",
        "address": "ul. Przykładowa 1",
        "architecture": "Wejście bez progu.",
        "communication": "Nie ma tłumacza języka migowego.",
    }
    return AccessibilityStatement.objects.create(**usual | fields)
