"""What goes up and what comes back: the package's bytes, the answer's meaning, and when to try again."""

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal
from uuid import UUID

from limu.record.item import Item

Operation = Literal["report", "withdraw", "answer"]
Verdict = Literal["accepted", "returned"]
FORMAT: Final = "limu.upward/2"
HEAD: Final = ("record", "turn", "operation", "reason", "document")
MOST_ROWS: Final = 5_000
MOST_TURNS: Final = 1 << 31
FIRST_WAIT: Final = timedelta(minutes=1)
LONGEST_WAIT: Final = timedelta(hours=6)
STATE_WORDS: Final = {"waiting": "待上报", "packed": "已上报", "accepted": "已接收", "returned": "上级退回"}
ENDING_WORDS: Final = {
    "waiting": "待告知撤回",
    "packed": "已告知撤回",
    "accepted": "上级已撤回",
    "returned": "撤回被退回",
}
ANSWER_WORDS: Final = {
    "waiting": "待报不予修复",
    "packed": "已报不予修复",
    "accepted": "上级已接收",
    "returned": "上级退回",
}
WORDS: Final = {"report": STATE_WORDS, "withdraw": ENDING_WORDS, "answer": ANSWER_WORDS}
REPAIRED: Final = "repaired"
_FIXED: Final = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Row:
    """A row that goes up: which record and its how-manieth turn, what is to be done and why, what the record says.

    Of a record's turns the highest holds, in whatever order they arrive."""

    record: UUID
    turn: int
    operation: Operation
    reason: str
    document: str
    texts: dict[str, str]


@dataclass(frozen=True, slots=True)
class Package:
    """A package as it stands: its number, its very bytes until it is answered, how often it was sent."""

    number: str
    department: UUID
    item: str
    rows: int
    digest: bytes
    attempts: int
    content: bytes = b""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the platform above answers to a package: a verdict for each row, with its own codes."""

    number: str
    digest: bytes
    verdicts: tuple[tuple[UUID, int, Verdict, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Settled:
    """A row that an answer has ended: what was told to the platform above, and what it says to that."""

    record: UUID
    operation: Operation
    reason: str
    document: str
    state: Verdict

    @property
    def is_receipt(self) -> bool:
        """Whether it is the receipt for what we decided on a repair, granted or refused."""
        return (self.reason == REPAIRED or self.operation == "answer") and self.state == "accepted"


@dataclass(frozen=True, slots=True)
class Word:
    """One of their codes in our own words."""

    code: str
    message: str
    cure: str


def package_number(*, uscc: str, item: str, id: UUID) -> str:  # noqa: A002
    """Number a package; the number alone makes it the same package, however often it is sent."""
    return f"{uscc}-{item}-{id.hex}"


def columns_of(item: Item) -> dict[str, str]:
    """The columns that go up, by field: the national template's own names where there are any; nothing personal."""
    return {
        field.code: next((alias for alias in field.aliases if alias.isascii() and alias.isupper()), field.code)
        for field in item.fields
        if field.personal == "none"
    }


def packed(number: str, *, uscc: str, item: Item, rows: Sequence[Row]) -> bytes:
    """Write a package: a manifest and a table. The same rows give the same bytes."""
    columns = columns_of(item)
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow([*HEAD, *columns.values()])
    for row in sorted(rows, key=lambda row: (row.record.hex, row.turn)):
        head = (row.record.hex, row.turn, row.operation, row.reason, row.document)
        writer.writerow([*head, *(row.texts.get(code, "") for code in columns)])
    text = table.getvalue().encode()
    manifest = {
        "format": FORMAT, "number": number, "department": uscc, "item": item.code, "version": item.version,
        "rows": len(rows), "sha256": hashlib.sha256(text).hexdigest(),
    }  # fmt: skip
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in (("manifest.json", json.dumps(manifest, sort_keys=True).encode()), ("rows.csv", text)):
            file.writestr(zipfile.ZipInfo(name, _FIXED), content)
    return target.getvalue()


def refusal_text(*, application: str, outcome: str, grounds: Sequence[Mapping[str, Any]], reason: str) -> str:
    """What goes up as the reason of a refusal: their application, the outcome, each ground with its detail."""
    told = [{"code": str(one["code"]), "detail": str(one.get("detail") or "")} for one in grounds]
    return json.dumps(
        {"application": application, "outcome": outcome, "grounds": told, "reason": reason}, ensure_ascii=False
    )


def read_answer(content: bytes) -> Answer | str:
    """Read an answer; a text says why it cannot be one."""
    try:
        told: Any = json.loads(content)
        verdicts = {(one[0], one[1]): one for one in map(_verdict, reversed(told["rows"]))}
        return Answer(str(told["number"]), bytes.fromhex(told["sha256"]), tuple(verdicts.values()))
    except (ValueError, KeyError, TypeError, AttributeError) as wrong:
        return f"unreadable: {type(wrong).__name__}"


def _verdict(one: Mapping[str, Any]) -> tuple[UUID, int, Verdict, tuple[str, ...]]:
    verdict, turn = one["verdict"], int(one["turn"])
    if verdict not in ("accepted", "returned") or not 0 < turn < MOST_TURNS:
        raise ValueError(verdict)
    return UUID(one["record"]), turn, verdict, tuple(map(str, one.get("codes", ())))


def next_try(now: datetime, *, attempts: int) -> datetime:
    """When to send again what was not answered: a minute, two, four, at most six hours."""
    wait: timedelta = min(FIRST_WAIT * (1 << min(attempts, 20)), LONGEST_WAIT)
    return now + wait


def state_word(operation: Operation, state: str) -> str:
    """The state of what was told above, in a word: of a report, of an ending, of an answer."""
    return WORDS[operation][state]


def word_of(code: str, known: Mapping[str, Word]) -> Word:
    """A code of the platform above in our words; one that nobody has listed is told as it came."""
    return known.get(code) or Word(code, f"上级平台退回（{code}）。", "请联系信用中心，由信用中心向上级平台核实。")
