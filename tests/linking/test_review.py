"""The acts of the matching desk against real PostgreSQL: two people, many rows by one act, undo."""

from dataclasses import dataclass
from uuid import UUID

import pytest

from limu import reactions
from limu.department.rules import Officer, Refusal
from limu.department.store import enter
from limu.linking import actions_review as actions
from limu.linking.actions import Judgement
from limu.linking.actions_review import Together, Waits
from limu.linking.queries_review import find_case, waiting
from limu.linking.rules_review import SECOND_AT
from limu.linking.store_review import Wish
from limu.wire.database import Connection
from tests.linking.test_linking import centre_officers
from tests.standing import Standing, report, row, stand


@dataclass(frozen=True, slots=True)
class Desk:
    """Three waiting rows of one party, and two people of the centre."""

    standing: Standing
    rows: tuple[UUID, ...]
    first: Officer
    second: Officer


@pytest.fixture
def desk(connection: Connection) -> Desk:
    standing = stand(connection)
    first, second = centre_officers(connection, standing)
    name = _name(connection, standing.subjects[0])
    plain = [row(None, number) | {"region": None, "party_name": name, "party_normal": name} for number in (2, 3, 4)]
    report(connection, standing, plain)
    enter(connection, department=first.department, reach="centre")
    found = connection.execute("SELECT id FROM limu.pending_record ORDER BY row_number").fetchall()
    return Desk(standing, tuple(one["id"] for one in found), first, second)


def _name(connection: Connection, subject: UUID) -> str:
    found = connection.execute("SELECT name FROM limu.subject WHERE id = %s", [subject]).fetchone()
    assert found is not None
    return str(found["name"])


def _judge(connection: Connection, desk: Desk, subject: UUID, *, reason: str = "") -> Judgement | Waits | Refusal:
    return actions.judge_or_wait(
        connection, pending=desk.rows[0], subject=subject, officer=desk.first, reason=reason, second_at=SECOND_AT,
        judge=reactions.judge_link,
    )  # fmt: skip


def _settle(connection: Connection, desk: Desk, officer: Officer, *, is_agreed: bool) -> Judgement | Wish | Refusal:
    return actions.settle(
        connection, pending=desk.rows[0], officer=officer, is_agreed=is_agreed, judge=reactions.judge_link
    )


def _public(connection: Connection) -> int:
    return len(connection.execute("SELECT FROM shown.record").fetchall())


def _refused(made: object) -> str:
    assert isinstance(made, Refusal)
    return made.code


def test_a_link_without_risk_is_made_at_once(connection: Connection, desk: Desk) -> None:
    made = _judge(connection, desk, desk.standing.subjects[0])

    assert isinstance(made, Judgement)
    assert _public(connection) == 1


def test_a_risky_link_needs_a_reason_then_another_person(connection: Connection, desk: Desk) -> None:
    wrong = desk.standing.subjects[1]

    assert _refused(_judge(connection, desk, wrong)) == "K-103"
    assert isinstance(_judge(connection, desk, wrong, reason="变更登记通知书"), Waits)
    assert _public(connection) == 0
    assert _refused(_judge(connection, desk, wrong, reason="再来一次")) == "K-109"
    assert _refused(_settle(connection, desk, desk.first, is_agreed=True)) == "K-102"

    made = _settle(connection, desk, desk.second, is_agreed=True)

    assert isinstance(made, Judgement)
    assert _public(connection) == 1
    stored = connection.execute("SELECT officer, second_person, reason, evidence FROM limu.judgement").fetchone()
    assert stored is not None
    assert (stored["officer"], stored["second_person"]) == (desk.first.id, desk.second.person)
    assert (stored["evidence"]["before"], stored["evidence"]["after"]) == ("waiting", "linked")


def test_a_judgement_sent_back_links_nothing_and_the_row_is_free(connection: Connection, desk: Desk) -> None:
    _judge(connection, desk, desk.standing.subjects[1], reason="变更登记通知书")

    assert isinstance(_settle(connection, desk, desk.second, is_agreed=False), Wish)
    assert _public(connection) == 0
    assert isinstance(_judge(connection, desk, desk.standing.subjects[0]), Judgement)


def test_rows_that_are_alike_are_judged_and_undone_by_one_act(connection: Connection, desk: Desk) -> None:
    found = [find_case(connection, one.id, second_at=SECOND_AT) for one in waiting(connection)[0]]
    assert [one.alike for one in found if one] == [2, 2, 2]

    made = actions.judge_alike(
        connection, pending=desk.rows[0], subject=desk.standing.subjects[0], officer=desk.first, reason="",
        second_at=SECOND_AT, judge=reactions.judge_link,
    )  # fmt: skip
    assert isinstance(made, Together)
    assert (len(made.done), made.refused, _public(connection)) == (3, (), 3)

    undone = actions.undo_act(
        connection, judgement=made.done[1].id,
        undo=lambda one: reactions.undo_link(connection, judgement=one, officer=desk.first, reason="判断有误"),
    )  # fmt: skip
    assert not isinstance(undone, Refusal)
    assert (len(undone), _public(connection)) == (3, 0)
    assert len(waiting(connection)[0]) == 3


def test_a_risky_link_is_not_made_for_many_at_once(connection: Connection, desk: Desk) -> None:
    made = actions.judge_alike(
        connection, pending=desk.rows[0], subject=desk.standing.subjects[1], officer=desk.first, reason="变更",
        second_at=SECOND_AT, judge=reactions.judge_link,
    )  # fmt: skip

    assert _refused(made) == "K-112"
    assert _public(connection) == 0


def test_one_row_that_is_refused_does_not_hold_the_others_up(connection: Connection, desk: Desk) -> None:
    # The key of the second row stands under the subject already, by another file with its code.
    report(connection, desk.standing, [row(desk.standing.codes[0], 3)])
    enter(connection, department=desk.first.department, reach="centre")

    made = actions.judge_alike(
        connection, pending=desk.rows[0], subject=desk.standing.subjects[0], officer=desk.first, reason="",
        second_at=SECOND_AT, judge=reactions.judge_link,
    )  # fmt: skip

    assert isinstance(made, Together)
    assert (len(made.done), [one.code for one in made.refused]) == (2, ["K-107"])


def test_a_row_that_is_nobody_s_can_be_taken_back_too(connection: Connection, desk: Desk) -> None:
    made = reactions.judge_link(connection, pending=desk.rows[0], subject=None, officer=desk.first)
    assert isinstance(made, Judgement)

    undone = reactions.undo_link(connection, judgement=made.id, officer=desk.first, reason="误按")

    assert isinstance(undone, Judgement)
    assert len(waiting(connection)[0]) == 3


def test_pages_go_on_where_the_last_one_ended(connection: Connection, desk: Desk) -> None:
    first, more = waiting(connection, limit=2)
    second, end = waiting(connection, after=more, limit=2)

    assert {one.id for one in (*first, *second)} == set(desk.rows)
    assert (len(second), end) == (1, "")
