"""The portal of an organisation: two proofs, own rows alone, and every door called by everyone who may not."""

import io
import re
import zipfile
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from limu.access.actions import open_ticket
from limu.agent import actions, rules, store
from limu.case.actions import write_letter
from limu.case.rules import Writing
from limu.department.rules import Refusal
from limu.department.store import enter, find_officer
from limu.listing import store_exit
from limu.page.doors import MY_DOORS
from limu.wire.database import Connection
from tests import people
from tests.lawful import listers, propose_to
from tests.listed import enlist
from tests.page.portal_town import UNTIL, Town, signed

NOBODY = "00000000-0000-4000-8000-000000000009"


def _address(path: str, *ids: object) -> str:
    """Fill the ids into an address in their order; the last one serves for what follows."""
    left = [str(one) for one in ids]
    return "/" + re.sub(r"<uuid:\w+>", lambda _: left.pop(0) if len(left) > 1 else left[0], path)


def _noticed(town: Town) -> tuple[object, object]:
    """An entry that the organisation was told of, and the document of the notice."""
    with town.database.connect("app") as app:
        entry = propose_to(app, town.lawful)
        return entry, store_exit.steps_at_desk(app, entry)[0]["id"]


def test_every_door_is_shut_to_all_but_the_own_agent_with_the_scope(town: Town) -> None:
    record = town.lawful.record
    own, other, officer = signed(town, "own"), signed(town, "other"), people.signed_in(town.lawful.handler.code)
    reader = signed(town, "reader")
    entry = _noticed(town)
    ids = {"my_entry": entry[:1], "my_entry_paper": entry}
    for door in MY_DOORS:
        address = _address(door.path, *ids.get(door.names, (record,)))
        assert Client().get(address)["Location"].startswith("/account/login/")
        assert officer.get(address).status_code == 404, address
        if door.act != "my:objection":
            assert reader.get(address).status_code == 404, address
        if door.names:
            assert other.get(address).status_code == 404, address
            assert own.get(_address(door.path, NOBODY)).status_code == 404, address
        if door.names in ("", "my_record", "my_entry"):
            # A step of an application leads back to the first while nothing is chosen.
            assert own.get(address).status_code in (200, 302), address
    assert officer.get("/dept").status_code == 200
    assert own.get("/dept").status_code == 404


def test_row_level_security_opens_one_subject_and_no_other(town: Town) -> None:
    with town.database.connect("app") as app:
        assert app.execute("SELECT FROM limu.record").fetchall() == []
        store.find_agent(app, town.agents["own"])
        assert len(app.execute("SELECT FROM limu.record").fetchall()) == 1
        store.find_agent(app, town.agents["other"])
        assert app.execute("SELECT FROM limu.record").fetchall() == []
        assert [one.code for one in store.agents_of(app, town.lawful.subject)] == []


def test_who_looked_is_told_and_own_reads_leave_a_trace_too(town: Town) -> None:
    own = signed(town, "own")
    own.get("/my/records")
    page = own.get("/my/readers").content.decode()

    assert "本单位自己的查看（最近 1 次）" in page
    assert "近期没有查询" in page


def test_a_read_by_a_body_is_told_with_purpose_and_basis(town: Town) -> None:
    handler = town.lawful.handler
    made = open_ticket(
        lambda: town.database.connect("app"), officer=handler, purpose="deciding_body", subject=town.lawful.subject,
        scope="test",
    )  # fmt: skip
    assert not isinstance(made, Refusal)
    page = signed(town, "own").get("/my/readers").content.decode()

    assert handler.department_name in page
    assert '<td data-head="内容"><div>非公开信息</div></td>' in page
    assert "认定单位办理本单位作出的决定" in page
    assert "行政处罚法" in page
    own = signed(town, "own")
    assert "查询过本单位的非公开信息" not in own.get(f"/my/records/{town.lawful.record}").content.decode()
    asked = open_ticket(
        lambda: town.database.connect("app"), officer=handler, purpose="window_check", subject=town.lawful.subject,
        scope="test",
    )  # fmt: skip
    assert not isinstance(asked, Refusal)
    received = own.get(f"/my/records/{town.lawful.record}").content.decode()
    assert f"<b>{handler.department_name}</b>：查询过本单位的非公开信息" in received


