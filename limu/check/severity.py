"""Checks on a severity that the department states itself."""

import polars as pl

from limu.check.declare import Check, Scope, check, named
from limu.record.item import Field


@check(
    "S-101",
    level="warn",
    citation="ndrc-36/4",
    on=named("severity_2017"),
    wrong="2017 年模板的四档严重程度不换算为现行三档",
    cure="请在“失信严重程度”中填写行业主管部门的认定，或者留空由平台判定。",
)
def severity_is_of_the_old_scale(field: Field, scope: Scope) -> pl.Expr:
    """The four steps of 2017 are not the three classes of today and are never mapped silently (law.md 2.4)."""
    return scope.text(field.code).is_not_null()


CHECKS: tuple[Check, ...] = (severity_is_of_the_old_scale,)
