"""Queries of the degraded window: what a cache is made of, and checks that were made without the register."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row, tuple_row
from psycopg.types.json import Jsonb

from limu.measure.rules_decision import Facts, Period
from limu.measure.rules_offline import Offline
from limu.measure.rules_window import Allowed, answer_of


def listed_in(connection: Connection[Any], *, region: str, on: date) -> dict[str, Facts]:
    """Every subject that a measure of a territory runs against or will, by code; what is past is left out."""
    periods: dict[UUID, list[Period]] = {}
    with connection.cursor(row_factory=tuple_row) as cursor:
        cursor.execute(
            """SELECT p.subject, p.acts, p.region, p.rule, p.measure, p.basis, p.ground,
                      concat_ws('，', k.name, p.document, p.authority), p.from_on, nullif(p.until_on, 'infinity'),
                      p.body, p.is_disputed
               FROM shown.measure_period p JOIN limu.ground_kind k ON k.code = p.ground_kind
               WHERE limu.is_within(%s, p.region) AND %s < p.until_on
               ORDER BY p.measure, p.from_on, p.ground""",
            (region, on),
        )
        for subject, acts, territory, *rest in cursor:
            periods.setdefault(subject, []).append(Period(Allowed(*rest), frozenset(acts), territory))
        # Asked apart: joined to the view of subjects, the planner reads all of them anew for each period.
        cursor.execute(
            "SELECT id, uscc::text, name FROM shown.subject WHERE id = ANY (%s) ORDER BY uscc", (list(periods),)
        )
        return {uscc: Facts(subject, uscc, name, tuple(periods[subject])) for subject, uscc, name in cursor}


def is_entered(connection: Connection[Any], offline: UUID) -> bool:
    """Tell whether the register has a check already."""
    return connection.execute("SELECT FROM limu.measure_offline WHERE id = %s", (offline,)).fetchone() is not None


def insert_offline(
    connection: Connection[Any], one: Offline, *, subject: UUID | None, again: UUID | None, same: bool | None
) -> None:
    """Enter a check as it was answered, with the check that repeats it; and the read itself, at its own time."""
    connection.execute(
        """INSERT INTO limu.measure_offline (id, number, uscc, subject, act, region, answer, digest, cached_at,
               checked_at, officer, person, department, again, is_same)
           VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)""",
        (
            one.id, one.number, one.uscc, subject, one.act, one.region, Jsonb(answer_of(one.allowed)), one.digest,
            one.cached_at, one.checked_at, one.officer, one.person, one.department, again, same,
        ),
    )  # fmt: skip


def recent(connection: Connection[Any], *, department: UUID, limit: int) -> Sequence[dict[str, Any]]:
    """The newest checks a department made without the register, each with what the register says."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            """SELECT o.id, o.number, o.uscc::text AS uscc, s.public_name AS name, o.act, o.checked_at, o.cached_at,
                      o.again, o.is_same, jsonb_array_length(o.answer) AS found
               FROM limu.measure_offline o LEFT JOIN limu.subject s ON s.id = o.subject
               WHERE o.department = %s ORDER BY o.checked_at DESC, o.id LIMIT %s""",
            (department, limit),
        ).fetchall()


def find_again(connection: Connection[Any], offline: UUID) -> UUID | None:
    """The check that repeats one made without the register."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        row = cursor.execute("SELECT again FROM limu.measure_offline WHERE id = %s", (offline,)).fetchone()
    return row[0] if row else None


def repeated_by(connection: Connection[Any], check: UUID) -> dict[str, Any] | None:
    """The check made without the register that this one repeats, if it does."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            "SELECT number, checked_at, cached_at, is_same FROM limu.measure_offline WHERE again = %s", (check,)
        ).fetchone()
