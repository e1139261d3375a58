"""What the schema grants, read from the catalogue of the database itself: one look at every table and view."""

import psycopg
import pytest

from limu.wire.database import Connection, Database

# A trigger on both UPDATE (16) and DELETE (8), without a condition: nothing of the table ever changes.
APPEND_ONLY = """
    SELECT DISTINCT tgrelid::regclass::text AS name FROM pg_trigger
    WHERE tgfoid = 'limu.refuse_change'::regproc AND NOT tgisinternal
      AND tgtype & 24 = 24 AND tgqual IS NULL AND tgattr = '' ORDER BY 1"""


# What is read before a session has entered a department: accounts, and who owns which item.
BEFORE_A_DEPARTMENT = ["officer", "item_owner", "list_keeper"]


def _names(connection: Connection, statement: str, values: list[object] | None = None) -> list[str]:
    return [str(row["name"]) for row in connection.execute(statement.encode(), values)]


def test_records_events_judgements_and_tickets_are_append_only(owner: Connection) -> None:
    guarded = set(_names(owner, APPEND_ONLY))

    assert {"record", "record_event", "judgement", "read_ticket"} <= guarded


def test_the_application_may_not_change_what_is_append_only(owner: Connection) -> None:
    allowed = [
        name
        for name in _names(owner, APPEND_ONLY)
        for right in ("UPDATE", "DELETE", "TRUNCATE")
        if owner.execute("SELECT has_table_privilege('limu_app', %s, %s) AS may", [name, right]).fetchone()
        == {"may": True}
    ]

    assert allowed == []


def test_the_owner_is_refused_by_a_trigger(own_database: Database) -> None:
    with own_database.connect("owner", autocommit=True) as owner:
        for name in _names(owner, APPEND_ONLY):
            with pytest.raises(psycopg.errors.RestrictViolation, match="append-only"):
                owner.execute(f"TRUNCATE {name} CASCADE".encode())


def test_no_check_of_a_row_asks_a_clock(owner: Connection) -> None:
    asking = _names(
        owner,
        """SELECT conrelid::regclass || ' ' || conname AS name FROM pg_constraint WHERE contype = 'c'
           AND pg_get_constraintdef(oid) ~* 'register_today|register_now|now\\(\\)|current_|_timestamp\\('""",
    )

    assert asking == [], "a dump of it could not be loaded: compare with the instant in the row"


def test_the_web_role_reaches_no_table(owner: Connection) -> None:
    reached = _names(
        owner,
        """SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
           WHERE n.nspname IN ('limu', 'staging') AND c.relkind IN ('r', 'p', 'v', 'm')
             AND has_table_privilege('limu_web', c.oid, 'SELECT, INSERT, UPDATE, DELETE')""",
    )

    assert reached == []


def test_every_public_view_belongs_to_the_publisher_and_is_a_barrier_where_it_filters(owner: Connection) -> None:
    wrong = _names(
        owner,
        r"""SELECT c.oid::regclass::text AS name FROM pg_class c WHERE c.relnamespace = 'shown'::regnamespace
           AND (c.relkind <> 'v' OR pg_get_userbyid(c.relowner) <> 'limu_publisher'
                OR (pg_get_viewdef(c.oid) ~ '\n\s+WHERE ' AND has_table_privilege('limu_web', c.oid, 'SELECT')
                    AND NOT 'security_barrier=true' = ANY (coalesce(c.reloptions, '{}'))))""",
    )

    assert wrong == []


def test_every_table_with_a_department_is_under_forced_row_security(owner: Connection) -> None:
    open_tables = _names(
        owner,
        """SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
           WHERE c.relnamespace = 'limu'::regnamespace AND a.attname = 'department' AND NOT c.relispartition
             AND c.relkind IN ('r', 'p') AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
             AND c.relname <> ALL (%s)""",
        [BEFORE_A_DEPARTMENT],
    )

    assert open_tables == []


def test_nobody_else_may_enter_the_database(owner: Connection) -> None:
    row = owner.execute("SELECT has_database_privilege('public', current_database(), 'CONNECT') AS may").fetchone()

    assert row == {"may": False}


def test_functions_above_row_security_name_their_search_path(owner: Connection) -> None:
    loose = _names(
        owner,
        """SELECT p.oid::regprocedure::text AS name FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
           WHERE n.nspname IN ('limu', 'shown') AND p.prosecdef
             AND NOT coalesce(p.proconfig::text LIKE '%search_path%', false)""",
    )

    assert loose == []
