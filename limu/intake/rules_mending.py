"""What can become of a row that was turned away: mended, set aside with a reason, or stated as a correction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from limu.check.finding import PERSON
from limu.intake.rules import Told, UserFault
from limu.record.item import PARTY_COLUMNS, Field, Item

CorrectionKind = Literal["entry_error", "decision_changed", "supplement"]

WAIVER_REASONS: Final[dict[str, str]] = {
    "resent": "已随另一份改好的文件重新报送",
    "not_reportable": "依法不应报送（如简易程序的处罚、涉密的决定）",
    "not_ours": "不属于本单位报送",
    "source_lacks": "原始文书没有该项内容，无法补齐",
    "other": "其他（须写明）",
}
CORRECTION_KINDS: Final[dict[str, str]] = {
    "entry_error": "报送录入有误",
    "decision_changed": "原决定已依法变更",
    "supplement": "补充遗漏的内容",
}
NO_ROW: Final = UserFault("F-150", "原文件已按保存期限销毁，不能逐行修改。", "请重新导出后报送，或者申请忽略。")
PERSON_ROW: Final = UserFault("F-151", "这一行的当事人是自然人。", "平台不收自然人的信息；内容没有留存，也不能修改。")
SHIFTED_ROW: Final = UserFault("F-152", "这一行的单元格比表头多，无法对应到各项。", "请在原文件中改好后重新上传。")
SETTLED: Final = UserFault("F-153", "这一行已经办结。", "请查看批次详情。")
WAITING: Final = UserFault("F-154", "这一行已申请忽略，正在等待信用中心决定。", "决定之前不能修改或者再次申请。")
NO_REASON: Final = UserFault("F-155", "没有选择忽略的理由，或者选择“其他”而没有写明。", "请选择；选“其他”的请写明。")
STILL_CONFLICT: Final = UserFault("F-156", "同一记录已经入库，但内容不同。", "内容应以新的为准的，请在下面申请更正。")
NO_GROUND: Final = UserFault("F-157", "没有选择更正的情形，或者没有写明理由、依据文书。", "请补充后再提交。")
OTHER_RECORD: Final = UserFault("F-158", "更正不能改变主体或者文号。", "主体或者文号报错的，请撤销这条记录后重新报送。")
NOTHING_NEW: Final = UserFault("F-159", "内容与现有记录相同，没有需要更正的。", "请核对修改的内容。")
PROPOSED: Final = UserFault("F-160", "这条记录已有一份更正申请等待确认。", "请由另一名复核员确认，或者退回。")


@dataclass(frozen=True, slots=True)
class RowStanding:
    """A row of a file that was turned away, and what has become of it since."""

    row: int
    verdicts: frozenset[str]
    codes: tuple[str, ...]
    mended_by: UUID | None
    mended_at: datetime | None
    waiver: UUID | None
    is_granted: bool | None

    @property
    def is_person(self) -> bool:
        """Whether the row was about a natural person: counted, and nothing else."""
        return PERSON in self.codes

    @property
    def is_open(self) -> bool:
        """Whether there is something left to do about it."""
        return not self.is_person and self.mended_by is None and self.waiver is None

    @property
    def state(self) -> str:
        """How it stands, in words."""
        if self.is_person:
            return "自然人，不收"
        if self.mended_by is not None:
            return "已修改入库"
        if self.waiver is not None:
            return "已忽略" if self.is_granted else "已申请忽略"
        return "待修改"


@dataclass(frozen=True, slots=True)
class Cell:
    """One field of a form made from a catalogue item: what stands in it and what is wrong with it."""

    field: Field
    text: str
    told: tuple[Told, ...] = ()
    before: str | None = None

    @property
    def is_required(self) -> bool:
        """Whether a row cannot be taken without it."""
        return self.field.required == "accept"

    @property
    def is_main(self) -> bool:
        """Whether it stands in the form at once: filled in, needed, or wrong."""
        return bool(self.text or self.told or self.is_required or self.is_changed)

    @property
    def is_long(self) -> bool:
        """Whether it wants several lines."""
        return self.field.kind == "text" and (self.field.length or 0) > 200

    @property
    def is_choice(self) -> bool:
        """Whether one of a few words is wanted."""
        return self.field.kind == "code" and 0 < len(self.field.codelist) <= 40

    @property
    def is_changed(self) -> bool:
        """Whether it differs from what it is laid beside."""
        return self.before is not None and self.before.strip() != self.text.strip()


def form_fields(item: Item, told: Sequence[Told] = (), *, has_party: bool = True) -> list[Field]:
    """The fields a form shows: what is about a person is carried over unseen, unless it is what is wrong.

    Who a record is about is not for a correction to say (`has_party`)."""
    wrong = {one.field for one in told if one.level == "refuse"}
    return [
        field
        for field in item.fields
        if field.code in wrong or (field.personal == "none" and (has_party or field.column not in PARTY_COLUMNS))
    ]


def cells_of(
    item: Item,
    texts: Mapping[str, str],
    *,
    told: Sequence[Told] = (),
    before: Mapping[str, str] | None = None,
    has_party: bool = True,
) -> list[Cell]:
    """Lay the form out: each field with its text and its own findings."""
    return [
        Cell(
            field,
            "" if field.personal != "none" else texts.get(field.code, ""),
            tuple(one for one in told if one.field == field.code),
            None if before is None else before.get(field.code, ""),
        )
        for field in form_fields(item, told, has_party=has_party)
    ]


def without_place(told: Told) -> Told:
    """A finding as it stands under its own field in a form that is about one record and no row of a file."""
    return replace(told, message=told.message.split(f"「{told.label}」：", 1)[-1])


def filled(item: Item, posted: Mapping[str, str], *, carried: Mapping[str, str]) -> dict[str, str]:
    """A row from a form: what was typed, and from the row before it what the form does not show."""
    texts: dict[str, str] = {}
    for field in item.fields:
        text = posted.get(f"field.{field.code}")
        if text is None or (field.personal != "none" and not text.strip()):
            text = carried.get(field.code, "")
        texts[field.code] = text.strip()
    return texts


def why_not_waived(code: str, reason: str) -> UserFault | None:
    """Say what is wrong with a wish to set a row aside."""
    return NO_REASON if code not in WAIVER_REASONS or (code == "other" and not reason.strip()) else None
