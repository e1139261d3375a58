"""Files of lines that are no CSV: JSON Lines, and records written as `key,value` one a line."""

import csv
import io
import json
import re
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import polars as pl

from limu.intake.rules import (
    BROKEN,
    EMPTY,
    HOSTILE,
    LONG,
    NO_HEADER,
    TEXT_ROWS,
    TOO_LARGE,
    FaultyFileError,
    Layout,
    UserFault,
)
from limu.intake.rules_mapping import HeaderMapping
from limu.intake.rules_paths import plain_text
from limu.intake.store_csv import find_encoding, has_more_lines
from limu.intake.store_table import SURPLUS, Table, column_names

BATCH: Final = 10_000
LONGEST_LINE: Final = 1 << 20
BATCH_BYTES: Final = 8 << 20
KEY_VALUE_BYTES: Final = 16 << 20
_MARKUP: Final = re.compile(r"</?[a-zA-Z][^<>]{0,200}>|&[a-z]{2,8};")


def read_json_lines(path: Path) -> Table | UserFault:
    """Read one object a line; the keys of the first lines are the header, others met later mark their row."""
    if has_more_lines(path, "utf-8", than=TEXT_ROWS):
        return LONG
    header: dict[str, None] = {}
    try:
        for _, (_, one, _) in zip(range(1000), _objects(path), strict=False):
            header |= dict.fromkeys(one)
    except FaultyFileError as faulty:
        return faulty.fault
    if not header:
        return EMPTY
    layout = Layout("jsonl", tuple(header), 0, encoding="utf-8")
    return Table(layout, _object_frames(path, list(header)))


def _objects(path: Path) -> Iterator[tuple[int, dict[str, Any], int]]:
    with path.open("rb") as file:
        number = 0
        while line := file.readline(LONGEST_LINE):
            number += 1
            if len(line) == LONGEST_LINE:
                raise FaultyFileError(TOO_LARGE)
            if line.strip():
                yield number, _object(line), len(line)


def _object(line: bytes) -> dict[str, Any]:
    try:
        value = json.loads(line.decode("utf-8-sig"), object_pairs_hook=_unique, parse_float=str, parse_int=str)
    except (ValueError, RecursionError) as cause:
        raise FaultyFileError(BROKEN) from cause
    if not isinstance(value, dict):
        raise FaultyFileError(NO_HEADER)
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise FaultyFileError(HOSTILE)
    return found


def _object_frames(path: Path, header: list[str]) -> Generator[pl.DataFrame, None, None]:
    names = set(header)
    batch: list[list[Any]] = []
    size = 0
    for number, one, length in _objects(path):
        batch.append([number, *(plain_text(one.get(name)) for name in header), not one.keys() <= names])
        size += length
        if len(batch) == BATCH or size > BATCH_BYTES:
            yield _frame(batch, len(header))
            batch, size = [], 0
    yield _frame(batch, len(header))


def _frame(rows: Sequence[Sequence[Any]], width: int) -> pl.DataFrame:
    schema = {"row_number": pl.Int64(), **dict.fromkeys(column_names(width), pl.String()), SURPLUS: pl.Boolean()}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    return frame if frame.get_column(SURPLUS).any() else frame.drop(SURPLUS)


def read_key_values(path: Path, mapping: HeaderMapping) -> Table | UserFault:
    """Read `key,value` lines by the mapping's keys; a record begins at the first key, its row is that line's number.

    A key may hold a comma itself. Commas in an unquoted value are the origin's page markup and are cut out; a line
    without a known key belongs to the value before it."""
    encoding = find_encoding(path)
    if isinstance(encoding, UserFault):
        return encoding
    if path.stat().st_size > KEY_VALUE_BYTES:
        return TOO_LARGE
    keys = [*mapping.columns, *mapping.ignored]
    lines = path.read_text(encoding, errors="replace").splitlines()
    records = list(_key_value_records(lines, keys, mapping.first_key or keys[0]))
    if not records:
        return NO_HEADER
    rows = [[number, *(_value(key, one.get(key, "")) for key in keys), False] for number, one in records]
    frames = (_frame(some, len(keys)) for some in (rows,))
    return Table(Layout("key_value", tuple(keys), 0, encoding=encoding), frames)


def _key_value_records(lines: list[str], keys: list[str], first: str) -> Iterator[tuple[int, dict[str, str]]]:
    longest_first = sorted(keys, key=len, reverse=True)
    record: dict[str, str] = {}
    start = 0
    key: str | None = None
    for number, line in enumerate(lines, start=1):
        found = next((one for one in longest_first if line.startswith(f"{one},")), None)
        if found == first:
            if record:
                yield start, record
            record, start = {}, number
        if found:
            key = found
            record[key] = line[len(found) + 1 :]
        elif key and record:
            record[key] += f"\n{line}"
    if record:
        yield start, record


def _value(key: str, text: str) -> str:
    # Pages copied twice into one line: 甲,纳税人名称,甲. Equal halves are one value.
    text, *more = text.split(f",{key},")
    text = text if all(one == text for one in more) else f",{key},".join([text, *more])
    if text.startswith('"'):
        value = "\n".join(",".join(record) for record in csv.reader(io.StringIO(text, newline="")))
    else:
        value = text.replace(",", "")
    return _MARKUP.sub("", value).strip()
