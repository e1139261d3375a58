"""J7 and J8 (ux.md 5.8) at the desks: an objection and a repair decided by two people, seen at once by the public."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from limu import reactions_objection, reactions_repair
from limu.case.rules import Case
from limu.department.store import enter
from limu.repair.actions import Applied, Item
from limu.wire.database import Database
from limu.wire.lawbook import current_book
from tests import people
from tests.journeys import desks
from tests.lawful import COMMITMENT, PROOF, Lawful, enlist_on, stand_lawful

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def standing(desk_site: tuple[str, Database]) -> Lawful:
    """A body with a reported record, and two of its people who can sign in."""
    database = desk_site[1]
    with database.connect("app") as app:
        lawful = stand_lawful(app, number=5)
    people.give_logins(database, [lawful.handler.code, lawful.second.code])
    return lawful


@pytest.fixture
def pages(browser: Browser, desk_site: tuple[str, Database], standing: Lawful) -> Iterator[tuple[Page, Page]]:
    """The windows of the two."""
    both = [desks.signed_in(browser, desk_site[0], one.code) for one in (standing.handler, standing.second)]
    yield both[0].pages[0], both[1].pages[0]
    for context in both:
        context.close()


@pytest.fixture
def visitor(browser: Browser, desk_site: tuple[str, Database]) -> Iterator[Page]:
    """The window of anybody who holds a paper."""
    context = browser.new_context(base_url=desk_site[0], viewport={"width": 1440, "height": 900}, locale="zh-CN")
    yield context.new_page()
    context.close()


def _opened(page: Page) -> None:
    """Go to the only waiting case through the list."""
    page.goto("/dept/cases")
    assert desks.faults_of(page) == []
    page.get_by_test_id("cases-waiting").get_by_role("link").first.click()


def test_an_objection_is_marked_at_once_and_kept_with_reasons(
    pages: tuple[Page, Page], desk_site: tuple[str, Database], standing: Lawful
) -> None:
    database, (page, other) = desk_site[1], pages
    record, agent = standing.record, standing.agent
    with database.connect("app") as app:
        made = reactions_objection.open_objection(
            app, actor=agent, record=record, reason="wrong_content", text="金额不对"
        )
    assert isinstance(made, Case)

    page.goto(f"/r/{record}")
    expect(page.get_by_text("异议处理中").first).to_be_visible()
    _opened(page)
    expect(page.get_by_test_id("state")).to_have_text("待受理")
    page.get_by_test_id("case-accept").click()
    expect(page.get_by_test_id("desk-message")).to_contain_text("已受理")
    page.get_by_label("维持").check()
    page.locator("#p-reason").fill("与决定书核对一致")
    page.get_by_role("button", name="提交，由另一人确认").click()
    expect(page.get_by_text("须由本单位另一人确认")).to_be_visible()
    assert desks.faults_of(page) == []
    other.goto(page.url)
    other.get_by_test_id("case-confirm").click()
    expect(other.get_by_text("异议处理结果告知书")).to_be_visible()
    assert desks.faults_of(other) == []
    other.get_by_test_id("confirm").click()
    expect(other.get_by_test_id("state")).to_have_text("维持原信息")
    # A browser may keep its copy of a public page for a minute; whoever asks again sees what is so now.
    page.goto(f"/r/{record}")
    page.reload()
    expect(page.locator(".tag", has_text="异议处理中")).to_have_count(0)


def _slip(page: Page, code: str) -> str:
    """Have a slip made out at the window while the list entry that rests on the record is in force."""
    page.goto("/dept/check")
    page.get_by_test_id("check-act").select_option("supervision")
    page.get_by_test_id("check-q").fill(code)
    page.get_by_test_id("check-go").click()
    page.get_by_label("执行这项措施").check()
    page.get_by_test_id("check-save").click()
    page.get_by_test_id("check-slip").click()
    found = re.search(r"(/verify\?\S+)", page.get_by_test_id("slip").inner_text())
    assert found
    return found[1]


def _superseded(page: Page, visitor: Page, *, address: str, slip: str) -> None:
    """Step 8: the old paper says it is superseded to whoever asks, and nothing of what it had said."""
    visitor.goto(address)
    told = visitor.get_by_test_id("verify-told")
    expect(told).to_contain_text("已被替代")
    for silent in ("核查时可以采取的措施", "修复", "名单"):
        expect(told).not_to_contain_text(silent)
    for width in desks.WIDTHS:
        visitor.set_viewport_size({"width": width, "height": 900})
        assert desks.faults_of(visitor) == []
        desks.picture(visitor, "slip-superseded")
    page.goto(slip)
    expect(page.get_by_test_id("slip-superseded")).to_contain_text("不得据此办理")
    desks.picture(page, "slip-superseded-desk")


def test_a_repair_is_refused_with_its_page_then_granted_and_gone(  # noqa: PLR0915 - a journey is one story
    pages: tuple[Page, Page], desk_site: tuple[str, Database], standing: Lawful, visitor: Page
) -> None:
    database, (page, other) = desk_site[1], pages
    record, agent = standing.record, standing.agent
    with database.connect("app") as app:
        enter(app, department=standing.base.department.id)
        enlist_on(app, standing)
    address = _slip(page, standing.base.codes[0])
    slip = page.url
    visitor.goto(address)
    expect(visitor.get_by_test_id("verify-told")).to_contain_text("核查单真实")
    with database.connect("app") as app:
        made = reactions_repair.apply_for_repair(
            app, current_book(app), actor=agent, items=(Item(record),), documents=(COMMITMENT, PROOF)
        )
    assert isinstance(made, Applied), made

    _opened(page)
    page.get_by_test_id("case-accept").click()
    expect(page.get_by_test_id("state")).to_have_text("核查中")
    page.get_by_text("哪些天计入、为什么").first.click()
    expect(page.locator(".days li").first).to_contain_text("工作日")
    page.get_by_label("不予修复", exact=True).check()
    page.locator("#p-reason").fill("第二页看不清")
    page.get_by_role("button", name="提交，由另一人确认").click()
    expect(page.get_by_test_id("error")).to_contain_text("不予修复必须选择理由")
    expect(page.locator("#p-reason")).to_have_value("第二页看不清")
    assert desks.faults_of(page) == []
    desks.picture(page, "case-error")
    page.get_by_label("R03").check()
    page.locator("input[name=detail_R03]").fill("2")
    page.get_by_role("button", name="提交，由另一人确认").click()
    other.goto(page.url)
    other.get_by_test_id("case-confirm").click()
    expect(other.get_by_test_id("letter")).to_contain_text("第 2 页")
    other.get_by_test_id("confirm").click()
    expect(other.get_by_test_id("state")).to_have_text("不予修复")

    with database.connect("app") as app:
        again = reactions_repair.resubmit(app, current_book(app), made.cases[0].id, agent=agent, documents=(PROOF,))
    assert isinstance(again, Applied), again
    _opened(page)
    page.get_by_label("同意修复").check()
    page.locator("#p-reason").fill("义务已履行")
    page.get_by_role("button", name="提交，由另一人确认").click()
    other.goto(page.url)
    other.get_by_test_id("case-confirm").click()
    letters = other.get_by_test_id("letter")
    expect(letters.first).to_contain_text("信用修复结果告知书")
    expect(letters.nth(1)).to_contain_text("解除失信惩戒措施告知书")
    desks.picture(other, "case-confirm")
    other.get_by_test_id("confirm").click()
    expect(other.get_by_test_id("state")).to_have_text("同意修复，同步中")
    page.goto(f"/r/{record}")
    page.reload()
    expect(page.get_by_role("heading", name="停止公示")).to_be_visible()
    assert desks.faults_of(other) == []
    _superseded(page, visitor, address=address, slip=slip)
