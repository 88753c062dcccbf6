"""The second factor from setting it up to the panel, with real codes and real sign-in."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from django.urls import get_resolver, reverse

from participants import second_factor
from participants.models import Letter, Resident
from participants.roles import Role
from tests.factories import PASSWORD, make_resident
from tests.mailbox import last_letter

PANEL = "/panel/"
SECURITY = "/konto/bezpieczenstwo/"
APP = f"{SECURITY}aplikacja/"


def signed_in(user: Resident) -> Client:
    """By the page, with the password alone."""
    client = Client(headers={"accept-language": "en"})
    client.post("/konto/zaloguj/", {"login": user.email, "password": PASSWORD})
    return client


def confirm(client: Client) -> None:
    client.post("/konto/haslo/potwierdz/", {"password": PASSWORD})


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, list(yield_hotp_counters_from_time())[1]))


def add_app(client: Client) -> str:
    """Sets up an app through the pages; returns its secret."""
    confirm(client)
    client.get(APP)
    secret = client.session["mfa.totp.secret"]
    response = client.post(APP, {"code": code_of(secret)})
    assert response["Location"] == f"{SECURITY}kody/"
    cache.clear()  # the code that was just typed may be typed again, as if half a minute had gone by
    return secret


def test_password_alone_does_not_open_the_panel(editor):
    client = signed_in(editor)
    assert client.get(PANEL)["Location"] == f"{SECURITY}panel/"
    assert APP in client.get(f"{SECURITY}panel/").content.decode()


def panel_addresses() -> list[str]:
    patterns = get_resolver().reverse_dict
    names = [name for name in get_resolver().namespace_dict["admin"][1].reverse_dict if isinstance(name, str)]
    assert patterns
    addresses = []
    for name in names:
        for arguments in ([], ["1"], ["participants"]):
            try:
                addresses.append(reverse(f"admin:{name}", args=arguments))
                break
            except Exception:  # noqa: S112 - takes other arguments
                continue
    return addresses


def test_no_page_of_the_panel_opens_without_a_second_factor(editor, as_user):
    client = signed_in(editor)
    found = [url for url in panel_addresses() if url != reverse("admin:login")]
    assert len(found) > 100
    for url in found:
        for answer in (client.get(url), client.post(url)):
            assert answer.status_code == 302, url
            assert answer["Location"] == f"{SECURITY}panel/", url


def test_setting_up_an_app_opens_the_panel_and_tells_the_owner(editor, django_capture_on_commit_callbacks):
    client = signed_in(editor)
    with django_capture_on_commit_callbacks(execute=True):
        add_app(client)
    assert client.get(PANEL).status_code == 200
    assert Authenticator.objects.filter(user=editor).count() == 2
    assert Letter.objects.filter(to=editor.email).exists()


def test_next_sign_in_asks_for_a_code_before_anything_opens(editor):
    secret = add_app(signed_in(editor))
    client = signed_in(editor)
    assert "_auth_user_id" not in client.session
    assert client.get("/konto/bezpieczenstwo/drugi-krok/").status_code == 200
    wrong = client.post(f"{SECURITY}drugi-krok/", {"code": "000000"})
    assert wrong.status_code == 422
    assert "_auth_user_id" not in client.session
    client.post(f"{SECURITY}drugi-krok/", {"code": code_of(secret)})
    assert client.get(PANEL).status_code == 200


def test_a_code_opens_once(editor):
    secret = add_app(signed_in(editor))
    code = code_of(secret)
    first, second = signed_in(editor), signed_in(editor)
    first.post(f"{SECURITY}drugi-krok/", {"code": code})
    assert second.post(f"{SECURITY}drugi-krok/", {"code": code}).status_code == 422
    assert "_auth_user_id" not in second.session


def test_a_recovery_code_opens_the_panel_once(editor):
    client = signed_in(editor)
    add_app(client)
    code = re.findall(r"<code>(\d{8})</code>", client.get(f"{SECURITY}kody/").content.decode())[0]
    other = signed_in(editor)
    other.post(f"{SECURITY}drugi-krok/", {"code": code})
    assert other.get(PANEL).status_code == 200
    third = signed_in(editor)
    assert third.post(f"{SECURITY}drugi-krok/", {"code": code}).status_code == 422


def test_session_from_before_the_app_is_asked_for_a_code(editor):
    old = signed_in(editor)
    secret = add_app(signed_in(editor))
    answer = old.get("/panel/topics/topic/")
    assert answer["Location"] == f"{SECURITY}potwierdz/?next=%2Fpanel%2Ftopics%2Ftopic%2F"
    answer = old.post(answer["Location"], {"code": code_of(secret), "next": "/panel/topics/topic/"})
    assert answer["Location"] == "/panel/topics/topic/"
    assert old.get("/panel/topics/topic/").status_code == 200


def test_staff_keeps_one_and_a_resident_may_remove_it(editor, resident):
    for user, left in ((editor, 2), (resident, 0)):
        client = signed_in(user)
        add_app(client)
        client.post(f"{APP}usun/")
        assert Authenticator.objects.filter(user=user).count() == left


def test_secret_is_locked_in_the_database_and_moves_to_a_new_key(editor, settings):
    secret = add_app(signed_in(editor))
    kept = Authenticator.objects.get(user=editor, type="totp")
    assert secret not in str(kept.data)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another-key"
    assert second_factor.lock_anew() == 2
    settings.SECRET_KEY_FALLBACKS = []
    kept.refresh_from_db()
    assert kept.wrap().validate_code(code_of(secret))


def test_picture_of_the_app_is_drawn_only_while_it_is_set_up(editor):
    client = signed_in(editor)
    assert client.get(f"{APP}kod.svg").status_code == 404
    confirm(client)
    client.get(APP)
    answer = client.get(f"{APP}kod.svg")
    assert answer["Content-Type"] == "image/svg+xml"
    assert b"<svg" in answer.content
    assert "no-store" in answer["Cache-Control"]


def test_setting_up_asks_for_the_password_first(resident):
    client = signed_in(resident)
    assert client.get(APP)["Location"].startswith("/konto/haslo/potwierdz/")
    assert not Authenticator.objects.exists()


def test_eleventh_wrong_code_tells_the_owner_once(editor):
    add_app(signed_in(editor))
    Letter.objects.all().delete()
    client = signed_in(editor)
    answers = [client.post(f"{SECURITY}drugi-krok/", {"code": "000000"}).status_code for _ in range(13)]
    assert answers == [422] * 10 + [429] * 3
    assert Letter.objects.filter(to=editor.email).count() == 1


def test_whoever_lost_everything_is_helped_by_whoever_runs_the_site(editor):
    add_app(signed_in(editor))
    assert second_factor.take_away(editor) == 2
    assert not Authenticator.objects.exists()
    assert last_letter(editor.email).body
    assert "_auth_user_id" in signed_in(editor).session


@pytest.mark.parametrize("roles", [None, [Role.EDITOR]])
def test_pages_of_the_second_factor_are_for_the_signed_in(db, roles):
    make_resident(roles=roles)
    for path in ("", "panel/", "aplikacja/", "kody/", "klucz/", "adres/", "haslo/"):
        assert "/konto/zaloguj/" in Client().get(SECURITY + path)["Location"]


def test_command_takes_it_away_and_says_whose(editor, capsys):
    add_app(signed_in(editor))
    call_command("second_factor", take_away=editor.email.upper())
    assert editor.email in capsys.readouterr().out
    assert not Authenticator.objects.exists()
    for email in (editor.email, "nikt@poczta.example"):
        with pytest.raises(CommandError):
            call_command("second_factor", take_away=email)


def test_command_locks_with_the_new_key(editor, capsys):
    add_app(signed_in(editor))
    call_command("second_factor", lock_anew=True)
    assert "2" in capsys.readouterr().out
