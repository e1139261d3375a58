"""J7 6–7 and J10 6–7 (ux.md 5.8): a change reaches everyone who holds a copy, and the board says who is late."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from limu import reactions
from limu.client.follow import catch_up
from limu.client.http import Site
from limu.client.reconcile import differences, mend
from limu.client.store import Copy
from limu.department.store import enter, find_officer
from limu.feed.actions import tell
from limu.wire.database import Database
from tests.front import town
from tests.journeys import desks

pytestmark = pytest.mark.browser


def told(database: Database) -> None:
    with database.connect("sequencer", autocommit=True) as sequencer:
        tell(sequencer)


def withdraw(database: Database, deed: town.Deed) -> None:
    with database.connect("app") as connection:
        first, second = find_officer(connection, desks.REVIEWER), find_officer(connection, desks.SECOND)
        assert first is not None
        assert second is not None
        enter(connection, department=first.department)
        done = reactions.withdraw_record(
            connection, record=deed.id, officer=first, second=second, kind="record_withdrawn", reason="报送有误",
            citation="撤回决定1号",
        )  # fmt: skip
        assert done is None
    told(database)


def looked_at(page: Page, name: str) -> None:
    assert desks.faults_of(page) == [], name
    desks.picture(page, name)
    page.set_viewport_size({"width": 375, "height": 900})
    assert desks.faults_of(page) == [], name
    desks.picture(page, name)
    page.set_viewport_size({"width": 1440, "height": 900})


def holder_added(browser: Browser, site: str) -> tuple[Page, str]:
    """Two officers of the centre add a holder; returns the first one's page and the token."""
    asker = desks.signed_in(browser, site, desks.CENTRE).pages[0]
    asker.goto("/ops/holders")
    expect(asker.get_by_test_id("empty")).to_contain_text("还没有接收单位")
    looked_at(asker, "holders-empty")
    asker.get_by_role("link", name="接入单位").click()
    for label, text in (
        ("单位名称", "示例银行"),
        ("联系部门和电话", "科技部 010-0000000"),
        ("协议名称和文号", "协议〔2026〕1号"),
    ):
        asker.get_by_label(label).fill(text)
    asker.get_by_label("理由").fill("签订协议")
    asker.get_by_label("终止日期").fill("2020-01-01")
    asker.get_by_test_id("holder-ask").click()
    expect(asker.get_by_test_id("error")).to_contain_text("起止日期不正确")
    expect(asker.get_by_label("单位名称")).to_have_value("示例银行")
    looked_at(asker, "holder-error")
    asker.get_by_label("终止日期").fill("2027-11-23")
    asker.get_by_test_id("holder-ask").click()
    token = asker.get_by_test_id("holder-token").inner_text()
    looked_at(asker, "holder-token")

    second = desks.signed_in(browser, site, desks.CENTRE_SECOND).pages[0]
    second.goto("/ops/holders")
    second.get_by_test_id("holder-act").click()
    looked_at(second, "holder-settle")
    second.get_by_test_id("holder-agree").click()
    expect(second.locator("main")).to_contain_text("同步中")
    looked_at(second, "holder")
    return asker, token


def in_public(browser: Browser, site: str) -> None:
    """A visitor reads the public board, and reports a copy that should be gone."""
    visitor = browser.new_context(base_url=site, viewport={"width": 1440, "height": 900}, locale="zh-CN").new_page()
    visitor.goto("/propagation")
    expect(visitor.get_by_test_id("propagation")).to_contain_text("示例银行")
    assert not re.search(r"/r/[0-9a-f-]{36}", visitor.content())
    looked_at(visitor, "propagation")
    visitor.get_by_role("link", name="反映陈旧副本").click()
    visitor.get_by_label("是哪一条信息").fill(f"{site}/r/{town.A.id}")
    visitor.get_by_label("副本在哪里").fill("https://copies.example/page")
    looked_at(visitor, "report-copy")
    visitor.get_by_test_id("report").click()
    expect(visitor.get_by_test_id("reported")).to_contain_text("PC")
    looked_at(visitor, "reported")


def test_a_change_reaches_every_copy_and_the_board_says_so(  # noqa: PLR0915 - a journey is one story
    browser: Browser, desk_site: tuple[str, Database], tmp_path: Path
) -> None:
    site, database = desk_site
    told(database)
    page, token = holder_added(browser, site)
    told(database)
    bank, copy = Site(site, token), Copy(tmp_path / "bank.db")
    catch_up(bank, copy)
    assert copy.find(town.A.id) is not None

    # The record ends: gone from its page, and the board waits for the bank.
    withdraw(database, town.A)
    page.goto(f"/r/{town.A.id}")
    expect(page.locator("main")).to_contain_text("该信息已停止公示")
    page.goto("/ops/propagation")
    expect(page.get_by_test_id("board")).to_contain_text("待确认")
    expect(page.get_by_test_id("board-own").first).to_have_text("网站 ✔ 变更流 ✔")
    looked_at(page, "board-waiting")

    # The bank's client hears, deletes, acknowledges.
    events = [event for event in bank.events(copy.timepoint).events if event["subject"] == str(town.A.id)]
    assert [(event["type"], "data" in event) for event in events] == [("limu.record.withdrawn", False)]
    catch_up(bank, copy)
    assert copy.find(town.A.id) is None
    page.reload()
    expect(page.get_by_test_id("board")).to_contain_text("已确认")
    looked_at(page, "board-acknowledged")

    # A character changes in the bank's copy: one difference, one ticket, mended, closed.
    wrong = next(record for record, _ in copy.records())
    copy.spoil([wrong])
    copy.measure_again()
    found = differences(bank, copy)
    assert found.differing == (wrong,)
    page.goto("/ops/deviations")
    expect(page.get_by_test_id("empty")).to_be_visible()
    mend(bank, copy, found)
    page.reload()
    expect(page.get_by_test_id("deviations")).to_contain_text("核对一致")

    # Another ends while the bank sleeps: after the agreed hours it is named as late.
    withdraw(
        database,
        next(deed for deed in town.DEEDS if copy.find(deed.id) is not None and deed.authority == town.A.authority),
    )
    desks.shift_days(database, 3)
    told(database)
    page.goto("/ops/propagation?show=late")
    expect(page.get_by_test_id("board")).to_contain_text("逾期")
    looked_at(page, "board-late")

    in_public(browser, site)
    page.goto("/ops/deviations")
    expect(page.get_by_test_id("deviations")).to_contain_text("copies.example")
    looked_at(page, "deviations")
    copy.close()
