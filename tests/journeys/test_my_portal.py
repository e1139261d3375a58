"""The portal of an organisation in a browser: every page with axe at both widths, and an objection."""

from collections.abc import Iterator
from datetime import date

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from limu.account.store import put_login
from limu.agent.actions import open_demonstration_agent
from limu.city.seven import QINGHE
from limu.department.store import all_departments
from limu.wire.database import Database
from limu.wire.passwords import hash_password
from tests import people
from tests.journeys import desks

pytestmark = pytest.mark.browser
PAGES = ("my", "my/records", "my/repair", "my/cases", "my/letters", "my/readers", "my/agents")


@pytest.fixture(scope="module")
def agent(browser: Browser, desk_site: tuple[str, Database]) -> Iterator[BrowserContext]:
    site, database = desk_site
    with database.connect("app") as app:
        centre = next(one for one in all_departments(app) if one.is_centre)
        code = open_demonstration_agent(
            app, uscc=QINGHE[0], person_name="赵经办", expires_on=date(2028, 1, 1), department=centre.id
        )
    assert code is not None
    with database.connect("account") as logins:
        put_login(logins, code=code, name="赵经办", hashed=hash_password(people.PASSWORD))
    context = desks.signed_in(browser, site, code)
    yield context
    context.close()


@pytest.mark.parametrize("width", desks.WIDTHS)
def test_every_page_is_open_to_all_and_keeps_to_the_width(browser: Browser, agent: BrowserContext, width: int) -> None:
    context = desks.again(browser, agent, width=width)
    page = context.new_page()
    for path in PAGES:
        page.goto(f"/{path}")
        assert desks.faults_of(page) == [], path
        desks.picture(page, path.replace("/", "-"))
    context.close()


def test_an_objection_without_words_comes_back_with_what_is_missing(agent: BrowserContext) -> None:
    page = agent.pages[0]
    page.goto("/my/records")
    page.get_by_test_id("my-record").get_by_role("link").first.click()
    assert desks.faults_of(page) == []
    page.get_by_test_id("my-not-mine").click()
    assert desks.faults_of(page) == []
    page.get_by_test_id("objection-send").click()
    expect(page.get_by_test_id("error")).to_contain_text("没有写明异议的内容")
    expect(page.get_by_label("不是我的记录")).to_be_checked()
