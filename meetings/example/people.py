"""Invented institutions, people and accounts. Nobody real stands behind a name."""

import datetime
from typing import Any, NamedTuple

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group

from participants.models import Appointment, Estate, Institution, Official, Rank, Resident
from participants.roles import Role
from participants.rules import CURRENT
from topics.models import Category

CATEGORIES = ["Przykład: droga i ulica", "Przykład: cisza i porządek", "Przykład: mienie"]
ESTATES = ["Przykładowe Północ", "Przykładowe Południe"]
POLICE = "Przykładowa Komenda Policji"
TOWN_HALL = "Przykładowy Urząd Miasta"
GUARD = "Przykładowa Straż Miejska"
COOPERATIVE = "Spółdzielnia Mieszkaniowa „Nad Strawą” (przykład)"
SIGNATURES = [
    "Hanna, os. Północ (przykład)",
    "Tomasz (przykład)",
    "Zofia (przykład)",
    "Bogdan, os. Południe (przykład)",
    "Iwona (przykład)",
    "Marek z bloku 4 (przykład)",
    "Богдана (приклад)",
    "Ola (przykład)",
    "Stanisław (przykład)",
    "Kasia i Piotr (przykład)",
    "Danuta (przykład)",
    "Michał (przykład)",
]
NEWCOMER = "Agata (przykład)"  # has published nothing yet, so her comments wait
MODERATOR = "Moderacja (przykład)"
JUDGE = "Odwołania (przykład)"
EDITOR = "Redakcja (przykład)"


class Cast(NamedTuple):
    institutions: dict[str, Institution]
    appointments: dict[str, Appointment]
    residents: list[Resident]
    officials: dict[str, Resident]
    newcomer: Resident
    moderator: Resident
    judge: Resident
    editor: Resident
    categories: list[Category]
    estates: list[Estate]


def make_people(today: datetime.date) -> Cast:
    institutions = _make_institutions()
    appointments = _make_appointments(institutions, today)
    return Cast(
        institutions=institutions,
        appointments=appointments,
        residents=[_make_account(f"osoba{n}", name) for n, name in enumerate(SIGNATURES, start=1)],
        officials={
            key: _make_account(key, f"{appointments[key].official.full_name} (przykład)", appointment=appointments[key])
            for key in ("wolska", "maj", "sowa")
        },
        newcomer=_make_account("agata", NEWCOMER),
        moderator=_make_account("moderacja", MODERATOR, role=Role.MODERATOR),
        judge=_make_account("odwolania", JUDGE, role=Role.APPEALS),
        editor=_make_account("redakcja", EDITOR, role=Role.EDITOR),
        categories=[Category.objects.get_or_create(name=name, defaults={"position": 90})[0] for name in CATEGORIES],
        estates=[Estate.objects.get_or_create(name=name)[0] for name in ESTATES],
    )


def _make_institutions() -> dict[str, Institution]:
    kinds = {
        POLICE: Institution.Kind.POLICE,
        TOWN_HALL: Institution.Kind.MUNICIPALITY,
        GUARD: Institution.Kind.MUNICIPAL_GUARD,
        COOPERATIVE: Institution.Kind.COOPERATIVE,
    }
    description = "Tej instytucji nie ma. To przykład, na którym widać, jak działa strona."
    return {
        name: Institution.objects.create(name=name, kind=kind, description=description, is_example=True)
        for name, kind in kinds.items()
    }


def _make_appointments(institutions: dict[str, Institution], today: datetime.date) -> dict[str, Appointment]:
    """Four people; one of them has changed posts, one does not wish to be named."""
    wolska = _make_official("Marta", "Wolska", note="Kieruje przykładowymi dzielnicowymi.")
    changed = today - datetime.timedelta(days=400)
    _appoint(wolska, institutions[POLICE], "Dzielnicowa", "st. asp.", ends=changed - datetime.timedelta(days=1))
    unnamed = _make_official("Osoba", "Przykładowa", name_withheld=True)
    maj, sowa = _make_official("Krystyna", "Maj"), _make_official("Paweł", "Sowa")
    held = {
        "wolska": (wolska, POLICE, "Kierownik Rewiru Dzielnicowych", "asp. szt."),
        "maj": (maj, TOWN_HALL, "Naczelnik Wydziału Bezpieczeństwa"),
        "sowa": (sowa, COOPERATIVE, "Prezes Zarządu"),
        "unnamed": (unnamed, POLICE, "Dzielnicowy rejonu nr 3", "mł. asp."),
    }
    return {
        key: _appoint(official, institutions[institution], *post, starts=changed)
        for key, (official, institution, *post) in held.items()
    }


def _make_official(first_names: str, last_name: str, **fields: Any) -> Official:
    return Official.objects.create(first_names=first_names, last_name=last_name, is_example=True, **fields)


def _appoint(official: Official, institution: Institution, post: str, rank: str = "", **fields: Any) -> Appointment:
    return Appointment.objects.create(
        official=official,
        institution=institution,
        post=post,
        rank=Rank.objects.get(abbreviation=rank) if rank else None,
        **fields,
    )


def _make_account(mailbox: str, signature: str, *, role: str = "", **fields: Any) -> Resident:
    """Nobody can sign in to it: it has no password, and no letter reaches it (RFC 6761, 6.4)."""
    email = f"{mailbox}@example.invalid"
    fields |= {"is_example": True, "rules_version": CURRENT.name}
    resident = Resident.objects.create_user(email, signature=signature, **fields)
    EmailAddress.objects.create(user=resident, email=email, verified=True, primary=True)
    resident.groups.set(Group.objects.filter(name=role))
    return resident
