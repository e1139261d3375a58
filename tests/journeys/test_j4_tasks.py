"""J4 (ux.md 5.8): a task near its day, a nil return in one click, and an overdue light that counts working days."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from limu.wire.database import Database
from tests.journeys import desks

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def clerk(browser: Browser, desk_site: tuple[str, Database]) -> Iterator[BrowserContext]:
    context = desks.signed_in(browser, desk_site[0], desks.CLERK)
    yield context
    context.close()


@pytest.fixture(scope="module")
def officer(browser: Browser, desk_site: tuple[str, Database]) -> Iterator[BrowserContext]:
    context = desks.signed_in(browser, desk_site[0], desks.CENTRE)
    yield context
    context.close()


def test_a_nil_return_and_an_overdue_light(  # noqa: PLR0915 - a journey is one story
    clerk: BrowserContext, officer: BrowserContext, desk_site: tuple[str, Database]
) -> None:
    page = clerk.pages[0]

    # 1: coercion is due today.
    page.goto("/dept/tasks")
    task = page.get_by_test_id("task-coercion")
    expect(task).to_contain_text("行政强制")
    expect(task).to_contain_text("临期")
    expect(task.locator("svg.icon")).to_have_count(1)

    # 2: nothing in this period.
    task.get_by_role("link", name="本期无数据").click()
    expect(page.get_by_text("确认本期没有产生该类信息")).to_be_visible()
    assert desks.faults_of(page) == []
    desks.picture(page, "nil")
    page.get_by_role("button", name="确认，本期无数据").click()
    expect(page.get_by_test_id("desk-message")).to_contain_text("已零报告")
    expect(page.get_by_test_id("task-coercion")).to_contain_text("已零报告")
    expect(page.get_by_test_id("task-coercion").get_by_role("link", name="本期无数据")).to_have_count(0)

    # 3: three days on, the item that was due on the 24th is two working days late.
    desks.shift_days(desk_site[1], 3)
    page.goto("/dept/tasks")
    late = page.get_by_test_id("task-confirmation")
    expect(late).to_contain_text("逾期 2 个工作日")
    expect(late.locator("svg.icon")).to_have_count(1)
    expect(page.get_by_test_id("tasks-late")).to_contain_text("逾期未报")
    assert desks.faults_of(page) == []
    desks.picture(page, "tasks-late")
    page.goto("/dept")
    expect(page.get_by_test_id("home-tasks")).to_contain_text("逾期 2 个工作日")
    desks.picture(page, "home-late")

    # 4: a red cell in the centre's matrix; the centre reminds; the department sees it.
    remind(officer.pages[0])
    page.goto("/dept/tasks")
    expect(page.get_by_test_id("task-confirmation")).to_contain_text("收到催报")
    page.goto("/dept")
    expect(page.get_by_test_id("home-tasks")).to_contain_text("收到催报")
    # A late nil return settles the missed period and takes the light away.
    page.goto("/dept/tasks")
    page.get_by_test_id("task-confirmation").get_by_role("link", name="本期无数据").click()
    page.get_by_role("button", name="确认，本期无数据").click()
    expect(page.get_by_test_id("task-confirmation")).to_contain_text("正常")
    expect(page.get_by_test_id("tasks-late")).to_have_count(0)


def remind(page: Page) -> None:
    """4: what the centre sees and does."""
    page.goto("/ops")
    page.get_by_role("link", name="归集监控", exact=True).first.click()
    late = page.get_by_test_id("collection-matrix").locator(".cell.overdue").first
    expect(late).to_contain_text("逾期")
    expect(late).to_contain_text("2 个工作日")
    red, green, blue = map(int, re.findall(r"\d+", late.evaluate("cell => getComputedStyle(cell).color"))[:3])
    assert red > 2 * max(green, blue)
    expect(late.locator("svg.icon")).to_have_count(1)
    assert desks.faults_of(page) == []
    desks.picture(page, "collection-late")
    page.goto("/ops/collection?light=overdue")
    page.get_by_test_id("collection-remind").click()
    expect(page.get_by_test_id("desk-message")).to_contain_text("已催报")
