"""Checks on document numbers and on what makes a record the same record."""

from typing import Final

import polars as pl

from limu.check.declare import Check, Scope, check, feeding
from limu.record.item import Field

DAMAGED: Final = r"^[0-9](?:\.[0-9]+)?[Ee]\+?[0-9]{1,3}$"
"""A number that a spreadsheet has turned into scientific notation."""

PLACEHOLDERS: Final = frozenset(
    ["无", "空", "暂无", "没有", "不详", "/", "\\", "-", "--", "—", "N/A", "NULL", "null", "None", "0"]
)
"""Words that stand in a cell only to fill it."""


@check(
    "D-101",
    level="warn",
    citation="penalty-law/48",
    on=feeding("document_number"),
    wrong="“{value}”只是占位文字，按空白处理",
    cure="请填写决定文书上的文号。",
)
def document_number_is_a_placeholder(field: Field, scope: Scope) -> pl.Expr:
    """A word such as 无 or 空 stands where the document number should be; it identifies nothing."""
    return scope.text(field.code).is_in(list(PLACEHOLDERS))


@check(
    "D-102",
    level="refuse",
    citation="ndrc-2018-424/publication",
    on=feeding("document_number"),
    wrong="已被表格软件改成科学计数法（{value}）",
    cure="请把单元格设为文本格式后重新填写。",
)
def document_number_is_damaged(field: Field, scope: Scope) -> pl.Expr:
    """A long number lost its digits in a spreadsheet and can not be restored."""
    return scope.text(field.code).str.contains(DAMAGED)


@check(
    "D-103",
    level="warn",
    citation="penalty-law/29",
    on=feeding("document_number"),
    wrong="本文件中还有一行的当事人、机关和文号与本行相同",
    cure="请核对是否重复；相同的行只入库一次。",
    compares_rows=True,
)
def document_number_is_repeated(field: Field, scope: Scope) -> pl.Expr:
    """The same authority, document number and party stand in the file twice (one act, one record)."""
    key = repeat_key(field, scope)
    return key.is_not_null() & key.is_duplicated()


def repeat_key(field: Field, scope: Scope) -> pl.Expr:
    """What makes a row the same act as another, as one number; null where there is no document number.

    A file longer than a chunk is compared by it as a whole: the rows themselves are gone by then."""
    number = scope.text(field.code)
    codes = [*scope.item.natural_key]
    codes += [one.code for one in scope.item.fields if one.column in {"party_name", "party_uscc"}]
    # A seed of its own for each part; sums wrap around.
    parts = [scope.text(code).fill_null("").hash(seed=at) for at, code in enumerate(codes)]
    return pl.when(number.is_not_null()).then(pl.sum_horizontal(parts))


CHECKS: tuple[Check, ...] = (document_number_is_a_placeholder, document_number_is_damaged, document_number_is_repeated)
