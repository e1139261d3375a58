"""What the platform above sends (limu repair receive): applications, decisions and receipts, one JSON object each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from limu.department.rules import Refusal

Kind = Literal["application", "decision", "receipt"]


WRONG_DAY = Refusal(
    "X-404", "上级平台转来的修复决定，日期不在原决定之日和今天之间。", "请与上级平台核对决定日期后重新接收。"
)


@dataclass(frozen=True, slots=True)
class Named:
    """A record as the platform above names it, with the documents that came for it as (role, file)."""

    document_number: str
    authority: str
    documents: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Sent:
    """One message from above."""

    kind: Kind
    outside_number: str
    uscc: str
    agent: str
    items: tuple[Named, ...]
    documents: tuple[tuple[str, str], ...]
    decision_number: str
    decided_on: date | None
    case_number: str


def read_message(value: object) -> Sent | Refusal:
    """Read one message; what does not fit is told by its place."""
    if not isinstance(value, Mapping):
        return _fault("不是一个对象", "请按 docs/lifecycle.md 所列的格式发送")
    kind = value.get("kind")
    if kind not in ("application", "decision", "receipt"):
        return _fault("kind 须为 application、decision 或者 receipt", "请核对消息种类")
    lacking = [name for name in NEEDED[kind] if not value.get(name)]
    if lacking:
        return _fault(f"缺少 {'、'.join(lacking)}", "请补齐后重新发送")
    decided = _day(value.get("decided_on"))
    if kind == "decision" and decided is None:
        return _fault("decided_on 不是日期", "请写成 YYYY-MM-DD")
    return Sent(
        kind, str(value["outside_number"]), str(value.get("uscc", "")), str(value.get("agent") or "上级平台转来"),
        _items(value), _documents(value), str(value.get("decision_number", "")), decided,
        str(value.get("case_number", "")),
    )  # fmt: skip


NEEDED: Mapping[str, tuple[str, ...]] = {
    "application": ("outside_number", "uscc", "items"),
    "decision": ("outside_number", "uscc", "items", "decision_number", "decided_on"),
    "receipt": ("outside_number", "case_number"),
}


def _fault(what: str, cure: str) -> Refusal:
    return Refusal("X-402", f"上级平台的消息不能读取：{what}。", f"{cure}。")


def _items(value: Mapping[str, Any]) -> tuple[Named, ...]:
    found = value.get("items")
    rows = [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []
    return tuple(
        Named(str(one.get("document_number", "")), str(one.get("authority", "")), _documents(one)) for one in rows
    )


def _documents(value: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    found = value.get("documents")
    rows = [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []
    return tuple((str(one.get("role", "")), str(one.get("file", ""))) for one in rows)


def refuse_day(decided_on: date, penalty_on: date | None, *, today: date) -> Refusal | None:
    """Why a repair granted above may not be of that day: it comes after what it repairs, and it has been granted."""
    return None if (penalty_on or decided_on) <= decided_on <= today else WRONG_DAY


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None
