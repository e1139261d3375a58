"""Decide whether emergency access may be opened (trust.md 1.7): two people, a reason, at most an hour."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from limu.department.rules import Officer, Refusal, authorise

LONGEST_MINUTES = 60
SHORTEST_REASON = 10


@dataclass(frozen=True, slots=True)
class Emergency:
    """One opening of emergency access."""

    id: UUID
    officer: str
    second: str
    reason: str
    minutes: int
    opened_at: datetime | None = None
    closed_at: datetime | None = None


def why_refused(first: Officer, second: Officer, *, reason: str, minutes: int) -> Refusal | None:
    """Say why emergency access may not be opened; people are counted, not accounts."""
    for officer, act in ((first, "open_emergency"), (second, "second_emergency")):
        if refusal := authorise(officer, act, officer.department):
            return refusal
    if first.person == second.person:
        return Refusal("A-101", "应急访问须由两个人共同开启。", "请由另一位人员（安全管理员）作为第二人。")
    if len(reason.strip()) < SHORTEST_REASON:
        return Refusal("A-102", f"理由少于 {SHORTEST_REASON} 个字。", "请写明故障现象和要查看的内容。")
    if not 1 <= minutes <= LONGEST_MINUTES:
        return Refusal("A-103", f"时长须在 1 至 {LONGEST_MINUTES} 分钟之间。", "需要更久时，请到期后重新开启。")
    return None
