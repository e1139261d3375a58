"""Take in the catalogue part of a pack: what is new becomes a version beside the old ones, and nothing is rewritten."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg import Connection

from limu.catalogue import store
from limu.catalogue.rules import CatalogueFault, definition_of, load_items
from limu.record.item import Item


@dataclass(frozen=True, slots=True)
class Brought:
    """The versions of items that a pack brings beside those that stand."""

    items: tuple[Item, ...]


def compare_items(connection: Connection[Any], parts: Mapping[str, str]) -> Brought | tuple[CatalogueFault, ...]:
    """Which versions of the pack's items are new; a stored one that reads otherwise is a fault, never overwritten."""
    loaded = load_items([tomllib.loads(text) for path, text in sorted(parts.items()) if path.endswith(".toml")])
    faults = tuple(one for one in loaded if isinstance(one, CatalogueFault))
    if faults:
        return faults
    items = tuple(one for one in loaded if isinstance(one, Item))
    known = store.stored_items(connection)
    changed = [one for one in items if (before := known.get((one.code, one.version))) and _differ(before, one)]
    if changed:
        return tuple(
            CatalogueFault("T-301", one.code, f"第 {one.version} 版与已入库的同一版本内容不同。请作为新版本发布。")
            for one in changed
        )
    return Brought(tuple(one for one in items if (one.code, one.version) not in known))


def _differ(before: Item, after: Item) -> bool:
    return definition_of(before) != definition_of(after)


def take_in(connection: Connection[Any], brought: Brought, *, drafted_by: UUID, confirmed_by: UUID) -> int:
    """Store the new versions under the names of the two people who answer for them; returns how many. Never commits."""
    stored = [
        store.insert_item(connection, one, drafted_by=drafted_by, confirmed_by=confirmed_by) for one in brought.items
    ]
    return sum(stored)
