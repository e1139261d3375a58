"""Queries on departments and officers; the one place that opens row-level security."""

from datetime import date
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row, tuple_row

from limu.department.rules import Department, Officer, Reach

_OFFICER = """
    SELECT o.id, o.code, o.person, p.name AS person_name, o.department, d.name AS department_name, d.is_centre,
           o.roles, o.is_active
    FROM limu.officer o JOIN limu.person p ON p.id = o.person JOIN limu.department d ON d.id = o.department
"""
_DEPARTMENT = "SELECT id, uscc, name, short_name, region, is_centre FROM limu.department"


def _officer(**columns: Any) -> Officer:
    return Officer(**{**columns, "roles": tuple(columns["roles"])})


def enter(connection: Connection[Any], *, department: UUID, reach: Reach = "own") -> None:
    """Open row-level security for the present transaction: one department's rows, or the centre's view of all.

    Must be called inside a transaction; the setting ends with it (SET LOCAL)."""
    connection.execute(
        "SELECT set_config('limu.department', %s, true), set_config('limu.reach', %s, true)", (str(department), reach)
    )


def entered(connection: Connection[Any]) -> tuple[str, str]:
    """Tell whose rows the present transaction has opened, and how far."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        row = cursor.execute(
            "SELECT coalesce(current_setting('limu.department', true), ''),"
            " coalesce(current_setting('limu.reach', true), '')"
        ).fetchone()
    assert row is not None
    return row[0], row[1]


def enter_again(connection: Connection[Any], before: tuple[str, str]) -> None:
    """Open what was open before."""
    connection.execute("SELECT set_config('limu.department', %s, true), set_config('limu.reach', %s, true)", before)


def enter_today(connection: Connection[Any], *, department: UUID, reach: Reach = "own") -> date:
    """Open row-level security as `enter` does, and tell the register's day in the same round trip."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        row = cursor.execute(
            "SELECT limu.register_today(), set_config('limu.department', %s, true), set_config('limu.reach', %s, true)",
            (str(department), reach),
        ).fetchone()
    assert row
    day: date = row[0]
    return day


def find_officer(connection: Connection[Any], code: str) -> Officer | None:
    """Find an account by its short name."""
    with connection.cursor(row_factory=_rows) as cursor:
        return cursor.execute(_OFFICER + " WHERE o.code = %s", (code,)).fetchone()


def officers_of(connection: Connection[Any], department: UUID) -> tuple[Officer, ...]:
    """List a department's active accounts, the oldest first."""
    with connection.cursor(row_factory=_rows) as cursor:
        cursor.execute(_OFFICER + " WHERE o.department = %s AND o.is_active ORDER BY o.added_at, o.code", (department,))
        return tuple(cursor.fetchall())


def all_officers(connection: Connection[Any]) -> tuple[Officer, ...]:
    """List every account of the deployment."""
    with connection.cursor(row_factory=_rows) as cursor:
        return tuple(cursor.execute(_OFFICER + " ORDER BY d.name, o.code").fetchall())


def officers_like(
    connection: Connection[Any], text: str, *, limit: int, skip: int = 0
) -> tuple[tuple[Officer, ...], int]:  # fmt: skip
    """A page of the accounts whose code, person or department holds a text, and how many there are."""
    where = " WHERE strpos(o.code, %(text)s) > 0 OR strpos(p.name, %(text)s) > 0 OR strpos(d.name, %(text)s) > 0"
    values = {"text": text, "limit": limit, "skip": skip}
    with connection.cursor(row_factory=_rows) as cursor:
        statement = _OFFICER + where + " ORDER BY d.name, o.code LIMIT %(limit)s OFFSET %(skip)s"
        found = tuple(cursor.execute(statement, values).fetchall())
    with connection.cursor(row_factory=tuple_row) as cursor:
        row = cursor.execute("SELECT count(*) FROM" + _OFFICER.partition("FROM")[2] + where, values).fetchone()
    return found, int(row[0]) if row else 0


def _rows(cursor: Any) -> Any:
    names = [column.name for column in cursor.description or ()]
    return lambda values: _officer(**dict(zip(names, values, strict=True)))


def find_department(connection: Connection[Any], uscc: str) -> Department | None:
    """Find a department by its unified code."""
    with connection.cursor(row_factory=class_row(Department)) as cursor:
        return cursor.execute(_DEPARTMENT + " WHERE uscc = %s", (uscc,)).fetchone()


def region_of(connection: Connection[Any], department: UUID) -> str:
    """Tell the region a department acts in."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        row = cursor.execute("SELECT region FROM limu.department WHERE id = %s", (department,)).fetchone()
    assert row is not None
    return str(row[0])


def all_departments(connection: Connection[Any]) -> tuple[Department, ...]:
    """List every department, the credit centre first."""
    with connection.cursor(row_factory=class_row(Department)) as cursor:
        return tuple(cursor.execute(_DEPARTMENT + " ORDER BY is_centre DESC, name").fetchall())


def roles_of_person(connection: Connection[Any], person: UUID) -> frozenset[str]:
    """Gather the roles a person holds under all active accounts."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        rows = cursor.execute("SELECT unnest(roles) FROM limu.officer WHERE person = %s AND is_active", (person,))
        return frozenset(row[0] for row in rows)


