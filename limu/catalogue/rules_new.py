"""A wholly new item, made of what an editor fills in: fields that many items share, and fields of its own."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from re import fullmatch
from typing import Any, Final

from limu.catalogue.rules import FIELD_DEFAULTS, ORGANISATIONS, CatalogueFault
from limu.department.rules import Refusal
from limu.record.item import Field, Item

OFFERED: Final = (
    "party_name", "party_uscc", "party_registration_number", "document_number", "authority", "authority_uscc",
    "decided_on", "published_on", "conduct_ended_on", "valid_from", "valid_until", "region", "address", "registrar",
)  # fmt: skip
"""Shared fields that the form offers, in the order of a template's columns; the party's name is always in."""
USUAL: Final = ("party_name", "party_uscc", "document_number", "authority", "decided_on")
OWN_FIELDS: Final = 6
OWN: Final = ("code", "label", "kind", "required", "publicity", "personal", "length", "codelist", "description")

EXISTS = Refusal("T-409", "该代码已有条目。", "请在条目页起草新版本，或换一个代码。")
CODE: Final = r"[a-z][a-z0-9_]{1,40}"
BAD_CODE = "代码用小写字母开头，只含小写字母、数字和下划线，至多 41 个字符。"


def new_item(given: Mapping[str, str], *, kinds: Iterable[str], shared: Mapping[str, Field]) -> Item:
    """Make version 1 of what an editor filled in; ValueError where a day or a number cannot be read."""
    chosen = [code for code in OFFERED if code == "party_name" or given.get(f"use.{code}")]
    own = [_own_field(given, at) for at in range(OWN_FIELDS) if given.get(f"own.{at}.code", "").strip()]
    marked = [given[f"own.{at}.code"].strip() for at in range(OWN_FIELDS) if given.get(f"own.{at}.key")]
    told: dict[str, Any] = {
        name: given.get(name, "").strip() for name in ("code", "name", "departments", "frequency", "sharing")
    }
    return Item(
        version=1, class_number=int(given.get("class_number", "") or 0),
        basis=tuple(line.strip() for line in given.get("basis", "").splitlines() if line.strip()),
        subject_kinds=tuple(one for one in ORGANISATIONS if one in set(kinds)),
        publicity="closed" if given.get("publicity") == "closed" else "public", severity_rule="",
        natural_key=(*(code for code in chosen if given.get(f"key.{code}")), *marked),
        adverse=given.get("adverse") == "1", fields=(*(shared[code] for code in chosen), *own),
        in_force_from=date.fromisoformat(given.get("in_force_from", "").strip()),
        information_kind=given.get("information_kind", "").strip() or "organisation_conduct",
        description=given.get("description", "").strip(), **told,
    )  # fmt: skip


def _own_field(given: Mapping[str, str], at: int) -> Field:
    told: dict[str, Any] = {name: given.get(f"own.{at}.{name}", "").strip() for name in OWN}
    told["length"] = int(told["length"]) if told["length"] else None
    told["codelist"] = tuple(one.strip() for one in told["codelist"].split("；") if one.strip())
    return Field(
        **{
            **FIELD_DEFAULTS,
            "label": "",
            "kind": "text",
            **{name: value for name, value in told.items() if value != ""},
        }
    )


def new_faults(item: Item, *, is_article: Callable[[str], bool]) -> list[CatalogueFault]:
    """What a drafted item lacks besides what every version must have: a fair code, a name, a basis that can be read."""
    unfair = [one.code for one in item.fields if not fullmatch(CODE, one.code) or not one.label]
    unread = [key for key in item.basis if not is_article(key)]
    rules = [
        ("T-112", BAD_CODE, not fullmatch(CODE, item.code)),
        ("T-114", f"字段“{'、'.join(unfair)}”没有名称，或代码写法不对。{BAD_CODE}", bool(unfair)),
        ("T-113", "没有填写条目名称。", not item.name),
        ("T-111", f"法规库中没有“{'、'.join(unread)}”。请填写条款键名，或先把该条款加入法规库。", bool(unread)),
    ]
    return [CatalogueFault(code, item.code, message) for code, message, is_wrong in rules if is_wrong]
