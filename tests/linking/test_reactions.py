import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from limu import reactions
from limu.department.rules import Officer, Refusal
from limu.department.store import enter
from limu.ledger.rules import ChunkCounts
from limu.linking.actions import Judgement
from limu.linking.store_undone import ASKED_ANEW
from limu.wire.clock import Clock, store_clock
from limu.wire.database import Connection, Database
from tests.linking.test_linking import centre_officers
from tests.standing import Standing, report, row, stand


@dataclass(frozen=True, slots=True)
class Waiting:
    """One waiting row, the subjects it could be about, and two people of the centre."""

    pending: UUID
    subjects: tuple[UUID, ...]
    first: Officer
    second: Officer
    standing: Standing


@pytest.fixture
def waiting(connection: Connection) -> Waiting:
    standing = stand(connection)
    first, second = centre_officers(connection, standing)
    report(connection, standing, [row("91990100MA00000999", 2)])
    pending = connection.execute("SELECT id FROM limu.pending_record").fetchone()
    assert pending is not None
    enter(connection, department=first.department, reach="centre")
    return Waiting(pending["id"], standing.subjects, first, second, standing)


def _judge(connection: Connection, waiting: Waiting, subject: UUID | None) -> Judgement | Refusal:
    return reactions.judge_link(
        connection,
        pending=waiting.pending,
        subject=subject,
        officer=waiting.first,
        reason="有营业执照为证",
        second=waiting.second,
    )


def _public(connection: Connection) -> list[UUID]:
    return [one["subject"] for one in connection.execute("SELECT subject FROM shown.record").fetchall()]


def _is_settled(connection: Connection) -> bool:
    return connection.execute("SELECT FROM limu.pending_record WHERE settled_at IS NOT NULL").fetchone() is not None


def test_a_judged_row_is_public_under_its_subject_and_no_longer_waits(connection: Connection, waiting: Waiting) -> None:
    made = _judge(connection, waiting, waiting.subjects[0])

    assert isinstance(made, Judgement)
    assert _public(connection) == [waiting.subjects[0]]
    assert _is_settled(connection)


def test_a_row_that_states_how_grave_it_is_is_linked_with_what_it_states(
    connection: Connection, waiting: Waiting
) -> None:
    stated = row("91990100MA00000998", 3)
    content = {**json.loads(str(stated["content"])), "severity": "严重"}
    report(connection, waiting.standing, [{**stated, "content": json.dumps(content, ensure_ascii=False)}])
    enter(connection, department=waiting.first.department, reach="centre")
    found = connection.execute("SELECT id FROM limu.pending_record WHERE id <> %s", [waiting.pending]).fetchone()
    assert found is not None

    made = _judge(connection, replace(waiting, pending=found["id"]), waiting.subjects[0])

    assert isinstance(made, Judgement)
    shown = connection.execute("SELECT severity FROM shown.record").fetchall()
    assert [one["severity"] for one in shown] == ["serious"]


def test_an_undone_judgement_takes_the_record_down_and_the_row_waits_again(
    connection: Connection, waiting: Waiting
) -> None:
    made = _judge(connection, waiting, waiting.subjects[0])
    assert isinstance(made, Judgement)

    undone = reactions.undo_link(connection, judgement=made.id, officer=waiting.first, reason="看错了")

    assert isinstance(undone, Judgement)
    assert _public(connection) == []
    assert not _is_settled(connection)


@pytest.mark.parametrize("again", [0, 1], ids=["the same subject", "another subject"])
def test_after_an_undoing_the_row_can_be_linked_again(connection: Connection, waiting: Waiting, again: int) -> None:
    made = _judge(connection, waiting, waiting.subjects[0])
    assert isinstance(made, Judgement)
    reactions.undo_link(connection, judgement=made.id, officer=waiting.first, reason="看错了")

    remade = _judge(connection, waiting, waiting.subjects[again])

    assert isinstance(remade, Judgement)
    assert remade.record != made.record
    assert _public(connection) == [waiting.subjects[again]]


def test_a_row_that_is_nobody_s_leaves_the_desk_and_enters_nothing(connection: Connection, waiting: Waiting) -> None:
    made = _judge(connection, waiting, None)

    assert isinstance(made, Judgement)
    assert _is_settled(connection)
    assert _public(connection) == []


