"""J1 (ux.md 5.8): anybody searches, opens a subject's file and a record; with and without script, wide and narrow."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.front import town
from tests.journeys import desks

pytestmark = pytest.mark.browser

SMALLEST = """() => Math.min(...[...document.querySelectorAll('main p, main li, main a, main time, main small')]
    .filter(e => e.offsetParent && e.textContent.trim()).map(e => parseFloat(getComputedStyle(e).fontSize)))"""
WIDTHS = (1440, 375)
PICTURED = {
    "home": "/", "search": "/search?q=qhjc", "not-found": "/search?q=没有这家公司", "person": "/search?q=张三",
    "subject": f"/s/{town.BUILDER}", "subject-empty": f"/s/{town.BUILDER}?tab=honours", "record": f"/r/{town.A.id}",
    "ended": f"/r/{town.GONE.id}", "disclosure": "/disclosure", "lists-empty": "/lists", "catalogue": "/catalog",
    "item": "/catalog/penalty", "law": "/law?rule=term/ndrc-36/general", "instrument": "/law/ndrc-36",
    "law-local": "/law/local", "quality": "/quality", "about": "/about", "developers": "/developers",
}  # fmt: skip


@pytest.fixture(params=[(width, script) for width in WIDTHS for script in (True, False)], ids=str)
def page(request: pytest.FixtureRequest, browser: Browser, site: str) -> Iterator[Page]:
    width, script = request.param
    context = browser.new_context(
        viewport={"width": width, "height": 900}, base_url=site, java_script_enabled=script, locale="zh-CN"
    )
    yield context.new_page()
    context.close()


def ask(page: Page, words: str) -> None:
    page.goto("/")
    page.get_by_placeholder("请输入企业名称或统一社会信用代码").fill(words)
    page.get_by_role("button", name="查询").click()


def test_the_home_page_offers_search_and_tells_the_time_of_its_data(page: Page) -> None:
    page.goto("/")

    expect(page.get_by_role("navigation").get_by_text("查信用")).to_be_visible()
    expect(page.get_by_placeholder("请输入企业名称或统一社会信用代码")).to_be_visible()
    expect(page.get_by_text("数据更新时间")).to_be_visible()


def test_a_name_with_half_width_brackets_finds_the_group(page: Page) -> None:
    ask(page, "清河建材(集团)")

    expect(page.get_by_text("找到 1 个相关主体")).to_be_visible()
    expect(page.get_by_role("link", name="示例市清河建材（集团）有限公司")).to_be_visible()


def test_a_pasted_code_lands_on_its_subject(page: Page) -> None:
    ask(page, " 91990100ma0000001g ")

    expect(page.get_by_role("heading", name="示例市清河建材有限公司")).to_be_visible()


def test_pinyin_initials_find_both_and_say_why(page: Page) -> None:
    ask(page, "qhjc")

    expect(page.get_by_text("找到 2 个相关主体")).to_be_visible()
    expect(page.get_by_text("拼音首字母匹配")).to_have_count(2)


def test_a_code_beginning_with_a_letter_is_accepted(page: Page) -> None:
    ask(page, "N2990100MF0000006R")

    expect(page.get_by_role("heading", name="示例市示例村股份经济合作社")).to_be_visible()


def test_the_penalties_are_those_public_today(page: Page) -> None:
    page.goto(f"/s/{town.BUILDER}")
    page.get_by_test_id("subject-tab-penalties").click()

    expect(page.get_by_test_id("record-card")).to_have_count(3)
    for words in (town.A.number, town.B.number, town.C.number, "公示期", "来源", "决定书文号"):
        expect(page.get_by_text(words).first).to_be_visible()
    expect(page.get_by_text(town.D.number)).to_have_count(0)


def test_a_record_can_be_opened_and_cited(page: Page) -> None:
    page.goto(f"/s/{town.BUILDER}?tab=penalties")
    page.get_by_role("link", name=town.A.number).click()

    for words in ("公示期与依据", "救济途径", "行政复议", "公示状态变化"):
        expect(page.get_by_text(words).first).to_be_visible()


def test_nothing_found_offers_a_way_on(page: Page) -> None:
    ask(page, "没有这家公司")

    expect(page.get_by_text("未找到“没有这家公司”")).to_be_visible()
    expect(page.get_by_role("main").get_by_role("link", name="提交纠错")).to_be_visible()


def test_a_person_is_not_found(page: Page) -> None:
    ask(page, "张三")

    expect(page.get_by_text("不提供自然人信息公开查询").first).to_be_visible()
    expect(page.get_by_test_id("search-hit")).to_have_count(0)


def test_the_elder_edition_is_one_click_away(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="长者版").click()

    expect(page.get_by_role("link", name="退出长者版")).to_be_visible()
    if _has_script(page):
        assert page.evaluate(SMALLEST) >= 18


def _has_script(page: Page) -> bool:
    try:
        return bool(page.evaluate("1"))
    except Exception:  # noqa: BLE001 - a browser without script refuses in its own way
        return False


@pytest.mark.parametrize("edition", ["standard", "elder"])
@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_is_accessible_and_never_wider_than_the_screen(
    browser: Browser, site: str, width: int, edition: str
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, base_url=site, bypass_csp=True)
    context.add_cookies([{"name": "limu_view", "value": edition, "url": site}])
    page = context.new_page()
    faults = []
    for name, address in PICTURED.items():
        page.goto(address)
        faults += [f"{name}: {fault}" for fault in desks.faults_of(page, spared="")]
        if folder := os.environ.get("LIMU_SCREENSHOTS"):
            suffix = "" if edition == "standard" else "-elder"
            page.screenshot(path=Path(folder) / f"{name}-{width}{suffix}.png", full_page=True)
    context.close()

    assert faults == []
