"""J8 (ux.md 5.8): an objection on a wrong match, from the enterprise's page to the right subject's."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from limu.account.store import put_login
from limu.agent.actions import open_demonstration_agent
from limu.client.http import Site
from limu.department.store import all_departments
from limu.wire.database import Database
from limu.wire.passwords import hash_password
from tests import people
from tests.feed.conftest import Town
from tests.front import town
from tests.journeys import desks
from tests.lawful import stand_lawful
from tests.standing import DOCUMENT, SECRET, report, row

pytestmark = pytest.mark.browser
YUNQI, YUNQI_NAME = "91990100MA0000003N", "示例市云栖物业服务有限公司"
WRONG, CONTENT = 81, 82


@dataclass(frozen=True, slots=True)
class Scene:
    """Two penalties reported under 云栖物业's code, of which one is 清河建材's; a bank follows the feed."""

    site: str
    database: Database
    records: dict[int, UUID]
    bank: Site
    windows: dict[str, BrowserContext]

    def page(self, who: str) -> Page:
        """The window of one of the people."""
        return self.windows[who].pages[0]

    def tell(self) -> None:
        """Let the writer of the feed tell what is committed."""
        Town(self.database, self.site, *[None] * 2).tell()  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def scene(browser: Browser, desk_site: tuple[str, Database]) -> Iterator[Scene]:
    site, database = desk_site
    with database.connect("app") as app:
        lawful = stand_lawful(app, number=6)
        rows = [row(YUNQI, number) for number in (WRONG, CONTENT)]
        report(app, lawful.base, rows)
        centre = next(one for one in all_departments(app) if one.is_centre)
        auditor = people.officer_in(app, centre, "auditor.j8", "auditor")
        asker, confirmer = (people.officer_in(app, centre, f"bank.{n}", "centre_officer") for n in "ab")
    people.give_logins(database, [lawful.handler.code, lawful.second.code, auditor.code])
    people.give_factors(database)
    codes = _agents(database)
    bank = Town(database, site, asker, confirmer)
    _, token = bank.holder("示例银行")
    codes |= {
        "handler": lawful.handler.code,
        "second": lawful.second.code,
        "auditor": auditor.code,
        "centre": desks.CENTRE,
    }
    windows = {who: desks.signed_in(browser, site, code) for who, code in codes.items()}
    records = {number: UUID(str(one["id"])) for number, one in zip((WRONG, CONTENT), rows, strict=True)}
    yield Scene(site, database, records, bank.site(token), windows)
    for context in windows.values():
        context.close()


def _agents(database: Database) -> dict[str, str]:
    """An agent of each of the two organisations, able to sign in."""
    codes: dict[str, str] = {}
    with database.connect("app") as app:
        centre = next(one for one in all_departments(app) if one.is_centre)
        for who, uscc in (("wronged", YUNQI), ("right", town.BUILDER)):
            code = open_demonstration_agent(
                app, uscc=uscc, person_name="经办人", expires_on=date(2028, 1, 1), department=centre.id
            )
            assert code is not None
            codes[who] = code
    with database.connect("account") as logins:
        for code in codes.values():
            put_login(logins, code=code, name=code, hashed=hash_password(people.PASSWORD))
    return codes


def objected(page: Page, number: int, *, reason: str, text: str) -> None:
    """Object to a record from the enterprise's own page (1 and 2)."""
    page.goto("/my/records")
    page.get_by_role("link", name=DOCUMENT.format(number)).click()
    page.get_by_test_id("my-not-mine" if reason == "not_mine" else "my-object").click()
    if reason != "not_mine":
        page.get_by_label("内容有误").check()
    page.get_by_label("哪里不对").fill(text)
    page.get_by_test_id("objection-send").click()


def opened(page: Page) -> None:
    """Go to the only waiting case of the body through its list."""
    page.goto("/dept/cases")
    page.get_by_test_id("cases-waiting").get_by_role("link").first.click()


def confirmed(scene: Scene, address: str) -> None:
    """The second person sees the letter and confirms."""
    other = scene.page("second")
    other.goto(address)
    other.get_by_test_id("case-confirm").click()
    expect(other.get_by_test_id("letter").first).to_contain_text("异议处理结果告知书")
    other.get_by_test_id("confirm").click()


def fresh(page: Page, address: str) -> None:
    """A browser may keep its copy of a public page for a moment; whoever asks again sees what is so now."""
    page.goto(address)
    page.reload()


def looked_at(page: Page, name: str) -> None:
    """What a page must hold at both widths, and a picture of it."""
    for width in desks.WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert desks.faults_of(page) == [], (name, width)
        desks.picture(page, name)
    page.set_viewport_size({"width": 1440, "height": 900})


