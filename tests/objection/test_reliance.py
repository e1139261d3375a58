"""Who relied on a record under the wrong subject is told, answers by a day, and the subject reads every answer."""

from datetime import datetime
from uuid import UUID, uuid4

import pytest
from psycopg.types.json import Jsonb

from limu import reactions_objection
from limu.access.rules import Ticket
from limu.access.store import insert_ticket
from limu.case.store import enter_subject
from limu.department.rules import Department, Officer, Refusal
from limu.department.store import enter
from limu.objection import actions as objections
from limu.objection import queries
from limu.objection.rules import refuse_answer
from limu.objection.store import Reader
from limu.wire.database import Connection
from tests.lawful import Lawful, correct_subject, stand_lawful
from tests.people import department_of, officer_in


@pytest.fixture
def lawful(connection: Connection) -> Lawful:
    return stand_lawful(connection)


def _window(connection: Connection, lawful: Lawful) -> tuple[Department, Officer]:
    """Another body whose officer looked at the wronged subject."""
    body = department_of(connection, 77)
    officer = officer_in(connection, body, "window.reviewer", "reviewer")
    insert_ticket(connection, Ticket(uuid4(), officer.id, body.id, "window_check", lawful.subject, "check"))
    enter(connection, department=lawful.base.department.id)
    return body, officer


def test_each_body_that_read_the_record_is_told_and_its_answer_reaches_the_subject(
    connection: Connection, lawful: Lawful
) -> None:
    body, officer = _window(connection, lawful)

    case = correct_subject(connection, lawful)

    enter(connection, department=body.id)
    (notice,) = queries.reliances_to(connection, body.id)
    assert (notice.case_file, notice.ways, notice.answer_by is not None) == (case.id, ("read",), True)
    empty = objections.answer_reliance(connection, notice.id, officer=officer, outcome="changed", text=" ")
    answered = objections.answer_reliance(
        connection, notice.id, officer=officer, outcome="changed", text="已撤回不予立项的决定"
    )
    again = objections.answer_reliance(connection, notice.id, officer=officer, outcome="changed", text="再答")
    assert isinstance(empty, Refusal)
    assert not isinstance(answered, Refusal)
    assert isinstance(again, Refusal)
    connection.execute("SELECT set_config('limu.department', '', true)")
    enter_subject(connection, lawful.subject)
    assert [one.text for one in queries.reliances_of_subject(connection, lawful.subject)] == ["已撤回不予立项的决定"]


def test_nobody_else_reads_a_notice(connection: Connection, lawful: Lawful) -> None:
    _window(connection, lawful)
    correct_subject(connection, lawful)
    stranger = department_of(connection, 78)

    connection.execute("SELECT set_config('limu.subject', '', true)")
    enter(connection, department=stranger.id)

    assert connection.execute("SELECT count(*) AS n FROM limu.reliance_notice").fetchone() == {"n": 0}
    assert connection.execute("SELECT count(*) AS n FROM limu.case_file").fetchone() == {"n": 0}
    assert connection.execute("SELECT count(*) AS n FROM limu.letter").fetchone() == {"n": 0}


def test_a_room_that_hands_copies_on_names_its_holders_through_the_hook(
    connection: Connection, lawful: Lawful, monkeypatch: pytest.MonkeyPatch
) -> None:
    def holders(_: Connection, *, subject: UUID, record: UUID, since: datetime) -> list[Reader]:
        assert (subject, record) == (lawful.subject, lawful.record)
        return [Reader(None, "示例银行", "feed", since)]

    monkeypatch.setattr(reactions_objection, "READERS", [*reactions_objection.READERS, holders])

    case = correct_subject(connection, lawful)

    told = queries.reliances_of_case(connection, case.id)
    assert [(one.holder, one.ways) for one in told] == [("示例银行", ("feed",))]


def test_who_watches_over_cases_and_trails_relied_on_nothing(connection: Connection, lawful: Lawful) -> None:
    desk = department_of(connection, 79, is_centre=True)
    for role, purpose in (("centre_officer", "case_watch"), ("auditor", "audit")):
        officer = officer_in(connection, desk, f"watch.{role}", role)
        insert_ticket(connection, Ticket(uuid4(), officer.id, desk.id, purpose, lawful.subject, "look"))  # type: ignore[arg-type]
    enter(connection, department=lawful.base.department.id)

    case = correct_subject(connection, lawful)

    assert queries.reliances_of_case(connection, case.id) == ()


def test_a_body_that_opened_its_own_cases_alone_received_nothing(connection: Connection, lawful: Lawful) -> None:
    body = department_of(connection, 79)
    officer = officer_in(connection, body, "own.reviewer", "reviewer")
    for purpose in ("deciding_body", "list_entry"):
        insert_ticket(connection, Ticket(uuid4(), officer.id, body.id, purpose, lawful.subject, "own cases: list"))
    enter(connection, department=lawful.base.department.id)

    case = correct_subject(connection, lawful)

    assert queries.reliances_of_case(connection, case.id) == ()


def test_a_body_that_holds_a_slip_with_the_record_on_it_is_told_by_that_way(
    connection: Connection, lawful: Lawful
) -> None:
    body = department_of(connection, 78)
    officer = officer_in(connection, body, "slip.reviewer", "reviewer")
    enter(connection, department=body.id)
    answer = [{"rule": "r", "ground": str(lawful.record)}]
    connection.execute(
        """INSERT INTO limu.measure_check (id, number, subject, act, region, checked_on, answer, digest, officer,
               person, department)
           VALUES (%s, 'HC20261123-AAAAAAAA', %s, 'award', '990100', '2026-11-23', %s, %s, %s, %s, %s)""",
        (uuid4(), lawful.subject, Jsonb(answer), "a" * 64, officer.id, officer.person, body.id),
    )
    enter(connection, department=lawful.base.department.id)

    case = correct_subject(connection, lawful)

    (notice,) = queries.reliances_of_case(connection, case.id)
    assert (notice.to_department, notice.ways) == (body.id, ("slip",))


def test_a_notice_is_answered_by_its_day_of_the_law(connection: Connection, lawful: Lawful) -> None:
    _window(connection, lawful)

    case = correct_subject(connection, lawful)

    (notice,) = queries.reliances_of_case(connection, case.id)
    rule = lawful.book.deadline("reliance_review", on=notice.notified_on)
    assert rule is not None
    assert notice.answer_by is not None
    assert notice.answer_by > notice.notified_on


def test_who_took_a_measure_cannot_answer_that_nothing_was_done() -> None:
    said = refuse_answer(("measure", "read"), outcome="not_used", text="只看过")

    assert said is not None
    assert said.code == "O-303"
    assert refuse_answer(("measure", "read"), outcome="changed", text="已改正") is None
    assert refuse_answer(("read",), outcome="not_used", text="只看过") is None
