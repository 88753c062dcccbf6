"""Staff with a second factor: a passkey made and used, with the device that Chromium pretends to have; an app whose key
is typed; a recovery code."""

from urllib.parse import urlsplit

import pytest
from django.core.cache import cache
from playwright.sync_api import Page

from participants.models import Resident
from participants.roles import Role
from tests.browser.conftest import accessibility_faults
from tests.factories import PASSWORD, make_resident
from tests.participants.test_security_second_factor import code_of

pytestmark = pytest.mark.django_db(transaction=True)
SECURITY = "/konto/bezpieczenstwo/"


def pretend_device(page: Page) -> None:
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def add_passkey(page: Page) -> None:
    """From a page that offers it to the recovery codes."""
    page.locator(f"main a[href='{SECURITY}klucz/']").click()
    page.locator("#id_password").fill(PASSWORD)
    page.locator("main form button").click()
    page.wait_for_url(f"**{SECURITY}klucz/")
    assert accessibility_faults(page) == []
    page.locator("main form[data-passkey] button").click()
    page.wait_for_url(f"**{SECURITY}kody/")


def type_password(page: Page, account: Resident) -> None:
    page.goto("/konto/zaloguj/?next=/panel/")
    page.locator("#id_login").fill(account.email)
    page.locator("#id_password").fill(PASSWORD)
    page.locator("main form").first.locator("button").click()


def type_code(page: Page, code: str) -> None:
    page.locator("#id_code").fill(code)
    page.locator("main form").first.locator("button").click()


@pytest.mark.parametrize("width", ["phone"], indirect=True)
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_app_whose_key_is_typed_opens_the_panel_and_later_a_recovery_code_does(visit, width, scripts):
    editor = make_resident("Anna", roles=[Role.EDITOR])
    page = visit(scripts=scripts)
    type_password(page, editor)
    page.wait_for_url(f"**{SECURITY}panel/")
    page.locator(f"main a[href='{SECURITY}aplikacja/']").click()
    page.locator("#id_password").fill(PASSWORD)
    page.locator("main form button").click()
    page.wait_for_url(f"**{SECURITY}aplikacja/")
    secret = page.locator("main code").inner_text()
    type_code(page, "000000")
    assert page.title().startswith("Błąd:")
    type_code(page, code_of(secret))
    page.wait_for_url(f"**{SECURITY}kody/")
    spare = page.locator("main code").first.inner_text()
    page.locator("main a[href='/panel/']").click()
    page.wait_for_url("**/panel/")
    for code in (code_of(secret), spare):
        cache.clear()  # the code that was just typed may be typed again, as if half a minute had gone by
        again = visit(scripts=scripts)
        type_password(again, editor)
        again.wait_for_url(f"**{SECURITY}drugi-krok/**")
        type_code(again, code)
        again.wait_for_url("**/panel/")


@pytest.mark.parametrize("width", ["phone"], indirect=True)
def test_passkey_opens_the_panel_and_later_the_account_with_no_fault(visit, live_server, width):
    editor = make_resident("Anna", roles=[Role.EDITOR])
    page = visit(base_url=live_server.url.replace("127.0.0.1", "localhost"))
    pretend_device(page)
    type_password(page, editor)
    page.wait_for_url(f"**{SECURITY}panel/")
    assert accessibility_faults(page) == []
    add_passkey(page)
    assert accessibility_faults(page) == []
    page.locator("main a[href='/panel/']").click()
    page.wait_for_url("**/panel/")
    page.goto(SECURITY)
    assert accessibility_faults(page) == []
    page.goto("/konto/wyloguj/")
    page.locator("main form button").click()
    page.goto("/konto/zaloguj/?next=/panel/")
    assert accessibility_faults(page) == []
    page.locator("main form[data-passkey] button").click()
    page.wait_for_url(lambda url: urlsplit(url).path == "/panel/")
