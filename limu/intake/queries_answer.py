"""The answer to a file: its rows once more in their order, each with what is said of it (ux.md 2.3).

Nothing of a file is held as a whole: it is judged again chunk by chunk, so the answer to a million faulty rows takes
the memory of some thousands (decision 0018)."""

import os
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Final

import polars as pl

from limu.intake.queries import check_file, judged_rows, repeated_findings, told_of
from limu.intake.rules import Answer, Order, Told, UserFault
from limu.intake.rules_answer import ENDED, RowAnswers, summary_lines
from limu.intake.rules_mapping import HeaderMapping
from limu.intake.rules_rows import MARKS, ROW, without_litter
from limu.intake.store_answer import answer_sheet
from limu.intake.store_answer_template import MOST_ROWS, fill_template, is_template
from limu.intake.store_reading import Reading, open_reading
from limu.law.book import LawBook
from limu.record.item import Item

SLICE: Final = 2_000
"""Rows whose findings are sentences at one time."""


Breathe = Callable[[], None]
"""Called between two steps; it may end the work there."""


def write_answer(
    target: Path, source: Path, *, item: Item, mapping: HeaderMapping, answer: Answer, order: Order, law: LawBook,
    breathe: Breathe = lambda: None,
) -> None:  # fmt: skip
    """Write the workbook, readable by its owner alone; the source is read and judged once more.

    `answer` is what `check_file` said of the file, with the verdicts of its submission where it was entered; `law`
    words the articles. Our own template comes back as it was, with its drop-downs."""
    reading = open_reading(source, item=item, mapping=mapping)
    if isinstance(reading, UserFault):
        return
    answer = _cited(answer, law)
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT, 0o600))
    if reading.layout.sheet and answer.rows <= MOST_ROWS and is_template(source):
        full = _in_full(source, item, mapping, answer=answer, order=order)
        _fill(target, source, reading, answer=_cited(full, law))
        return
    repeated = pl.Series(ROW, answer.repeated, dtype=pl.Int64)
    with closing(reading.table.frames), answer_sheet(target, reading, answer) as sheet:
        for rows, judged in judged_rows(reading, item=item, order=order):
            far = repeated.filter(repeated.is_in(rows.get_column(ROW).implode()))
            found = pl.concat([judged.findings, repeated_findings(far, item, today=order.today)])
            for some in rows.iter_slices(SLICE):
                here = some.get_column(ROW)
                breathe()
                sheet.turn([*told_of(found.filter(pl.col(ROW).is_in(here.implode()))), *_ended(answer, here)])
                for number, cells in _cells(some, len(reading.layout.header)):
                    sheet.row(number, cells)


def _ended(answer: Answer, rows: pl.Series) -> list[Told]:
    """What the register said of these rows, beside what the file says of itself."""
    there = set(rows) if any(told.code in ENDED for told in answer.findings) else set()
    return [told for told in answer.findings if told.code in ENDED and told.row in there]


def _cited(answer: Answer, law: LawBook) -> Answer:
    """The same with its articles in words, for who reads a workbook."""
    told, examples = (
        tuple(replace(one, citation=law.in_words(one.citation)) for one in some)
        for some in (answer.findings, answer.examples)
    )
    return replace(answer, findings=told, examples=examples)


def _in_full(source: Path, item: Item, mapping: HeaderMapping, *, answer: Answer, order: Order) -> Answer:
    checked = check_file(source, item=item, mapping=mapping, order=replace(order, most=None))
    return answer if isinstance(checked, UserFault) else replace(answer, findings=checked.findings)


def _fill(target: Path, source: Path, reading: Reading, *, answer: Answer) -> None:
    numbers = [row for frame in reading.table.frames for row in without_litter(frame).get_column(ROW)]
    told = RowAnswers(answer)
    fill_template(source, target, reading=reading, rows=numbers, told=told, summary=summary_lines(answer))


def _cells(frame: pl.DataFrame, width: int) -> Iterator[tuple[int, list[str]]]:
    for values in frame.drop(MARKS, strict=False).iter_rows():
        yield values[0], ["" if cell is None else str(cell) for cell in values[1 : width + 1]]
