"""Decide whether emergency access may be opened (trust.md 1.7): two people, a reason, at most an hour."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from limu.department.rules import Officer, Refusal, authorise

LONGEST_MINUTES = 60
SHORTEST_REASON = 10
# A request that nobody has answered is forgotten after this long: what was urgent then may not be now.
ANSWERED_WITHIN = timedelta(minutes=30)

OPEN_ALREADY = Refusal(
    "A-104", "应急访问正在进行，同时只能开启一次。", "请等它结束，或先用 limu emergency close 收回。"
)
NOT_ASKED = Refusal("A-105", "没有这一申请，或者已经答复、已过 30 分钟。", "请让开启人重新申请。")


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
    why: str = ""

    @property
    def ends_at(self) -> datetime | None:
        """When the database shows nothing more, whatever runs."""
        return self.opened_at + timedelta(minutes=self.minutes) if self.opened_at else None


@dataclass(frozen=True, slots=True)
class EmergencyRequest:
    """What a system administrator asks for, and what was answered."""

    id: UUID
    officer: str
    person_name: str
    reason: str
    minutes: int
    asked_at: datetime
    is_agreed: bool | None


def why_not_asked(first: Officer, *, reason: str, minutes: int) -> Refusal | None:
    """Say why emergency access may not even be asked for."""
    if refusal := authorise(first, "open_emergency", first.department):
        return refusal
    if len(reason.strip()) < SHORTEST_REASON:
        return Refusal("A-102", f"理由少于 {SHORTEST_REASON} 个字。", "请写明故障现象和要查看的内容。")
    if not 1 <= minutes <= LONGEST_MINUTES:
        return Refusal("A-103", f"时长须在 1 至 {LONGEST_MINUTES} 分钟之间。", "需要更久时，请到期后重新开启。")
    return None


def why_refused(first: Officer, second: Officer, *, reason: str, minutes: int) -> Refusal | None:
    """Say why emergency access may not be opened; people are counted, not accounts."""
    if refusal := authorise(second, "second_emergency", second.department):
        return refusal
    if first.person == second.person:
        return Refusal("A-101", "应急访问须由两个人共同开启。", "请由另一位人员（安全管理员）作为第二人。")
    return why_not_asked(first, reason=reason, minutes=minutes)
