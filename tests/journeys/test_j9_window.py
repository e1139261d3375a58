"""J9 (ux.md 5.8): the approval window: the lawful measure with its article, comply or explain, a slip that verifies."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest
import segno
from playwright.sync_api import Browser, BrowserContext, Page, expect

from limu.account.store import put_login
from limu.agent.actions import open_demonstration_agent
from limu.department.rules import Officer
from limu.department.store import all_departments, enter
from limu.law.book import packaged_book
from limu.listing import actions as listing
from limu.listing.actions import Document, Proposed
from limu.measure.actions import sync_law
from limu.wire.clock import register_today
from limu.wire.database import Database
from limu.wire.lawbook import current_book
from limu.wire.passwords import hash_password
from limu.wire.statutes import read_law_texts
from tests import people
from tests.front import town
from tests.journeys import desks
from tests.listed import CASE, DECISION, NOTICE, SERVICE, own_lists

pytestmark = pytest.mark.browser
ABNORMAL = town.Deed(
    "J9", "示市监异〔2026〕1号", "示例市市场监督管理局", date(2026, 7, 1), None, date(2029, 7, 1),
    item="abnormal_list", party=town.GROUP,
)  # fmt: skip
REASON = "项目属于应急救灾，经批准不执行"


@pytest.fixture(scope="module")
def window(browser: Browser, desk_site: tuple[str, Database]) -> Iterator[BrowserContext]:
    """A clerk at the window, on a day on which one builder stands on the list of wage arrears."""
    _list_a_builder(desk_site[1])
    _mark_abnormal(desk_site[1])
    context = desks.signed_in(browser, desk_site[0], desks.CLERK)
    yield context
    context.close()


def _list_a_builder(database: Database) -> None:
    with database.connect("app") as connection:
        bureau = next(one for one in all_departments(connection) if one.short_name == "市场监管局")
        own_lists(connection, bureau.id)
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


def _agent(database: Database) -> str:
    """Somebody who may act for the builder."""
    with database.connect("app") as app:
        centre = next(one for one in all_departments(app) if one.is_centre)
        code = open_demonstration_agent(
            app, uscc=town.BUILDER, person_name="赵经办", expires_on=date(2028, 1, 1), department=centre.id
        )
    assert code is not None
    with database.connect("account") as logins:
        put_login(logins, code=code, name="赵经办", hashed=hash_password(people.PASSWORD))
    return code


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
    assert desks.faults_of(page) == []
    found = re.search(r"(/verify\?\S+)", slip.inner_text())
    assert found
    site = page.url.split("/dept")[0]
    # The code that a camera reads is the address that is printed, module for module.
    drawn = segno.make(site + found[1], error="m").svg_inline(scale=3, border=2, omitsize=False)
    assert slip.locator("svg path").get_attribute("d") == drawn.split(' d="')[1].split('"')[0]
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
    # What is asked of a name is left away, and that is said.
    _check(page, "清河建材的处罚")
    expect(page.get_by_test_id("check-answered-as")).to_contain_text("以下是按“清河建材”找到的")
    # A name yields candidates; the measure comes only after the code was confirmed.
    _check(page, "清河建材")
    expect(page.get_by_test_id("check-answered-as")).to_have_count(0)
    candidates = page.get_by_test_id("check-candidates")
    expect(candidates).to_contain_text("请确认代码")
    expect(candidates).not_to_contain_text("限制")
    assert desks.faults_of(page) == []
    candidates.locator("form").filter(has=page.locator(f"input[value='{town.BUILDER}']")).get_by_role("button").click()
    expect(page.get_by_test_id("check-told")).to_contain_text("命中 1 项")


def test_a_measure_whose_basis_nobody_has_confirmed_is_not_offered(
    window: BrowserContext, desk_site: tuple[str, Database]
) -> None:
    # 6: the law text knows a consequence of this record at this act; no two people have confirmed it.
    book = packaged_book(read_law_texts())
    rules = [one for one in book.consequences() if one.ground == "ground/abnormal-list" and "land" in one.acts]
    assert rules
    assert not any(book.ref(one.key).is_confirmed for one in rules)
    page = window.pages[0]
    _check(page, town.GROUP, act="land")
    expect(page.get_by_test_id("check-told")).to_contain_text("未命中限制类名单")
    with desk_site[1].connect("web") as web:
        assert web.execute("SELECT FROM shown.record WHERE id = %s", [ABNORMAL.id]).fetchone() is not None


def _mark_abnormal(database: Database) -> None:
    """A public record of a kind on which a consequence stands in the texts, unconfirmed."""
    deed = ABNORMAL
    town.RULES.setdefault(deed.item, "term/permit")
    with database.connect("admin") as admin:
        admin.execute("SET search_path = limu, shown")
        admin.execute("INSERT INTO item_owner VALUES (%s, %s) ON CONFLICT DO NOTHING", (deed.item, town.of("dept")))
        admin.execute(
            """INSERT INTO submission (id, department, item, item_version, officer, file_hash, state, received,
                   accepted, linked, published, withheld, received_at)
               SELECT %s, department, %s, 1, officer, %s, 'done', 1, 1, 1, 1, 0, received_at FROM submission
               WHERE id = %s""",
            (town.of(deed.item), deed.item, deed.item.encode().ljust(32, b"."), town.of("permit")),
        )
        town._record(admin, deed)


def test_the_subject_sees_who_asked(window: BrowserContext, browser: Browser, desk_site: tuple[str, Database]) -> None:
    # 7: the trail of the subject, and the page on which its agent reads it.
    _check(window.pages[0], town.BUILDER)
    code = _agent(desk_site[1])
    agent = desks.signed_in(browser, desk_site[0], code)
    agent.pages[0].goto("/my/readers")
    readers = agent.pages[0].get_by_test_id("my-readers")
    expect(readers).to_contain_text("示例市市场监督管理局")
    expect(readers).to_contain_text("办理事项时核查可以采取的措施")
    _questioned(agent.pages[0], browser, desk_site)
    agent.close()

    with desk_site[1].connect("owner") as owner:
        rows = owner.execute(
            "SELECT p.label, t.scope FROM limu.read_ticket t JOIN limu.purpose p ON p.code = t.purpose"
            " JOIN limu.subject s ON s.id = t.subject WHERE s.uscc = %s AND t.purpose = 'window_check'",
            [town.BUILDER],
        ).fetchall()

    assert rows
    assert {row["scope"] for row in rows} >= {"申请财政性资金项目"}


def _questioned(page: Page, browser: Browser, desk_site: tuple[str, Database]) -> None:
    """A doubt about one read goes to the centre; who had no part in it answers, and the subject reads the answer."""
    site, database = desk_site
    page.get_by_test_id("my-doubt").first.click()
    page.locator("#q-text").fill("我单位没有申请这一项目")
    page.get_by_test_id("my-question-send").click()
    expect(page.get_by_test_id("my-reply")).to_contain_text("信用中心正在核实")
    with database.connect("app") as app:
        centre = next(one for one in all_departments(app) if one.is_centre)
        people.officer_in(app, centre, "watch.one", "supervisor")
    people.give_logins(database, ["watch.one"])
    people.give_factors(database)
    watch = desks.signed_in(browser, site, "watch.one")
    desk = watch.pages[0]
    desk.goto("/ops")
    desk.get_by_test_id("watch-questions").get_by_role("link").first.click()
    question = desk.get_by_test_id("reading-question")
    expect(question).to_contain_text("我单位没有申请这一项目")
    expect(question).to_contain_text(desks.CLERK)
    _looked_at(desk, "readings-asked")
    question.locator("textarea").fill("系本单位受理项目申报时核查，有受理记录。")
    question.get_by_test_id("reading-answer").click()
    expect(desk.get_by_test_id("reading-reply")).to_contain_text("有受理记录")
    watch.close()
    page.reload()
    expect(page.get_by_test_id("my-reply")).to_contain_text("有受理记录")
    _looked_at(page, "my-reading-answered")
    page.goto("/my/readers")
    expect(page.get_by_test_id("my-readers")).to_contain_text("已答复")
    _looked_at(page, "my-readers")


def _looked_at(page: Page, name: str) -> None:
    for width in desks.WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert desks.faults_of(page) == [], (name, width)
        desks.picture(page, name)


def test_a_list_of_a_hundred_is_matched_confirmed_and_answered_with_a_workbook(
    window: BrowserContext, tmp_path: Path
) -> None:
    # 8: ninety-seven are found by code or name, three have to be confirmed by somebody who knows.
    page = window.pages[0]
    page.goto("/dept/check-list")
    page.get_by_label("办理的事项").select_option("government_funds")
    known = [(town.BUILDER, 0), (town.GROUP, 1), *((name, at) for at, (_, name) in enumerate(town.SUBJECTS[:6]))]
    sent = [known[number % len(known)] for number in range(97)]
    sheet = tmp_path / "names.xlsx"
    book = openpyxl.Workbook()
    unknown = [[f"没有这家公司{number}有限公司"] for number in range(3)]
    for line in (["名称"], *([text] for text, _ in sent), *unknown):
        book.active.append(line)
    book.save(sheet)
    page.get_by_label("名单文件").set_input_files(sheet)
    page.get_by_test_id("list-match").click()
    expect(page.get_by_test_id("list-told")).to_contain_text("匹配 97，需确认 3")
    assert desks.faults_of(page) == []
    desks.picture(page, "check-list-found")
    with page.expect_download() as download:
        page.get_by_test_id("list-check").click()
    download.value.save_as(tmp_path / "answer.xlsx")

    rows = list(openpyxl.load_workbook(tmp_path / "answer.xlsx").active.iter_rows(min_row=3, values_only=True))
    assert [row[3] for row in rows] == [
        *("命中" if at == 0 else "未命中限制类名单" for _, at in sent), *["需要确认代码，没有核查"] * 3,
    ]  # fmt: skip
    assert "第四十八条" in str(rows[0][5])
