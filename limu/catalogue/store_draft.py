"""Queries on drafts of items and on every version of an item."""

import json
from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row

from limu.catalogue.rules_draft import Draft
from limu.catalogue.store import _item
from limu.record.item import Item

_DRAFT = """
    SELECT d.id, d.definition::text, d.reason, d.drafted_by, o.code AS drafter, p.name AS drafter_name, d.drafted_at,
           q.name AS settler_name, d.is_published
    FROM limu.catalogue_draft d JOIN limu.officer o ON o.id = d.drafted_by JOIN limu.person p ON p.id = o.person
    LEFT JOIN limu.officer s ON s.id = d.settled_by LEFT JOIN limu.person q ON q.id = s.person"""


def insert_draft(connection: Connection[Any], item: Item, *, id: UUID, reason: str, officer: UUID) -> None:  # noqa: A002 - the column's name
    """Write a draft; a second open one of the same item is refused by the database."""
    definition = json.dumps(asdict(item), ensure_ascii=False, default=str)
    connection.execute(
        "INSERT INTO limu.catalogue_draft (id, code, version, definition, reason, drafted_by)"
        " VALUES (%s, %s, %s, %s, %s, %s)",
        (id, item.code, item.version, definition, reason.strip(), officer),
    )


def find_draft(connection: Connection[Any], draft: UUID, *, lock: bool = False) -> Draft | None:
    """Find one draft, settled or not."""
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(_DRAFT + " WHERE d.id = %s" + (" FOR UPDATE OF d" if lock else ""), (draft,)).fetchone()
    return None if row is None else _draft(row)


def drafts(connection: Connection[Any], *, code: str = "") -> tuple[Draft, ...]:
    """List drafts: those of one item, or all that wait."""
    where = " WHERE d.code = %s" if code else " WHERE d.settled_by IS NULL"
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(_DRAFT + where + " ORDER BY d.drafted_at DESC", (code,) if code else ())
        return tuple(_draft(row) for row in cursor)


def settle_draft(connection: Connection[Any], draft: UUID, *, officer: UUID, is_published: bool) -> None:
    """Write who settled a draft and how."""
    connection.execute(
        "UPDATE limu.catalogue_draft SET settled_by = %s, settled_at = limu.register_now(), is_published = %s"
        " WHERE id = %s",
        (officer, is_published, draft),
    )


def versions_of(connection: Connection[Any], code: str) -> tuple[tuple[Item, datetime, str, str], ...]:
    """List every version of an item, the newest first: item, when it was added, who drafted and who confirmed it."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            """SELECT i.definition::text, i.added_at, coalesce(d.name, '—') AS drafter,
                      coalesce(c.name, '—') AS confirmer
               FROM limu.catalogue_item i LEFT JOIN limu.person d ON d.id = i.drafted_by
               LEFT JOIN limu.person c ON c.id = i.confirmed_by WHERE i.code = %s ORDER BY i.version DESC""",
            (code,),
        )
        return tuple((_item(row["definition"]), row["added_at"], row["drafter"], row["confirmer"]) for row in cursor)


def coming(connection: Connection[Any], *, on: date) -> dict[str, date]:
    """Tell of which items a version is published that is not in force yet, and from when it will be."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            "SELECT code, min(in_force_from) AS day FROM limu.catalogue_item WHERE in_force_from > %s GROUP BY code",
            (on,),
        )
        return {row["code"]: row["day"] for row in cursor}


def _draft(row: dict[str, Any]) -> Draft:
    return Draft(
        **{**{name: value for name, value in row.items() if name != "definition"}, "item": _item(row["definition"])}
    )


def person_of(connection: Connection[Any], officer: UUID) -> UUID:
    """Tell whose account it is; two people are people, not accounts."""
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute("SELECT person FROM limu.officer WHERE id = %s", (officer,)).fetchone()
    assert row is not None
    person: UUID = row["person"]
    return person
