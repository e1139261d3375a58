import psycopg
import pytest

from limu.department.store import enter
from limu.ledger import store
from limu.record.state import state_of
from limu.wire.database import Connection, Database
from tests.standing import SECRET, TODAY, report, row, stand


def test_a_row_with_an_exact_code_becomes_one_record_with_one_event(connection: Connection) -> None:
    standing = stand(connection)

    counts = report(connection, standing, [row(standing.codes[0], 2)])

    assert (counts.accepted, counts.linked, counts.published, counts.problem_rows) == (1, 1, 1, [])
    events = connection.execute("SELECT kind FROM limu.record_event").fetchall()
    assert [event["kind"] for event in events] == ["record_entered"]


def test_the_same_row_again_is_a_duplicate_and_changes_nothing(connection: Connection) -> None:
    standing = stand(connection)
    report(connection, standing, [row(standing.codes[0], 2)])

    again = report(connection, standing, [row(standing.codes[0], 2)])

    assert (again.accepted, again.duplicate, again.problem_rows) == (0, 1, [(2, "duplicate")])


def test_other_content_under_the_same_key_is_a_conflict_never_an_overwrite(connection: Connection) -> None:
    standing = stand(connection)
    report(connection, standing, [row(standing.codes[0], 2)])

    other = report(connection, standing, [row(standing.codes[0], 2, facts="另一种说法")])

    assert (other.accepted, other.conflict) == (0, 1)
    stored = connection.execute("SELECT content FROM limu.record").fetchall()
    assert [record["content"]["facts"] for record in stored] == [SECRET]


def test_a_stated_correction_is_a_new_version_and_the_old_one_stays_in_the_ledger(connection: Connection) -> None:
    standing = stand(connection)
    report(connection, standing, [row(standing.codes[0], 2)])

    corrected = report(connection, standing, [row(standing.codes[0], 2, facts="更正后的事实")], correct=True)

    assert (corrected.accepted, corrected.conflict) == (1, 0)
    versions = connection.execute("SELECT version, content FROM limu.record ORDER BY version").fetchall()
    assert [(one["version"], one["content"]["facts"]) for one in versions] == [(1, SECRET), (2, "更正后的事实")]
    shown = connection.execute("SELECT content FROM shown.record").fetchall()
    assert [one["content"]["facts"] for one in shown] == ["更正后的事实"]


def test_a_row_whose_code_is_in_no_register_waits_unlinked(connection: Connection) -> None:
    standing = stand(connection)

    counts = report(connection, standing, [row("91990100MA00000999", 2)])

    assert (counts.accepted, counts.linked, counts.unlinked, counts.published) == (1, 0, 1, 0)
    assert connection.execute("SELECT count(*) AS n FROM limu.pending_record").fetchone() == {"n": 1}


def test_the_state_folded_from_events_equals_what_is_published(connection: Connection) -> None:
    standing = stand(connection)
    report(connection, standing, [row(standing.codes[0], 2)])
    record = connection.execute("SELECT record, subject FROM limu.record_event").fetchone()
    assert record is not None

    state = state_of(store.events_of(connection, subject=record["subject"], record=record["record"]))

    shown = connection.execute("SELECT decision, shown_from, shown_until, rule FROM limu.publication").fetchone()
    assert state is not None
    assert shown == {
        "decision": state.decision,
        "shown_from": state.shown_from,
        "shown_until": state.shown_until,
        "rule": state.rule,
    }
    assert state.is_public(TODAY)


@pytest.mark.parametrize("table", ["record", "record_event"])
@pytest.mark.parametrize("statement", ["UPDATE limu.{} SET department = gen_random_uuid()", "DELETE FROM limu.{}"])
def test_the_application_can_neither_change_nor_delete_the_ledger(
    connection: Connection, table: str, statement: str
) -> None:
    standing = stand(connection)
    report(connection, standing, [row(standing.codes[0], 2)])

    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement.format(table))


@pytest.mark.parametrize("table", ["record", "record_event"])
def test_even_the_owner_cannot_change_the_ledger(own_database: Database, table: str) -> None:
    with own_database.connect("app") as app:
        standing = stand(app)
        report(app, standing, [row(standing.codes[0], 2)])
    with own_database.connect("admin") as owner, pytest.raises(psycopg.errors.RestrictViolation):
        owner.execute(f"UPDATE limu.{table} SET department = gen_random_uuid()")


def test_another_department_sees_no_row_of_the_ledger(connection: Connection) -> None:
    standing = stand(connection)
    report(connection, standing, [row(standing.codes[0], 2), row("91990100MA00000999", 3)])
    other = stand(connection, number=2)

    enter(connection, department=other.department.id)

    for table in ("record", "record_event", "publication", "pending_record", "submission"):
        assert connection.execute(f"SELECT count(*) AS n FROM limu.{table}").fetchone() == {"n": 0}, table


def test_without_a_department_the_application_sees_nothing(connection: Connection) -> None:
    standing = stand(connection)
    report(connection, standing, [row(standing.codes[0], 2)])

    connection.execute("SELECT set_config('limu.department', '', true), set_config('limu.reach', '', true)")

    assert connection.execute("SELECT count(*) AS n FROM limu.record").fetchone() == {"n": 0}


@pytest.mark.parametrize(
    ("column", "value"), [("subject", "gen_random_uuid()"), ("submission", "gen_random_uuid()"), ("item", "'permit'")]
)
def test_no_record_without_its_subject_and_its_submission(connection: Connection, column: str, value: str) -> None:
    standing = stand(connection)
    report(connection, standing, [row(standing.codes[0], 2)])
    columns = """subject, department, item, item_version, natural_key, version, content, content_hash, link_basis,
                 submission, row_number, recorded_at"""
    copied = columns.replace("version, content,", "7, content,").replace(column, value, 1)

    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        connection.execute(
            f"INSERT INTO limu.record (id, {columns}) SELECT gen_random_uuid(), {copied} FROM limu.record"
        )


@pytest.mark.parametrize(("column", "value"), [("submission", "gen_random_uuid()"), ("item", "'permit'")])
def test_no_row_waits_without_its_submission(connection: Connection, column: str, value: str) -> None:
    standing = stand(connection)
    report(connection, standing, [row("91990100MA00000999", 2)])
    columns = """department, item, item_version, natural_key, content_hash, party_normal, record, reason, submission,
                 row_number, entered_at"""
    copied = columns.replace("natural_key", "'\\x00'", 1).replace(column, value, 1)

    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        connection.execute(
            f"INSERT INTO limu.pending_record (id, {columns})"
            f" SELECT gen_random_uuid(), {copied} FROM limu.pending_record"
        )
