"""Queries of the decision door: the state of the register, and the facts of many subjects at once."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import tuple_row

from limu.measure.rules_decision import Facts, Period
from limu.measure.rules_window import Allowed


def state(connection: Connection[Any]) -> tuple[int, str, date]:
    """Tell the register's version, the edition of its law and its day."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        row = cursor.execute(
            """SELECT r.version, coalesce((SELECT digest FROM limu.measure_edition), ''), r.today
               FROM shown.register_state r"""
        ).fetchone()
    assert row is not None
    return row[0], row[1], row[2]


def facts_of(connection: Connection[Any], subjects: Sequence[UUID]) -> dict[UUID, Facts]:
    """Subjects with every measure their grounds bring, past and future ones too, in the order of the window."""
    periods: dict[UUID, list[Period]] = {}
    with connection.cursor(row_factory=tuple_row) as cursor:
        cursor.execute(
            """SELECT p.subject, p.acts, p.region, p.rule, p.measure, p.basis, p.ground,
                      concat_ws('，', k.name, p.document, p.authority), p.from_on, nullif(p.until_on, 'infinity'),
                      p.body, p.is_disputed
               FROM shown.measure_period p JOIN limu.ground_kind k ON k.code = p.ground_kind
               WHERE p.subject = ANY (%s) ORDER BY p.measure, p.from_on, p.ground""",
            (list(subjects),),
        )
        for subject, acts, region, *rest in cursor:
            periods.setdefault(subject, []).append(Period(Allowed(*rest), frozenset(acts), region))
        cursor.execute("SELECT id, uscc::text, name FROM shown.subject WHERE id = ANY (%s)", (list(subjects),))
        return {at: Facts(at, code, name, tuple(periods.get(at, ()))) for at, code, name in cursor}
