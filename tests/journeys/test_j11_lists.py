"""J11 (ux.md 5.8): entry into a serious list and exit from it under law: desk, subject, public, copies."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from limu.account.store import put_login
from limu.agent.actions import open_demonstration_agent
from limu.client.follow import catch_up
from limu.client.http import Site
from limu.client.store import Copy
from limu.department.rules import Officer, Refusal
from limu.department.store import all_departments, find_officer
from limu.feed import actions_holder
from limu.feed.actions import tell
from limu.feed.rules_holder import Wish
from limu.wire.database import Database
from limu.wire.passwords import hash_password
from tests import people
from tests.front import town
from tests.journeys import desks
from tests.listed import own_lists

pytestmark = pytest.mark.browser
LISTED = "拖欠农民工工资失信联合惩戒对象名单"
STATED = "工资已于十一月二十日全部付清，附银行回单。"


@dataclass(frozen=True, slots=True)
class Cast:
    """Who plays: two list officers, the organisation's agent, a visitor; and a bank that holds a copy."""

    first: Page
    second: Page
    firm: Page
    visitor: Page
    database: Database
    bank: Site
    copy: Copy

    def told(self) -> list[tuple[str, bool]]:
        """Let the writer tell, and the bank read: kinds of what is new, and whether content came along."""
        before = self.copy.timepoint
        with self.database.connect("sequencer", autocommit=True) as sequencer:
            tell(sequencer)
        new = [(event["type"], "data" in event) for event in self.bank.events(before).events]
        catch_up(self.bank, self.copy)
        return new


@pytest.fixture(scope="module")
def cast(browser: Browser, desk_site: tuple[str, Database], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cast]:
    site, database = desk_site
    with database.connect("app") as app:
        bureau = next(one for one in all_departments(app) if one.short_name == "市场监管局")
        centre = next(one for one in all_departments(app) if one.is_centre)
        own_lists(app, bureau.id)
        for code in ("list.a", "list.b"):
            people.officer_in(app, bureau, code, "list_officer")
        agent = open_demonstration_agent(
            app, uscc=town.BUILDER, person_name="赵经办", expires_on=date(2028, 1, 1), department=centre.id
        )
    assert agent is not None
    people.give_logins(database, ["list.a", "list.b"])
    with database.connect("account") as logins:
        put_login(logins, code=agent, name="赵经办", hashed=hash_password(people.PASSWORD))
    pages = [desks.signed_in(browser, site, code).pages[0] for code in ("list.a", "list.b", agent)]
    visitor = browser.new_context(base_url=site, locale="zh-CN", java_script_enabled=False).new_page()
    copy = Copy(tmp_path_factory.mktemp("bank") / "bank.db")
    first, second, firm = pages
    cast = Cast(first, second, firm, visitor, database, Site(site, _holder(database)), copy)
    cast.told()
    yield cast
    copy.close()


def _holder(database: Database) -> str:
    """A bank that holds a copy, by agreement of two of the centre; returns its token."""
    wish = Wish("示例银行", "科技部 010-0000000", "协议〔2026〕1号", date(2026, 11, 1), date(2027, 11, 1))
    with database.connect("app") as app:
        asker, second = find_officer(app, desks.CENTRE), find_officer(app, desks.CENTRE_SECOND)
        assert isinstance(asker, Officer)
        assert isinstance(second, Officer)
        made = actions_holder.ask_holder(
            app, officer=asker, wish=wish, reason="签订协议", known=(frozenset(), frozenset())
        )
        assert not isinstance(made, Refusal), made
        act = app.execute("SELECT id FROM limu.feed_holder_act WHERE holder = %s", (made[0].id,)).fetchone()
        assert act is not None
        assert actions_holder.settle_act(app, officer=second, act=act["id"], is_agreed=True) is None
    return made[1]


def looked_at(page: Page, name: str) -> None:
    """Hold a page to axe and to both widths, and keep its picture."""
    for width in desks.WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert desks.faults_of(page) == [], (name, width)
        desks.picture(page, name)
    page.set_viewport_size({"width": 1440, "height": 900})


def filled(page: Page, number: str, text: str, *, form: str) -> None:
    """Fill in number and text of a document in the form that holds a button."""
    at = page.locator("form").filter(has=page.get_by_test_id(form))
    at.locator("[name=number]").fill(number)
    at.locator("[name=text]").fill(text)


def checked(page: Page) -> None:
    page.goto("/dept/check")
    page.get_by_test_id("check-act").select_option("government_funds")
    page.get_by_test_id("check-q").fill(town.BUILDER)
    page.get_by_test_id("check-go").click()


