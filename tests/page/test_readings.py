"""谁查过我: what an organisation sees of who read about it, what it may ask, and proof with its own words."""

import psycopg
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from limu.access.actions import open_ticket
from limu.agent import store
from limu.department import actions as departments
from limu.department.rules import Refusal
from limu.department.store import enter, find_officer
from tests import people
from tests.lawful import listers
from tests.listed import enlist
from tests.page.portal_town import Town, signed
from tests.repair.test_draft import png


def test_a_proof_comes_with_a_declaration_and_is_seen_by_who_looks_it_through_alone(town: Town) -> None:
    own, other, record = signed(town, "own"), signed(town, "other"), town.lawful.record
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
    own, ticket = signed(town, "own"), _read_by(town)
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
    own, foreign = signed(town, "own"), _read_by(town, number=1)
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
    own = signed(town, "own")
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


def test_a_kept_answer_that_a_namesake_opens_is_a_read_of_its_own(town: Town) -> None:
    with town.database.connect("app") as app:
        for code in ("window.a", "window.b"):
            officer = departments.add_officer(
                app, by=None, code=code, person_name="张伟", department=town.lawful.base.department, roles=("clerk",)
            )
            assert not isinstance(officer, Refusal)
    people.give_logins(town.database, ["window.a", "window.b"])
    own, namesake = people.signed_in("window.a"), people.signed_in("window.b")
    assert own.post("/dept/check", {"q": town.lawful.base.codes[0], "act": "bidding"}).status_code == 302
    with town.database.connect("admin") as admin:
        kept = admin.execute("SELECT id FROM limu.measure_check ORDER BY checked_at DESC LIMIT 1").fetchone()
    assert kept is not None
    before = _tickets(town)

    assert own.get(f"/dept/check/{kept['id']}").status_code == 200
    assert _tickets(town) == before
    assert namesake.get(f"/dept/check/{kept['id']}").status_code == 200
    assert _tickets(town) == before + 1


def _tickets(town: Town) -> int:
    with town.database.connect("admin") as admin:
        row = admin.execute(
            "SELECT count(*) AS found FROM limu.read_ticket WHERE subject = %s AND purpose = 'window_check'",
            (town.lawful.subject,),
        ).fetchone()
    assert row is not None
    return int(row["found"])


def _seen(town: Town) -> set[tuple[str, str]]:
    """Reads of the organisation by others, as it may see them."""
    with town.database.connect("admin") as admin:
        rows = admin.execute(
            "SELECT purpose, scope FROM limu.read_ticket WHERE subject = %s AND agent IS NULL", (town.lawful.subject,)
        )
        return {(row["purpose"], row["scope"]) for row in rows}
