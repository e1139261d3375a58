"""Checks on amounts of money; all of them count fen."""

import polars as pl

from limu.check.declare import Check, Scope, check, of_kind, typed
from limu.record.item import Field, Item

NEGATIVE = r"^\s*[-－−]\s*[0-9]"
PLAUSIBLE_FEN = 1_000_000_000_000
"""Ten thousand million yuan: above it a unit has most likely been mixed up."""

SUMMARY_FINE_FEN = 300_000
"""行政处罚法 51: a fine on the spot is at most 3,000 yuan for an organisation."""


def _fines_of_summary(item: Item) -> list[Field]:
    return [one for one in item.fields if item.code == "penalty_summary" and one.column == "fine_fen"]


def _first_fine(item: Item) -> list[Field]:
    return [one for one in item.fields if one.column == "fine_fen"][:1]


def _fen(scope: Scope) -> pl.Expr:
    fields = [one for one in scope.item.fields if one.column == "fine_fen" and one.code in scope.present]
    fines = [pl.col(typed(one.code)) for one in fields]
    return pl.coalesce(fines) if fines else pl.lit(None, dtype=pl.Int64)


def _has_fine_kind(scope: Scope) -> pl.Expr:
    fed = scope.item.field_for("kinds")
    if fed is None or fed.code not in scope.present:
        return pl.lit(None, dtype=pl.Boolean)
    kinds = pl.col(typed(fed.code))
    return pl.when(kinds.list.len() > 0).then(kinds.list.contains("fine"))


@check(
    "M-101",
    level="refuse",
    citation="ndrc-2018-424/publication",
    on=of_kind("amount_wan", "amount_yuan"),
    wrong="“{value}”不是金额",
    cure="请只填数字，单位见列名。",
)
def amount_cannot_be_read(field: Field, scope: Scope) -> pl.Expr:
    """A column of money holds something that is no exact amount."""
    text = scope.text(field.code)
    return text.is_not_null() & pl.col(typed(field.code)).is_null() & ~text.str.contains(NEGATIVE)


@check(
    "M-102",
    level="refuse",
    citation="ndrc-2018-424/publication",
    on=of_kind("amount_wan", "amount_yuan"),
    wrong="金额为负数（{value}）",
    cure="请核对金额。",
)
def amount_is_negative(field: Field, scope: Scope) -> pl.Expr:
    """An amount of a decision is never below zero."""
    return scope.text(field.code).str.contains(NEGATIVE)


@check(
    "M-103",
    level="warn",
    citation="ndrc-2018-424/publication",
    on=of_kind("amount_wan", "amount_yuan"),
    wrong="超过 100 亿元",
    cure="请核对单位是元还是万元。",
)
def amount_is_implausible(field: Field, scope: Scope) -> pl.Expr:
    """An amount above ten thousand million yuan is most likely in the wrong unit."""
    del scope
    return pl.col(typed(field.code)) > PLAUSIBLE_FEN


@check(
    "M-104",
    level="warn",
    citation="ndrc-2018-424/publication",
    on=_first_fine,
    on_absent=True,
    wrong="处罚类别含罚款，但没有填写金额",
    cure="请补填罚款金额。",
)
def fine_is_missing(field: Field, scope: Scope) -> pl.Expr:
    """The kinds name a fine, but no amount is given; the standard of 2018 requires it."""
    del field
    return _has_fine_kind(scope) & _fen(scope).is_null()


@check(
    "M-105",
    level="warn",
    citation="penalty-law/9",
    on=_first_fine,
    wrong="填写了罚款金额，但处罚类别不含罚款",
    cure="请核对处罚类别。",
)
def fine_without_its_kind(field: Field, scope: Scope) -> pl.Expr:
    """An amount is given although the kinds name no fine."""
    return (pl.col(typed(field.code)) > 0) & ~_has_fine_kind(scope)


@check(
    "M-106",
    level="warn",
    citation="penalty-law/51",
    on=_fines_of_summary,
    wrong="超过当场处罚对组织罚款的限额（3000 元）",
    cure="请核对是否应为普通程序。",
)
def summary_fine_is_too_high(field: Field, scope: Scope) -> pl.Expr:
    """A fine on the spot above the limit of the penalty law was most likely decided by ordinary procedure."""
    del scope
    return pl.col(typed(field.code)) > SUMMARY_FINE_FEN


CHECKS: tuple[Check, ...] = (
    amount_cannot_be_read,
    amount_is_negative,
    amount_is_implausible,
    fine_is_missing,
    fine_without_its_kind,
    summary_fine_is_too_high,
)
