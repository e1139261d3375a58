"""Leaving a list: by its day, by condition, by repair, by revocation; by two persons; from lists of every shape."""

from datetime import timedelta
from uuid import UUID, uuid4

import psycopg
import pytest

from limu import reactions_listing
from limu.department import store as department_store
from limu.department.rules import Officer, Refusal
from limu.listing import actions, actions_exit, queries, rules, store, store_exit
from limu.listing.actions import Document
from limu.wire.clock import register_today
from limu.wire.database import Connection, Database
from tests.lawful import correct_subject, enlist_on, stand_lawful
from tests.listed import LEAVING, Listed, active, enlist, stand_listed

Place = tuple[Database, Listed, UUID]


def shift(database: Database, days: int) -> None:
    """Move the register's clock."""
    with database.connect("owner") as owner:
        owner.execute("UPDATE limu.clock_setting SET shift = make_interval(days => %s)", (days,))


@pytest.fixture
def place(own_database: Database) -> Place:
    """An entry in force on the list of wage arrears (three years, early exit after six months), committed."""
    with own_database.connect("app") as connection:
        listed = stand_listed(connection)
        entry = enlist(connection, listed)
    return own_database, listed, entry


def ask(connection: Connection, place: Place, kind: str) -> UUID | Refusal:
    department_store.enter(connection, department=place[1].department.id)
    return actions_exit.ask_exit(connection, place[2], officer=place[1].proposer, exit_kind=kind, decision=LEAVING)


def agree(connection: Connection, place: Place) -> object:
    _, listed, entry = place
    return reactions_listing.answer_exit(
        connection, entry, officer=listed.decider, asker=listed.proposer, is_agreed=True
    )


def stands(connection: Connection, place: Place) -> tuple[str, bool, list[str]]:
    """State in words, whether the public sees it, and the measures."""
    found = store.find_entry(connection, place[2])
    assert found is not None
    public = [row["id"] for row in queries.public_entries(connection, "list/wages")]
    return found.state(register_today(connection)), place[2] in public, active(connection, found.subject)


def test_an_entry_leaves_by_itself_on_its_day_and_not_a_day_before(place: Place) -> None:
    database, listed, entry = place
    with database.connect("app") as connection:
        department_store.enter(connection, department=listed.department.id)
        found = store.find_entry(connection, entry)
        assert found is not None
        assert found.ends_on is not None
        days = (found.ends_on - register_today(connection)).days
    shift(database, days - 1)
    with database.connect("app") as connection:
        department_store.enter(connection, department=listed.department.id)
        before = stands(connection, place)
    shift(database, days)
    with database.connect("app") as connection:
        department_store.enter(connection, department=listed.department.id)

        assert before[:2] == ("在列", True)
        assert before[2] != []
        assert stands(connection, place) == ("期满移出", False, [])
        assert ask(connection, place, "condition") == rules.ENDED


@pytest.mark.parametrize("kind", ["condition", "repair"])
def test_a_condition_met_or_a_repair_ends_it_after_the_lists_own_minimum(place: Place, kind: str) -> None:
    database = place[0]
    with database.connect("app") as connection:
        early = ask(connection, place, kind)
        connection.rollback()
    shift(database, 190)
    with database.connect("app") as connection:
        asked = ask(connection, place, kind)
        running = stands(connection, place)
        done = agree(connection, place)
        left = stands(connection, place)

    assert isinstance(early, Refusal)
    assert early.code == "N-302"
    assert isinstance(asked, UUID)
    assert running[0] == "在列"
    assert not isinstance(done, Refusal)
    assert left == ("已移出", False, [])


def test_a_revoked_decision_ends_it_at_once(place: Place) -> None:
    with place[0].connect("app") as connection:
        ask(connection, place, "revocation")
        done = agree(connection, place)

        assert not isinstance(done, Refusal)
        assert stands(connection, place) == ("已移出", False, [])
        (step,) = [one for one in queries.steps(connection, place[2]) if one["kind"] == "exit"]
        assert (step["exit_kind"], step["document_number"]) == ("revocation", LEAVING.number)


def test_one_person_with_two_accounts_does_not_end_it_and_a_wish_can_be_sent_back(place: Place) -> None:
    _, listed, entry = place
    with place[0].connect("app") as connection:
        assert ask(connection, place, "moon") == rules.NO_EXIT_KIND
        ask(connection, place, "revocation")
        assert ask(connection, place, "revocation") == rules.WISHED
        answer = reactions_listing.answer_exit
        for officer in (listed.proposer, listed.twin):
            assert (
                answer(connection, entry, officer=officer, asker=listed.proposer, is_agreed=True) == rules.EXIT_BY_TWO
            )
        gone = answer(connection, entry, officer=listed.decider, asker=None, is_agreed=True)
        sent_back = answer(connection, entry, officer=listed.decider, asker=listed.proposer, is_agreed=False)

        assert gone == rules.ASKER_GONE
        assert not isinstance(sent_back, Refusal)
        assert stands(connection, place)[0] == "在列"
        assert agree(connection, place) == rules.NO_WISH
        assert isinstance(ask(connection, place, "revocation"), UUID)


def test_a_wish_needs_a_served_entry_of_the_own_body(connection: Connection) -> None:
    listed = stand_listed(connection)
    entry = actions.propose_entry(
        connection, officer=listed.proposer, kind="wages", uscc=listed.base.codes[1],
        case=actions.Case("事实", "证据"), notice=Document("告1", "告知"),
    )  # fmt: skip
    assert isinstance(entry, actions.Proposed)
    asked = actions_exit.ask_exit(
        connection, entry.entry, officer=listed.proposer, exit_kind="revocation", decision=LEAVING
    )
    assert asked == rules.NOT_SERVED

    with pytest.raises(psycopg.errors.CheckViolation, match="only a served entry"):
        connection.execute(WISH, _wish(listed, entry.entry))


