"""Staff with a second factor: a passkey made and used, with the device that Chromium pretends to have."""

import pytest
from playwright.sync_api import Page

from participants.roles import Role
from tests.browser.conftest import accessibility_faults
from tests.factories import PASSWORD, make_resident

pytestmark = pytest.mark.django_db(transaction=True)
SECURITY = "/konto/bezpieczenstwo/"


def pretend_device(page: Page) -> None:
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


@pytest.mark.parametrize("width", ["phone"], indirect=True)
def test_passkey_opens_the_panel_and_later_the_account_with_no_fault(visit, live_server, width):
    editor = make_resident("Anna", roles=[Role.EDITOR])
    page = visit(base_url=live_server.url.replace("127.0.0.1", "localhost"))
    pretend_device(page)
    page.goto("/konto/zaloguj/?next=/panel/")
    page.locator("#id_login").fill(editor.email)
    page.locator("#id_password").fill(PASSWORD)
    page.locator("main form").first.locator("button").click()
    page.wait_for_url(f"**{SECURITY}panel/")
    assert accessibility_faults(page) == []
    page.locator(f"main a[href='{SECURITY}klucz/']").click()
    page.locator("#id_password").fill(PASSWORD)
    page.locator("main form button").click()
    page.wait_for_url(f"**{SECURITY}klucz/")
    assert accessibility_faults(page) == []
    page.locator("main form[data-passkey] button").click()
    page.wait_for_url(f"**{SECURITY}kody/")
    assert accessibility_faults(page) == []
    page.locator("main a[href='/panel/']").click()
    page.wait_for_url("**/panel/")
    page.goto(SECURITY)
    assert accessibility_faults(page) == []
    page.goto("/konto/wyloguj/")
    page.locator("main form button").click()
    page.goto("/konto/zaloguj/")
    assert accessibility_faults(page) == []
    page.locator("main form[data-passkey] button").click()
    page.wait_for_url(lambda url: "zaloguj" not in url)
    page.goto("/panel/")
    page.wait_for_url("**/panel/")
