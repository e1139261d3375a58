"""J5 (ux.md 5.8): the matching desk: candidates side by side, Y, undo, a second person, and the trace of it all."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from limu.wire.database import Database
from tests.front import town
from tests.intake.made import write_csv
from tests.journeys import desks
from tests.journeys.test_j3_upload import SHOWN

pytestmark = pytest.mark.browser
STATED = "示例市清河建材 (集团)有限公司"
GROUP_NAME, BUILDER_NAME = "示例市清河建材（集团）有限公司", "示例市清河建材有限公司"


@pytest.fixture(scope="module")
def officer(browser: Browser, desk_site: tuple[str, Database]) -> Iterator[BrowserContext]:
    context = desks.signed_in(browser, desk_site[0], desks.CENTRE)
    yield context
    context.close()


def report(browser: Browser, site: str, path: Path, *, name: str, numbers: tuple[int, ...]) -> None:
    """A clerk uploads penalties that name a company and give no code."""
    rows = [
        [name, "", f"示市监罚〔2026〕{number}号", "销售不合格产品", "《中华人民共和国产品质量法》第五十条", "罚款",
         "罚款二万元", "2", "2026-11-16", "示例市市场监督管理局"] for number in numbers
    ]  # fmt: skip
    write_csv(path, [list(SHOWN), *rows])
    context = desks.signed_in(browser, site, desks.CLERK)
    page = context.pages[0]
    page.goto("/dept/upload?item=penalty")
    page.get_by_label("数据文件").set_input_files(path)
    page.get_by_role("button", name="开始检查").click()
    page.get_by_role("button", name="确认入库").click()
    expect(page.get_by_test_id("batch-told")).to_contain_text(f"{len(numbers)} 行已入库")
    page.goto("/dept/pending")
    expect(page.get_by_test_id("pending-list")).to_contain_text(name)
    context.close()


def case_of(page: Page, number: int) -> str:
    """The address of the row with a document number, as the list links it."""
    page.get_by_test_id("matching-list").get_by_role("link").filter(has_text=f"〔2026〕{number}号").click()
    card = page.locator("[data-case]").filter(has_text=f"〔2026〕{number}号")
    return str(card.get_by_role("link").first.get_attribute("href"))


def test_the_desk_without_anything_says_what_would_appear(officer: BrowserContext) -> None:
    page = officer.pages[0]
    page.goto("/ops/matching")

    expect(page.get_by_test_id("empty")).to_contain_text("没有待复核记录")
    assert desks.faults_of(page) == []
    desks.picture(page, "matching-empty")


def test_a_row_is_linked_undone_and_linked_by_two(  # noqa: PLR0915 - a journey is one story
    browser: Browser, officer: BrowserContext, desk_site: tuple[str, Database], tmp_path: Path
) -> None:
    # 1: the row waits.
    site, database = desk_site
    report(browser, site, tmp_path / "one.csv", name=STATED, numbers=(801,))

    # 2: two candidates, the right one first, with the reason in words and a diff.
    page = officer.pages[0]
    page.goto("/ops")
    page.get_by_role("link", name="匹配复核", exact=True).first.click()
    card = page.locator("[data-case]")
    expect(card).to_have_count(1)
    expect(card).to_contain_text(STATED)
    expect(card.locator(".candidate")).to_have_count(2)
    top = card.locator(".candidate").first
    expect(top).to_contain_text(GROUP_NAME)
    expect(top).to_contain_text("名称规范化后一致")
    expect(top.locator("mark").first).to_have_text("(")
    expect(card.locator(".candidate").nth(1)).to_contain_text(BUILDER_NAME)
    assert desks.faults_of(page) == []
    desks.picture(page, "matching")

    # 3: Y.
    page.keyboard.press("j")
    page.keyboard.press("y")
    done = page.get_by_test_id("matching-done")
    expect(done).to_contain_text("已关联")
    expect(done.get_by_role("button", name="撤销")).to_be_visible()
    assert desks.faults_of(page) == []
    desks.picture(page, "matching-done")
    record = str(done.get_by_role("link", name="已公示").get_attribute("href"))
    assert page.request.get(record).status == 200

    # 4: undone: it waits again, and the public page is gone at once.
    done.get_by_role("button", name="撤销").click()
    expect(page.get_by_test_id("desk-message")).to_contain_text("回到待关联")
    expect(page.get_by_test_id("case-state")).to_have_text("待关联")
    assert page.request.get(record).status in (404, 410)

    # 5 and 6.
    address = link_the_wrong_one(page)
    confirm_as_the_second(browser, site, address)
    trail = "SELECT count(*) AS reads FROM limu.read_ticket WHERE purpose = 'matching_review'"
    with database.connect("admin") as admin:
        read = admin.execute(trail).fetchone()
    assert read is not None
    assert read["reads"] > 3


def link_the_wrong_one(page: Page) -> str:
    """5: the wrong one needs a reason, and then another person; the address of the row."""
    page.get_by_role("radio", name=BUILDER_NAME).check()
    page.keyboard.press("y")
    expect(page.get_by_test_id("error")).to_contain_text("名称差异较大，请填写依据")
    expect(page.get_by_role("radio", name=BUILDER_NAME)).to_be_checked()
    assert desks.faults_of(page) == []
    desks.picture(page, "matching-refused")
    page.get_by_label("依据", exact=True).fill("更名通知书〔2026〕3号")
    page.get_by_role("button", name="关联 Y", exact=True).click()
    expect(page.get_by_test_id("case-wish")).to_contain_text("须由另一名工作人员确认")
    return page.url


def confirm_as_the_second(browser: Browser, site: str, address: str) -> None:
    """5 and 6: another person confirms; it stands on the subject's page, and the row's page says who and why."""
    second = desks.signed_in(browser, site, desks.CENTRE_SECOND)
    other = second.pages[0]
    other.goto(address)
    expect(other.get_by_test_id("case-wish")).to_contain_text("更名通知书〔2026〕3号")
    assert desks.faults_of(other) == []
    desks.picture(other, "matching-second")
    other.get_by_test_id("wish-agree").click()
    expect(other.get_by_test_id("matching-done")).to_contain_text("已关联")

    other.goto(f"/s/{town.BUILDER}")
    expect(other.get_by_text("示市监罚〔2026〕801号").first).to_be_visible()
    other.goto(address)
    history = other.get_by_test_id("case-history")
    expect(history).to_contain_text(desks.CENTRE)
    expect(history).to_contain_text("共同确认")
    expect(history).to_contain_text("更名通知书〔2026〕3号")
    expect(history).to_contain_text("待关联 → 已关联")
    expect(history).to_contain_text(f"报送名称“{STATED}”")
    second.close()


def test_rows_that_say_the_same_are_linked_at_once_without_script(
    browser: Browser, officer: BrowserContext, desk_site: tuple[str, Database], tmp_path: Path
) -> None:
    site = desk_site[0]
    report(browser, site, tmp_path / "many.csv", name=STATED, numbers=(811, 812, 813))
    context = desks.again(browser, officer, script=False)
    page = context.new_page()
    page.goto("/ops/matching")

    page.locator("[data-case]").first.get_by_test_id("case-alike").click()
    expect(page.locator("main")).to_contain_text("下面 3 行写的当事人完全相同")
    page.get_by_test_id("alike-link").click()
    expect(page.get_by_test_id("matching-done")).to_contain_text("已关联 3 行")
    expect(page.get_by_test_id("empty")).to_contain_text("没有待复核记录")
    page.get_by_test_id("matching-undo").click()
    expect(page.get_by_test_id("desk-message")).to_contain_text("已撤销 3 行")
    context.close()


@pytest.mark.parametrize("width", desks.WIDTHS)
def test_the_full_desk_fits_every_width(browser: Browser, officer: BrowserContext, width: int) -> None:
    context = desks.again(browser, officer, width=width)
    page = context.new_page()
    page.goto("/ops/matching")
    addresses = [page.url, case_of(page, 811)]
    addresses.append(addresses[1] + "/alike?subject=" + page.locator("input[type=radio]").first.input_value())
    for name, address in zip(("matching-full", "matching-case", "matching-alike"), addresses, strict=True):
        page.goto(address)
        assert desks.faults_of(page) == [], address
        desks.picture(page, name)
    context.close()
