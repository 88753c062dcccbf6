"""What the forum holds of somebody, for themselves: the parts of the file, and what is left out of it."""

from dataclasses import dataclass
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import models
from django.db.models import QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from participants.leaving import mailboxes_of
from participants.models import AddressChange, DataExport, Leaving, Letter, PausedAddress, Resident, RulesAcceptance


@dataclass(frozen=True)
class Part:
    """Rows of one model. `names` are fields or look-ups through related rows; `found_by` are the fields that tell whose
    the rows are."""

    key: str
    title: Any
    rows: QuerySet[Any]
    names: tuple[str, ...]
    found_by: tuple[str, ...] = ()

    @property
    def covers(self) -> set[str]:
        """What the owner gets of the model: "app.Model.field" for each of its own fields."""
        return {f"{self.rows.model._meta.label}.{name}" for name in (*self.names, *self.found_by)}

    def as_dicts(self) -> list[dict[str, Any]]:
        """For dane.json. One query."""
        return [dict(zip(self.names, row, strict=True)) for row in self.rows.values_list(*self.names)]

    def shown(self, row: dict[str, Any]) -> list[tuple[str, Any]]:
        """For dane.html: what each value is, and the words of choices."""
        fields = [(self._field(name), value) for name, value in row.items()]
        return [
            (str(capfirst(field.verbose_name)), dict(field.flatchoices).get(value, value)) for field, value in fields
        ]

    def _field(self, name: str) -> Any:
        model, *path = self.rows.model, *name.split("__")
        for step in path[:-1]:
            model = model._meta.get_field(step).related_model
        return model._meta.get_field(path[-1])


def part(key: str, title: Any, rows: QuerySet[Any], names: str, found_by: str = "") -> Part:
    """`names` and `found_by` are words with spaces between."""
    return Part(key, title, rows.order_by("pk"), tuple(names.split()), tuple(found_by.split()))


def parts_of(account: Resident) -> list[Part]:
    own = Resident.objects.filter(pk=account.pk)
    settings = "email signature estate__name language pace quiet_from quiet_until wants_replies"
    standing = "date_joined last_login seen_at warned_at warned_again_at rules_version rules_accepted_at"
    standing += " suspended_until is_active is_staff"
    leaving = Leaving.objects.filter(account=account)
    change, rules = AddressChange.objects.filter(account=account), RulesAcceptance.objects.filter(account=account)
    devices, factors = UserSession.objects.filter(user=account), Authenticator.objects.filter(user=account)
    addresses = EmailAddress.objects.filter(user=account)
    mailboxes = mailboxes_of(account)
    letters = Letter.objects.with_address().filter(address__in=mailboxes)
    told = "to subject state created_at sent_at returned_at"
    paused = PausedAddress.objects.of(*mailboxes)
    return [
        part("konto", _("Account"), own, f"{settings} {standing}", "estate"),
        part("adresy", _("E-mail addresses"), addresses, "email verified primary", "user"),
        part("zmiana", _("Change of address"), change, "email asked_at old_agreed_at new_confirmed_at", "account"),
        part("zasady", _("Accepted rules"), rules, "version at", "account"),
        part("urzadzenia", _("Where you are signed in"), devices, "created_at last_seen_at ip user_agent", "user"),
        part("skladniki", _("Second factor"), factors, "type created_at last_used_at", "user"),
        part("role", _("Roles"), account.groups.all(), "name"),
        part("listy", _("Letters that we sent you"), letters, told),
        part("zwroty", _("Addresses from which letters came back"), paused, "email since reason code last_bounce_at"),
        part("kopie", _("Copies of your data"), DataExport.objects.filter(account=account), "asked_at", "account"),
        part("odejscie", _("Leaving the forum"), leaving, "asked_at erase_at erases_texts", "account"),
    ]


# "app.Model.field", or "app.Model" for all of it → why nobody gets it in their file.
LEFT_OUT = {
    "participants.Resident.password": "a code that cannot be turned back; whoever has it could try to guess from it",
    "participants.Resident.appointment": "the post is public, and the institution's to give away",
    "participants.Resident_groups": "which roles: they are in the part about roles",
    "participants.Resident_user_permissions": "nobody has any: roles give them",
    "participants.Letter.body": "it is in the mailbox of whoever got it; it holds keys that open pages",
    "participants.Letter.html": "as the body",
    "participants.Letter.sender": "the address of the forum",
    "participants.Letter.headers": "technical; it holds keys that open pages",
    "participants.Letter.message_id": "technical",
    "participants.Letter.key": "technical: numbers of the event and of whom it was told, against telling it twice",
    "participants.Letter.last_error": "the words of a mail server",
    "participants.DataExport.file": "the file itself",
    "mfa.Authenticator.data": "secrets that open the account",
    "usersessions.UserSession.session_key": "opens the account",
    "usersessions.UserSession.data": "what the session holds is for programs",
    "participants.SendingStop": "what the staff did in the panel, in their role",
    "participants.InformationClause": "facts of the office, public",
    "participants.AccessibilityStatement": "facts of the office, public",
    "participants.Institution": "mailboxes of institutions, public",
    "participants.Estate": "mailboxes of beats, public",
    "account.EmailConfirmation": "keys of links; confirmations are signed and not stored",
    "admin.LogEntry": "what the staff did in the panel, in their role",
}


def text_fields(model: type[models.Model]) -> list[str]:
    """Fields that can hold somebody's words, addresses or files."""
    kinds = (models.CharField, models.TextField, models.JSONField, models.GenericIPAddressField, models.FileField)
    fields = [field for field in model._meta.concrete_fields if isinstance(field, kinds)]
    return [field.name for field in fields if not field.choices]
