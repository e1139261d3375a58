"""What a check found, in the words a clerk reads: where, what is wrong, what to do."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

import polars as pl

Level = Literal["refuse", "warn"]

PERSON: Final = "person"
"""Code of a row about a natural person: turned away at the gate, never stored (design, section 3)."""

FINDING_SCHEMA: Final[dict[str, pl.DataType]] = {
    "row_number": pl.Int64(),
    "field": pl.String(),
    "label": pl.String(),
    "code": pl.String(),
    "level": pl.String(),
    "message": pl.String(),
    "cure": pl.String(),
    "citation": pl.String(),
}
"""Columns of a frame of findings; `message` holds the whole sentence, the cure included."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault of one cell; the row is the row of the user's own file."""

    row: int
    field_code: str
    field_label: str
    code: str
    level: Level
    message: str
    cure: str
    citation: str


def findings_of(frame: pl.DataFrame) -> Iterator[Finding]:
    """The rows of a frame of findings as values."""
    for row in frame.select(list(FINDING_SCHEMA)).iter_rows():
        yield Finding(*row)


def no_findings() -> pl.DataFrame:
    """An empty frame of findings."""
    return pl.DataFrame(schema=FINDING_SCHEMA)
