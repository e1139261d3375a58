"""Queries of the public site on public views that no single room answers for."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from psycopg import Connection
from psycopg.rows import dict_row, tuple_row

IN_FORCE = "WHERE in_force_from <= %(on)s AND (in_force_until IS NULL OR %(on)s < in_force_until)"


@dataclass(frozen=True, slots=True)
class Addition:
    """A rule this deployment added to the law of the edition: what differs, by which article, where to read it."""

    rule_key: str
    difference: str
    article: str
    address: str
    added_at: datetime


def item_versions(connection: Connection[Any], *, on: date) -> tuple[tuple[str, int], ...]:
    """List code and version of the items in force; versions are append-only, so these name their content."""
    statement = (
        f"SELECT code, max(version) FROM shown.catalogue_item {IN_FORCE} GROUP BY code ORDER BY min(class_number), code"
    )
    with connection.cursor(row_factory=tuple_row) as cursor:
        return tuple(cursor.execute(statement, {"on": on}).fetchall())


def item_definitions(connection: Connection[Any], versions: tuple[tuple[str, int], ...]) -> list[dict[str, Any]]:
    """Read the definitions of some versions, in their order."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            """SELECT i.definition FROM unnest(%s::text[], %s::int[]) WITH ORDINALITY AS w (code, version, place)
               JOIN shown.catalogue_item i USING (code, version) ORDER BY w.place""",
            ([code for code, _ in versions], [version for _, version in versions]),
        )
        return [row["definition"] for row in cursor]


def additions(connection: Connection[Any]) -> tuple[Addition, ...]:
    """List the local additions to the law, the newest first."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            "SELECT rule_key, difference, article, address, added_at FROM shown.law_addition ORDER BY added_at DESC"
        )
        return tuple(Addition(**row) for row in cursor)
