"""The centre's desk: what is wrong now, who is late and is reminded, and problems sent to a department until mended."""

from collections.abc import Iterator
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect

from limu.access.actions import read_traced
from limu.department.store import all_departments
from limu.wire.database import Database
from tests import people
from tests.intake.made import write_csv
from tests.journeys import desks
from tests.journeys.test_j3_upload import SHOWN, rows

pytestmark = pytest.mark.browser

LINE = 165
"""What a read may take on a telephone: when, who, of whom, and what, which unfolds."""
TALL = "document.querySelector('[data-testid=trail]').offsetHeight"


@pytest.fixture(scope="module")
def officer(browser: Browser, desk_site: tuple[str, Database]) -> Iterator[BrowserContext]:
    context = desks.signed_in(browser, desk_site[0], desks.CENTRE)
    yield context
    context.close()


@pytest.fixture(scope="module")
def clerk(browser: Browser, desk_site: tuple[str, Database]) -> Iterator[BrowserContext]:
    context = desks.signed_in(browser, desk_site[0], desks.CLERK)
    yield context
    context.close()


def check(page: Page, name: str) -> None:
    """Nothing grave on the page; keep its picture."""
    assert desks.faults_of(page) == []
    desks.picture(page, name)


def upload(page: Page, path: Path) -> None:
    page.goto("/dept/upload?item=penalty")
    page.get_by_label("数据文件").set_input_files(path)
    page.get_by_role("button", name="开始检查").click()
    page.get_by_role("button", name="确认入库").click()
    page.wait_for_url("**/dept/batches/*")


def test_every_page_says_what_would_appear_when_there_is_nothing(officer: BrowserContext) -> None:
    page = officer.pages[0]
    page.goto("/ops/problems")
    expect(page.get_by_test_id("empty")).to_contain_text("近 90 天没有退回的行")
    check(page, "problems-empty")
    page.goto("/ops/rows/removals")
    expect(page.get_by_test_id("empty")).to_contain_text("目前没有")
    check(page, "rows-empty")
    page.goto("/ops")
    # Nobody runs a worker here, and that is what the page must say first.
    expect(page.get_by_test_id("ops-wrong").get_by_test_id("watch-workers")).to_contain_text("没有后台在运行")
    expect(page.get_by_test_id("ops-looked")).to_contain_text("没有单位逾期")
    check(page, "ops-quiet")


def test_who_is_late_is_seen_reminded_and_told(
    officer: BrowserContext, clerk: BrowserContext, desk_site: tuple[str, Database]
) -> None:
    # J4, 4: three days on, a red cell in words, a reminder, and the department sees it with date and author.
    desks.shift_days(desk_site[1], 3)
    page = officer.pages[0]
    page.goto("/ops")
    page.get_by_test_id("watch-overdue").get_by_role("link").first.click()
    matrix = page.get_by_test_id("collection-matrix")
    late = matrix.locator(".cell.overdue").first
    expect(late).to_contain_text("逾期")
    expect(late.locator("svg.icon")).to_have_count(1)
    check(page, "collection-late")
    page.get_by_test_id("collection-remind").click()
    expect(page.get_by_test_id("desk-message")).to_contain_text("已催报")
    expect(page.get_by_test_id("collection-matrix")).to_contain_text("已催")
    expect(page.get_by_test_id("collection-late")).to_contain_text("都已催报")
    expect(page.get_by_test_id("collection-remind")).to_have_count(0)

    desk = clerk.pages[0]
    desk.goto("/dept")
    expect(desk.get_by_test_id("home-tasks")).to_contain_text("收到催报（11-26 示例员centre.one）")
    desk.goto("/dept/tasks")
    expect(desk.get_by_test_id("task-confirmation")).to_contain_text("收到催报（11-26 示例员centre.one）")