def test_a_list_on_which_the_organisation_stands_is_a_read_that_it_can_see(town: Town) -> None:
    own, record = signed(town, "own"), town.lawful.record
    own.post(f"/my/objection/{record}", {"reason": "wrong_content", "text": "金额不对"})
    assert "近期没有查询" in own.get("/my/readers").content.decode()
    people.signed_in(town.lawful.handler.code).get("/dept/cases")

    page = own.get("/my/readers").content.decode()
    older = own.get("/my/readers?before=2020-01-01T00:00:00%2B08:00").content.decode()

    assert town.lawful.handler.department_name in page
    assert "《中华人民共和国行政处罚法》第四十八条" in page
    assert "近期没有查询" in older
    assert "近期没有查询" in signed(town, "other").get("/my/readers").content.decode()


def test_a_letter_is_served_by_its_addressee_alone_and_once(town: Town) -> None:
    own, other, lawful = signed(town, "own"), signed(town, "other"), town.lawful
    with town.database.connect("app") as app:
        enter(app, department=lawful.base.department.id)
        letter = write_letter(
            app, department=lawful.base.department.id, to=lawful.subject,
            writing=Writing("objection_result", "异议处理结果告知书", ("处理结果：维持。",)),
        )  # fmt: skip
    address = f"/my/letters/{letter.id}"

    closed = own.get(address).content.decode()
    assert other.get(address).status_code == other.post(address).status_code == 404
    assert own.post(address).status_code == 302
    assert own.post(address).status_code == 302
    opened = own.get(address).content.decode()

    assert "处理结果：维持。" not in closed
    assert "处理结果：维持。" in opened
    with town.database.connect("admin") as admin:
        rows = admin.execute("SELECT way, by FROM limu.letter_service").fetchall()
    assert rows == [{"way": "portal", "by": "赵经办"}]


def test_an_objection_gets_a_number_and_can_be_withdrawn(town: Town) -> None:
    own, record = signed(town, "own"), town.lawful.record
    empty = own.post(f"/my/objection/{record}", {"reason": "not_mine", "text": ""})
    made = own.post(f"/my/objection/{record}", {"reason": "not_mine", "text": "不是本单位"})

    assert empty.status_code == 422
    assert made.status_code == 302
    case = made["Location"]
    page = own.get(case).content.decode()
    assert "YY" in page
    assert "待受理" in page
    assert signed(town, "other").get(case).status_code == 404
    assert own.post(case, {"step": "withdraw"}).status_code == 302
    assert "已撤回" in own.get(case).content.decode()


def _filled(own: Client, record: str) -> None:
    """Fill a draft in: the record, its proof, the commitment."""
    proof = SimpleUploadedFile("缴款凭证.pdf", b"%PDF-1.4 proof %%EOF")
    assert own.post("/my/repair", {"record": record}).status_code == 302
    assert own.post("/my/repair/materials", {f"proof-{record}": proof}).status_code == 302
    assert own.post("/my/repair/pledge", {"commitment": "yes"}).status_code == 302


def test_a_repair_without_proof_points_to_the_field_and_with_it_is_received(town: Town) -> None:
    own, record = signed(town, "own"), str(town.lawful.record)
    own.post("/my/repair", {"record": record})
    short = own.post("/my/repair/review")
    _filled(own, record)
    made = own.post("/my/repair/review")

    assert short.status_code == 422
    assert f'href="/my/repair/materials#proof-{record}"' in short.content.decode()
    assert made.status_code == 302, made.content.decode()
    assert "XF" in own.get(made["Location"]).content.decode()
    assert own.get("/my/repair/review")["Location"] == "/my/repair"


def test_gaps_are_told_once_and_a_supplement_keeps_what_was_brought(town: Town) -> None:
    own, record = signed(town, "own"), str(town.lawful.record)
    _filled(own, record)
    receipt = own.post("/my/repair/review")["Location"]
    match = re.search(r"/my/cases/([0-9a-f-]{36})", own.get(receipt).content.decode())
    assert match
    case = match[0]
    people.signed_in(town.lawful.handler.code).post(
        f"/dept/cases/{match[1]}/step", {"step": "gaps", "reason": "请补充整改验收文书"}
    )
    told = own.get(case).content.decode()
    more = SimpleUploadedFile("验收.pdf", b"%PDF-1.4 more %%EOF")
    done = own.post(case, {"step": "supplement", "text": "已补充", "file": more})
    page = own.get(case).content.decode()

    assert "需要补正（一次性告知）" in told
    assert "请补充整改验收文书" in told
    assert "按意见补正" in told
    assert done.status_code == 302
    assert all(name in page for name in ("缴款凭证.pdf", "验收.pdf", "信用承诺书.txt"))
    assert "正在办理" in own.get("/my/repair").content.decode()
    assert own.post("/my/repair", {"record": record}).status_code == 422
    assert own.post(case, {"step": "withdraw"}).status_code == 302
    assert own.post("/my/repair", {"record": record}).status_code == 302


