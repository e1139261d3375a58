"""审计与追溯: each look is in the trail before it is shown, and the log can be recomputed and proved."""

from collections.abc import Iterator

import pytest
from django.test import Client

from limu.access import actions_emergency as emergency
from limu.audit.actions import sequence
from limu.audit.tasks import recompute_log
from limu.department.rules import Officer, Refusal
from limu.department.store import enter
from limu.wire.database import Database
from tests import people
from tests.page.desk_objects import record_of

Town = tuple[Database, dict[str, Officer]]


@pytest.fixture
def town(own_database: Database) -> Iterator[Town]:
    with people.doors_open(own_database):
        with own_database.connect("app") as app:
            staff = people.staff_of(app, people.department_of(app, 1, is_centre=True), prefix="one")
        people.give_logins(own_database, [officer.code for officer in staff.values()])
        people.give_factors(own_database)
        yield own_database, staff


def _client(town: Town, role: str) -> Client:
    return people.signed_in(town[1][role].code)


def _tickets(town: Town) -> list[str]:
    with town[0].connect("app") as app:
        enter(app, department=town[1]["auditor"].department)
        rows = app.execute("SELECT scope FROM limu.read_ticket WHERE purpose = 'trail' ORDER BY opened_at")
        return [row["scope"] for row in rows]


def test_a_look_at_the_trail_is_its_newest_line(town: Town) -> None:
    page = _client(town, "auditor").get("/ops/audit?officer=one.auditor").content.decode()

    assert _tickets(town) == ["trail: officer=one.auditor"]
    assert "trail: officer=one.auditor" in page
    assert "《中华人民共和国数据安全法》第二十七条" in page


def test_a_page_of_the_trail_without_a_day_that_can_be_read_keeps_what_was_typed(town: Town) -> None:
    answer = _client(town, "supervisor").get("/ops/audit?day=gestern&officer=one.clerk")

    assert answer.status_code == 422
    assert 'value="one.clerk"' in answer.content.decode()


def test_the_readers_of_a_subject_are_summed_up(town: Town) -> None:
    record = record_of(town[0], town[1]["reviewer"])["record"]
    client = _client(town, "auditor")
    client.get(f"/ops/audit/records/{record}")
    with town[0].connect("app") as app:
        enter(app, department=town[1]["auditor"].department)
        row = app.execute("SELECT s.uscc::text AS uscc FROM limu.subject s JOIN limu.record r ON r.subject = s.id")
        uscc = row.fetchall()[0]["uscc"]

    page = client.get(f"/ops/audit?uscc={uscc}").content.decode()

    assert 'data-testid="readers"' in page
    assert f"record {record}" in page


def test_a_record_shows_its_leaves_and_a_proof_that_verifies(town: Town) -> None:
    database = town[0]
    record = record_of(database, town[1]["reviewer"])["record"]
    with database.connect("sequencer") as sequencer:
        head = sequence(sequencer)

    page = _client(town, "auditor").get(f"/ops/audit/records/{record}").content.decode()

    assert "入库并关联主体" in page
    assert head.root.hex() in page


def test_a_recomputation_is_kept_and_a_changed_event_is_found(town: Town) -> None:
    database = town[0]
    record_of(database, town[1]["reviewer"])
    with database.connect("sequencer") as sequencer:
        sequence(sequencer)
    client = _client(town, "auditor")
    assert client.post("/ops/audit/log").status_code == 302
    assert "一致" in client.get("/ops/audit/log").content.decode()

    # Someone with the server in his hands changes an event behind the triggers.
    with database.connect("admin") as admin:
        admin.execute("SET session_replication_role = replica")
        admin.execute("UPDATE limu.record_event SET reason = '改过'")
    with database.connect("app") as app:
        auditor = town[1]["auditor"]
        recompute_log(app, {"department": str(auditor.department), "officer": str(auditor.id)})

    assert "账本校验失败" in client.get("/ops/audit/log").content.decode()


def test_supervisor_and_auditor_are_told_of_an_opening_until_they_have_taken_note(town: Town) -> None:
    database, staff = town
    asked = emergency.ask_emergency(
        lambda: database.connect("app"),
        first=staff["system_administrator"],
        reason="主体页打不开，查看记录行",
        minutes=5,
    )
    assert not isinstance(asked, Refusal)
    second = _client(town, "security_administrator")
    assert "主体页打不开" in second.get("/ops/emergency").content.decode()
    assert second.post(f"/ops/emergency/{asked}", {"answer": "agree"}).status_code == 302
    assert second.post(f"/ops/emergency/{asked}", {"answer": "agree"}).status_code == 422

    for role in ("supervisor", "auditor"):
        client = _client(town, role)
        assert "emergency-notice" in client.get("/ops").content.decode()
        client.post("/ops/emergency")
        assert "emergency-notice" not in client.get("/ops").content.decode()
    assert "emergency-notice" not in second.get("/ops").content.decode()
