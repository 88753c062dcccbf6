import pytest
from django.core.cache import caches
from django.core.management import call_command
from django.test import Client

from participants.models import Resident
from tests.factories import PASSWORD, make_resident
from tests.mailbox import last_letter, link_in

URL = "/konto/zaloguj/"
PASSKEY = "/konto/bezpieczenstwo/klucz/zaloguj/"
HANNA = "hanna@poczta.example"
WRONG = "The e-mail address or the password is wrong. Try again."
TOO_MANY = "Too many tries. Try again in 15 minutes."


@pytest.fixture
def hanna(db: None) -> Resident:
    return make_resident("Hanna", email=HANNA)


def sign_in(visitor: Client, password: str = PASSWORD, **fields: str):
    return visitor.post(URL, {"login": HANNA, "password": password, **fields})


def test_page_names_address_and_password_for_password_managers(visitor):
    page = visitor.get(URL).content.decode()
    assert 'autocomplete="username"' in page
    assert 'autocomplete="current-password"' in page
    assert "Keep me signed in on this device" in page


@pytest.mark.parametrize("login", [HANNA, "HANNA@Poczta.Example", f"  {HANNA} "])
def test_right_password_signs_in_until_the_browser_closes(visitor, hanna, login):
    response = visitor.post(URL, {"login": login, "password": PASSWORD, "next": "/tematy/"})
    assert response["Location"] == "/tematy/"
    assert int(visitor.session["_auth_user_id"]) == hanna.pk
    assert visitor.cookies["sesja"]["expires"] == ""


def test_ticked_box_keeps_the_visitor_signed_in_for_two_weeks(visitor, hanna):
    sign_in(visitor, remember="on")
    assert visitor.cookies["sesja"]["max-age"] == 14 * 24 * 3600


@pytest.mark.parametrize("target", ["https://zly.example/", "//zly.example", "/\\zly.example", "/" + "a" * 3000])
def test_way_back_never_leaves_the_site(visitor, hanna, target):
    assert sign_in(visitor, next=target)["Location"] == "/"


def test_wrong_password_is_told_in_one_sentence_on_top(visitor, hanna):
    response = sign_in(visitor, "zupełnie inne hasło")
    page = response.content.decode()
    assert response.status_code == 422
    assert page.count(WRONG) == 1
    assert "<title>Error: Sign in" in page
    assert "zupełnie inne" not in page
    assert HANNA in page


def test_visitor_who_is_signed_in_is_led_on(as_user, hanna):
    assert as_user(hanna).get(URL + "?next=/tematy/")["Location"] == "/tematy/"
    assert as_user(hanna).get(URL)["Location"] == "/"


def test_unconfirmed_account_gets_a_new_link_instead(visitor):
    make_resident("Hanna", email=HANNA, confirmed=False)
    assert sign_in(visitor)["Location"] == "/konto/sprawdz-poczte/"
    assert "_auth_user_id" not in visitor.session
    assert HANNA in visitor.get("/konto/sprawdz-poczte/").content.decode()
    visitor.post(link_in(last_letter(HANNA), "/konto/potwierdz/"))
    assert "_auth_user_id" in visitor.session


def test_account_switched_off_is_told_only_to_who_knows_the_password(visitor, hanna):
    hanna.is_active = False
    hanna.save()
    response = sign_in(visitor)
    assert response["Location"] == "/konto/nieaktywne/"
    assert "_auth_user_id" not in visitor.session
    page = visitor.get("/konto/nieaktywne/").content.decode()
    assert "This account is switched off" in page
    assert HANNA not in page
    assert WRONG in sign_in(visitor, "zupełnie inne hasło").content.decode()


def test_account_switched_off_is_signed_out_at_once(as_user, hanna):
    client = as_user(hanna)
    hanna.is_active = False
    hanna.save()
    assert HANNA not in client.get("/o-forum/").content.decode()


def test_signing_out_takes_a_press_of_a_button(as_user, hanna):
    client = as_user(hanna)
    assert client.get("/konto/wyloguj/").status_code == 200
    assert "_auth_user_id" in client.session
    assert client.post("/konto/wyloguj/")["Location"] == "/"
    assert "_auth_user_id" not in client.session