def proposed(cast: Cast) -> str:
    """Steps 1 and 2 at the desk; returns the entry."""
    first = cast.first
    # 1: without a basis nothing is proposed, and nothing that was written is lost.
    first.get_by_test_id("list-new").click()
    for label, text in (
        ("统一社会信用代码", town.BUILDER),
        ("事实", "责令限期支付逾期未付，数额达到标准。"),
        ("证据文书", "示人社监令〔2026〕3号责令改正决定书"),
        ("告知书文号", "示人社告〔2026〕1号"),
    ):
        first.get_by_label(label, exact=True).fill(text)
    first.get_by_test_id("list-propose").click()
    expect(first.get_by_test_id("error")).to_contain_text("未选择法律依据，不能提交")
    expect(first.get_by_label("告知书文号")).to_have_value("示人社告〔2026〕1号")
    looked_at(first, "list-without-basis")
    # 2: with basis and evidence: notice to the subject, and its window.
    first.get_by_label(LISTED).check()
    first.get_by_test_id("list-propose").click()
    expect(first.get_by_test_id("steps")).to_contain_text("拟列入告知")
    expect(first.get_by_test_id("window")).to_contain_text("至 2026-11-30")
    return first.url.rpartition("/")[2]


def heard(cast: Cast, entry: str) -> None:
    """Steps 2 and 3: the subject is told and states its case; the decider reads it."""
    first, second, firm = cast.first, cast.second, cast.firm
    firm.goto("/my")
    expect(firm.get_by_test_id("my-listed")).to_contain_text("已告知，陈述申辩期内")
    firm.get_by_test_id("my-listed").get_by_role("link").click()
    looked_at(firm, "my-list-noticed")
    firm.get_by_role("link", name="拟列入告知").click()
    expect(firm.get_by_test_id("paper")).to_contain_text("你单位有权陈述、申辩，期限至 2026-11-30")
    expect(firm.get_by_test_id("paper-service")).to_contain_text("2026-11-23 直接送达")
    looked_at(firm, "my-list-paper")
    # 3: the subject's statement is shown to the decider, who is somebody else.
    firm.goto(f"/my/lists/{entry}")
    # Its last day is derived before the eyes of whom it binds.
    firm.get_by_text("这一天怎样算出").click()
    expect(firm.get_by_test_id("derivation")).to_contain_text("第 5 日 · 工作日")
    firm.get_by_label("事实、理由和要求").fill(STATED)
    firm.get_by_test_id("my-state").click()
    expect(firm.get_by_test_id("desk-message")).to_contain_text("编号 CS20261123")
    first.reload()
    expect(first.get_by_test_id("decide")).to_contain_text("列入须由提出人以外的另一人决定")
    second.goto("/dept/lists")
    second.get_by_test_id("list-entries").get_by_role("link").click()
    expect(second.get_by_test_id("statement")).to_contain_text(STATED)
    expect(second.get_by_test_id("statement")).to_contain_text("主体在企业服务中提交")
    # What lets off a first offence stands beside it, for whom decides to judge.
    expect(second.get_by_test_id("lenient")).to_contain_text("《中华人民共和国行政处罚法》第三十三条")
    expect(second.get_by_test_id("lenient")).to_contain_text("是否适用由本单位判断")
    looked_at(second, "list-to-decide")


def decided(cast: Cast) -> None:
    """Steps 4 and 5: a second person decides, it is served, public, and hit at the window."""
    first, second, visitor = cast.first, cast.second, cast.visitor
    # 4: approved by the second person and served, it stands on the public list.
    second.get_by_label("列入", exact=True).check()
    filled(second, "示人社列〔2026〕1号", "陈述的付款在责令期限之后，不影响认定。", form="list-decide")
    second.get_by_test_id("list-decide").click()
    expect(second.get_by_test_id("state")).to_contain_text("待送达")
    visitor.goto("/lists/wages")
    expect(visitor.get_by_test_id("list-empty")).to_be_visible()
    filled(second, "示人社送〔2026〕1号", "有送达回证", form="list-serve")
    second.get_by_test_id("list-serve").click()
    expect(second.get_by_test_id("measure-state")).to_contain_text("执行中")
    looked_at(second, "list-in-force")
    visitor.goto("/lists/wages")
    expect(visitor.locator("main")).to_contain_text("示例市清河建材有限公司")
    expect(visitor.locator("main")).to_contain_text("示人社列〔2026〕1号")
    assert cast.told() == [("limu.list.entered", True)]
    # 5: the window hits it.
    checked(first)
    expect(first.get_by_test_id("check-measure")).to_contain_text(f"命中：{LISTED}")


