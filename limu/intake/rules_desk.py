"""What the department's desk says of a file: the pre-check in words, the state of a batch, how soon records came."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from limu.intake.rules import Answer, Counts, Submission, Told, UserFault, stated_row
from limu.intake.rules_mapping import HeaderMapping
from limu.record.item import Item

LARGE_ROWS: Final = 20_000
"""A file with more rows is entered by the worker; its pre-check shows the first rows only."""

UPLOAD_BYTES: Final = 256 << 20
TOO_BIG: Final = UserFault("F-115", "文件超过 256 MB。", "请按时间段拆成几个文件，分别报送。")
NO_FILE: Final = UserFault("F-116", "没有选择文件。", "请选择或拖入一个文件。")
NO_ITEM: Final = UserFault("F-117", "没有选择报送事项。", "请先选择这份文件报送的是哪一类信息。")
GONE: Final = UserFault("F-118", "这份文件已不在暂存区。", "请重新上传；未确认入库的文件不保留。")
UNDONE: Final = UserFault("F-119", "这份文件的批次已经撤销，不能原样再次入库。", "请更正内容后，作为新的文件报送。")

BATCH_STATES: Final[dict[str, str]] = {
    "received": "入库中",
    "entering": "入库中",
    "done": "已完成",
    "partial": "部分成功",
    "nil": "已零报告",
    "unreadable": "未能读取",
    "undone": "已撤销",
}
VERDICT_WORDS: Final = {"refused": "退回修改", "conflict": "与已有记录冲突", "duplicate": "已存在，跳过"}
TRANSLATED: Final = {"duplicate": "该记录已经入库", "conflict": "同一记录已经入库，但内容不同", "person": "自然人信息"}
_LONG_NUMBER: Final = re.compile(r"\d{6,}(?=[\dXx]{3})")


@dataclass(frozen=True, slots=True)
class Preview:
    """A pre-check as the desk tells it, in rows of the user's file."""

    answer: Answer
    rows: int
    fit: int
    existing: int
    mend: int
    is_partial: bool = False

    @property
    def told(self) -> str:
        """The totals in one sentence (ux.md J3)."""
        mend = f"，需修改 {self.mend} 行" if self.mend else ""
        if self.existing and not self.fit and not self.mend:
            return "没有新的数据"
        if self.existing:
            return f"{self.existing} 行已存在，跳过；{self.fit} 行可入库{mend}"
        return f"共 {self.rows} 行：可入库 {self.fit} 行，需修改 {self.mend} 行"

    @property
    def can_enter(self) -> bool:
        """Whether confirming would bring anything in."""
        return self.fit > 0


def preview_of(answer: Answer, *, is_partial: bool = False) -> Preview:
    """Count a pre-check in rows of the file; a row of several parties is to be mended when one of them is."""
    by_row: dict[int, set[str]] = {}
    for row, verdict in answer.verdicts.items():
        by_row.setdefault(stated_row(row), set()).add(verdict)
    mend = sum(bool(found & {"refused", "conflict"}) for found in by_row.values())
    existing = sum(found == {"duplicate"} for found in by_row.values())
    if answer.is_repeated:
        counts = answer.counts
        rows, mend = counts.received, counts.refused + counts.conflict
        return Preview(answer, rows, 0, counts.duplicate, mend)
    return Preview(answer, answer.rows, answer.rows - mend - existing, existing, mend, is_partial)


def refusing(answer: Answer) -> tuple[Told, ...]:
    """The findings that keep a row out, in the order of the file."""
    return tuple(sorted((told for told in answer.findings if told.level == "refuse"), key=lambda told: told.row))


def warning(answer: Answer) -> tuple[Told, ...]:
    """The findings that let a row in and ask to look again."""
    return tuple(sorted((told for told in answer.findings if told.level != "refuse"), key=lambda told: told.row))


def batch_state(one: Submission) -> str:
    """The state of a batch in the words of ux.md 2.5."""
    if one.intent == "nil":
        return BATCH_STATES["nil"]
    if one.state == "done" and one.counts.refused + one.counts.conflict:
        return BATCH_STATES["partial"]
    return BATCH_STATES[one.state]


def told_of_batch(one: Submission) -> str:
    """What a batch brought, in one sentence; of one that was undone, what became of it."""
    if one.state == "undone":
        return f"批次已撤销：入库的 {one.counts.accepted} 行停止公示，待关联的作废"
    return batch_told(one.counts)


def batch_told(counts: Counts) -> str:
    """What counts say, in one sentence."""
    parts = [f"{counts.accepted} 行已入库"]
    parts += [f"{counts.duplicate} 行已存在，跳过"] if counts.duplicate else []
    parts += [f"{counts.refused + counts.conflict} 行需修改"] if counts.refused + counts.conflict else []
    return "；".join(parts)


@dataclass(frozen=True, slots=True)
class SourceColumn:
    """One column of the user's file: its header, a cell below it, the field it feeds and why."""

    name: str
    sample: str
    field: str
    label: str

    @property
    def is_used(self) -> bool:
        """Whether anything of this column is read."""
        return bool(self.field)


def masked(text: str) -> str:
    """A sample cell without what may be a person's number, cut short."""
    return _LONG_NUMBER.sub("…", " ".join(text.split()))[:24]


def chosen_mapping(
    item: Item, *, chosen: Mapping[str, str], constants: Mapping[str, str], before: HeaderMapping, key_value: bool
) -> HeaderMapping:
    """The mapping a clerk chose on the page: a header to a field, or to nothing ("-"); texts for missing columns."""
    fields = {one.code for one in item.fields}
    columns = {name: code for name, code in chosen.items() if code in fields}
    first = next(iter(columns), None) if key_value else None
    return HeaderMapping(
        columns=columns,
        constants={code: text.strip() for code, text in constants.items() if code in fields and text.strip()},
        ignored=tuple(name for name, code in chosen.items() if code == "-"),
        values=before.values,
        shape="key_value" if key_value else "json" if before.shape == "json" else "table",
        first_key=first,
        rows=before.rows,
    )


def twice_chosen(chosen: Mapping[str, str], item: Item) -> UserFault | None:
    """Say when two columns were given to one field: a doubt is a fault, not a guess."""
    codes = [code for code in chosen.values() if code and code != "-"]
    again = next((code for code in codes if codes.count(code) > 1), None)
    if again is None:
        return None
    names = "、".join(f"“{name}”" for name, code in chosen.items() if code == again)
    field = item.field(again)
    return UserFault(
        "F-105", f"{names}都对应“{field.label if field else again}”。", "请只保留其中一列，其余选“不使用”。"
    )


def missing_fields(item: Item, used: Iterable[str]) -> Sequence[str]:
    """Codes of the fields without which no row can be accepted and that nothing feeds yet."""
    there = set(used)
    return [one.code for one in item.fields if one.required == "accept" and one.code not in there]
