"""That a department shall file an item from a day on (分配归集任务): what must be said, and when the first is due."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from limu.catalogue.rules_schedule import Period, Schedule, periods_around
from limu.department.rules import Refusal
from limu.law.book import LawBook
from limu.record.item import Item
from limu.terms.days import Calendar

NO_ITEM: Final = Refusal("C-401", "没有选择事项。", "请选择已经发布的目录条目；尚未发布的，请先由另一人发布。")
NO_DEPARTMENT: Final = Refusal("C-402", "没有选择报送单位。", "请选择由哪个单位报送。")
OWNED: Final = Refusal("C-403", "该单位已经报送这一事项，不需要再分配。", "调整截止日的，请到归集监控中打开这一格。")
WAITS: Final = Refusal("C-404", "这一事项分配给该单位的申请已在等待确认。", "请由另一人确认或者退回后再提出。")
NO_START: Final = Refusal(
    "C-405", "起始日不能用。", "请填写今天或者以后的日期，并且不早于条目的生效日；起始日以前的各期不要求报送。"
)
NO_DUE_DAY: Final = Refusal("C-406", "截止日不是 1 至 31 的数。", "请填写每期截止日，例如 20；超过当月天数的按月末。")
NO_GROUND: Final = Refusal(
    "C-407", "没有填写分配的依据。", "请写明由该单位报送的依据，例如目录的条款或者任务分工文件。"
)
OWN_WISH: Final = Refusal("C-408", "提出分配的人不能自己确认。", "请由另一人核对后确认。")
DONE: Final = Refusal("C-409", "这一申请已经办结。", "请返回查看结果。")

BEFORE_END: Final = Refusal(
    "C-410", "该单位原来的报送还没有终止。", "请把起始日填为终止日或者以后；终止日见归集监控中的这一格。"
)
NO_LIST: Final = Refusal(
    "C-419",
    "没有选择名单，或者所选名单不在这一事项下报送。",
    "同一事项下有几份名单的，请逐份选择由该单位认定的名单；其他事项不选。",
)


@dataclass(frozen=True, slots=True)
class Typed:
    """An assignment as the form brings it."""

    item: str = ""
    department: str = ""
    since: str = ""
    due_day: str = ""
    months: Sequence[str] = ()
    basis: str = ""
    lists: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Wish:
    """An assignment that says all it must."""

    item: str
    department: UUID
    since: date
    schedule: Schedule
    basis: str
    lists: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Assignment:
    """A wish with its two people, as it is kept."""

    id: UUID
    wish: Wish
    item_name: str
    department_name: str
    asked_by: UUID
    asked_person: UUID
    asked_name: str
    asked_at: datetime
    settled_name: str | None
    is_agreed: bool | None


@dataclass(frozen=True, slots=True)
class SharedList:
    """A list that is reported under one item with others: who keeps it is said list by list."""

    code: str
    name: str
    item: str
    basis: str


def shared_lists(book: LawBook) -> tuple[SharedList, ...]:
    """The lists of the law book that share their item with another one."""
    ruled = [(one, item) for one in book.lists() if one.rule for item in one.items]
    counts = Counter(item for _, item in ruled)
    return tuple(
        SharedList(one.key, one.label, item, book.cite(one.rule)) for one, item in ruled if counts[item] > 1
    )  # fmt: skip


def read_wish(
    typed: Typed, *, item: Item | None, department: UUID | None, today: date, shared: Sequence[SharedList] = ()
) -> Wish | Refusal:
    """Read what was typed, or say what is missing; `shared` are the lists of which some share an item."""
    if item is None or department is None:
        return NO_ITEM if item is None else NO_DEPARTMENT
    since = _day(typed.since)
    if since is None or since < max(today, item.in_force_from):
        return NO_START
    day = int(typed.due_day) if typed.due_day.isascii() and typed.due_day.isdecimal() and len(typed.due_day) < 3 else 0
    if not 1 <= day <= 31:
        return NO_DUE_DAY
    if not typed.basis.strip():
        return NO_GROUND
    under = {one.code for one in shared if one.item == item.code}
    if bool(under) != bool(typed.lists) or set(typed.lists) - under:
        return NO_LIST
    months = sorted({int(one) for one in typed.months if one.isdecimal() and 1 <= int(one) <= 12})
    schedule = Schedule(day, () if len(months) == 12 else tuple(months))
    return Wish(item.code, department, since, schedule, typed.basis.strip(), tuple(sorted(set(typed.lists))))


def first_period(wish: Wish, *, calendar: Calendar) -> Period:
    """The first period that the department has to file."""
    return periods_around(wish.schedule, wish.since, calendar=calendar)[1]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
