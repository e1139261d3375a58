"""The header of a file laid beside the fields of an item, for a clerk to look at and to put right."""

from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from limu.intake.rules import MISMATCH, FaultyFileError, Layout, UserFault
from limu.intake.rules_desk import SourceColumn, masked
from limu.intake.rules_headers import ANSWER_COLUMNS, ANY_HEADER, known_headers, normal_header
from limu.intake.rules_mapping import HeaderMapping
from limu.intake.rules_rows import without_litter
from limu.intake.store_csv import SAMPLE, find_encoding
from limu.intake.store_files import find_kind, open_table
from limu.intake.store_reading import open_reading
from limu.record.item import Item

MOST_KEYS = 120


@dataclass(frozen=True, slots=True)
class Headers:
    """How a file's columns are understood, and what stands in the way (None: nothing)."""

    layout: Layout
    columns: tuple[SourceColumn, ...]
    fault: UserFault | None
    is_key_value: bool


def fitting_mapping(path: Path, *, item: Item, remembered: HeaderMapping) -> HeaderMapping:
    """The remembered mapping, or its columns alone where the department's last file had another shape."""
    if remembered.shape == "table":
        return remembered
    reading = open_reading(path, item=item, mapping=remembered)
    if isinstance(reading, UserFault):
        return replace(remembered, shape="table", first_key=None, rows=None)
    reading.table.frames.close()
    return remembered


def headers_of(path: Path, *, item: Item, mapping: HeaderMapping, key_value: bool = False) -> Headers | UserFault:
    """Lay a file's header beside the item's fields; a fault where nothing of the file can be understood."""
    reading = open_reading(path, item=item, mapping=mapping)
    fault = None
    if isinstance(reading, UserFault):
        fault = reading
    else:
        reading.table.frames.close()
    is_key_value = key_value or mapping.shape == "key_value" or (fault is not None and _looks_key_value(path, item))
    if is_key_value:
        return _key_value_headers(path, item=item, mapping=mapping, fault=fault)
    known = known_headers(item.headers()) | known_headers(mapping.columns)
    table = open_table(path, known=known, mapping=mapping)
    if isinstance(table, UserFault):
        table = open_table(path, known=[ANY_HEADER], mapping=mapping)
    if isinstance(table, UserFault):
        return table
    with closing(table.frames) as frames:
        samples = _samples(frames, len(table.layout.header))
    columns = [
        _column(name, sample, item=item, mapping=mapping)
        for name, sample in zip(table.layout.header, samples, strict=True)
        if normal_header(name) and normal_header(name) not in ANSWER_COLUMNS
    ]
    return Headers(table.layout, tuple(columns), fault, is_key_value=False)


def _samples(frames: Iterable[pl.DataFrame], width: int) -> list[str]:
    try:
        first = next((frame for frame in frames if frame.height), None)
    except FaultyFileError:
        first = None
    if first is None:
        return [""] * width
    rows = first.select([f"c{at}" for at in range(width)]).head(20)
    return [masked(next((cell for cell in rows.get_column(name) if cell), "")) for name in rows.columns]


def _column(name: str, sample: str, *, item: Item, mapping: HeaderMapping) -> SourceColumn:
    plain = normal_header(name)
    if plain in {normal_header(one) for one in mapping.ignored}:
        return SourceColumn(name, sample, "", "")
    stated = {normal_header(source): code for source, code in mapping.columns.items()}
    code = stated.get(plain) or known_headers(item.headers()).get(plain, "")
    field = item.field(code)
    return SourceColumn(name, sample, code, field.label if field else "")


def _key_value_headers(
    path: Path, *, item: Item, mapping: HeaderMapping, fault: UserFault | None
) -> Headers | UserFault:
    if find_kind(path) != "text":
        return MISMATCH
    pairs = _pairs(path)
    counted = Counter(key for key, _ in pairs)
    often = max(counted.values(), default=0)
    keys = [key for key in dict.fromkeys(key for key, _ in pairs) if counted[key] * 4 >= often or _knows(item, key)]
    # In the order of the file, whatever is remembered: the form counts its columns.
    known = [*keys, *(key for key in mapping.columns if key not in keys)]
    columns = [
        _column(key, masked(next((value for name, value in pairs if name == key and value), "")), item=item,
                mapping=mapping)
        for key in known[:MOST_KEYS]
    ]  # fmt: skip
    return Headers(Layout("key_value", tuple(known), 0), tuple(columns), fault, is_key_value=True)


def _looks_key_value(path: Path, item: Item) -> bool:
    """Whether the same few words begin most lines: then each line is `key,value`."""
    if find_kind(path) != "text":
        return False
    counted = Counter(key for key, _ in _pairs(path))
    often = sum(count for count in counted.values() if count > 1)
    return len(counted) > 1 and often * 2 > sum(counted.values()) and sum(_knows(item, key) for key in counted) > 0


def _knows(item: Item, key: str) -> bool:
    return normal_header(key) in known_headers(item.headers())


def _pairs(path: Path) -> list[tuple[str, str]]:
    encoding = find_encoding(path)
    if isinstance(encoding, UserFault):
        return []
    with path.open("rb") as file:
        lines = file.read(SAMPLE).decode(encoding, errors="replace").splitlines()
    cut = [line.partition(",") for line in lines if "," in line]
    return [(key.strip(), value.strip()) for key, _, value in cut if 0 < len(key.strip()) <= 40]


def has_more_rows(path: Path, *, item: Item, mapping: HeaderMapping, than: int) -> bool:
    """Whether a file has more rows than a number; reading stops where that is known."""
    reading = open_reading(path, item=item, mapping=mapping)
    if isinstance(reading, UserFault):
        return False
    rows = 0
    with closing(reading.table.frames) as frames:
        try:
            for frame in frames:
                rows += frame.height
                if rows > than:
                    return True
        except FaultyFileError:
            return False
    return False


def count_rows(path: Path, *, item: Item, mapping: HeaderMapping) -> int | None:
    """Count the rows of a file; None where it cannot be read to its end."""
    reading = open_reading(path, item=item, mapping=mapping)
    if isinstance(reading, UserFault):
        return None
    with closing(reading.table.frames) as frames:
        try:
            return sum(without_litter(frame).height for frame in frames)
        except FaultyFileError:
            return None