def test_an_objection_on_a_wrong_match_moves_the_record_to_the_right_subject(scene: Scene) -> None:
    record, agent = scene.records[WRONG], scene.page("wronged")
    public = scene.page("auditor")
    scene.tell()
    before = scene.bank.events(0).last

    # 1 and 2: 这不是我的记录, from the enterprise's page.
    objected(agent, WRONG, reason="not_mine", text="本单位没有建材业务")
    expect(agent.get_by_test_id("desk-message")).to_contain_text("异议编号 YY")
    looked_at(agent, "j8-submitted")

    # 3: the mark on the public page at once, and the event at the bank: the same content, now disputed.
    fresh(public, f"/r/{record}")
    expect(public.locator(".tag", has_text="异议处理中")).to_be_visible()
    assert public.request.get(f"/api/v1/records/{record}").json()["is_disputed"] is True
    scene.tell()
    (event,) = scene.bank.events(before).events
    assert (event["type"], event["subject"]) == ("limu.record.objected", str(record))
    assert event["data"]["is_disputed"] is True

    # 4: the department corrects the subject; without evidence it cannot.
    known_at = _now(scene)
    corrected(scene)

    # 5 and 6.
    moved(scene, record)
    reproduced(scene, known_at)
    scene.tell()
    end = next(one for one in scene.bank.events(before).events if one["type"] == "limu.record.unlinked")
    assert (end["subject"], "data" in end) == (str(record), False)

    relied(scene)


def relied(scene: Scene) -> None:
    """Who had it under the wrong subject answers, and that subject reads every answer and every look."""
    agent = scene.page("wronged")
    (notice,) = scene.bank.reliances()
    agent.goto("/my/cases")
    agent.get_by_role("link", name="YY").click()
    expect(agent.get_by_test_id("my-reliance")).to_contain_text("示例银行")
    expect(agent.get_by_test_id("my-reliance")).to_contain_text("等待答复")
    scene.bank.answer_reliance(notice["id"], outcome="changed", text="已恢复授信额度")
    agent.reload()
    expect(agent.get_by_test_id("my-reliance")).to_contain_text("已恢复授信额度")
    looked_at(agent, "j8-reliance")
    agent.goto("/my/readers")
    expect(agent.get_by_test_id("my-readers")).to_contain_text("审计核查")
    looked_at(agent, "j8-readers")


def _now(scene: Scene) -> str:
    with scene.database.connect("app") as app:
        now = app.execute("SELECT to_char(limu.register_now() AT TIME ZONE 'Asia/Shanghai', %s) AS at",
                          ['YYYY-MM-DD"T"HH24:MI:SS.MS']).fetchone()  # fmt: skip
    assert now is not None
    return str(now["at"])


def corrected(scene: Scene) -> None:
    """4: reason, evidence, the right code; the second person confirms."""
    page = scene.page("handler")
    opened(page)
    page.get_by_test_id("case-accept").click()
    page.get_by_label("更正", exact=True).check()
    page.get_by_label("更正的种类").select_option("wrong_subject")
    page.get_by_label("正确主体的统一社会信用代码").fill(town.BUILDER.lower())
    page.locator("#p-reason").fill("原件记载的当事人是清河建材")
    page.get_by_role("button", name="提交，由另一人确认").click()
    expect(page.get_by_test_id("error")).to_contain_text("更正主体须写明证据")
    looked_at(page, "j8-no-evidence")
    expect(page.locator("#p-reason")).to_have_value("原件记载的当事人是清河建材")
    page.get_by_label("依据或者证据").fill("处罚决定书原件")
    page.get_by_label("证据材料").set_input_files(
        {"name": "原件.pdf", "mimeType": "application/pdf", "buffer": b"%PDF"}
    )
    page.get_by_role("button", name="提交，由另一人确认").click()
    expect(page.get_by_text("须由本单位另一人确认")).to_be_visible()
    expect(page.get_by_role("link", name="原件.pdf")).to_be_visible()
    confirmed(scene, page.url)
    expect(scene.page("second").get_by_test_id("state")).to_have_text("已更正")


def moved(scene: Scene, record: UUID) -> None:
    """5: gone at the wrong subject; at the right one only once it has been told; both have their letters."""
    public, number = scene.page("auditor"), DOCUMENT.format(WRONG)
    fresh(public, f"/r/{record}")
    expect(public.locator("main")).to_contain_text("该信息已停止公示")
    fresh(public, f"/s/{town.BUILDER}")
    expect(public.get_by_text(number)).to_have_count(0)
    wronged = scene.page("wronged")
    wronged.goto("/my/letters")
    wronged.get_by_role("link", name="异议处理结果告知书").click()
    wronged.get_by_test_id("letter-open").click()
    expect(wronged.get_by_test_id("my-letter")).to_contain_text("原件记载的当事人是清河建材")
    expect(wronged.get_by_test_id("my-letter")).to_contain_text("更正")

    right = scene.page("right")
    right.goto("/my")
    expect(right.get_by_test_id("my-unopened")).to_contain_text("有 1 份文书没有签收")
    right.get_by_role("link", name="查看文书").click()
    looked_at(right, "j8-letters")
    right.get_by_role("link", name="信息关联告知书").click()
    looked_at(right, "j8-letter-closed")
    right.get_by_test_id("letter-open").click()
    expect(right.get_by_test_id("my-letter")).to_contain_text(number)
    looked_at(right, "j8-letter")
    fresh(public, f"/s/{town.BUILDER}")
    expect(public.get_by_text(number).first).to_be_visible()
    expect(public.locator(".tag", has_text="异议处理中")).to_have_count(0)