def test_papers_and_the_receipt_are_the_own_organisations_alone(town: Town) -> None:
    own, other, record = signed(town, "own"), signed(town, "other"), str(town.lawful.record)
    _filled(own, record)
    with town.database.connect("admin") as admin:
        file = admin.execute("SELECT id FROM limu.repair_draft_file").fetchone()
        assert file
        assert own.get(f"/my/repair/files/{file['id']}").status_code == 200
        assert other.get(f"/my/repair/files/{file['id']}").status_code == 404
        receipt = own.post("/my/repair/review")["Location"]
        paper = admin.execute("SELECT case_file, id FROM limu.case_document LIMIT 1").fetchone()
    assert paper
    address = f"/my/cases/{paper['case_file']}/documents/{paper['id']}"

    assert own.get(address).status_code == 200
    assert (other.get(address).status_code, other.get(receipt).status_code) == (404, 404)


def test_without_authorisation_the_package_is_prepared_and_handed_in_at_the_official_site(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIMU_REPAIR_PORTAL", "0")
    own, record = signed(town, "own"), str(town.lawful.record)
    own.post("/my/repair", {"record": record})
    early = own.get("/my/repair/review").content.decode()
    assert own.get("/my/repair/package")["Location"] == "/my/repair/review"
    _filled(own, record)
    page = own.get("/my/repair/review").content.decode()

    assert "没有备齐" in early
    assert "https://www.creditchina.gov.cn/" in page
    assert "提交申请</button>" not in page
    refused = own.post("/my/repair/review")
    assert refused.status_code == 422
    assert "本平台没有受理修复申请的授权" in refused.content.decode()
    package: Any = own.get("/my/repair/package")
    with zipfile.ZipFile(io.BytesIO(b"".join(package.streaming_content))) as kept:
        names = kept.namelist()
        asked = kept.read(names[0]).decode()
    assert names == ["1-信用修复申请.txt", "2-信用承诺书.txt", "3-证明-1-1-缴款凭证.pdf"]
    assert town.lawful.base.codes[0] in asked
    assert "不收取任何费用" in asked


def test_a_bad_file_does_not_cost_the_good_one(town: Town) -> None:
    own, record = signed(town, "own"), str(town.lawful.record)
    own.post("/my/repair", {"record": record})
    good = SimpleUploadedFile("凭证.pdf", b"%PDF-1.4 proof %%EOF")
    bad = SimpleUploadedFile("凭证.exe", b"MZ")
    answer = own.post("/my/repair/materials", {f"proof-{record}": [good, bad]})

    assert answer.status_code == 422
    assert "只接受 JPG、PNG 图片和 PDF 文件" in answer.content.decode()
    assert "凭证.pdf" in own.get("/my/repair/materials").content.decode()


def test_only_the_deciding_body_says_that_its_decision_was_performed(town: Town) -> None:
    statement = """INSERT INTO limu.repair_performance (id, record, subject, department, is_performed, evidence,
        officer, person) VALUES (gen_random_uuid(), %s, %s, %s, true, '凭证', %s, %s)"""
    with town.database.connect("app") as app:
        stranger = store_officer(app, "desk.two")
        enter(app, department=stranger.department)
        with pytest.raises(psycopg.errors.CheckViolation):
            app.execute(
                statement,
                (town.lawful.record, town.lawful.subject, stranger.department, stranger.id, stranger.person),
            )


def test_a_reminder_outlasts_the_session_and_can_be_taken_back(town: Town) -> None:
    record = str(town.lawful.record)
    signed(town, "own").post(f"/my/records/{record}", {"remind": "on", "back": "list"})
    again = signed(town, "own")

    assert "已设置到期提醒" in again.get("/my/records").content.decode()
    look = again.get("/my").content.decode()
    assert "到期提醒：1 条" in look
    # What it does not qualify for says what is missing (Opinion, item 11).
    assert "守信激励" in look
    assert "还缺" in look
    assert again.post(f"/my/records/{record}", {"remind": "off"}).status_code == 302
    assert "到期提醒：" not in again.get("/my").content.decode()


def test_the_letter_is_sealed_by_another_person_and_codes_die_after_five_tries(town: Town) -> None:
    with town.database.connect("app") as app:
        desk, second = (store_officer(app, code) for code in ("desk.one", "desk.two"))
        made = actions.invite(
            app, officer=desk, uscc=town.lawful.base.codes[0], person_name="钱经办", licence="营业执照",
            scopes=("read",), expires_on=UNTIL,
        )  # fmt: skip
        assert not isinstance(made, Refusal)
        number = made[0].number
        assert actions.seal_letter(app, officer=desk, number=number, to="住所") == rules.SAME_PERSON
        sealed = actions.seal_letter(app, officer=second, number=number, to="住所")
        assert not isinstance(sealed, Refusal)
        twice = (people.PASSWORD, people.PASSWORD)
        for _ in range(5):
            assert actions.join(app, number=number, counter=made[1], letter="AAAA", passwords=twice) == rules.NOT_PROVED
        assert actions.join(app, number=number, counter=made[1], letter=sealed[1], passwords=twice) == rules.NOT_PROVED


def store_officer(app: Connection, code: str) -> Any:
    """One officer."""

    return find_officer(app, code)


def test_the_database_refuses_an_agent_without_proofs(town: Town) -> None:
    statement = """INSERT INTO limu.agent (id, code, subject, person_name, scopes, expires_on, invitation)
        VALUES (gen_random_uuid(), 'my.aaaaaa', %s, '某', '{read}', %s, NULL)"""
    with town.database.connect("app") as app:
        store.find_agent(app, town.agents["own"])
        with pytest.raises(psycopg.errors.CheckViolation):
            app.execute(statement, (town.lawful.subject, UNTIL + timedelta(days=1)))


def test_an_agent_is_ended_at_once_by_one_who_may_as_much_and_all_are_told(town: Town) -> None:
    own, reader, other = signed(town, "own"), signed(town, "reader"), signed(town, "other")
    with town.database.connect("app") as app:
        store.find_agent(app, town.agents["own"])
        ids = {one.code: str(one.id) for one in store.agents_of(app, town.lawful.subject)}
        found = store.find_agent(app, town.agents["own"])
        assert found is not None
        with pytest.raises(psycopg.errors.CheckViolation, match="for a reason"):
            app.execute("UPDATE limu.agent SET is_active = false WHERE id = %s", (found[0].id,))
    target = ids[town.agents["reader"]]
    assert reader.get(f"/my/objection/{town.lawful.record}").status_code == 200

    assert "没有写明终止的原因" in own.post("/my/agents", {"agent": target, "reason": " "}).content.decode()
    assert "没有这名经办人" in other.post("/my/agents", {"agent": target, "reason": "离职"}).content.decode()
    assert own.post("/my/agents", {"agent": target, "reason": "离职"}).status_code == 302
    ended = reader.get(f"/my/objection/{town.lawful.record}")

    assert ended.status_code == 403
    assert "由赵经办终止" in ended.content.decode()
    assert "的经办权限已由赵经办终止，即时生效。原因：离职" in own.get("/my").content.decode()
    with town.database.connect("app") as app:
        done = actions.end_at_counter(
            app, town.agents["own"], officer=store_officer(app, "desk.one"), reason="持营业执照来窗口"
        )
        assert not isinstance(done, Refusal)
    assert "（窗口）" not in (page := own.get("/my").content.decode())
    assert "经办权限已终止" in page


def test_an_entry_on_no_record_is_stated_on_read_and_repaired_from_its_page(town: Town) -> None:
    with town.database.connect("app") as app:
        listed = listers(app, town.lawful)
        enter(app, department=town.lawful.base.department.id)
        entry = enlist(app, listed, kind="court-defaulter")
    own, other = signed(town, "own"), signed(town, "other")
    proof = SimpleUploadedFile("履行凭证.pdf", b"%PDF-1.4 proof %%EOF")
    unsigned = own.post(f"/my/lists/{entry}", {"step": "repair", "proof": proof})
    proof.seek(0)
    sent = {"step": "repair", "commitment": "yes", "proof": proof}
    assert other.post(f"/my/lists/{entry}", sent).status_code == 404
    proof.seek(0)
    made = own.post(f"/my/lists/{entry}", sent)

    assert unsigned.status_code == 422
    assert "没有提交信用承诺书" in unsigned.content.decode()
    assert made.status_code == 302, made.content.decode()
    case = made["Location"].removeprefix("/my/cases/")
    assert "申请修复" in own.get(f"/my/cases/{case}").content.decode()
    desk = people.signed_in(town.lawful.handler.code).get(f"/dept/cases/{case}").content.decode()
    assert "纠正和履行义务的证明" in desk
    assert own.post(f"/my/lists/{entry}", {"text": "已经履行"}).status_code == 422
