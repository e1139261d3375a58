"""Repair of an entry that rests on no record: the same case, two people, one transaction, as the law book allows."""

from uuid import UUID

import pytest

from limu import reactions_repair
from limu.audit.store_invariants import broken, promises, see_all
from limu.case.rules import Case
from limu.case.store_letter import letters_about
from limu.department.rules import Refusal
from limu.listing import queries, store
from limu.repair import actions as repairs
from limu.repair import rules
from limu.repair.actions import Applied, Item
from limu.repair.rules import Ground
from limu.wire.clock import register_today
from limu.wire.database import Connection, Database
from tests.lawful import COMMITMENT, PROOF, Lawful, listers, stand_lawful
from tests.listed import active, enlist

Place = tuple[Database, Lawful, UUID]


@pytest.fixture
def place(own_database: Database) -> Place:
    """An entry on the list of wage arrears that rests on no record, seven months old."""
    with own_database.connect("app") as connection:
        lawful = stand_lawful(connection)
        entry = enlist(connection, listers(connection, lawful), kind="wages")
    _shift(own_database, 215)
    return own_database, lawful, entry


def _shift(database: Database, days: int) -> None:
    with database.connect("owner") as owner:
        owner.execute("UPDATE limu.clock_setting SET shift = make_interval(days => %s)", (days,))


def ask(connection: Connection, place: Place, *documents: object) -> Applied | Refusal:
    _, lawful, entry = place
    return reactions_repair.apply_for_repair(
        connection, lawful.book, actor=lawful.agent, items=(Item(entry, is_entry=True),),
        documents=documents,  # type: ignore[arg-type]
    )  # fmt: skip


def decide(connection: Connection, place: Place, *, outcome: str = "granted", grounds: tuple[Ground, ...] = ()) -> Case:
    """Ask, propose and confirm."""
    lawful = place[1]
    made = ask(connection, place, COMMITMENT, PROOF)
    assert isinstance(made, Applied), made
    proposed = repairs.propose(
        connection, lawful.book, made.cases[0].id, officer=lawful.handler, outcome=outcome, reason="工资已付清",
        grounds=grounds,
    )  # fmt: skip
    assert isinstance(proposed, Case), proposed
    alone = reactions_repair.confirm_repair(connection, lawful.book, made.cases[0].id, officer=lawful.handler)
    done = reactions_repair.confirm_repair(connection, lawful.book, made.cases[0].id, officer=lawful.second)
    assert isinstance(alone, Refusal)
    assert isinstance(done, Case), done
    return done


def test_a_granted_repair_ends_list_measures_and_tells_the_subject(place: Place) -> None:
    database, lawful, entry = place
    with database.connect("app") as connection:
        done = decide(connection, place)
        found = store.find_entry(connection, entry)
        assert found is not None

        assert (done.state, done.entry, done.record) == ("granted", entry, None)
        assert found.state(register_today(connection)) == "已移出"
        assert queries.public_entries(connection, "list/wages") == ()
        assert active(connection, lawful.subject) == []
        assert [one.kind for one in letters_about(connection, entry)] == ["repair_decision", "list_exit"]
        steps = [one for one in queries.steps(connection, entry) if one["kind"] == "exit"]
        assert [(one["exit_kind"], one["document_number"]) for one in steps] == [("repair", done.number)]
        see_all(connection)
        assert [one for one in promises() if broken(connection, one)] == []


def test_a_refused_repair_leaves_the_entry_and_can_be_asked_for_again(place: Place) -> None:
    database, lawful, entry = place
    with database.connect("app") as connection:
        done = decide(connection, place, outcome="refused", grounds=(Ground("R03", "2"),))
        found = store.find_entry(connection, entry)
        assert found is not None
        assert found.state(register_today(connection)) == "在列"
        again = reactions_repair.resubmit(connection, lawful.book, done.id, agent=lawful.agent)

        assert isinstance(again, Applied)
        assert again.cases[0].entry == entry


def test_what_is_missing_too_early_or_without_a_rule_is_told(place: Place) -> None:
    database = place[0]
    with database.connect("app") as connection:
        assert getattr(ask(connection, place, PROOF), "code", "") == "X-125"
        assert getattr(ask(connection, place, COMMITMENT), "code", "") == "X-126"
    _shift(database, 100)
    with database.connect("app") as connection:
        early = ask(connection, place, COMMITMENT, PROOF)
        assert isinstance(early, Refusal)
        assert early.code == "X-109"


def test_a_list_whose_rule_knows_no_early_exit_is_left_on_its_day(connection: Connection) -> None:
    lawful = stand_lawful(connection)
    tax = enlist(connection, listers(connection, lawful), kind="tax")

    for thing in (tax, lawful.record):
        other = reactions_repair.apply_for_repair(
            connection, lawful.book, actor=lawful.agent, items=(Item(thing, is_entry=True),),
            documents=(COMMITMENT, PROOF),
        )  # fmt: skip
        assert other == rules.NO_EXIT
