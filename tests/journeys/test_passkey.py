"""An officer enrols a passkey in the browser and signs in by it alone; where there is none, the page says so."""

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from limu.wire.database import Database
from tests import people
from tests.journeys import desks

pytestmark = pytest.mark.browser

AUTHENTICATOR = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


def with_authenticator(context: BrowserContext, page: Page) -> None:
    """Give the window a device that keeps keys and knows its owner."""
    session = context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})


def test_an_officer_signs_in_with_a_passkey_alone(browser: Browser, desk_site: tuple[str, Database]) -> None:
    site = desk_site[0].replace("127.0.0.1", "localhost")
    context = desks.signed_in(browser, site, desks.CLERK)
    page = context.pages[0]
    with_authenticator(context, page)
    page.goto("/account/2fa/webauthn/add/")
    page.get_by_label("密码", exact=True).fill(people.PASSWORD)
    page.get_by_role("button", name="确认").click()
    page.get_by_label("可代替密码登录").check()
    page.get_by_role("button", name="登记").click()
    expect(page.get_by_text("通行密钥已登记")).to_be_visible()

    page.get_by_test_id("desk-sign-out").click()
    page.get_by_role("button", name="用通行密钥登录").click()

    expect(page.get_by_test_id("desk-officer")).to_contain_text(desks.CLERK)
    context.close()


def test_a_device_without_a_passkey_is_told_of_it(browser: Browser, desk_site: tuple[str, Database]) -> None:
    context = browser.new_context(base_url=desk_site[0].replace("127.0.0.1", "localhost"), locale="zh-CN")
    page = context.new_page()
    with_authenticator(context, page)
    page.goto("/account/login/")
    expect(page.get_by_test_id("passkey-fault")).to_be_hidden()

    page.get_by_role("button", name="用通行密钥登录").click()

    expect(page.get_by_test_id("passkey-fault")).to_contain_text("没有用上通行密钥")
    context.close()
