"""A check at the window: what it answered, the slip made from it, and what the body says it did (Opinion item 12)."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from limu.department.rules import Refusal

ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
NUMBER_LETTERS: Final = 8
TAIL: Final = 12
MOST_ROWS: Final = 2_000
SHORTEST_REASON: Final = 5

NO_ACT = Refusal("V-103", "没有选择办理的事项。", "请选择本次办理的事项；措施只在法律写明的事项上采取。")
UNANSWERED = Refusal("V-104", "请选择执行或说明理由。", "每一项措施都要选择“执行”或“不执行”。")
NO_REASON = Refusal("V-105", "选择不执行的，必须说明理由。", f"请用至少 {SHORTEST_REASON} 个字写明理由。")
ANSWERED = Refusal("V-106", "这次核查已经答复过，不能再改。", "情况有变化的，请重新核查。")
TOO_MANY = Refusal("M-107", f"一次最多核查 {MOST_ROWS} 行。", "请把名单分成几份上传。")
NO_ROWS = Refusal("M-108", "没有读到名称或者统一社会信用代码。", "请上传一列名称或者代码，第一行写列名。")


@dataclass(frozen=True, slots=True)
class Allowed:
    """One measure that the law allows at the act today: article, ground in words, period (`until_on` exclusive)."""

    rule: str
    measure: str
    basis: str
    ground: UUID
    told: str
    from_on: date
    until_on: date | None
    body: str
    is_disputed: bool

    @property
    def key(self) -> str:
        """The name of this measure in the form of its check."""
        return f"{self.rule}|{self.ground}"


@dataclass(frozen=True, slots=True)
class Check:
    """A check as it was answered and kept. `tail` and `number` together are what a slip is verified by."""

    id: UUID
    number: str
    subject: UUID
    uscc: str
    name: str
    act: str
    region: str
    checked_on: date
    checked_at: datetime
    person: UUID
    officer_name: str
    department_name: str
    digest: str
    allowed: tuple[Allowed, ...]

    @property
    def tail(self) -> str:
        """The part of the digest that is printed on the slip."""
        return self.digest[:TAIL]


@dataclass(frozen=True, slots=True)
class Used:
    """What the body did with one measure: used it, or did not and why."""

    allowed: Allowed
    is_used: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Verified:
    """What anyone who holds a slip may know: it is genuine, and whether the answer would still be the same today.

    Superseded (已被替代), it does not say any more how many measures it named."""

    number: str
    checked_at: datetime
    department: str
    act: str
    measures: int | None
    is_as_then: bool


def _values(one: Allowed) -> Iterator[tuple[str, Any]]:
    # Not asdict(), which copies each value in depth: the cache of a territory is made of as many as are listed there.
    return ((name, getattr(one, name)) for name in Allowed.__dataclass_fields__)


def answer_of(allowed: tuple[Allowed, ...]) -> list[dict[str, Any]]:
    """Lay the allowed measures out as they are kept."""
    return [
        {name: str(value) if isinstance(value, UUID | date) else value for name, value in _values(one)}
        for one in allowed
    ]


def allowed_of(answer: list[dict[str, Any]]) -> tuple[Allowed, ...]:
    """Read kept measures back."""
    return tuple(
        Allowed(
            **one
            | {
                "ground": UUID(one["ground"]),
                "from_on": date.fromisoformat(one["from_on"]),
                "until_on": date.fromisoformat(one["until_on"]) if one["until_on"] else None,
            }
        )
        for one in answer
    )


def digest_of(*, number: str, uscc: str, act: str, on: date, allowed: tuple[Allowed, ...]) -> str:
    """SHA-256 over everything a slip says: change one letter of it and its tail no longer verifies."""
    told = {"number": number, "uscc": uscc, "act": act, "on": str(on), "answer": answer_of(allowed)}
    return hashlib.sha256(
        json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    ).hexdigest()


def number_of(on: date, chance: int) -> str:
    """Make the number of a check from its day and 40 bits of chance: nobody finds another's by counting."""
    letters = ""
    for _ in range(NUMBER_LETTERS):
        chance, at = divmod(chance, len(ALPHABET))
        letters += ALPHABET[at]
    return f"HC{on:%Y%m%d}-{letters}"


def uses_of(check: Check, form: Mapping[str, str]) -> tuple[Used, ...] | tuple[Refusal, ...]:
    """Read what the body says it did, all faults at once: comply, or explain."""
    uses, faults = [], []
    for one in check.allowed:
        chosen, reason = form.get(f"use:{one.key}", ""), form.get(f"reason:{one.key}", "").strip()
        if chosen not in {"yes", "no"}:
            faults.append(UNANSWERED)
        elif chosen == "no" and len(reason) < SHORTEST_REASON:
            faults.append(NO_REASON)
        else:
            uses.append(Used(one, chosen == "yes", "" if chosen == "yes" else reason))
    return tuple(dict.fromkeys(faults)) or tuple(uses)
