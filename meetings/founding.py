"""The first real content: the meeting of 29 May 2017, with the facts of the police's public notice and no others.

What the notice leaves out (hour, place, number of people, conclusions) stays empty. The sentences are ours.
"""

import datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from meetings.models import AgendaItem, Forum, Meeting, Presence
from meetings.publication import announce, archive
from participants.dates import Precision
from participants.models import Appointment, Institution, Official, Rank
from participants.prose import bind_short_words as bound
from participants.roles import SYSTEM
from topics.models import Category, Topic
from topics.publication import archive as archive_topic

SOURCE = (
    "http://www.piotrkow-trybunalski.policja.gov.pl/ep/informacje/"
    "14272,Bezpieczenstwo-na-osiedlach-mieszkaniowych-spotkanie-ze-spoleczenstwem.html"
)
FORUM = "Forum ku bezpieczeństwu na terenie ziemi piotrkowskiej"
NUMBER = 2

POLICE = "Komenda Miejska Policji w Piotrkowie Trybunalskim"
TOWN_HALL = "Urząd Miasta Piotrkowa Trybunalskiego"
COUNCIL = "Rada Miasta Piotrkowa Trybunalskiego"
GUARD = "Straż Miejska w Piotrkowie Trybunalskim"
SANITARY = "Państwowa Powiatowa Stacja Sanitarno-Epidemiologiczna w Piotrkowie Trybunalskim"
PROVINCIAL_POLICE = "Komenda Wojewódzka Policji w Łodzi"
INSTITUTIONS = {
    POLICE: Institution.Kind.POLICE,
    TOWN_HALL: Institution.Kind.MUNICIPALITY,
    COUNCIL: Institution.Kind.COUNCIL,
    GUARD: Institution.Kind.MUNICIPAL_GUARD,
    SANITARY: Institution.Kind.INSPECTORATE,
    PROVINCIAL_POLICE: Institution.Kind.POLICE,
}


class Guest(NamedTuple):
    first_names: str
    last_name: str
    post: str
    institution: str
    rank: str = ""


GUESTS = [
    Guest("Andrzej", "Kacperek", "Wiceprezydent Miasta", TOWN_HALL),
    Guest("Jan", "Dziemdziora", "Radny", COUNCIL),
    Guest("Marek", "Domański", "Kierownik Zarządzania Kryzysowego i Obrony", TOWN_HALL),
    Guest("Jacek", "Hofman", "Komendant Straży Miejskiej", GUARD),
    Guest("Jan", "Sońta", "Kierownik Referatu do spraw Wykroczeń", GUARD),
    Guest(
        "Grzegorz",
        "Janowski",
        "Pełnomocnik Prezydenta Miasta ds. Profilaktyki, Rozwiązywania Problemów Alkoholowych, "
        "Zdrowia i Pomocy Społecznej",
        TOWN_HALL,
    ),
    Guest("Elżbieta", "Dobrzyńska", "Dyrektor", SANITARY),
    Guest("Jarosław", "Janus", "Naczelnik Wydziału Prewencji", PROVINCIAL_POLICE, rank="podinsp."),
]
GROUPS = [
    "prezesi spółdzielni mieszkaniowych z terenu miasta",
    "właściciele i zarządcy budynków",
    "przewodniczący rad osiedli",
    "mieszkańcy miasta",
]
SENIOR_STAFF = "kadra kierownicza policji"
COMMUNITY_OFFICERS = "dzielnicowi z terenu miasta"
THEIR_HEAD = "Kierownik Rewiru Dzielnicowych"

