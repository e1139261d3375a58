"""The one reader of the packaged law (`law/texts/`) and catalogue (`catalogue/items/`): plain values for the ground."""

import tomllib
from collections.abc import Iterator, Mapping
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


@cache
def packaged_parts() -> dict[str, str]:
    """What this edition ships as the parts of a pack: law, catalogue and calendars, each text by its path."""
    root = files("limu")
    return {
        **{f"law/{path}": text for path, text in _walk(root / "law" / "texts", "")},
        **{f"catalogue/{path}": text for path, text in _walk(root / "catalogue" / "items", "")},
        "calendar/holidays.csv": (root / "terms" / "tables" / "holidays.csv").read_text("utf-8"),
    }


def folder_parts(folder: Path) -> dict[str, str]:
    """The parts of a pack from a folder with `law/`, `catalogue/` and `calendar/`; a part left out stays as shipped."""
    given = {
        f"{name}/{one.relative_to(folder / name).as_posix()}": one.read_text("utf-8")
        for name, ending in (("law", "*.toml"), ("catalogue", "*.toml"), ("calendar", "*.csv"))
        for one in sorted((folder / name).rglob(ending))
    }
    named = {path.partition("/")[0] for path in given}
    return {path: text for path, text in packaged_parts().items() if path.partition("/")[0] not in named} | given


def read_parts(parts: Mapping[str, str], folder: str) -> dict[str, Document]:
    """Parse the TOML texts under one folder of a pack, by their path in it."""
    return {
        path.removeprefix(folder): tomllib.loads(text)
        for path, text in sorted(parts.items())
        if path.startswith(folder) and path.endswith(".toml")
    }
