"""The one clock. Days are days in China, instants are UTC; below the doors today is an argument."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import psycopg.rows

SHANGHAI = ZoneInfo("Asia/Shanghai")


class UnreadableClockError(Exception):
    """LIMU_NOW holds no day and no instant."""

    def __str__(self) -> str:
        """Say what to do, since this reaches an operator."""
        return "LIMU_NOW 读不出来。请写成 2026-07-01 或者 2026-07-01T08:00:00+08:00 的形式。"


class ClockRefusedError(Exception):
    """LIMU_NOW shifts the clock of demonstrations and tests; production refuses it."""

    def __str__(self) -> str:
        """Say what to do, since this reaches an operator."""
        return "LIMU_NOW 只用于演示和测试的时钟，正式平台不接受。请去掉这一设置。"


@dataclass(frozen=True, slots=True)
class Clock:
    """The machine's clock, shifted by a fixed span (zero in production)."""

    shift: timedelta = timedelta()

    def now(self) -> datetime:
        """Return the register's instant, in UTC."""
        return datetime.now(UTC) + self.shift

    def today(self) -> date:
        """Return the register's day, in Asia/Shanghai."""
        return self.now().astimezone(SHANGHAI).date()


def read_clock(environment: Mapping[str, str], *, is_production: bool) -> Clock:
    """Read LIMU_NOW (a day, or an instant) once, as a shift against the machine's clock."""
    wanted = environment.get("LIMU_NOW")
    if not wanted:
        return Clock()
    if is_production:
        raise ClockRefusedError
    return Clock(_instant(wanted) - Clock().now())


def store_clock(owner: "psycopg.Connection[Any]", clock: Clock) -> None:
    """Keep the shift where SQL reads it; only the owner may (design.md 8)."""
    owner.execute("UPDATE limu.clock_setting SET shift = %s", [clock.shift])


def register_clock(connection: "psycopg.Connection[Any]") -> Clock:
    """Return the clock that SQL uses, for programs that need many instants."""
    with connection.cursor(row_factory=psycopg.rows.scalar_row) as cursor:
        shift = cursor.execute("SELECT limu.register_now() - statement_timestamp()").fetchone()
    assert isinstance(shift, timedelta)
    return Clock(shift)


def register_today(connection: "psycopg.Connection[Any]") -> date:
    """Return the register's day as SQL sees it."""
    with connection.cursor(row_factory=psycopg.rows.scalar_row) as cursor:
        day = cursor.execute("SELECT limu.register_today()").fetchone()
    assert isinstance(day, date)
    return day


def register_now(connection: "psycopg.Connection[Any]") -> datetime:
    """Return the register's instant as SQL sees it."""
    with connection.cursor(row_factory=psycopg.rows.scalar_row) as cursor:
        instant = cursor.execute("SELECT limu.register_now()").fetchone()
    assert isinstance(instant, datetime)
    return instant


def day_of(instant: datetime) -> date:
    """Return the day in China on which an instant lies; the database hands instants out in UTC."""
    return instant.astimezone(SHANGHAI).date()


def midnight(day: date) -> datetime:
    """Return the first instant of a day in China; a bare day beside an instant means its first one in UTC, at eight."""
    return datetime.combine(day, time(), SHANGHAI)


def _instant(text: str) -> datetime:
    # A bare day means its first moment in China; an instant without zone is China's too.
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as cause:
        raise UnreadableClockError from cause
    instant = midnight(instant.date()) if len(text) == 10 else instant
    return instant if instant.tzinfo else instant.replace(tzinfo=SHANGHAI)