def test_a_chart_is_drawn_from_its_table_which_stands_alone_without_script(
    browser: Browser, officer: BrowserContext
) -> None:
    context = desks.again(browser, officer)
    page = context.new_page()
    loaded: list[Request] = []
    page.on("requestfinished", lambda request: loaded.append(request))  # noqa: PLW0108 - playwright marks its handlers
    page.goto("/ops")
    chart = page.get_by_test_id("chart-filing")
    expect(chart.locator(".chart-area svg")).to_be_visible()
    expect(chart.get_by_role("table")).to_be_hidden()
    chart.locator("summary").click()
    expect(chart.get_by_role("row").filter(has_text="市场监管局")).to_be_visible()
    check(page, "ops-charts")
    weight = sum(one.sizes()["responseBodySize"] for one in loaded)
    assert 150_000 < weight <= 200_000
    context.close()

    context = desks.again(browser, officer, script=False)
    plain = context.new_page()
    plain.goto("/ops")
    expect(plain.get_by_test_id("chart-filing").get_by_role("row").filter(has_text="市场监管局")).to_be_visible()
    expect(plain.locator(".chart-area svg")).to_have_count(0)
    context.close()


def test_a_schedule_changes_with_a_basis_alone(officer: BrowserContext) -> None:
    page = officer.pages[0]
    page.goto("/ops/collection?item=permit")
    page.locator(".matrix .cell").first.click()
    page.get_by_label("每期截止日").fill("40")
    page.get_by_label("6 月", exact=True).check()
    page.get_by_label("依据").fill("关于调整报送周期的通知")
    page.get_by_test_id("schedule-save").click()
    expect(page.get_by_test_id("error")).to_contain_text("截止日须是 1 至 31 的数")
    expect(page.get_by_label("依据")).to_have_value("关于调整报送周期的通知")
    expect(page.get_by_label("6 月", exact=True)).to_be_checked()
    check(page, "cell-refused")
    page.get_by_label("每期截止日").fill("20")
    page.get_by_test_id("schedule-save").click()
    expect(page.get_by_test_id("schedule-changes")).to_contain_text("截止日 20，6 月")
    expect(page.get_by_test_id("schedule-changes")).to_contain_text("依据：关于调整报送周期的通知")
    check(page, "cell")


def test_the_matrix_comes_as_a_table_that_holds_no_formula(officer: BrowserContext) -> None:
    page = officer.pages[0]
    answer = page.request.get("/ops/collection.csv?light=overdue")
    lines = answer.body().decode("utf-8-sig").splitlines()

    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert lines[0].startswith("单位,事项,事项代码")
    assert len(lines) > 1
    assert all(",逾期," in line for line in lines[1:])


def test_a_problem_is_sent_seen_mended_and_closes_itself(  # noqa: PLR0915 - a journey is one story
    officer: BrowserContext, clerk: BrowserContext, tmp_path: Path
) -> None:
    bad = rows()
    desk = clerk.pages[0]
    upload(desk, write_csv(tmp_path / "bad.csv", [list(SHOWN), *bad]))
    page = officer.pages[0]
    page.goto("/ops")
    refused = page.get_by_test_id("watch-refused")
    expect(refused).to_contain_text("3")
    check(page, "ops-full")
    refused.get_by_role("link").first.click()
    expect(page.get_by_test_id("problems-list").locator("tbody tr")).to_have_count(3)
    check(page, "problems")

    page.get_by_test_id("problems-send").click()
    expect(page.get_by_test_id("error")).to_contain_text("没有选择要派发的问题")
    for box in page.get_by_role("checkbox").all():
        box.check()
    page.get_by_label("期限（工作日）").fill("0")
    page.get_by_test_id("problems-send").click()
    expect(page.get_by_test_id("error")).to_contain_text("期限须是 1 至 60 个工作日")
    expect(page.get_by_role("checkbox").first).to_be_checked()
    check(page, "problems-refused")
    page.get_by_label("期限（工作日）").fill("5")
    page.get_by_label("说明").fill("请于本周内改好")
    page.get_by_test_id("problems-send").click()
    expect(page.get_by_test_id("desk-message")).to_contain_text("已派发 3 项")
    expect(page.get_by_test_id("problems-sent")).to_contain_text("还剩 5 个工作日（12-03 到期）")

    desk.goto("/dept")
    expect(desk.get_by_test_id("home-dispatched")).to_contain_text("请于本周内改好")
    check(desk, "dept-dispatched")
    good = [list(row) for row in bad]
    good[2][1], good[4][5], good[7][8] = "91990100MA0000001G", "罚款", "2026-11-20"
    good[2][0] = "示例市清河建材有限公司"
    upload(desk, write_csv(tmp_path / "good.csv", [list(SHOWN), *good]))
    desk.goto("/dept")
    expect(desk.get_by_test_id("home-dispatched")).to_have_count(0)

    page.goto("/ops/problems")
    expect(page.get_by_test_id("problems-closed").locator("li")).to_have_count(3)
    expect(page.get_by_test_id("problems-list")).to_contain_text("100%")
    check(page, "problems-closed")


