"""Lists and entries that the database does not hold, each tried with SQL (law.md 4.2 and 5; trust.md 5.1)."""

from uuid import UUID, uuid4

import psycopg
import pytest

from limu.measure.actions import sync_law
from limu.wire.database import Connection
from tests.listed import Listed, active, confirmed_book, enlist, propose, stand_listed

KIND = """
    INSERT INTO limu.listing_kind (code, name, field, shape, basis, basis_rank, basis_region, basis_in_force,
        rule, rule_rank, rule_region, rule_in_force, region, during, statement_days)
    SELECT 'test/list', '示例名单', '示例', %(shape)s, b.article, b.rank, b.region, b.in_force, r.article, r.rank,
        r.region, r.in_force, %(region)s, b.in_force, 5
    FROM limu.measure_basis b, limu.measure_basis r WHERE b.article = 'test/b' AND r.article = 'test/r'"""


def _kinds(owner: Connection, *, basis: str, rule: str) -> None:
    sync_law(owner, confirmed_book())
    owner.execute("INSERT INTO limu.ground_kind (code, name, needs_notice) VALUES ('test/list', '示例名单', true)")
    for article, rank in (("test/b", basis), ("test/r", rule)):
        owner.execute(
            "INSERT INTO limu.measure_basis (article, instrument, citation, rank, region, in_force)"
            " VALUES (%s, 'test', '《示例》', %s, %s, '[2020-01-01,)')",
            (article, rank, "310000" if rank == "local_regulation" else ""),
        )


@pytest.mark.parametrize(
    ("shape", "basis", "rule"),
    [
        ("ordinary", "law", "departmental_rule"),
        ("ordinary", "central_policy", "departmental_rule"),
        ("court", "law", "judicial_interpretation"),
        ("procurement", "law", "law"),
    ],
)
def test_a_list_with_basis_and_rule_of_its_shape_exists(owner: Connection, shape: str, basis: str, rule: str) -> None:
    _kinds(owner, basis=basis, rule=rule)

    assert owner.execute(KIND, {"shape": shape, "region": ""}).rowcount == 1


@pytest.mark.parametrize(
    ("shape", "basis", "rule"),
    [
        ("ordinary", "departmental_rule", "departmental_rule"),
        ("ordinary", "normative_document", "departmental_rule"),
        ("ordinary", "law", "normative_document"),
        ("ordinary", "law", "central_policy"),
        ("ordinary", "law", "judicial_interpretation"),
        ("court", "law", "departmental_rule"),
        ("court", "central_policy", "judicial_interpretation"),
        ("procurement", "law", "normative_document"),
        ("procurement", "central_policy", "law"),
    ],
)
def test_a_list_below_the_rank_of_its_shape_does_not_exist(
    owner: Connection, shape: str, basis: str, rule: str
) -> None:
    _kinds(owner, basis=basis, rule=rule)

    with pytest.raises(psycopg.errors.CheckViolation, match="list_has_rank"):
        owner.execute(KIND, {"shape": shape, "region": ""})


@pytest.mark.parametrize("column", ["basis", "rule"])
def test_a_list_without_basis_or_without_rule_does_not_exist(owner: Connection, column: str) -> None:
    sync_law(owner, confirmed_book())

    with pytest.raises(psycopg.errors.NotNullViolation):
        owner.execute(f"UPDATE limu.listing_kind SET {column} = NULL WHERE code = 'list/wages'".encode())


def test_a_list_for_one_place_needs_a_local_regulation(owner: Connection) -> None:
    _kinds(owner, basis="law", rule="departmental_rule")

    with pytest.raises(psycopg.errors.CheckViolation, match="local_list_by_local_regulation"):
        owner.execute(KIND, {"shape": "ordinary", "region": "310000"})


def test_a_local_regulation_makes_no_list_for_another_place(owner: Connection) -> None:
    _kinds(owner, basis="local_regulation", rule="departmental_rule")

    with pytest.raises(psycopg.errors.CheckViolation, match="list_inside_territory"):
        owner.execute(KIND, {"shape": "ordinary", "region": "320000"})


ENTRY = """INSERT INTO limu.list_entry (id, list, subject, department, region, facts, evidence, proposed_by)
           VALUES (%s, %s, %s, %s, '990100', '事实', '证据', %s)"""


def test_an_unconfirmed_list_activates_nothing(connection: Connection) -> None:
    listed = stand_listed(connection)
    connection.execute("UPDATE limu.listing_kind SET is_confirmed = false WHERE code = 'list/samr'")

    with pytest.raises(psycopg.errors.CheckViolation, match="activates nothing"):
        connection.execute(
            ENTRY, (uuid4(), "list/samr", listed.base.subjects[0], listed.department.id, listed.proposer.person)
        )


def test_a_list_that_has_no_row_has_no_entry(connection: Connection) -> None:
    listed = stand_listed(connection)

    with pytest.raises((psycopg.errors.ForeignKeyViolation, psycopg.errors.CheckViolation)):
        connection.execute(
            ENTRY, (uuid4(), "list/research", listed.base.subjects[0], listed.department.id, listed.proposer.person)
        )


