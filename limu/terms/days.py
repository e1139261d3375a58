"""Days: terms of the civil code, working days, and the ways a day is written in a cell."""

import re
import unicodedata
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from limu.terms.columns import as_expression, through_unique

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Term:
    """A length of time as the law states it; working days stand alone."""

    years: int = 0
    months: int = 0
    days: int = 0
    working_days: int = 0

    def __post_init__(self) -> None:
        """A term is never negative, and working days are not mixed with calendar lengths."""
        lengths = (self.years, self.months, self.days, self.working_days)
        if min(lengths) < 0:
            raise ValueError("a term is not negative")
        if self.working_days and any(lengths[:3]):
            raise ValueError("working days are not mixed with years, months or days")


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last day of a term; provisional (暂算) when it rests on a year whose holidays are not announced."""

    day: date
    is_provisional: bool


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days that differ from the plain week by the State Council's yearly notice, and the years it covers."""

    rest_days: frozenset[date]
    work_days: frozenset[date]
    known_years: frozenset[int]

    @classmethod
    def from_rows(cls, rows: Iterable[tuple[date, bool]]) -> "Calendar":
        """Build from (day, is a rest day) rows; a year is known when its Labour Day stands in the rows."""
        listed = list(rows)
        rest = frozenset(day for day, is_rest in listed if is_rest)
        work = frozenset(day for day, is_rest in listed if not is_rest)
        known = frozenset(day.year for day in rest if (day.month, day.day) == (5, 1))
        return cls(rest, work, known)

    def is_working_day(self, day: date) -> bool:
        """Whether offices work on this day: Monday to Friday unless the notice says otherwise."""
        if day in self.rest_days:
            return False
        return day.weekday() < 5 or day in self.work_days


def is_working_day(day: date, calendar: Calendar) -> bool:
    """Whether offices work on this day; a year without a notice follows the plain week."""
    return calendar.is_working_day(day)


def end_of_term(start: date, term: Term, *, moved_by: Calendar | None = None) -> date:
    """Last day of a term that begins with what happened on `start` (civil code 200-204).

    201: the starting day is not counted. 202: months and years end on the corresponding day, or on the last day of
    the month when it has none. 203: a last day on a statutory holiday moves to the day after the holiday; this serves
    whoever must act within a procedural deadline, so it applies when `moved_by` is given. A publication term runs
    out by itself, nobody must act on its last day, and moving it would only prolong a burden: leave `moved_by` out.
    """
    if term.working_days:
        raise ValueError("working days need a calendar: use deadline_of")
    last = _plus_months(start, term.years * 12 + term.months) + timedelta(days=term.days)
    return last if moved_by is None else _next_working_day(last, moved_by)


def deadline_of(start: date, term: Term, calendar: Calendar) -> Deadline:
    """Last day to act within a procedural deadline of any kind, moved past holidays (civil code 203)."""
    if term.working_days:
        return add_working_days(start, term.working_days, calendar=calendar)
    plain = end_of_term(start, term)
    moved = _next_working_day(plain, calendar)
    return Deadline(moved, _is_provisional(plain, moved, calendar))


def add_working_days(start: date, count: int, *, calendar: Calendar) -> Deadline:
    """The `count`-th working day after `start`, which itself is not counted (行政处罚法 85, civil code 201).

    A year without a notice counts its weekdays, and the answer says that it is provisional.
    """
    day, left = start, count
    while left > 0:
        day += _ONE_DAY
        left -= calendar.is_working_day(day)
    return Deadline(day, count > 0 and _is_provisional(start + _ONE_DAY, day, calendar))


def working_days_between(start: date, end: date, *, calendar: Calendar) -> int:
    """Working days after `start` up to and with `end`; negative when `end` comes first."""
    if end < start:
        return -working_days_between(end, start, calendar=calendar)
    days = (start + timedelta(days=step) for step in range(1, (end - start).days + 1))
    return sum(calendar.is_working_day(day) for day in days)


def ends_of_term(expression: pl.Expr, term: Term) -> pl.Expr:
    """The column form of end_of_term, without moving past holidays."""
    if term.working_days:
        raise ValueError("working days need a calendar: use add_working_days")
    return expression.dt.offset_by(f"{term.years * 12 + term.months}mo").dt.offset_by(f"{term.days}d")


def _plus_months(start: date, months: int) -> date:
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def _next_working_day(day: date, calendar: Calendar) -> date:
    while not calendar.is_working_day(day):
        day += _ONE_DAY
    return day


def _is_provisional(first: date, last: date, calendar: Calendar) -> bool:
    return any(year not in calendar.known_years for year in range(first.year, last.year + 1))


_TIME = r"(?:[ T]?\s*\d{1,2}[:时点].*|[ T]\s*.*)?"
_WRITTEN = re.compile(rf"(\d{{4}})\s*[-/.年]\s*(\d{{1,2}})\s*[-/.月]\s*(\d{{1,2}})\s*[日号]?{_TIME}")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:[ T]?\d{2}:?\d{2}(?::?\d{2})?)?")
_PADDED = r"^[1-9][0-9]{3}[-/.年][0-9]{2}[-/.月][0-9]{2}日?(?:[ T][0-9]{2}:[0-9]{2}(?::[0-9]{2})?)?$"
_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?")
_SERIAL_ORIGIN = date(1899, 12, 30)
_SERIALS = range(14_611, 109_575)  # 1940-01-01 to 2199-12-31: fewer digits or others are no day of ours


def parse_day(text: str) -> date | None:
    """A day as cells hold it (ux.md 2.3).

    2026-11-23, 2026/11/23, 2026.11.23, 2026年11月23日, 20261123, an Excel serial; full-width, with a time behind.
    None when the text is no day or the day does not exist.
    """
    written = unicodedata.normalize("NFKC", text).strip().replace("–", "-").replace("—", "-")
    match = _WRITTEN.fullmatch(written) or _COMPACT.fullmatch(written)
    if match is None:
        return _parse_serial(written)
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None


def _parse_serial(written: str) -> date | None:
    match = _SERIAL.fullmatch(written)
    if match is None or int(match[1]) not in _SERIALS:
        return None
    return _SERIAL_ORIGIN + timedelta(days=int(match[1]))


def parsed_day(expression: pl.Expr) -> pl.Expr:
    """The column form of parse_day: padded forms in the engine, other forms through their distinct values."""
    return as_expression(expression, parse_days, pl.Date)


def parse_days(series: pl.Series) -> pl.Series:
    """A column of days from a column of texts; null where there is no day."""
    name = "day"
    iso = pl.when(pl.col(name).str.contains(_PADDED)).then(pl.col(name).str.head(10).str.replace_all("[/.年月]", "-"))
    plain = series.rename(name).to_frame().select(iso.str.to_date("%Y-%m-%d", strict=False)).to_series()
    odd = plain.is_null() & series.is_not_null()
    if odd.any():
        plain = plain.zip_with(~odd, through_unique(series.set(~odd, None), parse_day, pl.Date))
    return plain.alias(series.name)