def reproduced(scene: Scene, known_at: str) -> None:
    """6: the auditor, with a reason and a trail, sees what was shown then; the public does not."""
    page = scene.page("auditor")
    page.goto("/ops/audit/shown")
    looked_at(page, "j8-shown-empty")
    page.get_by_label("统一社会信用代码").fill(YUNQI)
    page.get_by_label("平台当时的认识").fill(known_at)
    page.get_by_label("审计事由").fill("审计〔2026〕7号")
    page.get_by_test_id("shown-ask").click()
    then = page.get_by_test_id("shown-then").filter(has_text=DOCUMENT.format(WRONG))
    expect(then).to_contain_text(SECRET)
    expect(then).to_contain_text("异议处理中")
    looked_at(page, "j8-shown")
    page.get_by_label("平台当时的认识").fill("")
    page.get_by_test_id("shown-ask").click()
    expect(page.get_by_test_id("shown-then").filter(has_text=DOCUMENT.format(CONTENT))).to_have_count(1)
    expect(page.get_by_test_id("shown-then").filter(has_text=DOCUMENT.format(WRONG))).to_have_count(0)
    page.goto(f"/ops/audit?uscc={YUNQI}&purpose=audit")
    expect(page.get_by_test_id("trail")).to_contain_text("审计〔2026〕7号")
    record = scene.records[WRONG]
    asked: dict[str, Any] = {"known_at": f"{known_at}+08:00"}
    assert page.request.get(f"/r/{record}", params=asked).status == 410
    listed: Any = page.request.get(f"/api/v1/subjects/{YUNQI}/records", params=asked).json()
    assert str(record) not in str(listed)


def test_a_kept_objection_says_why_and_can_be_appealed(scene: Scene) -> None:
    agent, page = scene.page("wronged"), scene.page("handler")
    objected(agent, CONTENT, reason="wrong_content", text="金额不对")
    case = agent.url
    opened(page)
    page.get_by_label("维持", exact=True).check()
    page.locator("#p-reason").fill("与决定书核对一致")
    page.get_by_role("button", name="提交，由另一人确认").click()
    confirmed(scene, page.url)

    agent.goto(case)
    expect(agent.get_by_test_id("case-state")).to_have_text("维持原信息")
    expect(agent.locator("main")).to_contain_text("与决定书核对一致")
    looked_at(agent, "j8-kept")
    agent.locator("summary", has_text="申诉").click()
    looked_at(agent, "j8-appeal")
    agent.get_by_label("申诉的理由").fill("没有核对附件")
    agent.get_by_role("button", name="申诉").click()
    expect(agent.get_by_test_id("case-state")).to_have_text("申诉处理中")
    fresh(page, f"/r/{scene.records[CONTENT]}")
    expect(page.locator(".tag", has_text="异议处理中")).to_have_count(0)


def test_an_organisation_says_its_own_words_beside_its_record_and_takes_them_back(scene: Scene) -> None:
    record, agent, centre, public = scene.records[CONTENT], scene.page("wronged"), scene.page("centre"), "auditor"
    address = f"/my/records/{record}/declaration"
    agent.goto(f"/my/records/{record}")
    agent.get_by_test_id("my-declare").click()
    looked_at(agent, "declaration-empty")
    agent.locator("#d-text").fill("法定代表人：王小明不知情")
    agent.get_by_test_id("declare").click()
    expect(agent.get_by_test_id("error")).to_contain_text("个人姓名“王小明”")
    expect(agent.locator("#d-text")).to_have_value("法定代表人：王小明不知情")
    looked_at(agent, "declaration-refused")
    agent.locator("#d-text").fill("罚款已经缴清，\n问题批次已经召回。")
    agent.get_by_test_id("declare").click()
    expect(agent.get_by_test_id("declarations")).to_contain_text("待核对")

    centre.goto("/ops/declarations")
    expect(centre.get_by_test_id("declaration")).to_contain_text("问题批次已经召回")
    looked_at(centre, "declarations")
    centre.get_by_test_id("declaration-show").click()
    expect(centre.get_by_test_id("empty")).to_contain_text("没有待核对的声明")
    looked_at(centre, "declarations-empty")
    visitor = scene.page(public)
    fresh(visitor, f"/r/{record}")
    expect(visitor.get_by_test_id("declaration")).to_contain_text("罚款已经缴清")
    looked_at(visitor, "declaration-public")

    agent.goto(address)
    looked_at(agent, "declaration-shown")
    agent.get_by_test_id("declaration-withdraw").click()
    expect(agent.get_by_test_id("declarations")).to_contain_text("已撤回")
    fresh(visitor, f"/r/{record}")
    expect(visitor.get_by_test_id("declaration")).to_have_count(0)