LEAD = (
    "Drugie spotkanie forum. Głównym tematem była współpraca policji z mieszkańcami, radami osiedli "
    "i spółdzielniami mieszkaniowymi dla bezpieczeństwa mieszkańców miasta."
)
REPORT = """
<p>Na drugie spotkanie forum przyszło wielu mieszkańców, którzy wzięli też udział w dyskusji.</p>
<p>Temat główny to współpraca policji z mieszkańcami, radami osiedli i spółdzielniami mieszkaniowymi, która ma służyć
bezpieczeństwu mieszkańców miasta. Poruszono także inne sprawy, między innymi: monitoring miejski, patrole rowerowe,
Krajową Mapę Zagrożeń Bezpieczeństwa i aplikację Moja Komenda, profilaktykę oraz przeciwdziałanie przestępczości
narkotykowej. Lista nie jest pełna: komenda podała te tematy jako przykłady.</p>
<p>Podczas spotkania swoje rady i uwagi przekazali dzielnicowi. To oni codziennie współpracują z administratorami
i zarządcami budynków.</p>
"""


class Matter(NamedTuple):
    title: str
    category: str
    lead: str
    body: str = ""
    see_also: str = ""


# The main topic first.
MATTERS = [
    Matter(
        "Współpraca policji z mieszkańcami, radami osiedli i spółdzielniami mieszkaniowymi "
        "dla bezpieczeństwa mieszkańców miasta",
        "Współpraca z mieszkańcami",
        "Główny temat spotkania 29 maja 2017 r.",
        "<p>W spotkaniu brali udział między innymi mieszkańcy, przewodniczący rad osiedli, prezesi spółdzielni "
        "mieszkaniowych oraz właściciele i zarządcy budynków.</p>",
    ),
    Matter(
        "Monitoring miejski i wykrywanie sprawców",
        "Monitoring",
        "Jak monitoring miejski jest wykorzystywany do wykrywania sprawców. Jeden z tematów spotkania 29 maja 2017 r.",
    ),
    Matter(
        "Policyjne patrole rowerowe",
        "Patrole i dzielnicowi",
        "Co patrole rowerowe dają bezpieczeństwu na osiedlach. Jeden z tematów spotkania 29 maja 2017 r.",
    ),
    Matter(
        "KMZB i Moja Komenda: dwa narzędzia w pracy policji",
        "Mapa zagrożeń i aplikacje",
        "Krajowa Mapa Zagrożeń Bezpieczeństwa oraz aplikacja Moja Komenda. Jeden z tematów spotkania 29 maja 2017 r.",
        "<h2>Krajowa Mapa Zagrożeń Bezpieczeństwa (KMZB)</h2>"
        "<p>To mapa w internecie, na której każdy może zaznaczyć miejsce i rodzaj zagrożenia. Nie trzeba zakładać "
        "konta. Mapa służy do zgłaszania uciążliwości, które powtarzają się w jednym miejscu.</p>"
        "<h2>Moja Komenda</h2>"
        "<p>To bezpłatna aplikacja na telefon. Pomaga znaleźć jednostkę policji i swojego dzielnicowego.</p>"
        "<p>Ani mapa, ani aplikacja nie służą do wzywania pomocy. Gdy ktoś jest w niebezpieczeństwie, "
        "dzwoń pod 112.</p>",
        '<p><a href="https://mapy.geoportal.gov.pl/iMapLite/KMZBPublic.html">'
        "Krajowa Mapa Zagrożeń Bezpieczeństwa: mapa publiczna</a></p>",
    ),
    Matter(
        "Działania profilaktyczne policji",
        "Profilaktyka",
        "Profilaktyka, którą prowadzi policja. Jeden z tematów spotkania 29 maja 2017 r.",
    ),
    Matter(
        "Przeciwdziałanie przestępczości narkotykowej w mieście",
        "Narkotyki",
        "Jak przeciwdziałać przestępczości narkotykowej w mieście. Jeden z tematów spotkania 29 maja 2017 r.",
    ),
]


def founding_meeting() -> Meeting | None:
    """The meeting if it is here, also where the editors renamed its forum or gave it another number."""
    return Meeting.objects.filter(Q(forum__name=FORUM, number=NUMBER) | Q(source_url=SOURCE)).order_by("pk").first()