def left(cast: Cast, entry: str) -> None:
    """Step 6: one asks, another agrees; the list, the copies and the window follow."""
    first, second, visitor = cast.first, cast.second, cast.visitor
    # 6: one asks, another agrees: list, checks, feed, measures; the enterprise is told.
    first.goto(f"/dept/lists/{entry}")
    first.get_by_test_id("exit-open").click()
    first.get_by_label("列入决定被撤销").check()
    filled(first, "示人社移〔2026〕1号", "责令改正决定经复议撤销。", form="exit-ask")
    first.get_by_test_id("exit-ask").click()
    expect(first.get_by_test_id("exit-wish")).to_contain_text("移出须由两人办理")
    second.reload()
    looked_at(second, "list-exit-asked")
    second.get_by_test_id("exit-agree").click()
    expect(second.get_by_test_id("measure-state")).to_contain_text("已解除")
    expect(second.get_by_test_id("unserved")).to_contain_text("移出严重失信主体名单决定书")
    looked_at(second, "list-left")
    visitor.goto("/lists/wages")
    expect(visitor.get_by_test_id("list-empty")).to_be_visible()
    assert cast.told() == [("limu.list.exited", False)]
    checked(first)
    expect(first.get_by_test_id("check-told")).to_contain_text("未命中限制类名单")


def notified(cast: Cast, entry: str) -> None:
    """Step 6 for the enterprise: the state, the measures, and a decision that it signs for."""
    firm = cast.firm
    firm.goto("/my/lists")
    expect(firm.get_by_test_id("my-lists")).to_contain_text("已移出")
    looked_at(firm, "my-lists")
    firm.get_by_test_id("my-lists").get_by_role("link").click()
    expect(firm.get_by_test_id("measure-state")).to_contain_text("已解除")
    looked_at(firm, "my-list-left")
    firm.get_by_role("link", name="移出决定").click()
    expect(firm.get_by_test_id("paper")).not_to_contain_text("因列入采取的措施同时解除")
    firm.get_by_test_id("paper-letter").click()
    firm.get_by_test_id("letter-open").click()
    expect(firm.get_by_test_id("my-letter")).to_contain_text("因列入采取的措施同时解除")
    firm.goto(f"/my/lists/{entry}")
    firm.get_by_role("link", name="移出决定").click()
    expect(firm.get_by_test_id("paper-service")).to_contain_text("2026-11-23 企业服务站内送达")


def test_an_entry_goes_under_law_from_basis_to_exit(cast: Cast) -> None:
    for page, path, name in ((cast.first, "/dept/lists", "lists"), (cast.firm, "/my/lists", "my-lists")):
        page.goto(path)
        expect(page.get_by_test_id("empty")).to_contain_text("没有列入")
        looked_at(page, f"{name}-empty")
    entry = proposed(cast)
    heard(cast, entry)
    decided(cast)
    left(cast, entry)
    notified(cast, entry)


def asked(cast: Cast) -> str:
    """A list whose rule gives a hearing: the notice says so, and the subject asks for it without having to say why."""
    first, firm = cast.first, cast.firm
    first.goto("/dept/lists/new")
    first.get_by_label("政府采购严重违法失信行为记录名单").check()
    for label, text in (
        ("统一社会信用代码", town.BUILDER), ("事实", "提供虚假材料谋取中标，被禁止参加政府采购一年。"),
        ("证据文书", "示财采罚〔2026〕7号"), ("告知书文号", "示财告〔2026〕7号"),
    ):  # fmt: skip
        first.get_by_label(label, exact=True).fill(text)
    first.get_by_test_id("list-propose").click()
    expect(first.get_by_test_id("hearing")).to_contain_text("可以申请，至 2026-11-30")
    entry = first.url.rpartition("/")[2]
    firm.goto(f"/my/lists/{entry}")
    looked_at(firm, "my-list-hearing")
    firm.get_by_test_id("my-hearing").click()
    expect(firm.get_by_test_id("desk-message")).to_contain_text("编号 TZ20261123")
    # It may be taken back by who asked, and asked for again in the same days.
    firm.get_by_test_id("withdraw-open").click()
    looked_at(firm, "my-list-withdraw")
    firm.get_by_test_id("my-hearing-withdraw").click()
    expect(firm.get_by_test_id("desk-message")).to_contain_text("编号 TC20261123")
    expect(firm.get_by_test_id("hearing")).to_contain_text("已撤回申请；申请期限至 2026-11-30")
    looked_at(firm, "my-list-withdrawn")
    firm.get_by_test_id("my-hearing").click()
    expect(firm.get_by_test_id("hearing")).to_contain_text("已申请，待定日期")
    return entry


