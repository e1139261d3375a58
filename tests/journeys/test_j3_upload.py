"""J3 (ux.md 5.8): a clerk uploads a file with errors, mends it in the workbook that comes back, and sees it public."""

from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from limu.wire.database import Database
from tests.front import town
from tests.intake.made import write_csv
from tests.journeys import desks

pytestmark = pytest.mark.browser
SHOWN = (
    "行政相对人名称", "统一社会信用代码", "行政处罚决定书文号", "违法事实", "处罚依据", "处罚类别", "处罚内容",
    "罚款金额（万元）", "处罚决定日期", "处罚机关",
)  # fmt: skip


@pytest.fixture(scope="module")
def clerk(browser: Browser, desk_site: tuple[str, Database]) -> Iterator[BrowserContext]:
    context = desks.signed_in(browser, desk_site[0], desks.CLERK)
    yield context
    context.close()


@pytest.fixture
def page(clerk: BrowserContext) -> Page:
    return clerk.pages[0]


def rows() -> list[list[str]]:
    """Ten penalties, three of them wrong: the code of row 4, the kind of row 6, the day of row 9 of the sheet."""
    made = []
    for number in range(1, 11):
        code, name = town.SUBJECTS[number % 3]
        made.append([
            name, code, f"示市监罚〔2026〕{900 + number}号", "销售不合格产品", "《中华人民共和国产品质量法》第五十条",
            "罚款", "罚款二万元", "2", "2026-11-16", "示例市市场监督管理局",
        ])  # fmt: skip
    made[2][1] = made[2][1][:-1] + ("0" if made[2][1][-1] != "0" else "1")
    made[4][5] = "罚站"
    made[7][8] = "2026-12-25"
    return made


def fill_template(template: Path, target: Path) -> Path:
    """Write the rows into the template as a clerk would, under its own headers."""
    book = openpyxl.load_workbook(template)
    sheet = book["数据"]
    place = {str(cell.value).lstrip("＊"): cell.column for cell in sheet[1]}
    for line, row in enumerate(rows(), start=2):
        for name, text in zip(SHOWN, row, strict=True):
            sheet.cell(line, place[name], text)
    book.save(target)
    return target


def fetch_template(page: Page, target: Path) -> Path:
    """Download the template and open it: it has a drop-down on the kinds."""
    page.goto("/dept/templates")
    with page.expect_download() as download:
        page.get_by_test_id("template-penalty").click()
    download.value.save_as(target)
    sheet = openpyxl.load_workbook(target)["数据"]
    kinds = next(cell.column_letter for cell in sheet[1] if str(cell.value).lstrip("＊") == "处罚类别")
    lists = [str(one.sqref) for one in sheet.data_validations.dataValidation if one.type == "list"]
    assert any(place.startswith(f"{kinds}2") for place in lists)
    return target


def send(page: Page, path: Path) -> None:
    page.goto("/dept/upload?item=penalty")
    page.get_by_label("数据文件").set_input_files(path)
    page.get_by_role("button", name="开始检查").click()


def test_a_clerk_mends_a_file_and_sees_it_published(page: Page, tmp_path: Path) -> None:  # noqa: PLR0915 - a journey is one story
    # 1: the task with its day and its light.
    page.goto("/dept")
    page.get_by_role("link", name="归集任务", exact=True).first.click()
    task = page.get_by_test_id("task-penalty")
    expect(task).to_contain_text("行政处罚")
    expect(task).to_contain_text("本期截止 11-30")
    expect(task).to_contain_text("正常")
    desks.picture(page, "tasks")

    # 2: the template, opened: a drop-down on the kinds.
    template = fetch_template(page, tmp_path / "template.xlsx")

    # 3: the pre-check.
    send(page, fill_template(template, tmp_path / "report.xlsx"))
    expect(page.get_by_text("共 10 行：可入库 7 行，需修改 3 行")).to_be_visible()
    findings = page.get_by_test_id("check-findings")
    expect(findings).to_contain_text("第 4 行「统一社会信用代码」：第 18 位校验码应为")
    expect(findings).to_contain_text("第 6 行「处罚类别」：不在目录中")
    expect(findings).to_contain_text("第 9 行「处罚决定日期」：晚于今天")
    assert desks.faults_of(page) == []
    desks.picture(page, "check")

    # 4: confirm.
    page.get_by_role("button", name="确认入库").click()
    expect(page.get_by_text("部分成功")).to_be_visible()
    expect(page.get_by_test_id("batch-told")).to_contain_text("7 行已入库")
    assert desks.faults_of(page) == []
    desks.picture(page, "batch")

    # 5: the workbook of errors, opened.
    with page.expect_download() as download:
        page.get_by_role("link", name="下载错误工作簿").click()
    answer = tmp_path / "answer.xlsx"
    download.value.save_as(answer)
    mended = mend(answer, tmp_path / "mended.xlsx")

    # 6: the corrected workbook.
    send(page, mended)
    expect(page.get_by_text("7 行已存在，跳过；3 行可入库")).to_be_visible()
    page.get_by_role("button", name="确认入库").click()
    expect(page.get_by_test_id("batch-state").first).to_have_text("已完成")

    batch = page.url

    # 7: the same workbook again.
    send(page, mended)
    expect(page.get_by_text("没有新的数据")).to_be_visible()
    expect(page.get_by_role("button", name="确认入库")).to_have_count(0)
    desks.picture(page, "check-nothing-new")

    # 8: a row's link opens the public record.
    page.goto(batch)
    page.get_by_test_id("batch-rows").get_by_role("link", name="公示中").first.click()
    expect(page.get_by_text("公示期").first).to_be_visible()
    assert page.url.split("/")[-2] == "r"


