"""The one reader of the packaged code tables (`terms/tables/*.csv`): plain rows for the ground."""

import csv
from functools import cache
from importlib.resources import files

Row = dict[str, str]


class NoTableError(Exception):
    """No packaged table has this name."""


def table_names() -> tuple[str, ...]:
    """Name the packaged tables."""
    folder = files("limu") / "terms" / "tables"
    found = folder.iterdir() if folder.is_dir() else iter(())
    return tuple(sorted(entry.name.removesuffix(".csv") for entry in found if entry.name.endswith(".csv")))


@cache
def read_table(name: str) -> tuple[Row, ...]:
    """Read one table: a row is a dict from the header's words to text. Callers must not change the rows."""
    if name not in table_names():
        raise NoTableError(f"no table {name!r}; there are {', '.join(table_names())}")
    text = (files("limu") / "terms" / "tables" / f"{name}.csv").read_text("utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def read_tables() -> dict[str, tuple[Row, ...]]:
    """Read every packaged table, by name."""
    return {name: read_table(name) for name in table_names()}
