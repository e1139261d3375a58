"""An objection that lacks something: the body says so once, the clock stands, the mark stays until it is decided."""

import psycopg
import pytest

from limu import reactions_objection, reactions_repair
from limu.case import actions as cases
from limu.case import store as case_store
from limu.case.queries import file_of
from limu.case.rules import NOTHING_ADDED, Case, Document
from limu.department.rules import Refusal
from limu.department.store import enter, find_officer
from limu.objection import actions as objections
from limu.wire.database import Connection
from tests.lawful import Lawful, shown, stand_lawful
from tests.standing import TODAY

EVIDENCE = Document("evidence", "缴款凭证.pdf", "ef" * 32, 10)


def _asked(connection: Connection) -> tuple[Lawful, Case]:
    """An objection of which the body has said what is missing."""
    lawful = stand_lawful(connection)
    made = reactions_objection.open_objection(
        connection, actor=lawful.agent, record=lawful.record, reason="performed", text="罚款已缴"
    )
    assert isinstance(made, Case), made
    asked = cases.ask_gaps(connection, made.id, officer=lawful.handler, reason="请补充缴款凭证")
    assert isinstance(asked, Case), asked
    return lawful, asked


def _mark(connection: Connection, lawful: Lawful) -> bool:
    row = connection.execute("SELECT is_disputed FROM shown.record WHERE id = %s", (lawful.record,)).fetchone()
    return bool(row and row["is_disputed"])


def test_gaps_are_named_once_and_the_clock_stands_while_the_mark_stays(connection: Connection) -> None:
    lawful, case = _asked(connection)

    again = cases.ask_gaps(connection, case.id, officer=lawful.handler, reason="还缺一份")

    assert case.state == "gaps"
    assert isinstance(again, Refusal)
    assert again.code == "C-105"
    assert _mark(connection, lawful)
    (clock,) = file_of(connection, lawful.book, case, today=TODAY).clocks
    assert clock.ended_on is None


def test_what_is_supplemented_is_added_and_nothing_is_lost(connection: Connection) -> None:
    lawful, case = _asked(connection)

    empty = cases.supplement(connection, case.id, agent=lawful.agent, text=" ")
    done = cases.supplement(connection, case.id, agent=lawful.agent, text="补交凭证", documents=(EVIDENCE,))

    # It is asked for once: an empty answer must not use that up.
    assert empty == NOTHING_ADDED
    assert isinstance(done, Case)
    assert done.state == "received"
    assert done.reason == case.reason
    assert [one.name for _, one, _ in case_store.documents_of(connection, case.id)] == ["缴款凭证.pdf"]
    enter(connection, department=lawful.base.department.id)
    accepted = cases.accept(connection, case.id, officer=lawful.handler)
    assert isinstance(accepted, Case)


def test_an_objection_that_is_never_supplemented_is_decided_on_what_there_is(connection: Connection) -> None:
    lawful, case = _asked(connection)

    proposed = objections.propose(connection, case.id, officer=lawful.handler, outcome="kept", reason="没有缴款记录")

    assert isinstance(proposed, Case)
    done = reactions_objection.confirm_objection(connection, lawful.book, case.id, officer=lawful.second)
    assert isinstance(done, Case)
    assert not _mark(connection, lawful)


def test_the_author_of_the_record_does_not_even_ask_for_more(connection: Connection) -> None:
    lawful = stand_lawful(connection)
    made = reactions_objection.open_objection(
        connection, actor=lawful.agent, record=lawful.record, reason="performed", text="罚款已缴"
    )
    assert isinstance(made, Case)
    connection.execute("UPDATE limu.officer SET roles = '{clerk,reviewer}' WHERE id = %s", (lawful.base.clerk.id,))
    author = find_officer(connection, lawful.base.clerk.code)
    assert author is not None

    asked = cases.ask_gaps(connection, made.id, officer=author, reason="缺凭证")

    assert isinstance(asked, Refusal)
    assert asked.code == "C-202"
    with pytest.raises(psycopg.errors.CheckViolation, match="other than the author"):
        case_store.insert_step(connection, made, kind="ask_gaps", after="gaps", actor=author, reason="缺凭证")


def test_an_objection_taken_back_lifts_the_mark_in_no_clerks_name(connection: Connection) -> None:
    lawful, case = _asked(connection)

    done = reactions_repair.withdraw_case(connection, case.id, agent=lawful.agent)

    assert isinstance(done, Case)
    assert done.state == "withdrawn"
    assert shown(connection, lawful)
    assert not _mark(connection, lawful)
    last = connection.execute(
        "SELECT officers, body FROM limu.record_event WHERE kind = 'record_undisputed'"
    ).fetchone()
    assert last == {"officers": [], "body": {"case": done.number}}
