"""Many officers decide one case at the same moment: exactly one wins, the others are told how it stands."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID

import pytest

from limu import reactions_repair
from limu.case.rules import Case
from limu.department.rules import Officer, Refusal
from limu.department.store import enter
from limu.repair import actions as repairs
from limu.repair.rules import Ground
from limu.wire.database import Database
from tests.lawful import Lawful, apply, stand_lawful
from tests.people import officer_in


def _standing(database: Database, officers: int) -> tuple[Lawful, UUID, list[Officer]]:
    with database.connect("app") as connection:
        lawful = stand_lawful(connection)
        case = apply(connection, lawful)
        people = [
            officer_in(connection, lawful.base.department, f"judge.{n}", "repair_officer") for n in range(officers)
        ]
    return lawful, case.id, people


@pytest.mark.parametrize("officers", [2, 12, 50])
def test_of_many_confirmations_at_once_exactly_one_counts(own_database: Database, officers: int) -> None:
    lawful, case, people = _standing(own_database, officers)
    with own_database.connect("app") as connection:
        enter(connection, department=lawful.base.department.id)
        repairs.propose(connection, lawful.book, case, officer=lawful.handler, outcome="granted", reason="已履行")
    together = Barrier(officers)

    def confirm(officer: Officer) -> Case | Refusal:
        with own_database.connect("app") as connection:
            enter(connection, department=officer.department)
            together.wait(timeout=60)
            return reactions_repair.confirm_repair(connection, lawful.book, case, officer=officer)

    with ThreadPoolExecutor(max_workers=officers) as threads:
        outcomes = list(threads.map(confirm, people))

    won = [one for one in outcomes if isinstance(one, Case)]
    told = [one for one in outcomes if isinstance(one, Refusal)]
    assert (len(won), len(told)) == (1, officers - 1)
    assert all(one.code == "C-203" and "同意修复" in one.message and "judge." in one.message for one in told)
    with own_database.connect("admin") as admin:
        row = admin.execute(
            "SELECT (SELECT count(*) FROM limu.record_event WHERE kind = 'record_repaired') AS ends,"
            " (SELECT count(*) FROM limu.letter) AS letters,"
            " (SELECT count(*) FROM limu.case_step WHERE kind = 'confirm') AS confirmed"
        ).fetchone()
    assert row == {"ends": 1, "letters": 1, "confirmed": 1}


def test_of_contrary_proposals_at_once_one_is_taken_and_the_other_told(own_database: Database) -> None:
    lawful, case, people = _standing(own_database, 2)
    together = Barrier(2)

    def propose(officer: Officer) -> Case | Refusal:
        outcome = "granted" if officer is people[0] else "refused"
        with own_database.connect("app") as connection:
            enter(connection, department=officer.department)
            together.wait(timeout=60)
            return repairs.propose(
                connection, lawful.book, case, officer=officer, outcome=outcome, reason="意见",
                grounds=() if outcome == "granted" else (Ground("R02"),),
            )  # fmt: skip

    with ThreadPoolExecutor(max_workers=2) as threads:
        outcomes = list(threads.map(propose, people))

    assert sorted(type(one).__name__ for one in outcomes) == ["Case", "Refusal"]
