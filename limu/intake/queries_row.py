"""One row by itself: read from a stored file, or made in a form, and judged by the same checks as a whole file."""

import json
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from limu.check.finding import FINDING_SCHEMA
from limu.intake.queries import Judged, judge_fields
from limu.intake.rules import EMPTY, FaultyFileError, Told, UserFault
from limu.intake.rules_mapping import HeaderMapping
from limu.intake.rules_mending import NO_ROW, PERSON_ROW, SHIFTED_ROW
from limu.intake.rules_rows import MARKS, ROW, SURPLUS, as_fields, without_litter
from limu.intake.store_reading import open_reading
from limu.record.item import Item

FIRST = 2
"""A form's row is told of as the first row below a header."""


@dataclass(frozen=True, slots=True)
class JudgedRow:
    """What the checks say of one row."""

    judged: Judged
    told: tuple[Told, ...]

    @property
    def is_person(self) -> bool:
        """Whether the row is about a natural person."""
        return any(told.code == "person" for told in self.told)

    @property
    def is_fit(self) -> bool:
        """Whether nothing keeps it out."""
        return not self.judged.refused and self.judged.accepted.height > 0


def read_row(path: Path, *, item: Item, mapping: HeaderMapping, row: int, today: date) -> dict[str, str] | UserFault:
    """Read one row of a file by field; of a person's row, and of one whose cells are shifted, nothing is told."""
    reading = open_reading(path, item=item, mapping=mapping)
    if isinstance(reading, UserFault):
        return reading
    with closing(reading.table.frames) as frames:
        try:
            found = next((one for frame in frames if (one := frame.filter(pl.col(ROW) == row)).height), None)
        except FaultyFileError as faulty:
            return faulty.fault
    if found is None:
        return NO_ROW
    fields = as_fields(without_litter(found), reading.plan)
    if SURPLUS in fields.columns and fields.get_column(SURPLUS).any():
        return SHIFTED_ROW
    texts = {name: text or "" for name, text in fields.drop(ROW, *MARKS, strict=False).to_dicts()[0].items()}
    return PERSON_ROW if judge_row(texts, item=item, today=today, row=row).is_person else texts


def judge_row(texts: Mapping[str, str], *, item: Item, today: date, row: int = FIRST) -> JudgedRow:
    """Judge one row given by field."""
    said: dict[str, Any] = {code: text or None for code, text in sent(texts, item).items()}
    schema: dict[str, Any] = {ROW: pl.Int64, **dict.fromkeys(said, pl.String)}
    frame = pl.DataFrame([{ROW: row, **said}], schema=schema)
    judged = judge_fields(0, frame, item=item, today=today, rows=1)
    told = judged.findings.select(list(FINDING_SCHEMA)).iter_rows()
    return JudgedRow(judged, tuple(Told(*one) for one in told))


def sent(texts: Mapping[str, str], item: Item) -> dict[str, str]:
    """The fields of a row that travel: those filled in, and those without which a file has no header."""
    needed = {field.code for field in item.fields if field.required == "accept"}
    return {field.code: text for field in item.fields if (text := texts.get(field.code, "")) or field.code in needed}


def row_file(texts: Mapping[str, str], item: Item) -> bytes:
    """Write one row as a file of its own (JSON), the same bytes for the same row."""
    return json.dumps([sent(texts, item)], ensure_ascii=False, sort_keys=True).encode()


def texts_of(path: Path) -> dict[str, str] | UserFault:
    """Read back what `row_file` wrote."""
    told = json.loads(path.read_bytes())
    return {str(code): str(text) for code, text in told[0].items()} if told else EMPTY
