"""The reader's choice of look and language."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture
def strict() -> Client:
    """A browser whose posts are checked: the choices have to work without a token."""
    return Client(enforce_csrf_checks=True)


def test_theme_is_remembered_for_a_year_and_leads_back(strict: Client):
    response = strict.post("/wyglad/", {"motyw": "ciemny", "next": "/zasady/?a=1"})
    assert (response.status_code, response["Location"]) == (302, "/zasady/?a=1#wyglad")
    cookie = response.cookies["motyw"]
    assert (cookie.value, cookie["max-age"], cookie["samesite"], cookie["httponly"]) == (
        "ciemny",
        31_536_000,
        "Lax",
        True,
    )


@pytest.mark.parametrize(
    ("theme", "dark_sheet", "scheme"),
    [
        ("auto", 'media="screen and (prefers-color-scheme: dark)"', "light dark"),
        ("ciemny", 'media="screen"', "dark"),
        ("jasny", None, "light"),
        ("<b>", 'media="screen and (prefers-color-scheme: dark)"', "light dark"),
    ],
)
def test_theme_decides_how_the_dark_sheet_is_linked(client: Client, theme: str, dark_sheet: str | None, scheme: str):
    client.cookies["motyw"] = theme
    html = client.get("/zasady/").content.decode()
    assert ("tokens-dark.css" in html) is (dark_sheet is not None)
    assert dark_sheet is None or dark_sheet in html
    assert f'<meta name="color-scheme" content="{scheme}">' in html
    pressed = theme if theme in {"ciemny", "jasny"} else "auto"
    assert f'value="{pressed}" aria-pressed="true"' in html


@pytest.mark.parametrize(("language", "word"), [("en", "Sign in"), ("pl", None), ("uk", None)])
def test_language_is_remembered_and_spoken(strict: Client, language: str, word: str | None):
    response = strict.post("/jezyk/", {"language": language, "next": "/zasady/"})
    assert (response.status_code, response["Location"]) == (302, "/zasady/")
    page = strict.get("/zasady/", headers={"accept-language": "pl"})
    assert f'<html lang="{language}">' in page.content.decode()
    assert page["Content-Language"] == language
    assert word is None or word in page.content.decode()


@pytest.mark.parametrize(
    ("path", "form"), [("/wyglad/", {"motyw": "różowy"}), ("/jezyk/", {"language": "xx"}), ("/jezyk/", {})]
)
def test_unknown_choice_changes_nothing(strict: Client, path: str, form: dict):
    response = strict.post(path, form)
    assert response.status_code == 302
    assert not response.cookies


@pytest.mark.parametrize(
    "address",
    [
        "https://zly.example/",
        "//zly.example/",
        "///zly.example",
        "/\\zly.example",
        "\\\\zly.example",
        "javascript:alert(1)",
        "zasady/",
        "",
        "/" + "a" * 3000,
    ],
)
@pytest.mark.parametrize("path", ["/wyglad/", "/jezyk/"])
def test_choice_never_leads_away(strict: Client, path: str, address: str):
    response = strict.post(path, {"motyw": "jasny", "language": "en", "next": address})
    assert response["Location"].partition("#")[0] == "/"


@pytest.mark.parametrize("path", ["/wyglad/", "/jezyk/"])
def test_choice_from_another_site_is_refused(strict: Client, path: str):
    form = {"motyw": "ciemny", "language": "en"}
    response = strict.post(path, form, headers={"sec-fetch-site": "cross-site"})
    assert response.status_code == 403
    assert not response.cookies


@pytest.mark.parametrize("path", ["/wyglad/", "/jezyk/"])
def test_choice_needs_a_post(client: Client, path: str):
    assert client.get(path).status_code == 405


def test_panel_stays_polish(as_user, editor):
    client = as_user(editor)
    client.cookies["jezyk"] = "en"
    assert client.get("/panel/", headers={"accept-language": "en"})["Content-Language"] == "pl"
    assert client.get("/zasady/")["Content-Language"] == "en"
