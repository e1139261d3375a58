"""The matrix as SQL: to the application's role a second department sees, changes and guesses nothing (trust.md 1.5)."""

from collections.abc import Iterator
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import sql

from limu.department.rules import Officer
from limu.department.store import enter
from limu.wire.database import Connection, Database
from tests import people
from tests.page import desk_objects
from tests.page.objects import OBJECTS

GUARDED = """
    SELECT c.relname AS name,
           EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'department') AS has_department
    FROM pg_class c
    WHERE c.relnamespace = 'limu'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
      AND c.relrowsecurity AND has_table_privilege('limu_app', c.oid, 'SELECT') ORDER BY 1"""
UNIQUE = """
    SELECT c.relname || '.' || i.relname AS name,
           bool_or(a.attname = 'department' OR (a.atttypid = 'uuid'::regtype AND a.attname <> 'subject')) AS is_safe
    FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (x.indkey)
    WHERE x.indisunique AND c.relnamespace = 'limu'::regnamespace AND c.relrowsecurity AND NOT c.relispartition
      AND EXISTS (SELECT FROM pg_attribute d WHERE d.attrelid = c.oid AND d.attname = 'department')
    GROUP BY 1 ORDER BY 1"""
# Keys over numbers that this platform or the one above draws, never a department, and one over a record's identity.
DRAWN = {
    "case_file.case_file_number_key",
    "case_file.case_open_once",
    "decision_above.decision_above_outside_number_key",
    "letter.letter_number_key",
    "measure_check.measure_check_number_key",
    "measure_offline.measure_offline_number_key",
    "upward_package.upward_package_pkey",
}
# Objects of a department's own desk; each brings rows of its tables.
MADE = ("own_item", "upload", "batch", "record", "removal", "key", "check")

Town = tuple[Database, Officer, Officer]


@pytest.fixture(scope="module")
def town(template: Database) -> Iterator[Town]:
    """Two departments; the first has one object of every kind, a reading ticket among them."""
    from tests.conftest import _clone  # noqa: PLC0415 - the module's own clone, shared by its cells

    with _clone(template) as clone, pytest.MonkeyPatch.context() as patch:
        patch.setenv("LIMU_DATABASE_NAME", clone.name)
        with people.doors_open(clone):
            with clone.connect("app") as app:
                first = people.staff_of(app, people.department_of(app, 1), prefix="one")
                second = people.staff_of(app, people.department_of(app, 2), prefix="two")
            for kind in MADE:
                OBJECTS[kind](clone, first["reviewer"])
            people.give_logins(clone, [first["reviewer"].code])
            record = desk_objects.record_of(clone, first["reviewer"])["record"]
            assert people.signed_in(first["reviewer"].code).get(f"/dept/records/{record}").status_code == 200
            yield clone, first["reviewer"], second["reviewer"]


def _guarded(database: Database) -> list[tuple[str, bool]]:
    with database.connect("owner") as owner:
        return [(row["name"], row["has_department"]) for row in owner.execute(GUARDED)]


def _count(connection: Connection, table: str, department: UUID | None = None) -> int:
    statement = sql.SQL("SELECT count(*) AS n FROM limu.{}").format(sql.Identifier(table))
    if department:
        statement += sql.SQL(" WHERE department = {}").format(sql.Literal(department))
    row = connection.execute(statement).fetchone()
    assert row
    return int(row["n"])


def test_a_second_department_counts_no_row_of_the_first_in_any_table(town: Town) -> None:
    database, first, second = town
    seen: list[str] = []
    filled: set[str] = set()
    for table, has_department in _guarded(database):
        with database.connect("admin") as admin:
            if has_department and _count(admin, table, first.department):
                filled.add(table)
        with database.connect("app") as app:
            enter(app, department=second.department)
            if has_department and _count(app, table, first.department):
                seen.append(table)

    assert seen == []
    assert {"record", "record_event", "publication", "submission", "read_ticket", "api_key", "removal"} <= filled


@pytest.mark.parametrize("who", ["nobody", "somebody unknown"])
def test_a_session_that_entered_no_department_sees_no_row_at_all(town: Town, who: str) -> None:
    database, *_ = town
    seen: list[str] = []
    for table, _has in _guarded(database):
        with database.connect("app") as app:
            if who != "nobody":
                enter(app, department=uuid4())
            if _count(app, table):
                seen.append(table)

    assert seen == []


def test_the_first_department_sees_its_own(town: Town) -> None:
    database, first, _ = town
    with database.connect("app") as app:
        enter(app, department=first.department)
        assert all(_count(app, table) for table in ("record", "submission", "api_key", "removal", "read_ticket"))


def test_a_second_department_changes_no_row_of_the_first(town: Town) -> None:
    database, first, second = town
    changed: list[str] = []
    for table, has_department in _guarded(database):
        if not has_department:
            continue
        update = sql.SQL("UPDATE limu.{0} SET department = department WHERE department = {1}").format(
            sql.Identifier(table), sql.Literal(first.department)
        )
        remove = sql.SQL("DELETE FROM limu.{} WHERE department = {}").format(
            sql.Identifier(table), sql.Literal(first.department)
        )
        for statement in (update, remove):
            with database.connect("app") as app:
                enter(app, department=second.department)
                try:
                    if app.execute(statement).rowcount:
                        changed.append(table)
                except (psycopg.errors.InsufficientPrivilege, psycopg.errors.RestrictViolation):
                    pass
                app.rollback()

    assert changed == []


def test_a_second_department_files_nothing_in_the_name_of_the_first(town: Town) -> None:
    database, first, second = town
    with database.connect("app") as app:
        enter(app, department=second.department)
        filed = (
            "INSERT INTO limu.submission (id, department, item, item_version, officer, file_hash)"
            " VALUES (gen_random_uuid(), %s, %s, 1, %s, %s)"
        )
        with pytest.raises(psycopg.errors.InsufficientPrivilege), app.transaction():
            app.execute(filed, [first.department, "penalty", second.id, bytes(32)])
        with pytest.raises(psycopg.errors.ForeignKeyViolation):
            app.execute(filed, [second.department, "tax_violation", second.id, bytes(32)])


def test_no_unique_key_tells_a_department_what_another_holds(owner: Connection) -> None:
    """A key across departments answers "there is one already": each names the department, or what nobody guesses."""
    leaking = [row["name"] for row in owner.execute(UNIQUE) if not row["is_safe"] and row["name"] not in DRAWN]

    assert leaking == []
