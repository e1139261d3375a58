"""Publication periods as the texts write them ("3m", "1y") and the days they end on (民法典 200–204)."""

import re
from calendar import monthrange
from datetime import date, timedelta
from typing import Final

FAR: Final = date.max
"""Stands for "no end" inside calculations; it never leaves this room."""

LONG_TERM: Final = date(2099, 12, 31)
"""The day that means "long-term" in the upload standard of 2018 (CF_YXQ, XK_YXQZI)."""

_PERIOD: Final = re.compile(r"(0|[1-9][0-9]?)([dmy])")
_WORDS: Final = {"d": "日", "m": "个月", "y": "年"}


def is_period(text: str) -> bool:
    """True for a count of days, months or years."""
    return _PERIOD.fullmatch(text) is not None


def period_in_words(text: str) -> str:
    """The period in Chinese: 3m is 3个月."""
    match = _PERIOD.fullmatch(text)
    return f"{match[1]}{_WORDS[match[2]]}" if match else {"open": "不设终日", "validity": "至有效期止"}.get(text, text)


def last_day(start: date, period: str) -> date:
    """Last day of a period: the first day does not count, a missing day is the end of the month (民法典 201, 202).

    A publication that ends on a holiday is not prolonged: Art. 203 moves the end of periods in which somebody acts."""
    match = _PERIOD.fullmatch(period)
    if match is None:
        raise ValueError(f"not a period: {period}")
    count = int(match[1])
    if match[2] == "d":
        return start + timedelta(days=count)
    months = start.month - 1 + (count if match[2] == "m" else 12 * count)
    year, month = start.year + months // 12, months % 12 + 1
    return date(year, month, min(start.day, monthrange(year, month)[1]))


def day_after(start: date, period: str) -> date:
    """First day on which the period is over."""
    return last_day(start, period) + timedelta(days=1)
