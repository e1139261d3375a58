"""Decide on a new version of an item: what differs field by field, and why it may not be published."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from limu.catalogue.rules import FIELD_DEFAULTS, CatalogueFault, item_faults
from limu.department.rules import Refusal
from limu.record.item import Field, Item

ITEM_WORDS: Final[Mapping[str, str]] = {
    "name": "名称", "class_number": "类别", "basis": "依据", "departments": "报送单位", "subject_kinds": "适用主体",
    "frequency": "时限", "sharing": "共享", "publicity": "是否公示", "severity_rule": "程度认定规则",
    "natural_key": "自然键", "adverse": "是否不利信息", "in_force_from": "生效日", "in_force_until": "失效日",
    "information_kind": "信息种类", "description": "说明",
}  # fmt: skip
FIELD_WORDS: Final[Mapping[str, str]] = {
    "label": "名称", "aliases": "别名", "kind": "种类", "length": "长度", "required": "要求", "publicity": "公开属性",
    "subject_report": "进入报告", "personal": "个人信息类别", "codelist": "代码表", "description": "说明",
    "example": "示例", "column": "对应列",
}  # fmt: skip
VALUE_WORDS: Final[Mapping[str, str]] = {
    "public": "公开", "closed": "不公开", "accept": "入库必填", "publish": "公示必填", "no": "选填", "none": "无",
    "person": "自然人", "identity_number": "证件号码", "contact": "联系方式", "True": "是", "False": "否",
}  # fmt: skip
CLOSED_WORDS: Final[Mapping[str, str]] = {
    "petition": "信访", "speech": "言论", "belief": "信仰", "health": "健康", "consumption": "消费",
    "biometrics": "生物识别", "biometric": "生物识别",
    "person": "自然人", "natural_person": "自然人", "family": "家庭", "location": "行踪",
}  # fmt: skip
EDITED: Final = ("label", "required", "publicity", "personal", "length", "codelist", "description")
"""What of a field the draft page lets an editor change; what a field holds and feeds stays as the checks know it."""

OWN_DRAFT = Refusal("T-401", "草案须由另一人发布。", "请由另一位目录管理员核对后发布；起草人只能撤回。")
OPEN_DRAFT = Refusal("T-402", "该条目已有一份草案等待发布。", "请先发布或撤回那一份，再起草新的版本。")
NO_CHANGE = Refusal("T-403", "草案与现行版本没有差别。", "请修改后再提交。")
NO_REASON = Refusal("T-404", "没有写明修订理由。", "请写明为什么修订、依据哪份文件。")
SETTLED = Refusal("T-405", "这份草案已经办结。", "请在条目页查看结果。")
TOO_EARLY = Refusal("T-406", "生效日不能早于今天。", "请改为今天或以后；已报送的数据仍按报送时的版本。")
BAD_VALUE = Refusal(
    "T-407", "有一项不能识别。", "日期写成 2026-12-01 的样子，长度写成整数，条目代码用小写字母、数字和下划线。"
)


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that reads otherwise in the later version: where, what, before and after."""

    where: str
    what: str
    before: str
    after: str

    @property
    def kind(self) -> str:
        """Whether it was added, removed or changed, in words."""
        return "新增" if not self.before else "删除" if not self.after else "修改"


@dataclass(frozen=True, slots=True)
class Draft:
    """A version that waits for a second person, or what became of it."""

    id: UUID
    item: Item
    reason: str
    drafted_by: UUID
    drafter: str
    drafter_name: str
    drafted_at: datetime
    settler_name: str | None
    is_published: bool | None


def compare(before: Item | None, after: Item) -> tuple[Difference, ...]:
    """List what differs between two versions, the item first and then field by field in their order."""
    found = [
        Difference("条目", word, _words(getattr(before, slot)) if before else "", _words(getattr(after, slot)))
        for slot, word in ITEM_WORDS.items()
        if before is None or getattr(before, slot) != getattr(after, slot)
    ]
    old = {field.code: field for field in before.fields} if before else {}
    new = {field.code: field for field in after.fields}
    for code in [*new, *(code for code in old if code not in new)]:
        found += _field_differences(old.get(code), new.get(code))
    return tuple(one for one in found if one.before or one.after)


def _field_differences(before: Field | None, after: Field | None) -> list[Difference]:
    either = after or before
    assert either is not None
    where = f"{either.label}（{either.code}）"
    if before is None or after is None:
        return [Difference(where, "字段", _said(before), _said(after))]
    return [
        Difference(where, word, _words(getattr(before, slot)), _words(getattr(after, slot)))
        for slot, word in FIELD_WORDS.items()
        if getattr(before, slot) != getattr(after, slot)
    ]


def _said(field: Field | None) -> str:
    if field is None:
        return ""
    return f"{field.label}，{_words(field.required)}，{_words(field.publicity)}"


def _words(value: object) -> str:
    if isinstance(value, tuple):
        return "、".join(str(one) for one in value)
    return VALUE_WORDS.get(str(value), "" if value is None else str(value))


def why_unlawful(item: Item) -> tuple[CatalogueFault, ...]:
    """List why a version may not stand, each with what to do; the database holds the gravest of them too."""
    return tuple(item_faults(item))


def why_not_drafted(before: Item | None, after: Item, *, reason: str, today: date) -> Refusal | None:
    """Say why a draft is not taken in at all."""
    if not reason.strip():
        return NO_REASON
    if before and not [one for one in compare(before, after) if one.what != "生效日"]:
        return NO_CHANGE
    return TOO_EARLY if after.in_force_from < today else None


def edited(before: Item, given: Mapping[str, str], *, version: int) -> Item:
    """Make the next version of what an editor typed; ValueError where a day or a number cannot be read."""
    kept = tuple(_edited_field(field, given) for field in before.fields if not given.get(f"drop.{field.code}"))
    added = (_new_field(given),) if given.get("new.code", "").strip() else ()
    return replace(
        before, version=version, code=given.get("code", "").strip() or before.code,
        name=given.get("name", "").strip(), basis=_lines(given.get("basis", "")),
        departments=given.get("departments", "").strip(), frequency=given.get("frequency", "").strip(),
        sharing=given.get("sharing", "").strip(), description=given.get("description", "").strip(),
        information_kind=given.get("information_kind", "").strip() or before.information_kind,
        in_force_from=date.fromisoformat(given.get("in_force_from", "").strip()), in_force_until=None,
        fields=kept + added,
    )  # fmt: skip


def _edited_field(field: Field, given: Mapping[str, str]) -> Field:
    told = {name: given[f"f.{field.code}.{name}"].strip() for name in EDITED if f"f.{field.code}.{name}" in given}
    return replace(field, **_typed(told))


def _new_field(given: Mapping[str, str]) -> Field:
    told = {name: given.get(f"new.{name}", "").strip() for name in ("code", "kind", *EDITED)}
    names = {slot.name for slot in fields(Field)}
    return Field(**{**FIELD_DEFAULTS, **{name: value for name, value in _typed(told).items() if name in names}})


def _typed(told: Mapping[str, str]) -> dict[str, Any]:
    typed: dict[str, Any] = dict(told)
    if "length" in typed:
        typed["length"] = int(typed["length"]) if typed["length"] else None
    if "codelist" in typed:
        typed["codelist"] = tuple(
            one.strip() for one in typed["codelist"].replace("；", "\n").split("\n") if one.strip()
        )
    return typed


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())
