"""The clock of a case in working days, with its derivation: which days were counted, and why the others were not."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from limu.law.book import LawBook
from limu.law.period import due_on
from limu.law.rule import Deadline
from limu.terms.days import Calendar, working_days_between

Light = Literal["normal", "near", "overdue", "paused", "open", "kept", "late"]

LIGHTS: Final[dict[Light, str]] = {
    "normal": "正常",
    "near": "临期",
    "overdue": "逾期",
    "paused": "暂停计时",
    "open": "及时办理",
    "kept": "按期办结",
    "late": "逾期办结",
}
NEAR: Final = 2
_ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Pause:
    """A stretch that does not count: after `from_on` up to and with `until_on` (None: it still lasts)."""

    from_on: date
    until_on: date | None
    reason: str

    def holds(self, day: date) -> bool:
        """Whether a day falls into it."""
        return self.from_on < day and (self.until_on is None or day <= self.until_on)


@dataclass(frozen=True, slots=True)
class CountedDay:
    """One day after the start: the number it got, or why it got none."""

    day: date
    number: int | None
    why: str


@dataclass(frozen=True, slots=True)
class ClockFace:
    """A clock as a page shows it: rule with article and confidence, due day, light, and the days behind it."""

    label: str
    citation: str
    confidence: str
    count: int | None
    start_on: date
    due_on: date | None
    ended_on: date | None
    days: tuple[CountedDay, ...]
    is_provisional: bool
    is_extended: bool
    light: Light
    left: int | None

    @property
    def light_word(self) -> str:
        """The light in words; colour alone never says it."""
        if self.light == "overdue" and self.left is not None:
            return f"逾期 {-self.left} 个工作日"
        return "已办结" if self.light == "kept" and self.due_on is None else LIGHTS[self.light]


def count_days(
    start: date, count: int, *, calendar: Calendar, pauses: Sequence[Pause] = (), until: date | None = None
) -> tuple[CountedDay, ...]:
    """Count working days after `start`, which itself is not counted (行政处罚法 85, 民法典 201).

    Ends with the day that gets the last number, or, while a pause without an end holds, on `until`."""
    days: list[CountedDay] = []
    day, number = start, 0
    while number < count:
        day += _ONE_DAY
        pause = next((one for one in pauses if one.holds(day)), None)
        if pause is not None and pause.until_on is None:
            days += [CountedDay(day, None, f"暂停计时：{pause.reason}")] if until and day <= until else []
            if until is None or day >= until:
                break
            continue
        why = f"暂停计时：{pause.reason}" if pause else _rest(day, calendar)
        number += not why
        days.append(CountedDay(day, None if why else number, why or _work(day, calendar)))
    return tuple(days)


def _rest(day: date, calendar: Calendar) -> str:
    if calendar.is_working_day(day):
        return ""
    return "法定节假日" if day in calendar.rest_days else "周末"


def _work(day: date, calendar: Calendar) -> str:
    return "调休上班" if day in calendar.work_days else "工作日"


def run_clock(
    book: LawBook,
    rule: Deadline,
    *,
    start: date,
    today: date,
    calendar: Calendar,
    pauses: Sequence[Pause] = (),
    is_extended: bool = False,
    ended_on: date | None = None,
) -> ClockFace:
    """Run one clock: an act that began on `start`, and was done on `ended_on` if it was."""
    ref = book.ref(rule.key)
    # What has no longer period is not extended, and what is done is not held up by what came after.
    is_extended = is_extended and rule.extended is not None
    pauses = [one for one in pauses if ended_on is None or one.from_on < ended_on]
    count = rule.extended if is_extended else rule.count
    at = min(today, ended_on) if ended_on else today
    days, due, provisional = _days(rule, count, start, calendar=calendar, pauses=pauses, until=at)
    if count is not None and rule.unit != "working_day":
        plain = due_on(rule, start, calendar=calendar, is_extended=is_extended)
        due, provisional = (plain.day, plain.is_provisional) if plain else (None, False)
    is_paused = any(one.until_on is None for one in pauses)
    left = None if due is None else working_days_between(at, due, calendar=calendar)
    light = _light(count, due, left=left, is_paused=is_paused, ended_on=ended_on)
    return ClockFace(
        rule.label, ref.citation, ref.confidence, count, start, due, ended_on, days, provisional, is_extended, light,
        left,
    )  # fmt: skip


def _days(
    rule: Deadline, count: int | None, start: date, *, calendar: Calendar, pauses: Sequence[Pause], until: date
) -> tuple[tuple[CountedDay, ...], date | None, bool]:
    if count is None or rule.unit != "working_day":
        return (), None, False
    days = count_days(start, count, calendar=calendar, pauses=pauses, until=until)
    reached = days[-1].day if days and days[-1].number == count else start if count == 0 else None
    provisional = any(one.day.year not in calendar.known_years for one in days)
    return days, reached, provisional


def _light(
    count: int | None, due: date | None, *, left: int | None, is_paused: bool, ended_on: date | None
) -> Light:  # fmt: skip
    if ended_on is not None:
        return "kept" if due is None or ended_on <= due else "late"
    if count is None:
        return "open"
    if due is None or left is None:
        return "paused" if is_paused else "open"
    if left < 0:
        return "overdue"
    return "near" if left <= NEAR else "normal"


def pauses_of(steps: Iterable[tuple[str, date, str]]) -> tuple[Pause, ...]:
    """Read the pauses out of the steps (kind, day, reason) of a case, in their order."""
    found: list[Pause] = []
    for kind, day, reason in steps:
        if kind in ("stop", "ask_gaps"):
            found.append(Pause(day, None, reason))
        elif kind in ("resume", "supplement", "confirm", "withdraw") and found and found[-1].until_on is None:
            found[-1] = Pause(found[-1].from_on, day, found[-1].reason)
    return tuple(found)
