"""The items this edition ships, read from its own files."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from limu.catalogue.rules import CatalogueFault, fields_of, load_items
from limu.record.item import Field, Item


class BrokenCatalogueError(Exception):
    """The items of this edition do not load; the edition itself is at fault."""


def parsed_files() -> list[dict[str, Any]]:
    """Every catalogue file of this edition, parsed, in the order of its names."""
    folder = files("limu.catalogue") / "items"
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".toml"))
    return [tomllib.loads((folder / name).read_text(encoding="utf-8")) for name in names]


@cache
def shipped_items() -> tuple[Item, ...]:
    """The catalogue of this edition (全国公共信用信息基础目录, 2024), ordered by class and code."""
    loaded = load_items(parsed_files())
    items = tuple(entry for entry in loaded if isinstance(entry, Item))
    faults = [entry for entry in loaded if isinstance(entry, CatalogueFault)]
    if faults or not items:
        raise BrokenCatalogueError("; ".join(f"{fault.where} {fault.code} {fault.message}" for fault in faults))
    return items


@cache
def shared_fields() -> dict[str, Field]:
    """The fields that many items share, by code, as this edition writes them."""
    return {field.code: field for field in fields_of(parsed_files())}


def find_shipped_item(code: str) -> Item | None:
    """The shipped item of a code, its newest version."""
    found = [item for item in shipped_items() if item.code == code]
    return max(found, key=lambda item: item.version, default=None)
