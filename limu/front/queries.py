"""What several public pages read together: the deployment's catalogue, its local law, and citations written out."""

from collections.abc import Mapping
from dataclasses import fields as slots_of
from datetime import date
from functools import cache
from typing import Any

from psycopg import Connection

from limu.front import store
from limu.record.item import Field, Item
from limu.terms.industries import IndustryTable
from limu.wire import lawbook
from limu.wire.tables import read_table

# Definitions are append-only: the same versions are the same items for the life of the process.
_KNOWN: dict[tuple[tuple[str, int], ...], tuple[Item, ...]] = {}
MOST_KNOWN = 8


def items(connection: Connection[Any], *, on: date) -> tuple[Item, ...]:
    """The catalogue in force on a day, ordered by class and code."""
    versions = store.item_versions(connection, on=on)
    found = _KNOWN.get(versions)
    if found is None:
        found = tuple(item_of(plain) for plain in store.item_definitions(connection, versions))
        if len(_KNOWN) >= MOST_KNOWN:
            _KNOWN.clear()
        _KNOWN[versions] = found
    return found


def versions_of(connection: Connection[Any], code: str) -> list[dict[str, Any]]:
    """The versions of an item and the days from which they hold; those to come are announced."""
    return store.versions_of(connection, code)


def item_of(plain: Mapping[str, Any]) -> Item:
    """Make an item of a stored definition; keys that this edition does not know are passed over."""
    fields = tuple(Field(**_known(Field, entry)) for entry in plain["fields"])
    until = plain.get("in_force_until")
    days = {
        "in_force_from": date.fromisoformat(plain["in_force_from"]),
        "in_force_until": date.fromisoformat(until) if until else None,
    }
    return Item(**_known(Item, plain) | days | {"fields": fields})


def _known(kind: type, plain: Mapping[str, Any]) -> dict[str, Any]:
    names = {slot.name for slot in slots_of(kind)}
    return {key: tuple(value) if isinstance(value, list) else value for key, value in plain.items() if key in names}


def additions(connection: Connection[Any]) -> tuple[store.Addition, ...]:
    """Rules this deployment added, each with its article and address."""
    return store.additions(connection)


def law_events(connection: Connection[Any], rules: tuple[str, ...]) -> tuple[store.LawEvent, ...]:
    """What the public log holds of some rules: each addition and confirmation with its proof."""
    return store.law_events(connection, rules)


def packs(connection: Connection[Any]) -> tuple[store.TakenPack, ...]:
    """Packs this deployment took in, the newest first."""
    return store.packs(connection)


def pack_in_force(connection: Connection[Any]) -> store.TakenPack | None:
    """The pack this deployment decides by; None where the edition's own texts decide."""
    found = lawbook.pack_in_force(connection)
    return next((one for one in packs(connection) if found and bytes(one.hash) == bytes(found.hash)), None)


@cache
def _industries() -> IndustryTable:
    return IndustryTable.from_rows((row["code"], row["name"], row["section"]) for row in read_table("industries"))


def industry_name(text: str) -> str:
    """An industry by name where a register holds its code (GB/T 4754); any other text as it is."""
    return _industries().name_of(text) or text
