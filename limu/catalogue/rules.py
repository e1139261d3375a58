"""Parsed catalogue files become items, or faults that say what is wrong with them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from dataclasses import fields as slots_of
from datetime import date
from typing import Any, Final, get_args

from limu.law.statute import FORBIDDEN_KINDS
from limu.record.item import (
    CLASS_NAMES,
    PARTY_COLUMNS,
    RECORD_COLUMNS,
    Field,
    FieldKind,
    Item,
    Need,
    Personal,
    Publicity,
)

ORGANISATIONS: Final[tuple[str, ...]] = (
    "enterprise",
    "sole_trader",
    "cooperative",
    "public_institution",
    "state_organ",
    "mass_organisation",
    "social_organisation",
    "foundation",
    "private_non_enterprise",
    "village_collective",
    "law_firm",
    "religious_venue",
    "union",
    "military",
    "foreign_office",
    "other",
)
"""Kinds of subject; a natural person is none of them (design, section 3)."""

CLOSED_KINDS: Final[frozenset[str]] = frozenset(FORBIDDEN_KINDS) | {"biometrics", "natural_person"}
"""Forbidden kinds as the law room and the table `catalogue_item` spell them."""

KIND_OF_COLUMN: Final[dict[str, tuple[str, ...]]] = {
    "fine_fen": ("amount_wan", "amount_yuan"),
    "kinds": ("codes",),
    "party_uscc": ("uscc",),
    "authority_uscc": ("uscc",),
    **{column: ("day",) for column in RECORD_COLUMNS if column.endswith("_on") or column.startswith("valid_")},
}
"""What a field must hold to feed a typed column."""

FIELD_DEFAULTS: Final[dict[str, Any]] = {
    "aliases": (),
    "length": None,
    "required": "no",
    "publicity": "closed",
    "subject_report": True,
    "personal": "none",
    "codelist": (),
    "description": "",
    "example": "",
    "column": None,
}


@dataclass(frozen=True, slots=True)
class CatalogueFault:
    """One thing wrong in a catalogue file: stable code, where, and what to do, in Chinese."""

    code: str
    where: str
    message: str


def load_items(parsed: Iterable[Mapping[str, Any]]) -> tuple[Item, ...] | tuple[CatalogueFault, ...]:
    """Build the items of a pack from its parsed files, shared fields included; faults when any item is unlawful.

    A file holds either `shared` (fields by code) or one `item` with its `fields`. Either every item stands or
    none: half a catalogue would refuse lawful rows (Opinion, item 6).
    """
    files = list(parsed)
    shared = {code: entry for file in files for code, entry in file.get("shared", {}).items()}
    built = [_item_of(file["item"], shared) for file in files if "item" in file]
    items = tuple(entry for entry in built if isinstance(entry, Item))
    faults = [fault for entry in built if isinstance(entry, CatalogueFault) for fault in (entry,)]
    faults += [fault for item in items for fault in item_faults(item)]
    faults += _repeated(items)
    return tuple(faults) if faults else tuple(sorted(items, key=lambda item: (item.class_number, item.code)))


def fields_of(parsed: Iterable[Mapping[str, Any]]) -> tuple[Field, ...]:
    """Build the shared fields of a pack by themselves."""
    shared = {code: entry for file in parsed for code, entry in file.get("shared", {}).items()}
    return tuple(_field_of({"use": code}, shared) for code in shared)


def is_loaded(result: tuple[Item, ...] | tuple[CatalogueFault, ...]) -> bool:
    """True when `load_items` returned items; an empty catalogue counts as none."""
    return bool(result) and all(isinstance(entry, Item) for entry in result)


def item_faults(item: Item) -> list[CatalogueFault]:
    """List why an item may not be stored: no basis, a forbidden kind, persons as subjects, or a broken field."""
    found = [CatalogueFault(code, item.code, message) for code, message, is_wrong in _item_rules(item) if is_wrong]
    return found + [fault for field in item.fields for fault in _field_faults(item, field)]


def latest(items: Iterable[Item], on: date) -> tuple[Item, ...]:
    """The version of each item that is in force on a day; of two the higher one."""
    chosen: dict[str, Item] = {}
    for item in sorted(items, key=lambda one: one.version):
        if item.is_in_force(on):
            chosen[item.code] = item
    return tuple(chosen.values())


def definition_of(item: Item) -> dict[str, Any]:
    """The item as plain values for storage and for the machine-readable catalogue."""
    plain = {slot.name: getattr(item, slot.name) for slot in slots_of(item)}
    plain["fields"] = [{slot.name: getattr(field, slot.name) for slot in slots_of(field)} for field in item.fields]
    plain["class_name"] = item.class_name
    plain["in_force_from"] = item.in_force_from.isoformat()
    plain["in_force_until"] = item.in_force_until.isoformat() if item.in_force_until else None
    return plain


def _item_of(raw: Mapping[str, Any], shared: Mapping[str, Mapping[str, Any]]) -> Item | CatalogueFault:
    """One item with its fields; a slot that is missing or unknown is a fault, not an exception."""
    values = {"subject_kinds": ORGANISATIONS, "publicity": "public", "severity_rule": "", "basis": (), **raw}
    try:
        values["fields"] = tuple(_field_of(entry, shared) for entry in raw["fields"])
        return Item(**_frozen(values))
    except (KeyError, TypeError) as wrong:
        return CatalogueFault("T-001", str(raw.get("code", "?")), f"条目写法不完整：{wrong}。请对照其他条目补齐。")


def _field_of(raw: Mapping[str, Any], shared: Mapping[str, Mapping[str, Any]]) -> Field:
    """One field: the shared definition it uses, overlaid by its own words; aliases add up."""
    own = dict(raw)
    code = own.pop("use", None)
    base = {**shared[code], "code": code} if code else {}
    aliases = (*own.pop("aliases", ()), *base.pop("aliases", ()))
    if "label" in own and "label" in base:
        aliases = (*aliases, base["label"])
    return Field(**_frozen({**FIELD_DEFAULTS, **base, **own, "aliases": tuple(dict.fromkeys(aliases))}))


def _frozen(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}


def _item_rules(item: Item) -> list[tuple[str, str, bool]]:
    codes = [field.code for field in item.fields]
    strangers = set(item.subject_kinds) - set(ORGANISATIONS)
    is_backwards = item.in_force_until is not None and item.in_force_until <= item.in_force_from
    return [
        ("T-101", "没有依据的条目不能入库。请写明依据的条款。", not item.basis or not all(item.basis)),
        ("T-102", "这一类信息不得归集。请删除该条目。", item.information_kind in CLOSED_KINDS),
        ("T-103", "主体只能是组织。请删除自然人。", not item.subject_kinds or bool(strangers)),
        ("T-104", "类别应为 1 至 13。", item.class_number not in CLASS_NAMES),
        ("T-105", "自然键要用条目里有的字段。", not item.natural_key or not set(item.natural_key) <= set(codes)),
        ("T-106", "字段代码重复。", len(set(codes)) != len(codes)),
        ("T-107", "条目要有当事人名称。", item.field_for("party_name") is None),
        ("T-108", "版本号从 1 起。", item.version < 1),
        ("T-109", "失效日要晚于生效日。", is_backwards),
    ]


def _field_faults(item: Item, field: Field) -> list[CatalogueFault]:
    where = f"{item.code}.{field.code}"
    column = field.column
    wanted = KIND_OF_COLUMN.get(column or "")
    rules = [
        ("T-201", f"没有“{field.kind}”这种字段。", field.kind not in get_args(FieldKind)),
        ("T-202", "含个人信息的字段不得公开。", field.personal != "none" and field.publicity == "public"),
        ("T-203", f"记录没有“{column}”这一列。", column is not None and column not in RECORD_COLUMNS + PARTY_COLUMNS),
        ("T-204", "字段的写法与它要填的列不合。", wanted is not None and field.kind not in wanted),
        ("T-205", "代码字段要有代码表。", field.kind in {"code", "codes"} and not field.codelist),
        ("T-207", "字段要定为公开或者不公开。", field.publicity not in get_args(Publicity)),
        ("T-206", "必填程度写错。", field.required not in get_args(Need) or field.personal not in get_args(Personal)),
    ]
    return [CatalogueFault(code, where, message) for code, message, is_wrong in rules if is_wrong]


def _repeated(items: tuple[Item, ...]) -> list[CatalogueFault]:
    keys = [(item.code, item.version) for item in items]
    again = sorted({key for key in keys if keys.count(key) > 1})
    return [CatalogueFault("T-110", code, f"第 {version} 版出现了两次。") for code, version in again]
