"""Problems sent to departments: how much of one is mended, and how it stands with its day (问题派发)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from limu.catalogue.rules_schedule import LIGHTS, NEAR, Light
from limu.terms.days import Calendar, working_days_between

DAYS: Final = 5
"""Working days a department has unless the centre names others (LIMU_DISPATCH_DAYS)."""

MOST_DAYS: Final = 60


@dataclass(frozen=True, slots=True)
class Problem:
    """Rows of one department and item turned away under one rule: how many, and how many still wait."""

    department: UUID
    department_name: str
    item: str
    item_name: str
    rule: str
    rows: int
    waiting: int
    latest: datetime

    @property
    def mended_share(self) -> int:
        """Mended or set aside of what was turned away, in percent."""
        return (self.rows - self.waiting) * 100 // self.rows if self.rows else 0

    @property
    def key(self) -> str:
        """How a form names it."""
        return f"{self.department}|{self.item}|{self.rule}"


@dataclass(frozen=True, slots=True)
class Dispatch:
    """A problem as it was sent, and how many of its rows still wait."""

    id: UUID
    department: UUID
    department_name: str
    item: str
    item_name: str
    rule: str
    rows: int
    waiting: int
    note: str
    due_on: date
    is_provisional: bool
    officer_name: str
    sent_at: datetime
    closed_at: datetime | None

    @property
    def mended_share(self) -> int:
        """Mended of what was sent, in percent; rows that came later are not counted against it."""
        return 100 if self.closed_at else max(0, self.rows - self.waiting) * 100 // self.rows


@dataclass(frozen=True, slots=True)
class DueStanding:
    """A dispatch with its light; has what the template of a light asks for."""

    light: Light
    told: str
    filed: str = ""

    @property
    def light_word(self) -> str:
        """The light in words, since colour never stands alone."""
        return LIGHTS[self.light]


def standing_of(one: Dispatch, *, today: date, calendar: Calendar) -> DueStanding:
    """How a dispatch stands with its day, counted in working days."""
    left = working_days_between(today, one.due_on, calendar=calendar)
    if one.closed_at is not None:
        return DueStanding("normal", "已办结")
    if today > one.due_on:
        return DueStanding("overdue", f"逾期 {max(1, -left)} 个工作日")
    told = f"还剩 {left} 个工作日（{one.due_on:%m-%d} 到期）" if left else f"今天到期（{one.due_on:%m-%d}）"
    return DueStanding("near" if left <= NEAR else "normal", told)
