"""Filling in a form of the panel as a browser would: everything on the page, with some fields typed over."""

import time
from html.parser import HTMLParser

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.models import EmailAddress
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpResponse
from django.test import Client

from participants.models import Resident
from participants.rules import CURRENT
from tests.factories import PASSWORD, count


class _Fields(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, list[str]] = {}
        self.select = self.area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = dict(attrs)
        name, kind = at.get("name") or "", at.get("type", "text")
        if tag == "textarea":
            self.area = name
            self.found[name] = [""]
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and "selected" in at:
            self.found.setdefault(self.select, []).append(at.get("value") or "")
        elif tag == "input" and name and kind not in {"submit", "file"}:
            is_box = kind in {"checkbox", "radio"}
            if not is_box or "checked" in at:
                self.found[name] = [at.get("value", "on" if is_box else "") or ""]

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.area = ""
        elif tag == "select":
            self.select = ""

    def handle_data(self, data: str) -> None:
        if self.area:
            self.found[self.area] = [(self.found[self.area][0] + data).removeprefix("\n")]


def make_administrator() -> Resident:
    email = f"szef{next(count)}@policja.example"
    chief = Resident.objects.create_superuser(email, PASSWORD, signature="Szef", rules_version=CURRENT.name)
    EmailAddress.objects.create(user=chief, email=email, verified=True, primary=True)
    return chief


def make_staff() -> Resident:
    """Somebody of the staff without a role."""
    return Resident.objects.create_user(f"nowa{next(count)}@policja.example", PASSWORD, signature="Nowa", is_staff=True)


def note_second_factor(session: SessionBase, user: Resident) -> None:
    """What a sign-in with a second factor leaves in the session. The sign-in itself has tests of its own."""
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "mfa", "at": time.time(), "id": 0, "type": "totp"}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()


def sign_in(client: Client, user: Resident) -> None:
    """Signs a test's client in; staff as if with a second factor, which the panel asks for."""
    client.force_login(user)
    if user.is_staff:
        note_second_factor(client.session, user)


def fields_of(page: HttpResponse) -> dict[str, list[str]]:
    """What the page's forms would send. Rows that a script would add (__prefix__) are sent by browsers too."""
    parser = _Fields()
    parser.feed(page.content.decode())
    return parser.found


def opened(client: Client, url: str, **typed: str) -> dict[str, list[str]]:
    """The form as somebody has it open, with what they typed."""
    page = client.get(url)
    assert page.status_code == 200
    return {**fields_of(page), **typed}


def errors_of(page: HttpResponse) -> dict[str, list[str]]:
    """Field → sentences, of the form and of the rows of its inlines."""
    found = {name: [str(e) for e in errors] for name, errors in page.context["adminform"].form.errors.items()}
    for inline in page.context["inline_admin_formsets"]:
        for form in inline.formset.forms:
            found |= {form.add_prefix(name): [str(e) for e in errors] for name, errors in form.errors.items()}
    return found
