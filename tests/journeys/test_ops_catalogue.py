"""An item's next version in a real browser: drafted, refused, mended, published by another, public on its day."""

import pytest
from playwright.sync_api import Browser, expect

from limu.department.store import all_departments
from limu.wire.database import Database
from tests import people
from tests.journeys import desks

pytestmark = pytest.mark.browser
FIRST, SECOND = "edit.one", "edit.two"


def _editors(database: Database) -> None:
    with database.connect("app") as connection:
        centre = all_departments(connection)[0]
        for code in (FIRST, SECOND):
            people.officer_in(connection, centre, code, "catalogue_editor")
    people.give_logins(database, [FIRST, SECOND])


def test_a_version_goes_from_draft_over_a_second_person_to_the_public(  # noqa: PLR0915 - a journey is one story
    browser: Browser, desk_site: tuple[str, Database]
) -> None:
    site, database = desk_site
    _editors(database)
    first, second = (desks.signed_in(browser, site, code) for code in (FIRST, SECOND))
    page = first.pages[0]

    # 1: the editor finds the item and drafts; without basis it is refused, and everything typed stays.
    page.goto("/ops/catalogue?q=行政许可")
    assert desks.faults_of(page) == []
    page.get_by_role("link", name="行政许可", exact=True).click()
    expect(page.get_by_text("只有一个版本")).to_be_visible()
    assert desks.faults_of(page) == []
    page.get_by_test_id("draft-new").click()
    assert desks.faults_of(page) == []
    page.get_by_label("时限").fill("自作出决定之日起 3 个工作日内")
    page.get_by_label("修订理由").fill("按新的时限文件")
    basis = page.get_by_label("依据（一行一条")
    before = basis.input_value()
    basis.fill("")
    page.get_by_test_id("draft-send").click()
    expect(page.get_by_test_id("faults")).to_contain_text("没有依据的条目不能入库")
    expect(page.get_by_label("时限")).to_have_value("自作出决定之日起 3 个工作日内")
    assert desks.faults_of(page) == []
    desks.picture(page, "draft-refused")

    # 2: mended, it waits; its author cannot publish it.
    page.get_by_label("依据（一行一条").fill(before)
    page.get_by_test_id("draft-send").click()
    expect(page.get_by_test_id("desk-message")).to_contain_text("等待另一位目录管理员")
    expect(page.get_by_test_id("differences")).to_contain_text("3 个工作日内")
    expect(page.get_by_test_id("draft-publish")).to_have_count(0)
    assert desks.faults_of(page) == []
    desks.picture(page, "draft")

    # 3: the second person sees it and publishes.
    other = second.pages[0]
    other.goto("/ops/catalogue")
    other.get_by_test_id("drafts").get_by_role("link").click()
    other.get_by_test_id("draft-publish").click()
    expect(other.get_by_test_id("desk-message")).to_contain_text("第 2 版已发布")
    expect(other.get_by_test_id("differences")).to_contain_text("时限")
    expect(other.get_by_test_id("versions")).to_contain_text("待生效")
    assert desks.faults_of(other) == []
    desks.picture(other, "item-versions")

    # 4: the public sees version 1 today and the coming version announced; from its day, version 2.
    other.goto("/catalog/permit")
    expect(other.get_by_test_id("versions")).to_contain_text("第 2 版")
    expect(other.get_by_text("（v1）")).to_be_visible()
    desks.shift_days(database, 2)
    other.goto("/catalog/permit?again=1")
    expect(other.get_by_text("（v2）")).to_be_visible()
    first.close()
    second.close()


def test_a_new_item_needs_a_basis_that_can_be_read_and_a_second_person(  # noqa: PLR0915 - a journey is one story
    browser: Browser, desk_site: tuple[str, Database]
) -> None:
    first, second = (desks.signed_in(browser, desk_site[0], code) for code in (FIRST, SECOND))
    page = first.pages[0]
    page.goto("/ops/catalogue")
    page.get_by_test_id("item-new").click()
    assert desks.faults_of(page) == []
    page.get_by_label("名称").first.fill("工地检查结果")
    page.get_by_label("代码", exact=True).first.fill("site_inspection")
    page.get_by_label("设立理由").fill("按年度归集计划")
    page.get_by_label("时限").fill("7 个工作日内")
    own = page.locator(".field-row").first
    own.get_by_label("代码", exact=True).fill("result")
    own.get_by_label("名称").fill("检查结论")
    own.get_by_label("公开属性").select_option("公开")

    # Without a basis, and with one that nobody can read, it is refused, and everything typed stays.
    page.get_by_test_id("draft-send").click()
    expect(page.get_by_test_id("faults")).to_contain_text("没有依据的条目不能入库")
    expect(page.locator(".field-row").first.get_by_label("名称")).to_have_value("检查结论")
    page.get_by_label("依据（一行一条").fill("nothing/1")
    page.get_by_test_id("draft-send").click()
    expect(page.get_by_test_id("faults")).to_contain_text("法规库中没有“nothing/1”")
    assert desks.faults_of(page) == []
    desks.picture(page, "item-new-refused")

    page.get_by_label("依据（一行一条").fill("catalogue-2024/3")
    page.get_by_test_id("draft-send").click()
    expect(page.get_by_test_id("desk-message")).to_contain_text("等待另一位目录管理员")
    expect(page.get_by_test_id("draft-publish")).to_have_count(0)
    other = second.pages[0]
    other.goto(page.url)
    expect(other.get_by_test_id("differences")).to_contain_text("检查结论")
    other.get_by_test_id("draft-publish").click()
    expect(other.get_by_test_id("desk-message")).to_contain_text("第 1 版已发布")
    page.goto("/ops/catalogue?q=site_inspection")
    expect(page.locator("main")).to_contain_text("site_inspection")
    first.close()
    second.close()
