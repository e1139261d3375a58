"""Queries of the yearly assessment: facts gathered, kept, and read back; row-level security opens what may be seen."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row, dict_row
from psycopg.types.json import Jsonb

from limu.assessment.rules import Assessment, Fact, Figure


@cache
def _statement() -> str:
    return (files("limu.assessment") / "sql" / "facts.sql").read_text("utf-8")


def gather(
    connection: Connection[Any], *, department: UUID, first: date, last: date, needed: dict[str, list[str]]
) -> list[tuple[str, str, date, date, int]]:
    """Count a department's year: item, kind, from, until, rows."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            _statement().encode(), {"department": department, "first": first, "last": last, "needed": Jsonb(needed)}
        )
        return [(row["item"], row["kind"], row["from_on"], row["until_on"], row["rows"]) for row in cursor]


def replace(
    connection: Connection[Any], *, id: UUID, year: int, department: UUID, edition: str, until_on: date,  # noqa: A002
    officer: UUID, facts: Sequence[Fact], figures: Sequence[Figure],
) -> None:  # fmt: skip
    """Keep a draft in the place of the one before it."""
    connection.execute("DELETE FROM limu.assessment WHERE year = %s AND department = %s", (year, department))
    connection.execute(
        """INSERT INTO limu.assessment (id, year, department, edition, until_on, made_by, figures)
           VALUES (%s, %s, %s, %s, %s, %s, %s)""",
        (id, year, department, edition, until_on, officer, Jsonb([asdict(one) for one in figures])),
    )
    with connection.cursor() as cursor:
        cursor.executemany(
            """INSERT INTO limu.assessment_fact (assessment, department, item, kind, from_on, until_on, working_days,
                   rows) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)""",
            [(id, department, one.item, one.kind, one.from_on, one.until_on, one.working_days, one.rows)
             for one in facts],
        )  # fmt: skip


_SELECT = """
    SELECT a.id, a.year, a.department, d.name AS department_name, d.uscc, a.edition, a.until_on, a.made_at, a.figures,
           a.comment, cp.name AS commented_name, a.commented_at, po.person AS proposed_person,
           pp.name AS proposed_name, a.proposed_at, up.name AS published_name, a.published_at
    FROM limu.assessment a JOIN limu.department d ON d.id = a.department
    LEFT JOIN limu.officer co ON co.id = a.commented_by LEFT JOIN limu.person cp ON cp.id = co.person
    LEFT JOIN limu.officer po ON po.id = a.proposed_by LEFT JOIN limu.person pp ON pp.id = po.person
    LEFT JOIN limu.officer uo ON uo.id = a.published_by LEFT JOIN limu.person up ON up.id = uo.person
"""


def _assessment(row: dict[str, Any]) -> Assessment:
    return Assessment(**{**row, "figures": tuple(Figure(**one) for one in row["figures"])})


def of_year(connection: Connection[Any], year: int, *, is_locked: bool = False) -> tuple[Assessment, ...]:
    """List a year's assessments by the departments' names: no ranking."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            _SELECT + " WHERE a.year = %s ORDER BY d.name" + (" FOR UPDATE OF a" if is_locked else ""), (year,)
        )
        return tuple(map(_assessment, cursor))


def of_department(connection: Connection[Any], department: UUID) -> tuple[Assessment, ...]:
    """List a department's years, the newest first."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(_SELECT + " WHERE a.department = %s ORDER BY a.year DESC", (department,))
        return tuple(map(_assessment, cursor))


def years(connection: Connection[Any]) -> list[int]:
    """List the years that were assessed, within what row-level security opens."""
    rows = connection.execute("SELECT DISTINCT year FROM limu.assessment ORDER BY year DESC")
    return [row["year"] for row in rows]


def facts_of(connection: Connection[Any], assessment: UUID) -> tuple[Fact, ...]:
    """Read back the facts of an assessment."""
    with connection.cursor(row_factory=class_row(Fact)) as cursor:
        return tuple(
            cursor.execute(
                """SELECT item, kind, from_on, until_on, working_days, rows FROM limu.assessment_fact
                   WHERE assessment = %s ORDER BY item, kind, from_on, until_on""",
                (assessment,),
            )
        )


def note_comment(connection: Connection[Any], assessment: UUID, *, officer: UUID, text: str) -> None:
    """Keep what the department says of its figures."""
    connection.execute(
        "UPDATE limu.assessment SET comment = %s, commented_by = %s, commented_at = limu.register_now() WHERE id = %s",
        (text, officer, assessment),
    )


def note_proposed(connection: Connection[Any], year: int, *, officer: UUID) -> None:
    """Write down who asks that a year be published."""
    connection.execute(
        "UPDATE limu.assessment SET proposed_by = %s, proposed_at = limu.register_now() WHERE year = %s",
        (officer, year),
    )


def note_published(connection: Connection[Any], year: int, *, officer: UUID) -> None:
    """Write down who published a year; from here on it is public and never changes."""
    connection.execute(
        """UPDATE limu.assessment SET published_by = %s, published_at = limu.register_now()
           WHERE year = %s AND published_at IS NULL""",
        (officer, year),
    )
    connection.execute("UPDATE limu.register_state SET version = version + 1, changed_at = limu.register_now()")


def public_years(connection: Connection[Any]) -> list[int]:
    """List the years that are published."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute("SELECT DISTINCT year FROM shown.assessment ORDER BY year DESC")
        return [row["year"] for row in cursor]


def public_of_year(connection: Connection[Any], year: int) -> tuple[Assessment, ...]:
    """List a published year's assessments by name."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute("SELECT * FROM shown.assessment WHERE year = %s ORDER BY department_name", (year,))
        return tuple(map(_assessment, cursor))


def public_facts(connection: Connection[Any], year: int, *, uscc: str = "") -> list[dict[str, Any]]:
    """Read the facts of a published year, of one department or of all."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            """SELECT * FROM shown.assessment_fact WHERE year = %s AND (%s = '' OR uscc = %s)
               ORDER BY department_name, item, kind, from_on, until_on""",
            (year, uscc, uscc),
        )
        return cursor.fetchall()
