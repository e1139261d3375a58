"""The portal of an organisation: two proofs, own rows alone, and every door called by everyone who may not."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import psycopg
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from limu.access.actions import open_ticket
from limu.account.store import put_login
from limu.agent import actions, rules, store
from limu.agent.rules import Account
from limu.case.actions import write_letter
from limu.case.rules import Writing
from limu.department.rules import Refusal
from limu.department.store import enter, find_officer
from limu.listing import store_exit
from limu.page.doors import MY_DOORS
from limu.wire.database import Connection, Database
from limu.wire.passwords import hash_password
from tests import people
from tests.lawful import Lawful, centre, listers, propose_to, stand_lawful
from tests.listed import enlist
from tests.repair.test_draft import png

UNTIL = date(2028, 1, 1)
NOBODY = "00000000-0000-4000-8000-000000000009"


@dataclass(frozen=True, slots=True)
class Town:
    """A record of one organisation, its agent, an agent without scopes, one of another organisation, an officer."""

    database: Database
    lawful: Lawful
    agents: dict[str, str]


@pytest.fixture
def town(own_database: Database) -> Iterator[Town]:
    with people.doors_open(own_database):
        with own_database.connect("app") as app:
            lawful = stand_lawful(app, number=2)
            desk = centre(app, "desk.one", "centre_officer")
            second = people.officer_in(app, people.department_of(app, 92, is_centre=True), "desk.two", "centre_officer")
            codes = lawful.base.codes
            agents = {
                "own": bind(app, (desk, second), codes[0], scopes=("read", "repair", "objection")).code,
                "reader": bind(app, (desk, second), codes[0], scopes=("objection",)).code,
                "other": bind(app, (desk, second), codes[1], scopes=("read", "repair", "objection")).code,
            }
        with own_database.connect("account") as logins:
            for code in agents.values():
                put_login(logins, code=code, name=code, hashed=hash_password(people.PASSWORD))
        people.give_logins(own_database, [lawful.handler.code])
        yield Town(own_database, lawful, agents)


def bind(app: Connection, desk: tuple[Any, Any], uscc: str, *, scopes: tuple[str, ...]) -> Account:
    """Give both proofs."""
    invited = actions.invite(
        app, officer=desk[0], uscc=uscc, person_name="赵经办", licence="营业执照", scopes=scopes, expires_on=UNTIL
    )
    assert not isinstance(invited, Refusal), invited
    sealed = actions.seal_letter(app, officer=desk[1], number=invited[0].number, to="示例市立木路1号")
    assert not isinstance(sealed, Refusal), sealed
    made = actions.join(
        app,
        number=invited[0].number,
        counter=invited[1],
        letter=sealed[1],
        passwords=(people.PASSWORD, people.PASSWORD),
    )
    assert isinstance(made, Account), made
    return made


def _in(town: Town, who: str) -> Client:
    return people.signed_in(town.agents[who])


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
    own, other, officer = _in(town, "own"), _in(town, "other"), people.signed_in(town.lawful.handler.code)
    reader = _in(town, "reader")
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
    own = _in(town, "own")
    own.get("/my/records")
    page = own.get("/my/readers").content.decode()

    assert "本单位自己的查看（1 次）" in page
    assert "近期没有查询" in page


def test_a_read_by_a_body_is_told_with_purpose_and_basis(town: Town) -> None:
    handler = town.lawful.handler
    made = open_ticket(
        lambda: town.database.connect("app"), officer=handler, purpose="deciding_body", subject=town.lawful.subject,
        scope="test",
    )  # fmt: skip
    assert not isinstance(made, Refusal)
    page = _in(town, "own").get("/my/readers").content.decode()

    assert handler.department_name in page
    assert "认定单位办理本单位作出的决定" in page
    assert "行政处罚法" in page
    received = _in(town, "own").get(f"/my/records/{town.lawful.record}").content.decode()
    assert f"<b>{handler.department_name}</b>：查询过本单位的非公开信息" in received


def test_a_list_on_which_the_organisation_stands_is_a_read_that_it_can_see(town: Town) -> None:
    own, record = _in(town, "own"), town.lawful.record
    own.post(f"/my/objection/{record}", {"reason": "wrong_content", "text": "金额不对"})
    assert "近期没有查询" in own.get("/my/readers").content.decode()
    people.signed_in(town.lawful.handler.code).get("/dept/cases")

    page = own.get("/my/readers").content.decode()
    older = own.get("/my/readers?before=2020-01-01T00:00:00%2B08:00").content.decode()

    assert town.lawful.handler.department_name in page
    assert "《中华人民共和国行政处罚法》第四十八条" in page
    assert "近期没有查询" in older
    assert "近期没有查询" in _in(town, "other").get("/my/readers").content.decode()


def test_a_proof_comes_with_a_declaration_and_is_seen_by_who_looks_it_through_alone(town: Town) -> None:
    own, other, record = _in(town, "own"), _in(town, "other"), town.lawful.record
    address = f"/my/records/{record}/declaration"
    bad = own.post(address, {"step": "declare", "text": "已经改正。", "proof": SimpleUploadedFile("a.exe", b"MZ")})
    assert bad.status_code == 422
    assert "已经改正。" in bad.content.decode()
    paper = SimpleUploadedFile("回单.png", png(1200, 1600))
    assert own.post(address, {"step": "declare", "text": "已经改正。", "proof": paper}).status_code == 302
    with town.database.connect("admin") as admin:
        row = admin.execute("SELECT id FROM limu.declaration_document").fetchone()
    assert row is not None
    mine = own.get(f"{address}/{row['id']}")

    assert mine.content == png(1200, 1600)
    assert (mine["Content-Type"], mine["X-Content-Type-Options"]) == ("application/octet-stream", "nosniff")
    assert other.get(f"{address}/{row['id']}").status_code == 404
    assert people.signed_in(town.lawful.handler.code).get(f"/ops/declarations/{row['id']}").status_code == 404
    people.give_logins(town.database, ["desk.one"])
    people.give_factors(town.database)
    desk = people.signed_in("desk.one")
    assert "回单.png" in desk.get("/ops/declarations").content.decode()
    assert desk.get(f"/ops/declarations/{row['id']}").content == png(1200, 1600)
    assert "回单.png" not in Client().get(f"/r/{record}").content.decode()


def _read_by(town: Town, *, number: int = 0) -> str:
    """A read of an organisation's data by the body's handler."""
    made = open_ticket(
        lambda: town.database.connect("app"), officer=town.lawful.handler, purpose="deciding_body",
        subject=town.lawful.base.subjects[number], scope="test",
    )  # fmt: skip
    assert not isinstance(made, Refusal)
    return str(made.id)


def test_a_doubt_about_a_read_goes_to_the_centre_once_and_its_answer_comes_back(town: Town) -> None:
    own, ticket = _in(town, "own"), _read_by(town)
    assert f'href="/my/readers/{ticket}"' in own.get("/my/readers").content.decode()
    address = f"/my/readers/{ticket}"
    assert own.post(address, {"text": " "}).status_code == 422
    assert own.post(address, {"text": "我单位没有在贵局办理事项"}).status_code == 302
    assert own.post(address, {"text": "再问一次"}).status_code == 422
    assert "信用中心正在核实" in own.get(address).content.decode()
    assert "待答复" in own.get("/my/readers").content.decode()

    watch = _watcher(town)
    page = watch.get("/ops/readings").content.decode()
    assert "我单位没有在贵局办理事项" in page
    assert town.lawful.handler.code in page
    assert watch.post("/ops/readings", {"ticket": ticket, "text": ""}).status_code == 422
    assert watch.post("/ops/readings", {"ticket": ticket, "text": "系办理处罚案件时查阅，有卷宗"}).status_code == 302
    assert watch.post("/ops/readings", {"ticket": ticket, "text": "再答"}).status_code == 422

    page = own.get(address).content.decode()
    assert "系办理处罚案件时查阅，有卷宗" in page
    # Who looked into it is a reader too, and told by name of body; the officer who had read is not named.
    assert "查阅审计轨迹" in own.get("/my/readers").content.decode()
    assert town.lawful.handler.code not in page


def _watcher(town: Town) -> Client:
    """A supervisor of the centre, signed in."""
    with town.database.connect("app") as app:
        desk = people.department_of(app, 93, is_centre=True)
        people.officer_in(app, desk, "watch.one", "supervisor")
    people.give_logins(town.database, ["watch.one"])
    people.give_factors(town.database)
    return people.signed_in("watch.one")


def test_a_read_of_another_organisation_or_of_ones_own_agent_cannot_be_asked_about(town: Town) -> None:
    own, foreign = _in(town, "own"), _read_by(town, number=1)
    assert own.get(f"/my/readers/{foreign}").status_code == 404
    assert own.post(f"/my/readers/{foreign}", {"text": "谁"}).status_code == 404
    own.get("/my/records")
    with town.database.connect("admin") as admin:
        row = admin.execute("SELECT id FROM limu.read_ticket WHERE agent IS NOT NULL").fetchone()
    assert row is not None
    assert own.get(f"/my/readers/{row['id']}").status_code == 404
    with town.database.connect("app") as app:
        store.find_agent(app, town.agents["own"])
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute(
                "INSERT INTO limu.read_question (ticket, subject, text, agent) VALUES (%s, %s, '谁', '赵')",
                (foreign, town.lawful.subject),
            )
        app.rollback()


def test_who_read_does_not_answer_for_it(town: Town) -> None:
    own = _in(town, "own")
    watch = _watcher(town)
    with town.database.connect("app") as app:
        officer = find_officer(app, "watch.one")
    assert officer is not None
    made = open_ticket(
        lambda: town.database.connect("app"), officer=officer, purpose="case_watch", subject=town.lawful.subject,
        scope="test",
    )  # fmt: skip
    assert not isinstance(made, Refusal)
    assert own.post(f"/my/readers/{made.id}", {"text": "为何查看"}).status_code == 302

    assert "这次查询是您本人作出的" in watch.get("/ops/readings").content.decode()
    refused = watch.post("/ops/readings", {"ticket": str(made.id), "text": "没有问题"})
    assert refused.status_code == 422
    with town.database.connect("owner") as owner, pytest.raises(psycopg.errors.CheckViolation, match="does not answer"):
        owner.execute(
            """INSERT INTO limu.read_reply (ticket, subject, text, officer, person, department)
               SELECT %s, %s, '没有问题', id, person, department FROM limu.officer WHERE code = 'watch.one'""",
            (made.id, town.lawful.subject),
        )


def test_lists_at_desks_are_reads_that_everybody_on_them_can_see(town: Town) -> None:
    lawful = town.lawful
    with town.database.connect("app") as app:
        listed = listers(app, lawful)
        enter(app, department=lawful.base.department.id)
        enlist(app, listed, kind="tax")
    people.give_logins(town.database, ["lister.a"])
    lister = people.signed_in("lister.a")
    before = _seen(town)

    assert lister.get("/dept/lists").status_code == 200
    assert _seen(town) - before == {("list_entry", "own list entries: list")}
    assert people.signed_in(lawful.handler.code).get("/dept/performance").status_code == 200
    assert _seen(town) - before == {
        ("list_entry", "own list entries: list"), ("deciding_body", "own decisions: performance"),
    }  # fmt: skip


def _seen(town: Town) -> set[tuple[str, str]]:
    """Reads of the organisation by others, as it may see them."""
    with town.database.connect("admin") as admin:
        rows = admin.execute(
            "SELECT purpose, scope FROM limu.read_ticket WHERE subject = %s AND agent IS NULL", (town.lawful.subject,)
        )
        return {(row["purpose"], row["scope"]) for row in rows}


def test_a_letter_is_served_by_its_addressee_alone_and_once(town: Town) -> None:
    own, other, lawful = _in(town, "own"), _in(town, "other"), town.lawful
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
    own, record = _in(town, "own"), town.lawful.record
    empty = own.post(f"/my/objection/{record}", {"reason": "not_mine", "text": ""})
    made = own.post(f"/my/objection/{record}", {"reason": "not_mine", "text": "不是本单位"})

    assert empty.status_code == 422
    assert made.status_code == 302
    case = made["Location"]
    page = own.get(case).content.decode()
    assert "YY" in page
    assert "待受理" in page
    assert _in(town, "other").get(case).status_code == 404
    assert own.post(case, {"step": "withdraw"}).status_code == 302
    assert "已撤回" in own.get(case).content.decode()


def _filled(own: Client, record: str) -> None:
    """Fill a draft in: the record, its proof, the commitment."""
    proof = SimpleUploadedFile("缴款凭证.pdf", b"%PDF-1.4 proof %%EOF")
    assert own.post("/my/repair", {"record": record}).status_code == 302
    assert own.post("/my/repair/materials", {f"proof-{record}": proof}).status_code == 302
    assert own.post("/my/repair/pledge", {"commitment": "yes"}).status_code == 302


def test_a_repair_without_proof_points_to_the_field_and_with_it_is_received(town: Town) -> None:
    own, record = _in(town, "own"), str(town.lawful.record)
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
    own, record = _in(town, "own"), str(town.lawful.record)
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
    own, other, record = _in(town, "own"), _in(town, "other"), str(town.lawful.record)
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


def test_a_bad_file_does_not_cost_the_good_one(town: Town) -> None:
    own, record = _in(town, "own"), str(town.lawful.record)
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
    _in(town, "own").post(f"/my/records/{record}", {"remind": "on", "back": "list"})
    again = _in(town, "own")

    assert "已设置到期提醒" in again.get("/my/records").content.decode()
    assert "到期提醒：1 条" in again.get("/my").content.decode()
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
    from limu.department.store import find_officer  # noqa: PLC0415 - beside its use

    return find_officer(app, code)


def test_the_database_refuses_an_agent_without_proofs(town: Town) -> None:
    statement = """INSERT INTO limu.agent (id, code, subject, person_name, scopes, expires_on, invitation)
        VALUES (gen_random_uuid(), 'my.aaaaaa', %s, '某', '{read}', %s, NULL)"""
    with town.database.connect("app") as app:
        store.find_agent(app, town.agents["own"])
        with pytest.raises(psycopg.errors.CheckViolation):
            app.execute(statement, (town.lawful.subject, UNTIL + timedelta(days=1)))


def test_an_entry_on_no_record_is_stated_on_read_and_repaired_from_its_page(town: Town) -> None:
    with town.database.connect("app") as app:
        listed = listers(app, town.lawful)
        enter(app, department=town.lawful.base.department.id)
        entry = enlist(app, listed, kind="court-defaulter")
    own, other = _in(town, "own"), _in(town, "other")
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
