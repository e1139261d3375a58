"""Many officers at one objection, one list entry, one waiting row: exactly one wins, the others are told by a code."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier, Event
from typing import Any
from uuid import UUID

import psycopg
import pytest

from limu import reactions, reactions_objection, reactions_repair
from limu.case.rules import Case
from limu.department.rules import Officer, Reach, Refusal
from limu.department.store import enter
from limu.linking.actions import Judgement
from limu.listing import actions as listing
from limu.objection import actions as objections
from limu.reactions_change import EndedMeanwhileError
from limu.repair import actions as repairs
from limu.wire.database import Connection, Database
from tests.lawful import Lawful, apply, stand_lawful
from tests.listed import DECISION, Listed, propose
from tests.people import department_of, officer_in
from tests.standing import report, row

AT_ONCE = 16
CROWDS = [2, 12, 50]


def race(
    database: Database, people: list[Officer], act: Callable[[Connection, Officer], object], *, reach: Reach = "own"
) -> list[object]:
    """Let everybody act at the same moment, each on a connection of his own."""
    together = Barrier(min(len(people), AT_ONCE))

    def one(officer: Officer) -> object:
        with database.connect("app") as connection:
            enter(connection, department=officer.department, reach=reach)
            together.wait(timeout=60) if len(people) <= AT_ONCE else None
            done = act(connection, officer)
            if isinstance(done, Refusal):
                connection.rollback()
            return done

    with ThreadPoolExecutor(max_workers=min(len(people), AT_ONCE)) as threads:
        return list(threads.map(one, people))


def told_apart(outcomes: list[object], winner: Any) -> tuple[int, set[str]]:
    """How many won, and by which codes the others were told."""
    assert all(isinstance(one, winner | Refusal) for one in outcomes), outcomes
    return sum(isinstance(one, winner) for one in outcomes), {
        one.code for one in outcomes if isinstance(one, Refusal)
    }  # fmt: skip


def _crowd(connection: Connection, lawful: Lawful, count: int, role: str) -> list[Officer]:
    return [officer_in(connection, lawful.base.department, f"{role[:4]}.{n}", role) for n in range(count)]


@pytest.mark.parametrize("count", CROWDS)
def test_of_many_who_decide_an_objection_one_wins(own_database: Database, count: int) -> None:
    with own_database.connect("app") as connection:
        lawful = stand_lawful(connection)
        people = _crowd(connection, lawful, count, "reviewer")
        case = reactions_objection.open_objection(
            connection, actor=lawful.agent, record=lawful.record, reason="wrong_content", text="数额有误"
        )
        assert isinstance(case, Case)
        enter(connection, department=lawful.base.department.id)
        assert isinstance(
            objections.propose(connection, case.id, officer=lawful.handler, outcome="deleted", reason="核查"), Case
        )
    found = case.id

    outcomes = race(
        own_database, people,
        lambda connection, officer: reactions_objection.confirm_objection(
            connection, lawful.book, found, officer=officer
        ),
    )  # fmt: skip

    assert told_apart(outcomes, Case) == (1, {"C-203"})
    with own_database.connect("admin") as admin:
        assert admin.execute(
            "SELECT (SELECT count(*) FROM limu.record_event WHERE kind = 'record_withdrawn') AS ends,"
            " (SELECT count(*) FROM limu.letter WHERE kind = 'objection_result') AS letters"
        ).fetchone() == {"ends": 1, "letters": 1}


@pytest.mark.parametrize("count", CROWDS)
def test_of_many_who_decide_an_entry_into_a_list_one_wins(own_database: Database, count: int) -> None:
    with own_database.connect("app") as connection:
        lawful = stand_lawful(connection)
        people = _crowd(connection, lawful, count, "list_officer")
        asker = officer_in(connection, lawful.base.department, "asker", "list_officer")
        listed = Listed(lawful.base, asker, people[0], asker, lawful.book)
        entry = propose(connection, listed, kind="tax")
        listing.take_statement(connection, entry, officer=asker, statement=listing.Document("陈述1", "已付"))

    outcomes = race(
        own_database, people,
        lambda connection, officer: listing.decide_entry(
            connection, entry, officer=officer, decision=DECISION, is_refused=officer is people[-1] and count > 2
        ) or date.max,
    )  # fmt: skip

    won, codes = told_apart(outcomes, date)
    assert won == 1
    assert codes <= {"N-204", "N-205"}
    with own_database.connect("admin") as admin:
        assert admin.execute(
            "SELECT count(*) AS n FROM limu.list_step WHERE kind IN ('decision', 'refusal')"
        ).fetchone() == {"n": 1}


@pytest.mark.parametrize("count", CROWDS)
def test_of_many_who_judge_a_waiting_row_one_wins(own_database: Database, count: int) -> None:
    with own_database.connect("app") as connection:
        lawful = stand_lawful(connection)
        report(connection, lawful.base, [row(None, 3)])
        desk = department_of(connection, 91, is_centre=True)
        people = [officer_in(connection, desk, f"desk.{n}", "centre_officer") for n in range(count)]
        other = officer_in(connection, desk, "desk.other", "centre_officer")
        enter(connection, department=desk.id, reach="centre")
        waiting = connection.execute("SELECT id FROM limu.pending_record").fetchone()
        assert waiting is not None
    pending: UUID = waiting["id"]

    outcomes = race(
        own_database, people,
        lambda connection, officer: reactions.judge_link(
            connection, pending=pending, subject=lawful.base.subjects[people.index(officer) % 3], officer=officer,
            reason="执照", second=other,
        ), reach="centre",
    )  # fmt: skip

    assert told_apart(outcomes, Judgement) == (1, {"K-101"})
    with own_database.connect("admin") as admin:
        assert admin.execute("SELECT count(*) AS n FROM limu.record").fetchone() == {"n": 2}


def crossed(
    database: Database, first: Callable[[Connection], object], second: Callable[[Connection], object]
) -> tuple[object, object]:
    """Do an act, and another one before the first has committed: it waits, is refused, or fails whole."""
    is_held, may_go = Event(), Event()

    def held() -> object:
        with database.connect("app") as connection:
            done = first(connection)
            is_held.set()
            may_go.wait(30)
            return done

    def beside() -> object:
        is_held.wait(30)
        try:
            with database.connect("app") as connection:
                done = second(connection)
                if isinstance(done, Refusal):
                    connection.rollback()
                return done
        except (psycopg.errors.IntegrityError, EndedMeanwhileError) as refused:
            return refused

    with ThreadPoolExecutor(max_workers=2) as threads:
        one, other = threads.submit(held), threads.submit(beside)
        is_held.wait(30)
        may_go.wait(1)
        may_go.set()
        return one.result(60), other.result(60)


@pytest.mark.parametrize("first", ["repair", "correction"])
def test_a_correction_beside_a_repair_does_not_outlive_it(own_database: Database, first: str) -> None:
    with own_database.connect("app") as connection:
        lawful = stand_lawful(connection)
        case = apply(connection, lawful).id
        enter(connection, department=lawful.base.department.id)
        repairs.propose(connection, lawful.book, case, officer=lawful.handler, outcome="granted", reason="已履行")
    changed = row(lawful.base.codes[0], 2, facts="更正后的事实")

    def repaired(connection: Connection) -> object:
        enter(connection, department=lawful.base.department.id)
        return reactions_repair.confirm_repair(connection, lawful.book, case, officer=lawful.second)

    def corrected(connection: Connection) -> object:
        return report(connection, lawful.base, [changed], correct=True)

    outcomes = crossed(own_database, *((repaired, corrected) if first == "repair" else (corrected, repaired)))

    with own_database.connect("admin") as admin:
        found = admin.execute(
            "SELECT (SELECT count(*) FROM shown.record) AS public,"
            " (SELECT count(*) FROM limu.record_event WHERE kind = 'record_repaired') AS repaired"
        ).fetchone()
    assert found is not None
    assert (found["public"], found["repaired"]) in ((0, 1), (1, 0)), outcomes
