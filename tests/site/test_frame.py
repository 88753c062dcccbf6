"""What every page has around its content."""

import pytest
from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.template import Context, RequestContext, Template
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import translation

from participants.models import Resident
from tests.site.inline import inline_code

pytestmark = pytest.mark.django_db
PAGES = ["/", "/o-forum/", "/zasady/", "/prywatnosc/", "/prywatnosc/klauzula/", "/deklaracja-dostepnosci/"]


def html_of(client: Client, path: str, **headers: str) -> str:
    return client.get(path, headers=headers).content.decode()


@pytest.mark.parametrize("path", [*PAGES, "/nie-ma/"])
def test_frame_has_one_heading_the_skip_link_and_112(client: Client, path: str):
    html = html_of(client, path)
    assert html.count("<h1") == 1
    assert '<html lang="pl">' in html
    assert 'href="#tresc"' in html
    assert '<main id="tresc" tabindex="-1">' in html
    assert 'href="tel:112"' in html


@pytest.mark.parametrize("path", [*PAGES, "/nie-ma/", "/?q=%00"])
def test_frame_has_no_inline_code(client: Client, path: str):
    assert inline_code(html_of(client, path)) == []


@pytest.mark.parametrize("path", [*PAGES, "/nie-ma/"])
def test_frame_gives_strangers_no_cookie_and_no_token(client: Client, path: str):
    response = client.get(path)
    assert not response.cookies
    assert b"csrfmiddlewaretoken" not in response.content


@pytest.mark.parametrize("path", PAGES)
def test_frame_varies_by_what_it_reads(client: Client, path: str):
    vary = {word.strip() for word in client.get(path)["Vary"].split(",")}
    assert vary == {"Cookie", "Accept-Language", "Accept-Encoding"}


@pytest.mark.parametrize("path", PAGES)
def test_site_pages_refuse_other_methods(client: Client, path: str):
    assert client.post(path).status_code == 405


def test_frame_offers_signing_in_and_comes_back(client: Client):
    html = html_of(client, "/zasady/?a=1&b=2")
    assert 'href="/konto/zaloguj/?next=/zasady/%3Fa%3D1%26b%3D2"' in html
    assert reverse("account_logout") not in html


def test_frame_of_a_resident_shows_the_address_and_signs_out(as_user, resident: Resident):
    html = html_of(as_user(resident), "/zasady/")
    assert resident.email in html
    assert f'action="{reverse("account_logout")}"' in html
    assert "csrfmiddlewaretoken" in html
    assert reverse("admin:index") not in html
    assert reverse("account_login") not in html


def test_frame_of_staff_leads_to_the_panel(as_user, editor: Resident):
    assert f'href="{reverse("admin:index")}"' in html_of(as_user(editor), "/zasady/")


@pytest.mark.parametrize("path", ["/spotkania/", "/tematy/", "/obietnice/", "/o-forum/"])
def test_frame_marks_the_section(client: Client, path: str):
    navigation = html_of(client, path).split('class="fk-nav"')[1].split("</nav>")[0]
    assert navigation.count('aria-current="true"') == 1
    assert f'<a href="{path}" aria-current="true">' in navigation


@pytest.mark.parametrize(("language", "cyrillic"), [("pl", False), ("en", False), ("uk", True)])
def test_frame_loads_cyrillic_early_only_in_ukrainian(client: Client, language: str, cyrillic: bool):
    html = html_of(client, "/", accept_language=language)
    assert f'<html lang="{language}">' in html
    assert ("wix-madefor-text-cyrillic" in html) is cyrillic


def test_frame_marks_polish_names_on_a_page_in_english(client: Client):
    html = html_of(client, "/", accept_language="en")
    assert '<span class="fk-brand__owner" lang="pl">Komenda Miejska Policji' in html
    assert 'class="fk-brand__owner">Komenda' in html_of(client, "/")


def test_frame_falls_back_to_polish(client: Client):
    assert '<html lang="pl">' in html_of(client, "/", accept_language="de,fr;q=0.8")


def test_frame_leaves_out_contact_that_was_not_given(client: Client, settings):
    assert "mailto:" not in html_of(client, "/")
    settings.FORUM = {**settings.FORUM, "email": "redakcja@policja.example", "phone": "47 000 00 00"}
    html = html_of(client, "/")
    assert 'href="mailto:redakcja@policja.example"' in html
    assert 'href="tel:470000000"' in html


@pytest.mark.parametrize(
    ("level", "kind", "role"),
    [
        (messages.SUCCESS, "fk-banner--ok", "status"),
        (messages.INFO, "fk-banner--info", "status"),
        (messages.WARNING, "fk-banner--wait", "status"),
        (messages.ERROR, "fk-banner--bad", "alert"),
    ],
)
def test_messages_are_announced_and_escaped(level: int, kind: str, role: str):
    template = Template('{% include "components/messages.html" %}')
    html = template.render(Context({"messages": [Message(level, "Zapisano <b>zmiany</b>.")]}))
    assert f'class="fk-banner {kind}" role="{role}"' in html
    assert "Zapisano &lt;b&gt;zmiany&lt;/b&gt;." in html


def pages_of(query: str, number: int, total: int) -> str:
    request = RequestFactory().get(f"/tematy/{query}")
    template = Template(f'{{% pagination {number} {total} fragment="lista" %}}')
    return template.render(RequestContext(request))


def test_pagination_of_one_page_is_nothing():
    assert pages_of("", 1, 1).strip() == ""


def test_pagination_keeps_the_filters_and_drops_page_one():
    html = pages_of("?stan=otwarte&strona=2", 2, 3)
    assert 'href="?stan=otwarte#lista" rel="prev"' in html
    assert 'href="?stan=otwarte&amp;strona=3#lista" rel="next"' in html
    assert html.count('aria-current="page"') == 1


def test_pagination_of_many_pages_shows_the_ends_and_the_neighbours():
    html = pages_of("", 250, 500)
    shown = [number for number in range(1, 501) if f"</span>{number}</" in html]
    assert shown == [1, 249, 250, 251, 500]
    assert html.count("…") == 2


def test_content_lang_is_silent_in_polish():
    assert Template("<p{% content_lang %}>").render(Context()) == "<p>"
    with translation.override("uk"):
        assert Template("<p{% content_lang %}>").render(Context()) == '<p lang="pl">'


def test_breadcrumb_starts_at_the_home_page_and_escapes_the_rest():
    html = Template("{% breadcrumb %}<li>{{ title }}</li>{% endbreadcrumb %}").render(Context({"title": "<x>"}))
    assert '<a href="/">' in html
    assert "<li>&lt;x&gt;</li>" in html


def test_icon_is_hidden_from_readers():
    html = Template('{% icon "clock" %}').render(Context())
    assert html.startswith('<svg class="icon" aria-hidden="true" focusable="false">')
    assert html.endswith('img/icons.svg#clock"></use></svg>')
