"""J6 and the browser's part of J7 (ux.md 5.8): one application for two bodies, decided by each, seen by everybody."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from limu.feed.actions import tell
from limu.wire.database import Database
from tests.front import town
from tests.journeys import desks, repairs

pytestmark = pytest.mark.browser


class People:
    """Everybody's window on one site."""

    def __init__(self, browser: Browser, site: str, database: Database, agent: str) -> None:
        self.browser, self.site, self.database, self.agent = browser, site, database, agent
        self.windows: dict[str, BrowserContext] = {}

    def of(self, code: str) -> Page:
        """The window of one of them."""
        return repairs.window(self.browser, self.site, code, self.windows)

    @property
    def enterprise(self) -> Page:
        """The window of the enterprise's agent."""
        return self.of(self.agent)


@pytest.fixture(scope="module")
def everybody(browser: Browser, desk_site: tuple[str, Database]) -> Iterator[People]:
    made = People(browser, desk_site[0], desk_site[1], repairs.two_bodies(desk_site[1]))
    yield made
    for context in made.windows.values():
        context.close()


@pytest.fixture(scope="module")
def number(everybody: People, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Walk J6; the receipt number of the application."""
    page = everybody.enterprise
    proof = tmp_path_factory.mktemp("proof") / "缴款凭证.jpg"
    proof.write_bytes(repairs.photo(everybody.browser))
    _verify_payment(everybody)
    _see_the_records(page)
    _choose_and_check(page)
    _throw_away(page)
    _choose_and_check(page)
    _bring_what_is_asked(page, proof, blank=repairs.photo(everybody.browser, lines=0))
    _sign_and_hand_in(page)
    return page.get_by_test_id("number").inner_text()


def _verify_payment(everybody: People) -> None:
    """The market bureau has seen the payment for A in its own system, and says so."""
    page = everybody.of(desks.REVIEWER)
    page.goto("/dept/performance")
    panel = page.get_by_test_id("performance").filter(has_text=town.A.number)
    panel.get_by_role("button", name="登记已履行").click()
    expect(page.get_by_test_id("error")).to_contain_text("没有写明核验的依据")
    panel.get_by_label("核验依据").fill("非税收入缴款书 No.20260715")
    panel.get_by_role("button", name="登记已履行").click()
    expect(panel.get_by_text("已核验履行")).to_be_visible()
    repairs.looked_at(page, "dept-performance")


def _see_the_records(page: Page) -> None:
    page.goto("/my/records")
    for deed in (town.A, town.B):
        expect(page.get_by_test_id("my-record").filter(has_text=deed.number)).to_contain_text("可申请修复")
    late = page.get_by_test_id("my-record").filter(has_text=town.C.number)
    expect(late).to_contain_text("可申请日期：2027-03-01")
    late.get_by_role("button", name="到期提醒我").click()
    expect(page.get_by_test_id("my-record").filter(has_text=town.C.number)).to_contain_text("已设置到期提醒")
    repairs.looked_at(page, "records")


def _choose_and_check(page: Page) -> None:
    page.goto("/my/repair")
    page.get_by_test_id("repair-next").click()
    expect(page.get_by_test_id("error")).to_contain_text("还有 1 项需要完善")
    for deed in (town.A, town.B):
        page.get_by_label(deed.number).check()
    expect(page.get_by_label(town.C.number)).to_be_disabled()
    repairs.looked_at(page, "repair-records")
    page.get_by_test_id("repair-next").click()
    expect(page.get_by_test_id("met")).to_have_count(3)
    repairs.looked_at(page, "repair-conditions")
    page.get_by_test_id("repair-next").click()


def _throw_away(page: Page) -> None:
    """A draft that is thrown away is not there any more; one begins anew."""
    page.get_by_test_id("draft-discard").click()
    expect(page.get_by_text("草稿已放弃，上传的材料已销毁。")).to_be_visible()
    expect(page.get_by_test_id("draft-discard")).to_have_count(0)
    expect(page.get_by_label(town.A.number)).not_to_be_checked()


def _bring_what_is_asked(page: Page, proof: Path, *, blank: bytes) -> None:
    """A needs nothing; without a proof for B the last step points to the field; a photograph is shown small."""
    expect(page.get_by_text("已由市场监管局核验，无需上传")).to_be_visible()
    page.get_by_test_id("repair-next").click()
    page.locator("#commitment").check()
    page.get_by_test_id("sign").click()
    page.get_by_test_id("repair-next").click()
    page.get_by_test_id("repair-send").click()
    expect(page.get_by_test_id("error")).to_contain_text("还有 1 项需要完善")
    repairs.looked_at(page, "repair-review-error")
    page.get_by_test_id("error").get_by_role("link").click()
    field = page.get_by_label("纠正和履行义务的证明")
    expect(page).to_have_url(re.compile(r"/my/repair/materials#proof-"))
    field.set_input_files({"name": "照片.heic", "mimeType": "image/heic", "buffer": b"ftypheic"})
    page.get_by_test_id("repair-upload").click()
    expect(page.get_by_test_id("error")).to_contain_text("只接受 JPG、PNG 图片和 PDF 文件")
    repairs.looked_at(page, "repair-materials-error")
    # A photograph of nothing is called that, and taken out again.
    field.set_input_files({"name": "空白.jpg", "mimeType": "image/jpeg", "buffer": blank})
    page.get_by_test_id("repair-upload").click()
    expect(page.get_by_test_id("clarity")).to_contain_text("画面几乎是空白")
    page.get_by_role("button", name="删除 空白.jpg").click()
    expect(page.get_by_test_id("thumbnail")).to_have_count(0)
    field.set_input_files(proof)
    page.get_by_test_id("repair-upload").click()
    expect(page.get_by_test_id("clarity")).to_contain_text("清晰度良好")
    expect(page.get_by_test_id("thumbnail")).to_have_js_property("naturalWidth", 1200)
    repairs.looked_at(page, "repair-materials")


def _sign_and_hand_in(page: Page) -> None:
    page.goto("/my")
    page.get_by_role("link", name="继续填写草稿").click()
    expect(page).to_have_url(re.compile("/my/repair/review"))
    page.goto("/my/repair/pledge")
    for deed in (town.A, town.B):
        expect(page.get_by_test_id("commitment")).to_contain_text(deed.number)
    expect(page.get_by_test_id("signed")).to_contain_text("已签署")
    repairs.looked_at(page, "repair-pledge")
    page.get_by_test_id("repair-next").click()
    expect(page.get_by_test_id("review-record")).to_have_count(2)
    expect(page.get_by_test_id("review-body")).to_have_count(2)
    expect(page.get_by_text("2 个认定单位")).to_be_visible()
    repairs.looked_at(page, "repair-review")
    page.get_by_test_id("repair-send").click()
    expect(page.get_by_test_id("done")).to_contain_text("提交成功")
    expect(page.get_by_text("预计 2026-12-07 前反馈")).to_be_visible()
    expect(page.get_by_role("heading", name="接下来")).to_be_visible()
    page.get_by_text("这一天怎样算出").click()
    repairs.looked_at(page, "repair-done")


def test_one_application_for_two_bodies_has_one_number(number: str, everybody: People) -> None:
    assert re.fullmatch(r"XF2026\d{4}-\w+", number)
    page = everybody.enterprise
    page.goto("/my/repair")
    expect(page.get_by_test_id("draft")).to_have_count(0)
    assert desks.faults_of(page) == []
    page.goto("/my/cases")
    repairs.looked_at(page, "cases")


def _case_at(page: Page, deed: town.Deed, *, at: int = 0) -> None:
    page.goto("/my/cases")
    page.get_by_role("row").filter(has_text=deed.number).get_by_role("link").nth(at).click()


def _propose(page: Page, deed: town.Deed, *, outcome: str) -> None:
    page.goto("/dept/cases")
    page.get_by_test_id("cases-waiting").get_by_role("link").first.click()
    expect(page.get_by_text(deed.number).first).to_be_visible()
    page.get_by_label(outcome, exact=True).check()


def _confirmed(first: Page, second: Page) -> None:
    first.get_by_role("button", name="提交，由另一人确认").click()
    second.goto(first.url)
    second.get_by_test_id("case-confirm").click()


def _told(database: Database) -> None:
    with database.connect("sequencer", autocommit=True) as sequencer:
        tell(sequencer)


def _taken_in(everybody: People, number: str) -> None:
    """1: the centre takes it in; two bodies have it."""
    centre = everybody.of(desks.CENTRE)
    centre.goto("/ops/repairs")
    waiting = centre.get_by_test_id("intake").filter(has_text=number)
    repairs.looked_at(centre, "ops-repairs")
    waiting.get_by_test_id("intake-accept").click()
    centre.get_by_role("link", name="已分送").click()
    sent = centre.get_by_test_id("forwarded").filter(has_text=number)
    expect(sent).to_contain_text("市场监管局")
    expect(sent).to_contain_text("生态环境局")


def _granted(everybody: People) -> None:
    """2: the first body grants; the second person sees the letter before it goes out."""
    first, second = everybody.of(desks.REVIEWER), everybody.of(desks.SECOND)
    _propose(first, town.A, outcome="同意修复")
    expect(first.get_by_test_id("conditions")).to_contain_text("已由市场监管局核验")
    first.locator("#p-reason").fill("缴款已核验")
    _confirmed(first, second)
    expect(second.get_by_test_id("letter")).to_contain_text("信用修复结果告知书")
    second.get_by_role("button", name="同意修复").click()
    expect(second.get_by_test_id("state")).to_contain_text("同意修复")


def _refused(everybody: People) -> None:
    """3: the other refuses, and must say why and where."""
    enterprise = everybody.enterprise
    third, fourth = (everybody.of(code) for code in repairs.EPB)
    _propose(third, town.B, outcome="不予修复")
    third.locator("#p-reason").fill("第二页看不清")
    third.get_by_role("button", name="提交，由另一人确认").click()
    expect(third.get_by_test_id("error")).to_contain_text("不予修复必须选择理由")
    third.get_by_label("R03").check()
    third.locator("input[name=detail_R03]").fill("2")
    _confirmed(third, fourth)
    fourth.get_by_test_id("confirm").click()
    _case_at(enterprise, town.B)
    expect(enterprise.get_by_test_id("grounds")).to_contain_text("证明不清晰（第 2 页）")
    expect(enterprise.get_by_role("heading", name="按意见补正")).to_be_visible()
    repairs.looked_at(enterprise, "case-refused")


def _supplemented(everybody: People, folder: Path) -> None:
    """4: what was brought stays; a better page is added; then it is granted."""
    enterprise = everybody.enterprise
    third, fourth = (everybody.of(code) for code in repairs.EPB)
    page_two = folder / "第二页.jpg"
    page_two.write_bytes(repairs.photo(everybody.browser, number=2))
    expect(enterprise.get_by_label("缴款凭证.jpg")).to_be_checked()
    enterprise.get_by_label("补充材料").set_input_files(page_two)
    enterprise.get_by_test_id("case-resubmit").click()
    expect(enterprise.get_by_test_id("done")).to_contain_text("提交成功")
    _case_at(enterprise, town.B, at=-1)
    expect(enterprise.get_by_text("已经重新提交")).to_be_visible()
    enterprise.get_by_role("link", name="查看正在办理的办件").click()
    for name in ("缴款凭证.jpg", "第二页.jpg", "信用承诺书.txt"):
        expect(enterprise.get_by_role("link", name=name)).to_be_visible()
    _propose(third, town.B, outcome="同意修复")
    third.locator("#p-reason").fill("已补正")
    _confirmed(third, fourth)
    fourth.get_by_test_id("confirm").click()


def _gone(everybody: People) -> None:
    """5 and 7: gone from its page and from search; the feed tells of it, later and without content."""
    visitor = everybody.browser.new_context(base_url=everybody.site, locale="zh-CN").new_page()
    visitor.goto(f"/r/{town.A.id}")
    expect(visitor.locator("main")).to_contain_text("该信息已停止公示")
    visitor.goto(f"/search?q={town.BUILDER}")
    expect(visitor.locator("main")).not_to_contain_text(town.A.number)
    _told(everybody.database)
    with everybody.database.connect("admin") as admin:
        told = admin.execute(
            "SELECT kind, is_end FROM limu.feed_event WHERE record = %s ORDER BY timepoint DESC LIMIT 1", (town.A.id,)
        ).fetchone()
        assert told == {"kind": "record.repaired", "is_end": True}
        assert admin.execute("SELECT FROM limu.feed_copy WHERE record = %s", (town.A.id,)).fetchall() == []


def _letter_kept(everybody: People, folder: Path) -> str:
    """9: the letter is the enterprise's to keep."""
    enterprise = everybody.enterprise
    visitor = everybody.browser.new_context().new_page()
    _case_at(enterprise, town.A)
    repairs.looked_at(enterprise, "case-granted")
    with enterprise.expect_download() as download:
        enterprise.get_by_test_id("letter-download").first.click()
    kept = folder / "letter.html"
    download.value.save_as(kept)
    assert download.value.suggested_filename.startswith("信用修复结果告知书")
    enterprise.reload()
    expect(enterprise.get_by_test_id("letters")).to_contain_text("企业服务站内送达")
    visitor.goto(kept.as_uri())
    desks.picture(visitor, "portal-letter")
    return kept.read_text("utf-8")


def test_two_bodies_decide_and_everybody_sees_it(number: str, everybody: People, tmp_path: Path) -> None:
    _told(everybody.database)
    _taken_in(everybody, number)
    _granted(everybody)
    _refused(everybody)
    _supplemented(everybody, tmp_path)
    _gone(everybody)
    assert town.A.number in _letter_kept(everybody, tmp_path)


def test_a_clock_past_due_is_seen_by_the_applicant_and_the_supervisor(
    number: str, everybody: People, tmp_path: Path
) -> None:
    (tmp_path / "验收.jpg").write_bytes(repairs.photo(everybody.browser, number=3))
    del number
    page, supervisor = everybody.enterprise, everybody.of(repairs.SUPERVISOR)
    # C can be asked for on its day, and the reminder says so.
    desks.shift_days(everybody.database, 100)
    page.goto("/my")
    expect(page.get_by_test_id("due")).to_contain_text(town.C.number)
    repairs.looked_at(page, "home-due")
    page.get_by_test_id("due").get_by_role("link").first.click()
    page.get_by_test_id("my-to-repair").click()
    page.get_by_test_id("repair-next").click()
    page.goto("/my/repair/materials")
    page.get_by_label("纠正和履行义务的证明").set_input_files(tmp_path / "验收.jpg")
    page.get_by_test_id("repair-next").click()
    page.locator("#commitment").check()
    page.get_by_test_id("sign").click()
    page.goto("/my/repair/review")
    page.get_by_test_id("repair-send").click()
    expect(page.get_by_test_id("done")).to_be_visible()

    # 10: nobody decides in time.
    desks.shift_days(everybody.database, 25)
    page.goto("/my/cases")
    expect(page.get_by_role("row").filter(has_text=town.C.number)).to_contain_text("逾期")
    _case_at(page, town.C)
    expect(page.get_by_test_id("light").first).to_contain_text("逾期")
    repairs.looked_at(page, "case-late")
    supervisor.goto("/ops/cases")
    expect(supervisor.get_by_test_id("cases-waiting").get_by_role("row").last).to_contain_text("逾期")
