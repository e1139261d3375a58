"""The one reader of the packaged law (`law/texts/`) and catalogue (`catalogue/items/`): plain values for the ground."""

import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

Document = dict[str, Any]


@cache
def read_law_texts() -> dict[str, Document]:
    """Read every TOML file under law/texts, by its path there (`terms/penalty.toml`), sorted by path."""
    return _read_tree(files("limu") / "law" / "texts")


@cache
def read_catalogue_items() -> dict[str, Document]:
    """Read every TOML file under catalogue/items, by its path there, sorted by path."""
    return _read_tree(files("limu") / "catalogue" / "items")


def read_folder(folder: Path) -> dict[str, Document]:
    """Read every TOML file under a folder on disk in the same way, for `limu law check PATH`."""
    return _read_tree(folder)


def _read_tree(folder: Traversable) -> dict[str, Document]:
    if not folder.is_dir():
        return {}
    return {path: tomllib.loads(text) for path, text in sorted(_walk(folder, ""))}


def _walk(folder: Traversable, prefix: str) -> Iterator[tuple[str, str]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _walk(entry, f"{prefix}{entry.name}/")
        elif entry.name.endswith(".toml"):
            yield f"{prefix}{entry.name}", entry.read_text("utf-8")
