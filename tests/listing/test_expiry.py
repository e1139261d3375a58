"""An entry is over by its day alone; that its subject is told of it is the worker's work, done once (design.md 2)."""

import threading
from uuid import UUID

import pytest

from limu.case.store import enter_subject
from limu.case.store_letter import letters_to_subject
from limu.cli.errands import DAILY
from limu.department.store import enter
from limu.measure.actions_window import Moment, answer_check, check_subject
from limu.measure.rules_window import Check
from limu.reactions_listing import POINTS, Pause, end_entry, tell_expired
from limu.wire.clock import register_now, register_today
from limu.wire.database import Database
from tests.listed import LEAVING, Listed, enlist, stand_listed
from tests.standing import TODAY


@pytest.fixture
def listed(own_database: Database) -> tuple[Listed, UUID]:
    """An entry in force on which a body rests a measure, committed; and another, which ends before its day."""
    with own_database.connect("app") as connection:
        made = stand_listed(connection)
        entry, other = enlist(connection, made), enlist(connection, made, number=1)
        end_entry(
            connection, other, officer=made.proposer, second=made.decider, exit_kind="revocation", decision=LEAVING
        )
    with own_database.connect("app") as connection:
        enter(connection, department=made.department.id)
        when = Moment(register_today(connection), register_now(connection))
        check = check_subject(
            connection, made.base.codes[0], act="government_funds", officer=made.proposer, when=when,
            connect=lambda: own_database.connect("app"),
        )  # fmt: skip
        assert isinstance(check, Check), check
        answer_check(connection, check.id, {f"use:{check.allowed[0].key}": "yes"}, officer=made.proposer)
    return made, entry


def pass_by(database: Database, years: int) -> None:
    with database.connect("owner") as owner:
        owner.execute("UPDATE limu.clock_setting SET shift = make_interval(years => %s)", (years,))


def run(database: Database) -> int:
    """The chore as the worker does it."""
    return tell_expired(database, TODAY)


def letters(database: Database) -> list[tuple[str, bool]]:
    """Letters of the end by date, and whether each is to the subject."""
    with database.connect("admin") as admin:
        rows = admin.execute(
            """SELECT kind, subject IS NOT NULL AS own FROM limu.letter
               WHERE kind IN ('list_expired', 'measure_lifted') ORDER BY kind"""
        )
        return [(row["kind"], row["own"]) for row in rows]


BOTH = [("list_expired", True), ("measure_lifted", False)]


def test_who_left_by_date_is_told_once_and_so_is_who_used_a_measure(
    own_database: Database, listed: tuple[Listed, UUID]
) -> None:
    assert run(own_database) == 0
    assert letters(own_database) == []
    pass_by(own_database, 4)

    assert (run(own_database), run(own_database)) == (1, 0)
    assert letters(own_database) == BOTH
    subject = listed[0].base.subjects[0]
    with own_database.connect("app") as connection:
        enter_subject(connection, subject)
        (told,) = [one for one in letters_to_subject(connection, subject) if one.kind == "list_expired"]
    assert "无需申请" in "".join(told.lines)
    assert tell_expired in DAILY


def test_it_is_over_on_its_day_whether_anybody_is_told_or_not(
    own_database: Database, listed: tuple[Listed, UUID]
) -> None:
    made, entry = listed
    pass_by(own_database, 4)

    with own_database.connect("app") as connection:
        enter(connection, department=made.department.id)
        shown = connection.execute("SELECT FROM shown.list_entry WHERE id = %s", (entry,)).fetchone()
        kept = connection.execute("SELECT count(*) AS n FROM limu.list_expiry").fetchone()

    assert shown is None
    assert kept == {"n": 0}


class Killed(Exception):  # noqa: N818 - it stands for a signal
    """The process ends here."""


def test_killed_anywhere_it_is_told_whole_or_not_at_all_and_then_once(
    own_database: Database, listed: tuple[Listed, UUID]
) -> None:
    assert listed
    pass_by(own_database, 4)

    def stopper(point: str) -> Pause:
        def pause(at: str) -> None:
            if at == point:
                raise Killed

        return pause

    for point in POINTS["expire"]:
        with pytest.raises(Killed):
            tell_expired(own_database, TODAY, pause=stopper(point))
        assert letters(own_database) == (BOTH if point == "after_commit" else []), point
    assert run(own_database) == 0
    assert letters(own_database) == BOTH


def test_two_workers_at_once_tell_it_once(own_database: Database, listed: tuple[Listed, UUID]) -> None:
    assert listed
    pass_by(own_database, 4)
    done: list[int] = []
    hands = [threading.Thread(target=lambda: done.append(run(own_database))) for _ in range(2)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()

    assert sorted(done) == [0, 1]
    assert letters(own_database) == BOTH
