"""The parent's side of the limited child: start it, take its rows, turn its death into a reason."""

from collections.abc import Generator, Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import polars as pl

from limu.intake.rules import (
    BROKEN,
    EMPTY,
    HOSTILE,
    MISMATCH,
    NO_HEADER,
    TOO_LARGE,
    FaultyFileError,
    Layout,
    UserFault,
)
from limu.intake.rules_mapping import HeaderMapping
from limu.intake.store_table import FORMULAS, Table, column_names
from limu.wire.confine import DIED, answers_of

WORKER: Final = "limu.intake.store_worker"
SECONDS: Final = 60
"""A child that has not ended by then is killed; its limit of processor time comes first."""

FAULTS: Final = {
    "mismatch": MISMATCH, "too_large": TOO_LARGE, "hostile": HOSTILE, "broken": BROKEN, "empty": EMPTY,
    "no_header": NO_HEADER,
}  # fmt: skip


def read_in_child(path: Path, *, kind: str, known: Iterable[str], mapping: HeaderMapping) -> Table | UserFault:
    """Open a workbook (kind zip or xls) or a JSON document in a child under limits (trust.md 1.5)."""
    order = {
        "path": str(path.absolute()), "kind": kind, "known": sorted(known), "rows": mapping.rows,
        "paths": list(mapping.columns), "shape": mapping.shape, "first_key": mapping.first_key,
    }  # fmt: skip
    answers = answers_of(WORKER, order, seconds=SECONDS)
    first = next(answers)
    if fault := _fault_of(first):
        return fault
    header = tuple(first["header"])
    name = {"zip": "workbook", "xls": "workbook", "json": "json"}[kind]
    layout = Layout(
        name, header, first["header_row"], sheet=first.get("sheet"), notes=tuple(first.get("notes", ())),
        first_column=first.get("first_column", 0), stamp=tuple(first.get("stamp", ())),
    )  # fmt: skip
    return Table(layout, _frames(answers, len(header)))


def _fault_of(answer: dict[str, Any]) -> UserFault | None:
    harm = answer.get("harm") or answer.get(DIED)
    return FAULTS[harm] if harm else None


def _frames(answers: Iterator[dict[str, Any]], width: int) -> Generator[pl.DataFrame, None, None]:
    schema = {"row_number": pl.Int64(), **dict.fromkeys(column_names(width), pl.String())}
    for answer in answers:
        if fault := _fault_of(answer):
            raise FaultyFileError(fault)
        rows = [row + [""] * (width + 1 - len(row)) for row in answer.get("rows", ())]
        frame = pl.DataFrame(rows, schema=schema, orient="row")
        marked = {at: _marks(found) for at, found in answer.get("formulas", ())}
        yield frame.with_columns(_column(marked, frame.height)) if marked else frame


def _marks(found: list[tuple[int, bool]]) -> list[int]:
    """Places of a row's formulas: a column with a stored result as it is, one without as its complement."""
    return [column if has_result else ~column for column, has_result in found]


def _column(marked: dict[int, list[int]], height: int) -> pl.Series:
    return pl.Series(FORMULAS, [marked.get(at) for at in range(height)], dtype=pl.List(pl.Int64))
