"""Checks against the code lists of the catalogue."""

import polars as pl

from limu.check.declare import Check, Scope, check, of_kind, typed
from limu.check.kinds import KIND_LABELS, split_kinds
from limu.record.item import Field
from limu.terms.columns import as_expression, through_unique


def in_codelist(text: pl.Expr, codelist: tuple[str, ...]) -> pl.Expr:
    """Whether a value stands in the list; an entry ending in * stands for everything that begins so."""
    opened = [entry[:-1] for entry in codelist if entry.endswith("*")]
    exact = [entry for entry in codelist if not entry.endswith("*")] + [entry.rstrip("-") for entry in opened]
    tests = [text.is_in(exact), *(text.str.starts_with(entry) for entry in opened)]
    return pl.any_horizontal(tests)


def _explain_kinds(value: str) -> tuple[str, str]:
    unknown = split_kinds(value)[1] or (value,)
    names = "、".join(f"“{word}”" for word in unknown)
    return f"不在目录中（{names}）", "请从下拉列表选择，有几种的用分号隔开。"


@check(
    "C-101",
    level="refuse",
    citation="opinion-2025/6",
    on=of_kind("code"),
    wrong="不在目录中（“{value}”）",
    cure="请从下拉列表选择。",
)
def code_is_not_in_the_list(field: Field, scope: Scope) -> pl.Expr:
    """A coded field holds a word that the catalogue's list does not have."""
    text = scope.text(field.code)
    return text.is_not_null() & ~in_codelist(text, field.codelist)


@check(
    "C-102",
    level="refuse",
    citation="penalty-law/9",
    on=of_kind("codes"),
    explain=_explain_kinds,
    wrong="不在目录中（“{value}”）",
    cure="请从下拉列表选择，有几种的用分号隔开。",
)
def kind_is_not_in_the_list(field: Field, scope: Scope) -> pl.Expr:
    """A kind of penalty is none that the penalty law or the item knows; detention falls on persons only."""
    allowed = set(field.codelist)

    def is_strange(value: str) -> bool:
        kinds, unknown = split_kinds(value)
        return bool(unknown) or any(KIND_LABELS[kind] not in allowed for kind in kinds)

    return as_expression(
        scope.text(field.code), lambda series: through_unique(series, is_strange, pl.Boolean), pl.Boolean
    )


@check(
    "C-103",
    level="warn",
    citation="penalty-law/9",
    on=of_kind("codes"),
    wrong="只写了“其他”，无法判定严重程度",
    cure="请写明种类；确无对应种类的，写成“其他-”加说明。",
)
def kind_is_only_other(field: Field, scope: Scope) -> pl.Expr:
    """Nothing but 其他 says nothing about the severity of a penalty."""
    del scope
    kinds = pl.col(typed(field.code))
    return (kinds.list.len() == 1) & (kinds.list.first() == "other")


CHECKS: tuple[Check, ...] = (code_is_not_in_the_list, kind_is_not_in_the_list, kind_is_only_other)
