"""Queries of the search, over views of schema `shown` alone: the web role can run each of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row, tuple_row

from limu.subject.rules_grams import fold
from limu.subject.rules_search import Match, read_line, reason_of

# Names looked at for one question; a total above it is told as "at least".
CAP = 50_000
_RARE = 3
_CONTAINS = """
    WITH found AS MATERIALIZED (
        SELECT subject, CASE WHEN name_normal = %(whole)s THEN CASE WHEN is_current THEN 0 ELSE 1 END
                             WHEN NOT is_current THEN 4 WHEN starts_with(name_normal, %(whole)s) THEN 2 ELSE 3 END * 100
                        + least(length(name_normal), 99) AS rank
        FROM shown.search_name WHERE grams @> %(grams)s::int[] AND strpos(name_normal, %(whole)s) > 0
        LIMIT %(cap)s
    ), best AS MATERIALIZED (SELECT subject, min(rank) AS rank FROM found GROUP BY subject)
    SELECT (SELECT count(*) FROM best) AS total, (SELECT count(*) FROM found) AS looked_at,
           ARRAY(SELECT to_char(rank, 'FM0000') || subject FROM best ORDER BY rank, subject
                 LIMIT %(limit)s OFFSET %(offset)s) AS best
"""
_LETTERS = """
    WITH asked AS (SELECT * FROM unnest(%(grams)s::text[], %(is_pinyin)s::boolean[]) AS a (grams, is_pinyin)),
    found AS MATERIALIZED (
        SELECT n.subject, CASE WHEN n.name_normal = %(whole)s THEN 0 WHEN strpos(n.name_normal, %(whole)s) > 0 THEN 3
                               WHEN NOT n.is_current THEN 7 WHEN a.is_pinyin THEN 6 ELSE 5 END * 100
                          + least(length(n.name_normal), 99) AS rank
        FROM asked a JOIN shown.search_name n ON n.grams @> a.grams::int[]
            AND strpos(CASE WHEN a.is_pinyin THEN n.pinyin ELSE n.initials END, %(whole)s) > 0
        LIMIT %(cap)s
    ), best AS MATERIALIZED (SELECT subject, min(rank) AS rank FROM found GROUP BY subject)
    SELECT (SELECT count(*) FROM best) AS total, (SELECT count(*) FROM found) AS looked_at,
           ARRAY(SELECT to_char(rank, 'FM0000') || subject FROM best ORDER BY rank, subject
                 LIMIT %(limit)s OFFSET %(offset)s) AS best
"""


@dataclass(frozen=True, slots=True)
class Found:
    """How many subjects match, whether that is all of them, and the asked part of the ranking."""

    total: int
    matches: tuple[Match, ...]
    is_exact: bool = True


def gram_totals(connection: Connection[Any], grams: Sequence[int]) -> dict[int, int]:
    """How many subjects have each of these grams."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        cursor.execute("SELECT gram, total FROM shown.search_gram WHERE gram = ANY(%s)", (list(grams),))
        return dict(cursor.fetchall())


def find_gram(connection: Connection[Any], gram: int) -> Found:
    """Answer a short question from its one line: the exact total, and the best twenty."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        row = cursor.execute("SELECT total, best FROM shown.search_gram WHERE gram = %s", (gram,)).fetchone()
    return Found(row[0], tuple(map(read_line, row[1]))) if row else Found(0, ())


def find_containing(
    connection: Connection[Any], name: str, *, totals: dict[int, int], limit: int, offset: int = 0
) -> Found:
    """Find names that contain a text of two characters or more, by its rarest pairs, checked on the text itself."""
    rare = sorted(totals, key=lambda gram: totals[gram])[:_RARE]
    values = {"whole": name, "grams": [fold(gram) for gram in rare], "cap": CAP, "limit": limit, "offset": offset}
    return _found(connection, _CONTAINS, values, at_least=min(totals.values(), default=0))


def find_letters(
    connection: Connection[Any],
    letters: str,
    *,
    ways: Sequence[tuple[Sequence[int], bool]],
    limit: int,
    offset: int = 0,
) -> Found:
    """Find names whose initials or pinyin contain letters; a way is pairs of initials and whether it is pinyin."""
    values = {
        "whole": letters, "cap": CAP, "limit": limit, "offset": offset,
        "grams": ["{" + ",".join(str(fold(gram)) for gram in grams) + "}" for grams, _ in ways],
        "is_pinyin": [is_pinyin for _, is_pinyin in ways],
    }  # fmt: skip
    return _found(connection, _LETTERS, values, at_least=0)


def _found(connection: Connection[Any], statement: str, values: dict[str, Any], *, at_least: int) -> Found:
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(statement, values).fetchone()
    assert row is not None
    is_exact = row["looked_at"] < CAP
    return Found(
        row["total"] if is_exact else max(row["total"], at_least), tuple(map(read_line, row["best"])), is_exact
    )


def find_single(connection: Connection[Any], character: str, *, limit: int, offset: int) -> tuple[Match, ...]:
    """List names with one character beyond the best twenty: no index helps, so the first thousands are enough."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        cursor.execute(
            "SELECT subject::text, min(CASE WHEN starts_with(name_normal, %(one)s) THEN 200 ELSE 300 END) AS rank FROM"
            " (SELECT subject, name_normal FROM shown.search_name WHERE strpos(name_normal, %(one)s) > 0"
            " LIMIT 5000) AS f GROUP BY subject ORDER BY rank, subject LIMIT %(limit)s OFFSET %(offset)s",
            {"one": character, "limit": limit, "offset": offset},
        )
        return tuple(Match(subject, rank, reason_of(rank)) for subject, rank in cursor)


def sharing_names(connection: Connection[Any], grams: Sequence[int], most: int) -> list[tuple[str, str]]:
    """List (subject, name) of names that share any of these pairs, at most so many."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        return cursor.execute(
            "SELECT subject::text, name_normal FROM shown.search_name WHERE grams && %s::int[] LIMIT %s",
            ([fold(gram) for gram in grams], most),
        ).fetchall()


def find_by_number(connection: Connection[Any], number: str) -> list[tuple[str, str]]:
    """List (subject, kind) of those that had this older number."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        return cursor.execute("SELECT subject::text, kind FROM shown.find_number(%s)", (number,)).fetchall()


def public_subjects(connection: Connection[Any], subjects: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Read the public columns of subjects, by identifier."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            "SELECT id::text, uscc, name, region, status, kind FROM shown.subject WHERE id = ANY(%s::uuid[])",
            (list(subjects),),
        )
        return {row["id"]: row for row in cursor}


def find_public(connection: Connection[Any], uscc: str) -> dict[str, Any] | None:
    """Find one subject by its exact unified code, sole traders too."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            "SELECT id, uscc, name, kind, status, region, industry, registrar, registered_on, address,"
            " loaded_at AS updated_at FROM shown.subject WHERE uscc = %s",
            (uscc,),
        ).fetchone()


def former_names(connection: Connection[Any], subject: UUID) -> tuple[str, ...]:
    """List a subject's former names, the latest first."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        cursor.execute(
            "SELECT name FROM shown.subject_name WHERE subject = %s AND NOT is_current"
            " ORDER BY until_on DESC NULLS LAST, name",
            (subject,),
        )
        return tuple(row[0] for row in cursor)