def mend(answer: Path, target: Path) -> Path:
    """Look at the returned workbook as the clerk does, and put the three cells right."""
    book = openpyxl.load_workbook(answer)
    sheet = book["数据"]
    heads = {str(cell.value).lstrip("＊'"): cell.column for cell in sheet[1]}
    assert [cell.value for cell in sheet[1]][:2] == ["处理结果", "问题说明"]
    right = {4: ("统一社会信用代码", town.SUBJECTS[0][0]), 6: ("处罚类别", "罚款"), 9: ("处罚决定日期", "2026-11-16")}
    for line, (name, text) in right.items():
        cell = sheet.cell(line, heads[name])
        assert cell.comment is not None
        assert f"「{name}」" in cell.comment.text
        assert str(cell.fill.fgColor.rgb).endswith("FFC7CE")
        assert str(sheet.cell(line, 2).value).startswith(f"第 {line} 行「{name}」：")
        cell.value = text
    book.save(target)
    return target


def test_a_csv_in_disguise_is_read_and_a_picture_is_refused(page: Page, tmp_path: Path) -> None:
    row = rows()[0]
    row[2] = "示市监罚〔2026〕990号"
    send(page, write_csv(tmp_path / "报送.xls", [SHOWN, row], encoding="gb18030"))
    expect(page.get_by_text("共 1 行：可入库 1 行，需修改 0 行")).to_be_visible()

    picture = tmp_path / "照片.xlsx"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(64))
    send(page, picture)
    expect(page.get_by_text("文件类型与内容不符")).to_be_visible()
    expect(page.get_by_text("问题编号")).to_be_visible()
    assert page.get_by_label("报送事项").input_value() == "penalty"
    desks.picture(page, "upload-refused")


@pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])
@pytest.mark.parametrize("width", desks.WIDTHS)
def test_every_page_of_the_desk_is_sound(
    browser: Browser, desk_site: tuple[str, Database], width: int, script: bool
) -> None:
    context = desks.signed_in(browser, desk_site[0], desks.CLERK, width=width, script=script)
    page = context.pages[0]
    grave: dict[str, list[str]] = {}
    for name in ("", "/tasks", "/templates", "/templates/penalty", "/tasks/coercion/nil", "/upload", "/batches",
                 "/problems", "/pending", "/quality"):  # fmt: skip
        page.goto(f"/dept{name}")
        expect(page.locator("h1")).to_be_visible()
        grave[name] = desks.faults_of(page) if script else []
        desks.picture(page, "dept" + name.replace("/", "-"))
    context.close()

    assert {name: found for name, found in grave.items() if found} == {}


@pytest.mark.parametrize("width", desks.WIDTHS)
def test_the_pages_of_records_and_headers_are_sound(
    browser: Browser, desk_site: tuple[str, Database], width: int, tmp_path: Path
) -> None:
    context = desks.signed_in(browser, desk_site[0], desks.REVIEWER, width=width)
    page = context.pages[0]
    grave: dict[str, list[str]] = {}

    def look(name: str) -> None:
        expect(page.locator("h1")).to_be_visible()
        grave[name] = desks.faults_of(page)
        desks.picture(page, name)

    page.goto("/dept/records")
    look("records")
    page.get_by_test_id("records-list").get_by_role("row").nth(1).get_by_role("rowheader").get_by_role("link").click()
    look("record")
    page.get_by_test_id("record-withdraw").click()
    look("withdraw")
    page.goto("/dept/records?document=nothing")
    look("records-none")
    context.close()

    context = desks.signed_in(browser, desk_site[0], desks.CLERK, width=width)
    page = context.pages[0]
    odd = tmp_path / f"odd-{width}.csv"
    send(page, write_csv(odd, [[f"第{n}列" for n in range(len(SHOWN))], rows()[0]], encoding="gb18030"))
    expect(page.get_by_test_id("headers-fault")).to_contain_text("无法识别表头：")
    look("headers")
    context.close()

    assert {name: found for name, found in grave.items() if found} == {}
