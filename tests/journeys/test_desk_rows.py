"""A clerk mends one row in the browser, two people make a key and a correction; every page is sound at both widths."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from limu.wire.database import Database
from tests.front import town
from tests.intake.made import HEADER, write_csv
from tests.journeys import desks

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def people_at_work(browser: Browser, desk_site: tuple[str, Database]) -> Iterator[dict[str, BrowserContext]]:
    opened = {
        code: desks.signed_in(browser, desk_site[0], code) for code in (desks.CLERK, desks.REVIEWER, desks.SECOND)
    }
    yield opened
    for context in opened.values():
        context.close()


def sound(page: Page, name: str) -> None:
    """No grave finding at either width, and a picture of each."""
    for width in desks.WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert desks.faults_of(page) == [], name
        desks.picture(page, name)
    page.set_viewport_size({"width": desks.WIDTHS[0], "height": 900})


def penalty(number: int, *, kind: str = "罚款") -> list[str]:
    code, name = town.SUBJECTS[number % 3]
    return [
        name, code, f"示市监罚〔2026〕{7000 + number}号", "销售不合格产品", "《中华人民共和国产品质量法》第五十条",
        kind, "罚款二万元", "2", "2026-11-16", "示例市市场监督管理局", "",
    ]  # fmt: skip


def send(page: Page, path: Path) -> None:
    page.goto("/dept/upload?item=penalty")
    page.get_by_label("数据文件").set_input_files(path)
    page.get_by_role("button", name="开始检查").click()
    page.get_by_role("button", name="确认入库").click()


def test_a_key_is_asked_for_agreed_to_and_rotated(people_at_work: dict[str, BrowserContext]) -> None:
    page, second = people_at_work[desks.CLERK].pages[0], people_at_work[desks.REVIEWER].pages[0]
    page.goto("/dept/keys")
    expect(page.get_by_text("还没有接口凭证")).to_be_visible()
    sound(page, "keys-empty")
    page.get_by_role("link", name="申请凭证").click()
    page.get_by_label("名称").fill("案件办理系统")
    page.get_by_role("button", name="提交申请").click()
    expect(page.get_by_text("没有选择事项")).to_be_visible()
    expect(page.get_by_label("名称")).to_have_value("案件办理系统")
    sound(page, "key-refused")
    page.locator("input[name=items][value=penalty]").check()
    page.get_by_role("button", name="提交申请").click()
    expect(page.get_by_test_id("key-token")).to_contain_text("limu_")
    sound(page, "key-token")
    page.get_by_role("link", name="我已保存").click()
    expect(page.get_by_test_id("key-state")).to_have_text("待同意")

    second.goto("/dept/keys")
    second.get_by_role("link", name="案件办理系统").click()
    second.get_by_role("button", name="同意生效").click()
    expect(second.get_by_test_id("key-state")).to_have_text("生效中")
    sound(second, "key-live")
    second.get_by_label("旧密钥再保留").select_option("72")
    second.get_by_role("button", name="轮换").click()
    expect(second.get_by_text("72 小时后失效")).to_be_visible()
    second.goto("/dept/keys")
    sound(second, "keys")


def test_a_row_is_mended_on_the_page(people_at_work: dict[str, BrowserContext], tmp_path: Path) -> None:
    page = people_at_work[desks.CLERK].pages[0]
    page.goto("/dept/problems")
    expect(page.get_by_text("没有待处理的问题数据")).to_be_visible()
    send(page, write_csv(tmp_path / "a.csv", [HEADER, penalty(1), penalty(2, kind="罚站")]))
    page.goto("/dept/problems")
    sound(page, "problems")
    page.get_by_test_id("problem-open").first.click()
    sound(page, "problem-rows")
    page.get_by_role("link", name="修改", exact=True).click()
    expect(page.get_by_text("第 3 行「处罚类别」：不在目录中")).to_be_visible()
    sound(page, "problem-row")
    page.get_by_label("处罚类别", exact=False).first.fill("罚款")
    page.get_by_role("button", name="检查并入库").click()
    expect(page.get_by_text("第 3 行已修改入库")).to_be_visible()
    expect(page.get_by_test_id("problem-rows")).to_contain_text("已修改入库")


def test_a_correction_by_two_people_shows_at_once(people_at_work: dict[str, BrowserContext]) -> None:
    page, second = people_at_work[desks.REVIEWER].pages[0], people_at_work[desks.SECOND].pages[0]
    page.goto("/dept/records")
    page.get_by_role("link", name="示市监罚〔2026〕7001号").click()
    page.get_by_test_id("record-correct").click()
    page.get_by_label("违法事实").fill("销售不符合标准的水泥")
    page.get_by_label("报送录入有误").check()
    page.get_by_label("理由").fill("案由录错")
    page.get_by_label("依据", exact=True).fill("示市监罚〔2026〕7001号决定书")
    sound(page, "correct")
    page.get_by_role("button", name="提交更正申请").click()
    expect(page.get_by_text("不能由同一人的两个账号完成")).to_be_visible()

    second.goto("/dept")
    second.get_by_role("link", name="更正一条记录").click()
    expect(second.get_by_test_id("correction-changes")).to_contain_text("销售不符合标准的水泥")
    sound(second, "correction")
    second.get_by_role("button", name="确认更正").click()
    expect(second.get_by_text("新的一版已生效")).to_be_visible()
    sound(second, "record-corrected")
    second.get_by_role("link", name="公示中").first.click()
    expect(second.get_by_text("销售不符合标准的水泥").first).to_be_visible()
