"""A register's file as chunks of rows: a child under limits opens it (store_child.py), never this process."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import polars as pl

from limu.subject.rules_register import HEADERS
from limu.subject.store_child import plain_header
from limu.wire.confine import CPU_SECONDS, DIED, answers_of

CHUNK: Final = 25_000
CHILD: Final = "limu.subject.store_child"
BYTES_A_SECOND: Final = 4 << 20
"""A register may be long: the child has processor time by the length of its file, the least for a short one."""

WAITED: Final = 300
BYTES_WRITTEN: Final = 50_000
REASONS: Final = {
    "mismatch": "不是表格文件", "too_large": "超出工作簿的限制，较大的请改用 CSV", "hostile": "文件结构异常",
    "broken": "文件已损坏或者设有密码", "empty": "没有数据", "no_header": "没有表头",
}  # fmt: skip


Rows = tuple[list[str], int, list[list[str]]]
"""The headers, the row they stand in, and some rows below."""


class UnreadableError(Exception):
    """The file is no table that can be read."""


def read_chunks(path: Path, *, stated: frozenset[str] = frozenset()) -> Iterator[Rows]:
    """Yield the headers and the row they stand in with each chunk of rows, every cell as text.

    `stated` are headers that a mapping names; the row with most headers known is the header, else the first."""
    if not path.is_file():
        raise UnreadableError("没有这个文件")
    size = path.stat().st_size
    known = {plain_header(name) for names in (*HEADERS.values(), stated) for name in names}
    order = {"path": str(path.absolute()), "seconds": CPU_SECONDS + size // BYTES_A_SECOND, "known": sorted(known)}
    answers = _sound(answers_of(CHILD, order, seconds=WAITED + size // BYTES_WRITTEN))
    first = next(answers)
    waiting: list[list[str]] = []
    for answer in answers:
        waiting += answer["rows"]
        if len(waiting) >= CHUNK:
            yield first["header"], first["header_row"], waiting
            waiting = []
    if waiting:
        yield first["header"], first["header_row"], waiting


def _sound(answers: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for answer in answers:
        if harm := answer.get("harm") or answer.get(DIED):
            raise UnreadableError(REASONS[harm])
        yield answer


def frame_of(headers: list[str], rows: list[list[str]], *, fields: dict[str, str], first: int) -> pl.DataFrame:
    """Lay the wanted columns of a chunk side by side, by field; `row` counts as people do, from the header's row on."""
    places = {field: headers.index(header) for field, header in fields.items()}
    columns = {
        field: pl.Series([row[at] if at < len(row) else None for row in rows], dtype=pl.String)
        for field, at in places.items()
    }
    numbers = pl.Series(range(first, first + len(rows)), dtype=pl.Int64)
    return pl.DataFrame({"row": numbers, **columns})