def test_a_hearing_is_held_where_the_rule_of_the_list_gives_one(cast: Cast) -> None:
    first, second, firm, visitor = cast.first, cast.second, cast.firm, cast.visitor
    visitor.goto("/lists/procurement")
    expect(visitor.get_by_test_id("list-hearing")).to_contain_text("告知后 5 个工作日内可以要求")
    entry = asked(cast)
    second.goto(f"/dept/lists/{entry}")
    expect(second.get_by_test_id("decide")).to_contain_text("听证举行之前不得决定列入")
    # Its day is told beforehand, by letter; one that is too soon is refused, and what was written stays.
    first.goto(f"/dept/lists/{entry}")
    filled(first, "示财听〔2026〕7号", "九时，三楼会议室，主持人王某", form="hearing-fix")
    first.get_by_label("听证日期").fill("2026-11-25")
    first.get_by_test_id("hearing-fix").click()
    expect(first.get_by_test_id("error")).to_contain_text("7 个工作日前须通知主体，最早 2026-12-03")
    looked_at(first, "list-hearing-too-soon")
    first.get_by_label("听证日期").fill("2026-12-03")
    first.get_by_test_id("hearing-fix").click()
    expect(first.get_by_test_id("hearing")).to_contain_text("定于 2026-12-03 举行")
    expect(first.get_by_test_id("hearing-panel")).to_contain_text("尚未举行")
    firm.goto(f"/my/lists/{entry}")
    firm.get_by_role("link", name="听证通知").click()
    expect(firm.get_by_test_id("paper")).to_contain_text("定于 2026-12-03 举行听证")
    presided(cast)


def presided(cast: Cast) -> None:
    """Somebody else presides and enters the minutes; only then is it decided."""
    first, second = cast.first, cast.second
    desks.shift_days(cast.database, 10)
    first.reload()
    expect(first.get_by_test_id("hearing-panel")).to_contain_text("听证须由提出人以外的人员主持")
    second.reload()
    looked_at(second, "list-hearing-minutes")
    filled(second, "示财笔〔2026〕7号", "双方到场，核对了投标材料。", form="hearing-minutes")
    second.get_by_test_id("hearing-minutes").click()
    expect(second.get_by_test_id("minutes")).to_contain_text("核对了投标材料")
    second.get_by_label("不予列入").check()
    filled(second, "示财决〔2026〕7号", "听证查明材料属实。", form="list-decide")
    second.get_by_test_id("list-decide").click()
    expect(second.get_by_test_id("state")).to_have_text("不予列入")
    looked_at(second, "list-heard")


def test_a_local_measure_that_reduces_rights_needs_more_than_a_policy_document(
    browser: Browser, desk_site: tuple[str, Database], tmp_path: Path
) -> None:
    page = desks.signed_in(browser, desk_site[0], desks.CENTRE).pages[0]
    page.goto("/ops/local-measures")
    expect(page.get_by_test_id("empty")).to_contain_text("没有本地措施")
    page.get_by_label("措施", exact=True).select_option("measure/01")
    page.get_by_label("名单或者事由").select_option("list/wages")
    page.get_by_label("参加招标投标").check()
    for label, text in (
        ("实施单位", "住房和城乡建设部门"),
        ("文件名称", "示例市关于加强信用监管的意见"),
        ("制定机关", "示例市人民政府"),
        ("施行日期", "2024-01-01"),
        ("条款", "第三条"),
        ("条款的内容，一句话", "列入名单的不得参加招标投标"),
        ("原文地址", "https://example.org/1"),
    ):
        page.get_by_label(label, exact=True).fill(text)
    # 7: the refusal is the law's own sentence; the form keeps what was written.
    for rank in ("normative_document", "central_policy"):
        page.get_by_label("文件的级别").select_option(rank)
        page.get_by_test_id("local-add").click()
        expect(page.get_by_test_id("error")).to_contain_text("减损权利措施须以法律、行政法规、地方性法规为依据")
        expect(page.get_by_label("文件名称")).to_have_value("示例市关于加强信用监管的意见")
    looked_at(page, "local-refused")
    page.get_by_label("文件名称").fill("示例市社会信用条例")
    page.get_by_label("文件的级别").select_option("local_regulation")
    page.get_by_test_id("local-add").click()
    expect(page.get_by_test_id("local-measure")).to_contain_text("待两人核对，不适用")
    official = tmp_path / "条例.txt"
    official.write_text("第三条", "utf-8")
    page.get_by_label("对照过的正式文本").set_input_files(official)
    page.get_by_test_id("local-confirm").click()
    expect(page.get_by_test_id("desk-message")).to_contain_text("已登记您的核对")
    looked_at(page, "local-registered")