def test_form_of_another_site_signs_nobody_in_or_out(hanna):
    client = Client(enforce_csrf_checks=True)
    client.force_login(hanna)
    assert client.post("/konto/wyloguj/").status_code == 403
    assert "_auth_user_id" in client.session


@pytest.mark.parametrize("address", ["127.0.0.1", "", "not an address"])
def test_guessing_ends_after_ten_tries_even_with_the_right_password(visitor, hanna, address):
    for number in range(10):
        response = visitor.post(URL, {"login": HANNA, "password": f"zgaduję {number}"}, REMOTE_ADDR=address)
        assert response.status_code == 422
    response = visitor.post(URL, {"login": HANNA, "password": PASSWORD}, REMOTE_ADDR=address)
    assert response.status_code == 429
    assert TOO_MANY in response.content.decode()
    assert "_auth_user_id" not in visitor.session


def test_guessing_at_one_account_locks_no_other(visitor, hanna):
    for number in range(11):
        sign_in(visitor, f"zgaduję {number}")
    neighbour = make_resident("Tomasz")
    response = visitor.post(URL, {"login": neighbour.email, "password": PASSWORD})
    assert response.status_code == 302


def test_many_tries_from_one_place_get_the_page_of_too_many_tries(visitor, hanna, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"login": "2/15m/ip"}
    for _ in range(2):
        sign_in(visitor, "zupełnie inne hasło")
    response = sign_in(visitor)
    assert response.status_code == 429
    assert "Try again in 15 minutes." in response.content.decode()


def test_limits_are_counted_in_the_database_that_all_workers_share(visitor, hanna, settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "limits"}}
    call_command("createcachetable", verbosity=0)
    for number in range(10):
        sign_in(visitor, f"zgaduję {number}")
        caches.close_all()
    assert sign_in(Client()).status_code == 429


def test_cache_of_the_site_is_shared_and_big_enough(settings):
    """Beyond its size a cache forgets entries, so a small one would forget limits."""
    from forum_portal import settings as site

    assert site.CACHES["default"]["BACKEND"].endswith("DatabaseCache")
    assert site.CACHES["default"]["max_entries"] >= 10_000


def test_visitors_behind_a_proxy_are_told_apart(visitor, hanna, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"login": "1/15m/ip"}
    for address, status in [("198.51.100.1", 302), ("198.51.100.2", 302), ("198.51.100.1", 429)]:
        response = Client().post(
            URL,
            {"login": HANNA, "password": PASSWORD},
            headers={"x-forwarded-for": f"203.0.113.9, {address}"},
        )
        assert response.status_code == status


def test_stranger_at_the_panel_comes_to_the_forums_own_sign_in(visitor):
    response = visitor.get("/panel/", follow=True)
    assert response.redirect_chain[-1] == ("/konto/zaloguj/?next=%2Fpanel%2F", 302)


def test_resident_at_the_panel_is_refused_and_not_sent_round_in_circles(as_user, hanna):
    response = as_user(hanna).get("/panel/", follow=True)
    assert response.status_code == 403
    assert len(response.redirect_chain) == 1


def test_editor_comes_from_sign_in_to_the_second_factor_of_the_panel(visitor, editor):
    response = visitor.post(URL, {"login": editor.email, "password": PASSWORD, "next": "/panel/"}, follow=True)
    assert response.redirect_chain == [("/panel/", 302), ("/konto/bezpieczenstwo/panel/", 302)]
    assert response.status_code == 200


def test_passkey_that_fails_keeps_the_way_back(visitor):
    page = visitor.get(URL + "?next=/tematy/").content.decode()
    assert page.count('name="next" value="/tematy/"') == 2  # for the password, and for the passkey
    response = visitor.post(PASSKEY, {"credential": "{}", "next": "/tematy/"})
    assert response["Location"] == URL + "?next=%2Ftematy%2F"
    response = visitor.post(PASSKEY, {"credential": "{}", "next": "//obcy.example/"})
    assert response["Location"] == URL


@pytest.mark.parametrize("credential", ['{"id": 1}', '{"id": "AA"}', "[]", "1", '"x"', '{"id": "AA", "rawId": "AA"}'])
def test_half_an_answer_of_a_passkey_leads_back_to_the_page(visitor, credential):
    response = visitor.post(PASSKEY, {"credential": credential})
    assert (response.status_code, response["Location"]) == (302, URL)
    assert "_auth_user_id" not in visitor.session
