"""J9 (ux.md 5.8): the approval window: the lawful measure with its article, comply or explain, a slip that verifies."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from limu.department.rules import Officer
from limu.department.store import all_departments, enter
from limu.listing import actions as listing
from limu.listing.actions import Document, Proposed
from limu.measure.actions import sync_law
from limu.wire.clock import register_today
from limu.wire.database import Database
from limu.wire.lawbook import current_book
from tests import people
from tests.front import town
from tests.journeys import desks
from tests.listed import CASE, DECISION, NOTICE, SERVICE

pytestmark = pytest.mark.browser
REASON = "项目属于应急救灾，经批准不执行"


@pytest.fixture(scope="module")
def window(browser: Browser, desk_site: tuple[str, Database]) -> Iterator[BrowserContext]:
    """A clerk at the window, on a day on which one builder stands on the list of wage arrears."""
    _list_a_builder(desk_site[1])
    context = desks.signed_in(browser, desk_site[0], desks.CLERK)
    yield context
    context.close()


def _list_a_builder(database: Database) -> None:
    with database.connect("app") as connection:
        bureau = next(one for one in all_departments(connection) if one.short_name == "市场监管局")
        first, second = (people.officer_in(connection, bureau, code, "list_officer") for code in ("list.a", "list.b"))
        assert isinstance(first, Officer)
        assert isinstance(second, Officer)
        sync_law(connection, current_book(connection))
        enter(connection, department=bureau.id)
        made = listing.propose_entry(
            connection, officer=first, kind="wages", uscc=town.BUILDER, case=CASE, notice=NOTICE
        )
        assert isinstance(made, Proposed), made
        listing.take_statement(connection, made.entry, officer=first, statement=Document("陈述1", "已支付一部分"))
        ends = listing.decide_entry(
            connection, made.entry, officer=second, decision=DECISION,
            until=register_today(connection) + timedelta(days=365),
        )  # fmt: skip
        assert isinstance(ends, date), ends
        listing.serve_entry(connection, made.entry, officer=first, service=SERVICE)


def _check(page: Page, code: str, act: str = "government_funds") -> None:
    page.goto("/dept/check")
    page.get_by_test_id("check-act").select_option(act)
    page.get_by_test_id("check-q").fill(code)
    page.get_by_test_id("check-go").click()


@pytest.mark.parametrize("width", desks.WIDTHS)
def test_the_window_says_what_the_law_allows_and_asks_for_an_answer(window: BrowserContext, width: int) -> None:
    page = window.pages[0]
    page.set_viewport_size({"width": width, "height": 900})
    # 1: from the code to the measure with its article.
    _check(page, town.BUILDER)
    expect(page.get_by_test_id("check-told")).to_contain_text("命中 1 项")
    measure = page.get_by_test_id("check-measure")
    expect(measure).to_contain_text("命中：拖欠农民工工资失信联合惩戒对象名单")
    expect(measure).to_contain_text(re.compile("依据：.*第四十八条"))
    # 2: the next step waits for an answer.
    expect(page.get_by_test_id("check-next")).to_contain_text("请选择执行或说明理由")
    expect(page.get_by_test_id("check-next")).to_have_attribute("aria-disabled", "true")
    assert desks.faults_of(page) == []
    # 3: not to comply takes a reason; the form keeps what was chosen.
    page.get_by_label("不执行，并说明理由").check()
    page.get_by_test_id("check-save").click()
    expect(page.get_by_test_id("error")).to_contain_text("选择不执行的，必须说明理由")
    expect(page.get_by_label("不执行，并说明理由")).to_be_checked()
    page.get_by_label("不执行的理由").fill(REASON)
    page.get_by_test_id("check-save").click()
    expect(page.get_by_test_id("check-answered")).to_contain_text(REASON)
    desks.picture(page, "check-answered")


def test_a_slip_has_a_number_and_verifies_for_anyone(window: BrowserContext, browser: Browser) -> None:
    page = window.pages[0]
    _check(page, town.BUILDER)
    page.get_by_label("执行这项措施").check()
    page.get_by_test_id("check-save").click()
    page.get_by_test_id("check-slip").click()
    slip = page.get_by_test_id("slip")
    expect(slip).to_contain_text("信用核查单")
    assert slip.locator("svg path").count() >= 1
    assert desks.faults_of(page) == []
    found = re.search(r"(/verify\?\S+)", slip.inner_text())
    assert found
    site = page.url.split("/dept")[0]
    anyone = browser.new_context(base_url=site, java_script_enabled=False, locale="zh-CN").new_page()
    anyone.goto(found[1])
    expect(anyone.get_by_test_id("verify-told")).to_contain_text("核查单真实")
    anyone.goto(found[1][:-1] + ("0" if found[1][-1] != "0" else "1"))
    expect(anyone.get_by_test_id("verify-none")).to_contain_text("无法识别该编号，请核对")
    anyone.context.close()


def test_a_subject_on_no_list_and_a_name_are_answered_as_they_should(window: BrowserContext) -> None:
    page = window.pages[0]
    # 5: nothing found, and when that was.
    _check(page, town.BUILDER, act="consumption")
    expect(page.get_by_test_id("check-told")).to_contain_text("未命中限制类名单")
    expect(page.get_by_test_id("check-told")).to_contain_text(re.compile(r"截至 \d{4}-\d\d-\d\d \d\d:\d\d:\d\d"))
    # A name yields candidates; the measure comes only after the code was confirmed.
    _check(page, "清河建材")
    candidates = page.get_by_test_id("check-candidates")
    expect(candidates).to_contain_text("请确认代码")
    expect(candidates).not_to_contain_text("限制")
    assert desks.faults_of(page) == []
    candidates.locator("form").filter(has=page.locator(f"input[value='{town.BUILDER}']")).get_by_role("button").click()
    expect(page.get_by_test_id("check-told")).to_contain_text("命中 1 项")


def test_the_query_stands_in_the_trail_of_the_subject(window: BrowserContext, desk_site: tuple[str, Database]) -> None:
    _check(window.pages[0], town.BUILDER)

    with desk_site[1].connect("owner") as owner:
        rows = owner.execute(
            "SELECT p.label, t.scope FROM limu.read_ticket t JOIN limu.purpose p ON p.code = t.purpose"
            " JOIN limu.subject s ON s.id = t.subject WHERE s.uscc = %s AND t.purpose = 'window_check'",
            [town.BUILDER],
        ).fetchall()

    assert rows
    assert {row["scope"] for row in rows} >= {"申请财政性资金项目"}


def test_a_list_is_matched_confirmed_and_answered_with_a_workbook(window: BrowserContext, tmp_path: Path) -> None:
    page = window.pages[0]
    page.goto("/dept/check-list")
    page.get_by_label("办理的事项").select_option("government_funds")
    sheet = tmp_path / "names.xlsx"
    book = openpyxl.Workbook()
    for line in (["名称"], [town.BUILDER], ["示例市清河建材（集团）有限公司"], ["没有这家公司有限公司"]):
        book.active.append(line)
    book.save(sheet)
    page.get_by_label("名单文件").set_input_files(sheet)
    page.get_by_test_id("list-match").click()
    expect(page.get_by_test_id("list-told")).to_contain_text("匹配 2，需确认 1")
    assert desks.faults_of(page) == []
    with page.expect_download() as download:
        page.get_by_test_id("list-check").click()
    download.value.save_as(tmp_path / "answer.xlsx")

    rows = list(openpyxl.load_workbook(tmp_path / "answer.xlsx").active.iter_rows(min_row=3, values_only=True))
    assert [row[3] for row in rows] == ["命中", "未命中限制类名单", "需要确认代码，没有核查"]
    assert "第四十八条" in str(rows[0][5])