STEP = """
    INSERT INTO limu.list_step (id, entry, kind, on_day, document_number, text, until_day, exit_kind, officer, person,
        department, second_person)
    VALUES (%(id)s, %(entry)s, %(kind)s, limu.register_today(), %(number)s, '要点',
        CASE WHEN %(kind)s IN ('notice', 'decision') THEN limu.register_today() + 400 END, %(exit)s, %(officer)s,
        %(person)s, %(department)s, %(second)s)"""


def _step(listed: Listed, entry: UUID, kind: str, **changed: object) -> dict[str, object]:
    return {
        "id": uuid4(), "entry": entry, "kind": kind, "number": "示例1号", "exit": None, "officer": listed.decider.id,
        "person": listed.decider.person, "department": listed.department.id, "second": None,
    } | changed  # fmt: skip


def test_one_person_does_not_propose_and_decide(connection: Connection) -> None:
    listed = stand_listed(connection)
    entry = propose(connection, listed)
    connection.execute(STEP, _step(listed, entry, "statement"))
    own = {"officer": listed.twin.id, "person": listed.twin.person}

    with pytest.raises(psycopg.errors.CheckViolation, match="second person"):
        connection.execute(STEP, _step(listed, entry, "decision", **own))


def test_an_account_cannot_be_lent_another_person(connection: Connection) -> None:
    listed = stand_listed(connection)
    entry = propose(connection, listed)
    connection.execute(STEP, _step(listed, entry, "statement"))

    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        connection.execute(STEP, _step(listed, entry, "decision", officer=listed.proposer.id))


def test_nothing_is_decided_before_notice_or_within_the_window(connection: Connection) -> None:
    listed = stand_listed(connection)
    bare = uuid4()
    connection.execute(ENTRY, (bare, "list/tax", listed.base.subjects[1], listed.department.id, listed.proposer.person))
    with pytest.raises(psycopg.errors.CheckViolation, match="out of order"), connection.transaction():
        connection.execute(STEP, _step(listed, bare, "decision"))
    entry = propose(connection, listed)

    with pytest.raises(psycopg.errors.CheckViolation, match="decided_after_window"):
        connection.execute(STEP, _step(listed, entry, "decision"))


def test_an_entry_without_service_is_not_active(connection: Connection) -> None:
    listed = stand_listed(connection)
    entry = propose(connection, listed)
    connection.execute(STEP, _step(listed, entry, "statement"))
    connection.execute(STEP, _step(listed, entry, "decision"))
    unserved = active(connection, listed.base.subjects[0])
    connection.execute(STEP, _step(listed, entry, "service"))

    assert unserved == []
    assert active(connection, listed.base.subjects[0]) != []


def test_a_service_without_decision_and_a_step_without_document_are_refused(connection: Connection) -> None:
    listed = stand_listed(connection)
    entry = propose(connection, listed)
    with pytest.raises(psycopg.errors.CheckViolation, match="out of order"), connection.transaction():
        connection.execute(STEP, _step(listed, entry, "service"))

    with pytest.raises(psycopg.errors.CheckViolation):
        connection.execute(STEP, _step(listed, entry, "statement", number=""))


def test_an_exit_before_its_day_takes_two_people(connection: Connection) -> None:
    listed = stand_listed(connection)
    entry = enlist(connection, listed)
    alone = _step(listed, entry, "exit", exit="revocation", second=listed.decider.person)

    with pytest.raises(psycopg.errors.CheckViolation), connection.transaction():
        connection.execute(STEP, alone)
    with pytest.raises(psycopg.errors.CheckViolation, match="exit_by_two"):
        connection.execute(STEP, alone | {"second": None})


def test_an_entry_begins_without_steps_and_never_changes_past_them(own_entry: tuple[Connection, Listed, UUID]) -> None:
    owner, listed, entry = own_entry
    with pytest.raises(psycopg.errors.RestrictViolation, match="by a step alone"), owner.transaction():
        owner.execute("UPDATE limu.list_entry SET served_on = noticed_on WHERE id = %s", (entry,))

    with pytest.raises(psycopg.errors.CheckViolation, match="nothing but its facts"):
        owner.execute(
            """INSERT INTO limu.list_entry (id, list, subject, department, region, facts, evidence, proposed_by,
                   noticed_on, statement_until, stated_on)
               VALUES (%s, 'list/wages', %s, %s, '990100', '事实', '证据', %s, '2026-01-01', '2026-01-09',
                   '2026-01-02')""",
            (uuid4(), listed.base.subjects[1], listed.department.id, listed.proposer.person),
        )


@pytest.fixture
def own_entry(owner: Connection) -> tuple[Connection, Listed, UUID]:
    """A proposed entry in the owner's own transaction."""
    listed = stand_listed(owner)
    return owner, listed, propose(owner, listed)
