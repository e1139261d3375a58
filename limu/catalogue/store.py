"""Queries on the stored catalogue: every version of every item, with the two people who made it."""

import json
from dataclasses import asdict
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row

from limu.record.item import Field, Item


def insert_item(connection: Connection[Any], item: Item, *, drafted_by: UUID, confirmed_by: UUID) -> bool:
    """Store an item's version; False when that version is there already. The database refuses one without basis."""
    definition = json.dumps(asdict(item), ensure_ascii=False, default=str)
    row = connection.execute(
        """INSERT INTO limu.catalogue_item (code, version, name, class_number, basis, kind, subject_kinds, is_adverse,
               definition, in_force_from, in_force_until, drafted_by, confirmed_by)
           VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
           ON CONFLICT (code, version) DO NOTHING RETURNING code""",
        (
            item.code,
            item.version,
            item.name,
            item.class_number,
            list(item.basis),
            item.information_kind,
            list(item.subject_kinds),
            item.adverse,
            definition,
            item.in_force_from,
            item.in_force_until,
            drafted_by,
            confirmed_by,
        ),
    ).fetchone()
    return row is not None


def find_item(connection: Connection[Any], code: str, *, on: date) -> Item | None:
    """Find the version of an item in force on a day."""
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(
            """SELECT definition::text FROM limu.catalogue_item WHERE code = %s AND in_force_from <= %s
               AND (in_force_until IS NULL OR %s < in_force_until) ORDER BY version DESC LIMIT 1""",
            (code, on, on),
        ).fetchone()
    return None if row is None else _item(row["definition"])


def find_version(connection: Connection[Any], code: str, *, version: int) -> Item:
    """Find one version of an item, in force or not: the one a row was reported under."""
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(
            "SELECT definition::text FROM limu.catalogue_item WHERE code = %s AND version = %s", (code, version)
        ).fetchone()
    assert row is not None
    return _item(row["definition"])


def all_items(connection: Connection[Any], *, on: date) -> tuple[Item, ...]:
    """List the items in force on a day, by class and code."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            """SELECT DISTINCT ON (class_number, code) definition::text FROM limu.catalogue_item
               WHERE in_force_from <= %s AND (in_force_until IS NULL OR %s < in_force_until)
               ORDER BY class_number, code, version DESC""",
            (on, on),
        )
        return tuple(_item(row["definition"]) for row in cursor)


def newest_items(connection: Connection[Any]) -> tuple[Item, ...]:
    """List the newest published version of every item, in force already or later, by class and code."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            """SELECT DISTINCT ON (class_number, code) definition::text FROM limu.catalogue_item
               WHERE in_force_until IS NULL OR in_force_until > limu.register_today()
               ORDER BY class_number, code, version DESC"""
        )
        return tuple(_item(row["definition"]) for row in cursor)


def stored_items(connection: Connection[Any]) -> dict[tuple[str, int], Item]:
    """Every version of every item ever stored, by code and version."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute("SELECT code, version, definition::text FROM limu.catalogue_item")
        return {(row["code"], row["version"]): _item(row["definition"]) for row in cursor}


@lru_cache(maxsize=1024)
def _item(text: str) -> Item:
    # Every desk page asks for the items in force, and their text changes with a version alone: it is read once.
    definition = json.loads(text)
    fields = tuple(
        Field(**{**field, "aliases": tuple(field["aliases"]), "codelist": tuple(field["codelist"])})
        for field in definition["fields"]
    )
    until = definition["in_force_until"]
    return Item(**{
        **definition,
        "fields": fields,
        "basis": tuple(definition["basis"]),
        "subject_kinds": tuple(definition["subject_kinds"]),
        "natural_key": tuple(definition["natural_key"]),
        "in_force_from": date.fromisoformat(definition["in_force_from"]),
        "in_force_until": date.fromisoformat(until) if until else None,
    })  # fmt: skip
