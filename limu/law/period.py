"""Publication periods as the texts write them ("3m", "1y") and the days they end on (民法典 200–204)."""

import re
from datetime import date, timedelta
from functools import cache, lru_cache
from typing import Final

from limu.law.rule import Deadline
from limu.terms.days import Calendar, Term, deadline_of, end_of_term
from limu.terms.days import Deadline as DueDay

FAR: Final = date.max
"""Stands for "no end" inside calculations; it never leaves this room."""

LONG_TERM: Final = date(2099, 12, 31)
"""The day that means "long-term" in the upload standard of 2018 (CF_YXQ, XK_YXQZI)."""

_PERIOD: Final = re.compile(r"(0|[1-9][0-9]?)([dmy])")
_WORDS: Final = {"d": "日", "m": "个月", "y": "年"}


@cache
def is_period(text: str) -> bool:
    """True for a count of days, months or years."""
    return _PERIOD.fullmatch(text) is not None


def period_in_words(text: str) -> str:
    """The period in Chinese: 3m is 3个月."""
    match = _PERIOD.fullmatch(text)
    return f"{match[1]}{_WORDS[match[2]]}" if match else {"open": "不设终日", "validity": "至有效期止"}.get(text, text)


@cache
def _term(period: str) -> Term:
    match = _PERIOD.fullmatch(period)
    if match is None:
        raise ValueError(f"not a period: {period}")
    count = int(match[1])
    return {"d": Term(days=count), "m": Term(months=count), "y": Term(years=count)}[match[2]]


@lru_cache(maxsize=1 << 16)
def last_day(start: date, period: str) -> date:
    """Last day of a publication period (民法典 201, 202); a holiday does not prolong it, since nobody must act."""
    return end_of_term(start, _term(period))


def day_after(start: date, period: str) -> date:
    """First day on which the period is over."""
    return last_day(start, period) + timedelta(days=1)


def due_on(rule: Deadline, start: date, *, calendar: Calendar, is_extended: bool = False) -> DueDay | None:
    """Last day for an act that began with what happened on `start`; None when no figure has been read (及时)."""
    count = rule.extended if is_extended and rule.extended is not None else rule.count
    if count is None:
        return None
    if rule.unit == "working_day":
        return deadline_of(start, Term(working_days=count), calendar)
    return deadline_of(start, _term(f"{count}{rule.unit[0]}"), calendar)
