"""Checks on days: readable, possible, and in their order."""

from datetime import date

import polars as pl

from limu.check.declare import Check, Scope, check, feeding, named, of_kind, typed
from limu.record.item import Field

LONG_TERM = date(2099, 12, 31)
"""How the upload standard writes a validity without end (law.md 2.2)."""

LONG_TERM_WORDS = ("长期", "长期有效", "永久", "永久有效", "无固定期限", "9999-12-31", "9999/12/31")
EARLIEST = date(1978, 1, 1)


@check(
    "Y-101",
    level="refuse",
    citation="ndrc-2018-424/publication",
    on=of_kind("day"),
    wrong="“{value}”不是日期",
    cure="请写成 2026/03/02 的样子。",
)
def day_cannot_be_read(field: Field, scope: Scope) -> pl.Expr:
    """A date column holds something that is no day of the calendar."""
    return scope.text(field.code).is_not_null() & pl.col(typed(field.code)).is_null()


@check(
    "Y-102",
    level="refuse",
    citation="ndrc-2018-424/publication",
    on=feeding("decided_on", "published_on", "conduct_ended_on"),
    wrong="晚于今天（{today}）",
    cure="请核对决定文书上的日期。",
)
def day_lies_in_the_future(field: Field, scope: Scope) -> pl.Expr:
    """What has been decided or published cannot lie after the day of submission (law.md 2.2)."""
    return pl.col(typed(field.code)) > scope.today


@check(
    "Y-103",
    level="refuse",
    citation="ndrc-2018-424/publication",
    on=feeding("valid_until"),
    wrong="早于有效期的开始日期",
    cure="请核对两个日期。",
)
def validity_ends_before_it_begins(field: Field, scope: Scope) -> pl.Expr:
    """The end of a validity comes before its beginning."""
    return pl.col(typed(field.code)) < scope.day("valid_from")


@check(
    "Y-104",
    level="warn",
    citation="ndrc-2018-424/publication",
    on=feeding("published_on"),
    wrong="早于决定日期",
    cure="请核对两个日期。",
)
def published_before_it_was_decided(field: Field, scope: Scope) -> pl.Expr:
    """A publication before the decision is most likely a mistyped day."""
    return pl.col(typed(field.code)) < scope.day("decided_on")


@check(
    "Y-105",
    level="warn",
    citation="opinion-2025/6",
    on=feeding("decided_on", "published_on"),
    wrong="早于 1978 年",
    cure="请核对年份。",
)
def day_lies_too_far_back(field: Field, scope: Scope) -> pl.Expr:
    """A decision from before 1978 is most likely a mistyped year."""
    del scope
    return pl.col(typed(field.code)) < EARLIEST


@check(
    "Y-106",
    level="warn",
    citation="ndrc-2018-424/publication",
    on=feeding("valid_until"),
    wrong="早于决定日期",
    cure="请核对两个日期。",
)
def validity_ends_before_the_decision(field: Field, scope: Scope) -> pl.Expr:
    """A validity that is over before the decision is most likely a mistyped day."""
    return pl.col(typed(field.code)) < scope.day("decided_on")


@check(
    "Y-107",
    level="refuse",
    citation="ndrc-2018-424/publication",
    on=named("display_until"),
    wrong="早于决定日期",
    cure="请核对；不确定的可以留空，由平台按法定期限计算。",
)
def display_ends_before_the_decision(field: Field, scope: Scope) -> pl.Expr:
    """A stated end of publication lies before the decision (rule of the 2017 template, law.md 2.4)."""
    return pl.col(typed(field.code)) < scope.day("decided_on")


@check(
    "Y-108",
    level="warn",
    citation="penalty-law/29",
    on=feeding("conduct_ended_on"),
    wrong="晚于决定日期",
    cure="请核对两个日期。",
)
def conduct_ended_after_the_decision(field: Field, scope: Scope) -> pl.Expr:
    """Conduct that ended after it was punished is most likely a mistyped day."""
    return pl.col(typed(field.code)) > scope.day("decided_on")


CHECKS: tuple[Check, ...] = (
    day_cannot_be_read,
    day_lies_in_the_future,
    validity_ends_before_it_begins,
    published_before_it_was_decided,
    day_lies_too_far_back,
    validity_ends_before_the_decision,
    display_ends_before_the_decision,
    conduct_ended_after_the_decision,
)