def test_a_key_that_stands_under_the_subject_is_not_entered_twice(connection: Connection, waiting: Waiting) -> None:
    key = connection.execute("SELECT natural_key FROM limu.pending_record").fetchone()
    assert key is not None
    made = _judge(connection, waiting, waiting.subjects[0])
    assert isinstance(made, Judgement)
    connection.execute("UPDATE limu.pending_record SET settled_at = NULL")

    again = _judge(connection, waiting, waiting.subjects[0])

    assert isinstance(again, Refusal)
    assert again.code == "K-107"


def _resend(connection: Connection, waiting: Waiting, code: str) -> ChunkCounts:
    enter(connection, department=waiting.standing.department.id)
    counts = report(connection, waiting.standing, [row(code, 2)])
    enter(connection, department=waiting.first.department, reach="centre")
    return counts


def _undone(connection: Connection, waiting: Waiting) -> None:
    made = _judge(connection, waiting, waiting.subjects[0])
    assert isinstance(made, Judgement)
    reactions.undo_link(connection, judgement=made.id, officer=waiting.first, reason="看错了")


def _open_rows(connection: Connection) -> list[dict[str, object]]:
    return connection.execute(
        "SELECT id, reason, party ->> 'uscc' AS uscc, candidates FROM limu.pending_record WHERE settled_at IS NULL"
    ).fetchall()


def test_sent_again_with_the_code_of_an_undone_link_a_row_waits_for_a_new_judgement(
    connection: Connection, waiting: Waiting
) -> None:
    _undone(connection, waiting)

    counts = _resend(connection, waiting, waiting.standing.codes[0])

    assert (counts.accepted, counts.unlinked, counts.duplicate) == (1, 1, 0)
    assert _public(connection) == []
    (asked,) = _open_rows(connection)
    assert asked["uscc"] == waiting.standing.codes[0]
    assert asked["reason"] == ASKED_ANEW
    assert "此前的关联已撤销" in str(asked["candidates"])


def test_the_new_judgement_links_it_again_and_the_row_is_public_once(connection: Connection, waiting: Waiting) -> None:
    _undone(connection, waiting)
    _resend(connection, waiting, waiting.standing.codes[0])
    (asked,) = _open_rows(connection)

    made = _judge(connection, replace(waiting, pending=UUID(str(asked["id"]))), waiting.subjects[0])

    assert isinstance(made, Judgement)
    assert _public(connection) == [waiting.subjects[0]]
    assert _open_rows(connection) == []
    assert _resend(connection, waiting, waiting.standing.codes[0]).duplicate == 1


def test_sent_again_with_another_s_code_it_is_linked_and_no_longer_waits(
    connection: Connection, waiting: Waiting
) -> None:
    _undone(connection, waiting)

    counts = _resend(connection, waiting, waiting.standing.codes[1])

    assert counts.linked == 1
    assert _public(connection) == [waiting.subjects[1]]
    assert _open_rows(connection) == []


def test_a_row_without_a_new_code_sent_again_is_the_row_that_waits(connection: Connection, waiting: Waiting) -> None:
    _undone(connection, waiting)

    assert _resend(connection, waiting, "91990100MA00000999").duplicate == 1
    assert len(_open_rows(connection)) == 1


def test_publication_is_decided_on_the_day_the_row_finds_its_subject(own_database: Database) -> None:
    with own_database.connect("app") as connection:
        standing = stand(connection)
        first, second = centre_officers(connection, standing)
        report(connection, standing, [row("91990100MA00000999", 2)])
        found = connection.execute("SELECT id, record FROM limu.pending_record").fetchone()
        connection.commit()
    assert found is not None
    assert not {"decision", "shown_until", "rule"} & found["record"].keys()
    with own_database.connect("owner") as owner:
        store_clock(owner, Clock(datetime(2031, 1, 1, tzinfo=UTC) - Clock().now()))
        owner.commit()

    with own_database.connect("app") as connection:
        enter(connection, department=first.department, reach="centre")
        case = Waiting(found["id"], standing.subjects, first, second, standing)
        made = _judge(connection, case, standing.subjects[0])
        decided = connection.execute("SELECT decision, reason FROM limu.publication").fetchall()

    assert isinstance(made, Judgement)
    assert decided == [{"decision": "withheld", "reason": "公示期已满"}]