def insert_department(connection: Connection[Any], department: Department) -> None:
    """Add a department; its code and name are unique."""
    connection.execute(
        "INSERT INTO limu.department (id, uscc, name, short_name, region, is_centre) VALUES (%s, %s, %s, %s, %s, %s)",
        (
            department.id,
            department.uscc,
            department.name,
            department.short_name,
            department.region,
            department.is_centre,
        ),
    )


def insert_officer(connection: Connection[Any], officer: Officer, *, is_demonstration: bool = False) -> None:
    """Add an account, and its person where that person is new."""
    connection.execute(
        "INSERT INTO limu.person (id, name) VALUES (%s, %s) ON CONFLICT DO NOTHING",
        (officer.person, officer.person_name),
    )
    connection.execute(
        "INSERT INTO limu.officer (id, code, person, department, roles, is_demonstration)"
        " VALUES (%s, %s, %s, %s, %s, %s)",
        (officer.id, officer.code, officer.person, officer.department, list(officer.roles), is_demonstration),
    )


def own_item(connection: Connection[Any], *, item: str, department: UUID, since: date | None = None) -> None:
    """Let a department file an item, from today or a day; without this row the database refuses its submissions.

    What had ended comes back, where two people agreed to that."""
    connection.execute(
        "INSERT INTO limu.item_owner AS o (item, department, since)"
        " VALUES (%s, %s, coalesce(%s, limu.register_today()))"
        " ON CONFLICT (item, department) DO UPDATE SET since = excluded.since, until = NULL WHERE o.until IS NOT NULL",
        (item, department, since),
    )


def keep_list(
    connection: Connection[Any], *, code: str, item: str, department: UUID, since: date | None = None
) -> None:
    """Let a department that files an item keep one of the lists reported under it, from today or a day."""
    connection.execute(
        """INSERT INTO limu.list_keeper AS k (list, department, since)
           SELECT %s, o.department, greatest(o.since, coalesce(%s, limu.register_today()))
           FROM limu.item_owner o WHERE o.item = %s AND o.department = %s
           ON CONFLICT (list, department) DO UPDATE SET since = excluded.since WHERE k.since < excluded.since""",
        (code, since, item, department),
    )


def lists_kept(connection: Connection[Any], *, item: str, department: UUID) -> frozenset[str]:
    """The lists a department was given since it files their item."""
    rows = connection.execute(
        """SELECT k.list FROM limu.list_keeper k JOIN limu.item_owner o USING (department)
           WHERE o.item = %s AND k.department = %s AND k.since >= o.since""",
        (item, department),
    )
    return frozenset(row["list"] for row in rows)


def list_keepers(connection: Connection[Any]) -> dict[str, list[str]]:
    """Which departments keep each list that was given one by one, by code of the list."""
    rows = connection.execute(
        """SELECT k.list, array_agg(d.short_name ORDER BY d.short_name) AS names
           FROM limu.list_keeper k JOIN limu.department d ON d.id = k.department
           WHERE limu.keeps_list(k.list, k.department) GROUP BY k.list"""
    )
    return {row["list"]: row["names"] for row in rows}


def disown_item(connection: Connection[Any], *, item: str, department: UUID, until: date) -> None:
    """End that a department files an item; the database asks for the agreed ending of that day."""
    connection.execute(
        "UPDATE limu.item_owner SET until = %s WHERE item = %s AND department = %s", (until, item, department)
    )


def had_item(connection: Connection[Any], *, item: str, department: UUID) -> bool:
    """Tell whether a department files an item or did so before."""
    row = connection.execute(
        "SELECT 1 FROM limu.item_owner WHERE item = %s AND department = %s", (item, department)
    ).fetchone()
    return row is not None


def owns_item(connection: Connection[Any], *, item: str, department: UUID) -> bool:
    """Tell whether a department may file an item today."""
    row = connection.execute(
        "SELECT 1 FROM limu.item_owner WHERE item = %s AND department = %s"
        " AND (until IS NULL OR until > limu.register_today())",
        (item, department),
    ).fetchone()
    return row is not None


def close_officer(connection: Connection[Any], officer: UUID) -> None:
    """Close an account; no open page of it answers any more."""
    connection.execute("UPDATE limu.officer SET is_active = false WHERE id = %s", (officer,))


def demonstration_codes(connection: Connection[Any]) -> list[str]:
    """List the accounts of a demonstration that could act; production refuses to start while there are any."""
    rows = connection.execute("SELECT code FROM limu.officer WHERE is_demonstration AND is_active ORDER BY code")
    return [row["code"] for row in rows]
