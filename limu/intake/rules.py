"""What intake speaks of: files and their faults, the limits of a file, a submission and its receipt."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final, Literal, NamedTuple
from uuid import UUID

Intent = Literal["report", "correction", "nil"]
Verdict = Literal["refused", "duplicate", "conflict"]

CHUNK_ROWS: Final = 16_000
"""Rows of one transaction; the borders of chunks depend on the file alone, so a killed submission meets them again."""

FIRST_ROWS: Final = 3_000
"""Rows of the first one, small so that writing begins early; the next are twice as high each, up to CHUNK_ROWS."""

LAST_ROWS: Final = 6_000
"""Towards the end of a file each chunk has half of what is left, down to so many rows: two are written at a time, and
while a high one was the last, half of the machine stood still."""

SPLIT_STEP: Final = 20_000_000
"""A second party out of one cell is entered under the row's number plus this; `stated_row` undoes it."""

WORKBOOK_ROWS: Final = 100_000
CELLS: Final = 2_000_000
JSON_BYTES: Final = 16 << 20
"""Limits of a file that is read whole (trust.md 1.5), as wire/container.py keeps them."""

TEXT_ROWS: Final = 1_000_000
"""The most rows of a file that is read as a stream: fewer than a sheet holds, so that every row can be answered in a
workbook that opens (decision 0018)."""


class UserFault(NamedTuple):
    """Why a file cannot be read or an act not be done: code, what is wrong, what to do."""

    code: str
    message: str
    cure: str


class FaultyFileError(Exception):
    """Carries a fault out of an iterator of rows; actions and queries turn it back into a value."""

    def __init__(self, fault: UserFault) -> None:
        super().__init__(fault.message)
        self.fault = fault


LONG: Final = UserFault("F-113", "文件超过 100 万行。", "请按时间段拆成几个文件，分别报送。")
MISMATCH: Final = UserFault(
    "F-101", "文件类型与内容不符：不是表格文件。", "请上传 CSV、XLSX、XLS、ODS、JSON 或 JSON Lines 文件。"
)
TOO_LARGE: Final = UserFault(
    "F-110", f"工作簿超出限制（最多 {WORKBOOK_ROWS} 行、{CELLS} 个单元格、展开后 256 MiB）。", "请改用 CSV 文件报送。"
)
HOSTILE: Final = UserFault("F-111", "文件结构异常，已停止读取。", "请用 Excel 或 WPS 重新另存后再报送。")
BROKEN: Final = UserFault(
    "F-112", "文件已损坏或者设有密码，无法打开。", "请去除密码，用 Excel 或 WPS 重新另存后再报送。"
)
EMPTY: Final = UserFault("F-102", "文件中没有数据。", "请核对文件；本期没有数据的，请用零报告。")
NO_HEADER: Final = UserFault("F-103", "没有找到表头。", "请保留模板的表头行，或者用 --mapping 说明各列。")


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file was understood: its format, its sheet, its header and where that stands (row of the user's file)."""

    format: str
    header: tuple[str, ...]
    header_row: int
    encoding: str | None = None
    sheet: str | None = None
    notes: tuple[str, ...] = ()
    first_column: int = 0
    # What the hidden sheet of our template says: the item it was made for, and its version.
    stamp: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Counts:
    """The account of a submission, in rows; a cell of several parties counts once for each (invariant I16)."""

    received: int = 0
    accepted: int = 0
    refused: int = 0
    duplicate: int = 0
    conflict: int = 0
    linked: int = 0
    unlinked: int = 0
    published: int = 0
    withheld: int = 0

    def adds_up(self) -> bool:
        """Whether every row is accounted for."""
        return (
            self.received == self.accepted + self.refused + self.duplicate + self.conflict
            and self.accepted == self.linked + self.unlinked
            and self.linked == self.published + self.withheld
        )

    def sent_again(self, *, ended: int = 0) -> "Counts":
        """The account of the very same file sent again: what was accepted is there already, or has ended since."""
        return Counts(
            received=self.received, refused=self.refused + ended, duplicate=self.accepted + self.duplicate - ended,
            conflict=self.conflict,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Submission:
    """A file that a department sent in, with how far it has come."""

    id: UUID
    department: UUID
    item: str
    item_version: int
    officer: UUID
    file_hash: bytes
    intent: Intent
    state: str
    chunks_done: int
    first_chunk: int
    largest_chunk: int
    last_chunk: int | None
    """Down to how many rows its chunks go at the end; none in one that was opened when they did not."""
    rows: int | None
    """How many rows the file had; none where that is not known, or where it is not yet in as a whole."""
    counts: Counts
    received_at: datetime
    done_at: datetime | None
    department_name: str
    officer_code: str


@dataclass(frozen=True, slots=True)
class Told:
    """One finding as the receipt and the workbook carry it."""

    row: int
    field: str
    label: str
    code: str
    level: str
    message: str
    cure: str
    citation: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a check or a submission answers: how the file was understood, the account, the findings."""

    layout: Layout | None
    rows: int
    counts: Counts
    codes: dict[str, int]
    findings: tuple[Told, ...]
    verdicts: dict[int, Verdict] = field(default_factory=dict)
    submission: Submission | None = None
    is_repeated: bool = False
    # One finding of each code, and the rows whose act stands in a row of another chunk: what an answer needs besides
    # judging the file once more.
    examples: tuple[Told, ...] = ()
    repeated: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Order:
    """How to work: the day, how many findings to carry (None: all), rows of a chunk (tests alone change it).

    Chunks are even, or begin with `first_rows` and double until they have `chunk_rows`; with `last_rows` they go down
    to it at the end of a file whose lines are counted.

    Findings before `skip` are counted and not carried, for who reads on where a page ended. `gravest` carries of a
    chunk's findings those that refuse a row first: a hint never takes the place of a fault."""

    today: date
    most: int | None = 200
    chunk_rows: int = CHUNK_ROWS
    skip: int = 0
    first_rows: int | None = None
    last_rows: int | None = None
    gravest: bool = False

    def begun_with(self, first_rows: int, last_rows: int | None = None, *, largest_rows: int = CHUNK_ROWS) -> "Order":
        """The same work in chunks that begin, and perhaps end, with as many rows, or with all that one may have.

        A file that was begun when chunks had other borders keeps them (`largest_rows`)."""
        most = largest_rows if self.chunk_rows == CHUNK_ROWS else self.chunk_rows
        last = None if last_rows is None else min(last_rows, most)
        return replace(self, chunk_rows=most, first_rows=min(first_rows, most), last_rows=last)

    def heights(self, lines: int | None = None) -> Iterator[int]:
        """How many rows each chunk has, in their order and without end, of a file of so many lines."""
        height = self.first_rows or self.chunk_rows
        left = lines or 0
        while True:
            size = height if lines is None or self.last_rows is None else min(height, _share(left, self.last_rows))
            yield size
            left = max(left - size, 0)
            height = min(2 * height, self.chunk_rows)


def _share(left: int, least: int) -> int:
    """Half of what is left, or all where a half would be small."""
    return max(left, least) if left < least + least // 2 else max(least, -(-left // 2))


def stated_row(row_number: int) -> int:
    """The row of the user's file that an entered row came from."""
    return row_number % SPLIT_STEP
