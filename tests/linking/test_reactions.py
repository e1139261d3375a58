from dataclasses import dataclass
from uuid import UUID

import pytest

from limu import reactions
from limu.department.rules import Officer, Refusal
from limu.department.store import enter
from limu.linking.actions import Judgement
from limu.wire.database import Connection
from tests.linking.test_linking import centre_officers
from tests.standing import report, row, stand


@dataclass(frozen=True, slots=True)
class Waiting:
    """One waiting row, the subjects it could be about, and two people of the centre."""

    pending: UUID
    subjects: tuple[UUID, ...]
    first: Officer
    second: Officer


@pytest.fixture
def waiting(connection: Connection) -> Waiting:
    standing = stand(connection)
    first, second = centre_officers(connection, standing)
    report(connection, standing, [row("91990100MA00000999", 2)])
    pending = connection.execute("SELECT id FROM limu.pending_record").fetchone()
    assert pending is not None
    enter(connection, department=first.department, reach="centre")
    return Waiting(pending["id"], standing.subjects, first, second)


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