@pytest.mark.parametrize("width", desks.WIDTHS)
def test_the_desk_fits_every_width(browser: Browser, officer: BrowserContext, width: int) -> None:
    context = desks.again(browser, officer, width=width)
    page = context.new_page()
    for name, address in (
        ("ops", "/ops"), ("collection", "/ops/collection"), ("problems", "/ops/problems"),
        ("rows", "/ops/rows/workers"),
    ):  # fmt: skip
        page.goto(address)
        check(page, f"full-{name}")
    context.close()


@pytest.fixture(scope="module")
def auditor(browser: Browser, desk_site: tuple[str, Database]) -> Iterator[BrowserContext]:
    """An auditor by a telephone, where twenty reads have been."""
    site, database = desk_site
    with database.connect("app") as connection:
        centre = next(one for one in all_departments(connection) if one.is_centre)
        one = people.officer_in(connection, centre, "auditor.one", "auditor")
        found = connection.execute("SELECT id FROM limu.subject ORDER BY uscc LIMIT 4").fetchall()
    people.give_logins(database, [one.code])
    people.give_factors(database)
    with database.connect("app") as connection:
        for number in range(20):
            subject, scope = found[number % 4]["id"], f"record {uuid5(NAMESPACE_URL, str(number))}"
            read_traced(
                lambda: database.connect("app"), connection, officer=one, act="read_trail", purpose="trail",
                scope=scope, subject=subject,
            )  # fmt: skip
        connection.commit()
    context = desks.signed_in(browser, site, one.code, width=375)
    yield context
    context.close()


def test_the_trail_of_reads_is_short_on_a_telephone_and_each_read_tells_all_when_opened(
    browser: Browser, auditor: BrowserContext
) -> None:
    page = auditor.pages[0]
    page.goto("/ops/audit")
    lines = page.get_by_test_id("trail").locator("tbody tr")
    expect(lines).to_have_count(20)
    assert page.evaluate(TALL) < 20 * LINE
    check(page, "audit-trail")
    more = lines.last.locator("details")
    expect(more.get_by_role("link")).to_be_hidden()
    more.locator("summary").click()
    expect(more).to_contain_text("《中华人民共和国数据安全法》第二十七条")
    check(page, "audit-trail-open")
    page.get_by_text("查询条件").click()
    page.get_by_label("账号").fill("auditor.one")
    page.get_by_role("button", name="查询").click()
    expect(page.get_by_label("账号")).to_have_value("auditor.one")
    expect(page.get_by_label("账号")).to_be_visible()

    wide = desks.again(browser, auditor)
    other = wide.new_page()
    other.goto("/ops/audit")
    last = other.get_by_test_id("trail").locator("tbody tr").last
    expect(last.get_by_text("《中华人民共和国数据安全法》第二十七条").first).to_be_visible()
    expect(last.locator("summary")).to_be_hidden()
    expect(other.get_by_label("账号")).to_be_visible()
    check(other, "audit-trail")
    wide.close()