@transaction.atomic
def enter_founding_meeting(*, now: datetime.datetime | None = None) -> tuple[Meeting, bool]:
    """Enter meeting, topics, people and institutions, publish and archive them. The meeting, and whether it is new.

    Where the meeting is here already, nothing is touched: what the editors changed since is theirs.
    """
    if meeting := founding_meeting():
        return meeting, False
    now = now or timezone.now()
    meeting = _write_meeting()
    for position, matter in enumerate(MATTERS, start=1):
        topic = archive_topic(_write_topic(matter), by=SYSTEM, now=now)
        AgendaItem.objects.create(meeting=meeting, position=position, topic=topic, is_main=position == 1)
    for position, presence in enumerate(_presences(), start=1):
        presence.meeting, presence.position = meeting, position
        presence.attendance = Presence.Attendance.PRESENT
        presence.save()
    meeting = announce(meeting, by=SYSTEM, now=now)
    return archive(meeting, by=SYSTEM, now=now), True


def _write_meeting() -> Meeting:
    founding = {
        "founder": "Komendant Miejski Policji w Piotrkowie Trybunalskim, insp. Dariusz Partyka",
        "founded_on": datetime.date(2017, 1, 1),
        "founded_precision": Precision.EARLY_YEAR,
        "territory": "ziemia piotrkowska",
    }
    forum, _created = Forum.objects.get_or_create(name=FORUM, defaults=founding)
    return Meeting.objects.create(
        forum=forum,
        number=NUMBER,
        title="Bezpieczeństwo na osiedlach mieszkaniowych",
        subtitle="spotkanie ze społeczeństwem",
        date=datetime.date(2017, 5, 29),
        lead=bound(LEAD),
        report=bound(REPORT),
        author=POLICE,
        source_url=SOURCE,
    )


def _write_topic(matter: Matter) -> Topic:
    return Topic.objects.create(
        title=matter.title,
        category=Category.objects.get_or_create(name=matter.category)[0],
        lead=bound(matter.lead),
        body=bound(matter.body),
        see_also=matter.see_also,
    )


def _presences() -> list[Presence]:
    """Guests, groups, then the hosts: the order of protocol in the notice."""
    police, kind, host = _institution(POLICE), Presence.Kind, Presence.Role.HOST
    by_police = {"institution": police, "institution_text": POLICE}
    return [
        *(_guest(guest) for guest in GUESTS),
        *(Presence(kind=kind.GROUP, group=group) for group in GROUPS),
        Presence(kind=kind.GROUP, role=host, group=SENIOR_STAFF, **by_police),
        Presence(kind=kind.LED, role=host, group=COMMUNITY_OFFICERS, post_text=THEIR_HEAD, **by_police),
    ]


def _guest(guest: Guest) -> Presence:
    """Printed as in the notice, also where the institution has another name today."""
    return Presence(appointment=_appointment(guest), post_text=guest.post, institution_text=guest.institution)


def _institution(name: str) -> Institution:
    """The one that the editors made already, also under a newer name, or a new one."""
    known = Institution.objects.filter(Q(name=name) | Q(former_names__name=name)).order_by("pk").first()
    return known or Institution.objects.create(name=name, kind=INSTITUTIONS[name])


def _appointment(guest: Guest) -> Appointment:
    """The same name at the same institution is the same person; elsewhere it is a namesake."""
    institution = _institution(guest.institution)
    name = {"first_names": guest.first_names, "last_name": guest.last_name}
    known = Official.objects.filter(**name, appointments__institution=institution).order_by("pk").first()
    held = {
        "official": known or Official.objects.create(**name),
        "institution": institution,
        "post": guest.post,
        "rank": Rank.objects.get(abbreviation=guest.rank) if guest.rank else None,
    }
    return Appointment.objects.filter(**held).order_by("pk").first() or Appointment.objects.create(**held)