WISH = """INSERT INTO limu.list_exit_wish (id, entry, exit_kind, document_number, text, officer, person, department)
    VALUES (%(id)s, %(entry)s, 'revocation', '移1', '移出', %(officer)s, %(person)s, %(department)s)"""
ANSWER = """INSERT INTO limu.list_exit_answer (wish, asked_by, department, officer, person, is_agreed)
    VALUES (%(id)s, %(asked_by)s, %(department)s, %(officer)s, %(person)s, true)"""


def _wish(listed: Listed, entry: UUID) -> dict[str, object]:
    own = listed.proposer
    return {"id": uuid4(), "entry": entry, "officer": own.id, "person": own.person, "department": own.department}


def test_the_database_refuses_one_person_at_both_ends_and_a_lent_name(connection: Connection) -> None:
    listed = stand_listed(connection)
    wish = _wish(listed, enlist(connection, listed))
    connection.execute(WISH, wish)
    twin = {**wish, "asked_by": listed.proposer.person, "officer": listed.twin.id}
    lent = {**twin, "person": listed.decider.person}
    hidden = {**twin, "asked_by": listed.decider.person}
    with pytest.raises(psycopg.errors.CheckViolation, match="open"), connection.transaction():
        connection.execute(WISH, {**wish, "id": uuid4()})
    with pytest.raises(psycopg.errors.CheckViolation, match="second_person"), connection.transaction():
        connection.execute(ANSWER, twin)
    for values in (lent, hidden):
        with pytest.raises(psycopg.errors.ForeignKeyViolation), connection.transaction():
            connection.execute(ANSWER, values)

    connection.execute(ANSWER, {**lent, "officer": listed.decider.id})
    assert store_exit.open_wish(connection, UUID(str(wish["entry"]))) is None


@pytest.mark.parametrize("table", ["list_step", "list_entry", "list_exit_wish", "list_exit_answer"])
@pytest.mark.parametrize(
    "statement", ["UPDATE limu.{} SET department = department", "DELETE FROM limu.{}", "TRUNCATE limu.{} CASCADE"]
)
def test_what_was_done_is_neither_changed_nor_deleted_not_even_by_the_owner(
    connection: Connection, owner: Connection, table: str, statement: str
) -> None:
    for role, error in ((connection, psycopg.errors.InsufficientPrivilege), (owner, psycopg.errors.RestrictViolation)):
        if role is owner:
            listed = stand_listed(owner)
            wish = _wish(listed, enlist(owner, listed))
            owner.execute(WISH, wish)
            owner.execute(ANSWER, {**wish, "asked_by": listed.proposer.person, "officer": listed.decider.id,
                                   "person": listed.decider.person})  # fmt: skip
            # What waits for the commit is done: nothing but the refusal stands in the way.
            owner.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(error), role.transaction():
            role.execute(statement.format(table).encode())


@pytest.mark.parametrize(("kind", "shape"), [("court-defaulter", "court"), ("procurement", "procurement")])
def test_the_lists_of_courts_and_of_procurement_go_the_same_way(own_database: Database, kind: str, shape: str) -> None:
    def wait() -> None:
        # Where a hearing may be asked for, nothing is decided before its days are over.
        with own_database.connect("owner") as owner:
            owner.execute("UPDATE limu.clock_setting SET shift = shift + make_interval(days => 30)")

    with own_database.connect("app") as connection:
        listed = stand_listed(connection)
        found = store.find_kind(connection, f"list/{kind}")
        assert found is not None
        entry = enlist(connection, listed, kind=kind, wait=wait)
        shown = [row["id"] for row in queries.public_entries(connection, f"list/{kind}")]
        done = reactions_listing.end_entry(
            connection, entry, officer=listed.proposer, second=listed.decider, exit_kind="condition", decision=LEAVING
        )

        assert found.shape == shape
        assert shown == [entry]
        assert not isinstance(done, Refusal)
        assert queries.public_entries(connection, f"list/{kind}") == ()
        ends = store.find_entry(connection, entry)
        assert ends is not None
        assert ends.ends_on is not None
        assert ends.ends_on > register_today(connection) + timedelta(days=300)


def test_an_entry_whose_record_fell_is_in_force_no_more_and_says_so(connection: Connection) -> None:
    lawful = stand_lawful(connection)
    department_store.enter(connection, department=lawful.base.department.id)
    entry = enlist_on(connection, lawful)
    today = register_today(connection)
    before = store.find_entry(connection, entry)
    assert before is not None
    assert (before.state(today), rules.measure_state(before, on=today)) == ("在列", "执行中")

    correct_subject(connection, lawful)
    department_store.enter(connection, department=lawful.base.department.id)
    after = store.find_entry(connection, entry)

    assert after is not None
    assert (after.state(today), rules.measure_state(after, on=today)) == ("失去依据", "已解除")
    assert "由两人办理移出" in after.next_step(today)
    assert active(connection, lawful.subject) == []
    asked = actions_exit.ask_exit(
        connection, entry, officer=_officer_of(connection, after.proposed_by), exit_kind="revocation", decision=LEAVING
    )
    assert isinstance(asked, UUID)


def _officer_of(connection: Connection, person: UUID) -> Officer:
    row = connection.execute("SELECT code FROM limu.officer WHERE person = %s", (person,)).fetchone()
    assert row is not None
    found = department_store.find_officer(connection, row["code"])
    assert found is not None
    return found
