"""Checks on what a text may carry: no formulas, no litter, no personal numbers in what the public reads."""

import polars as pl

from limu.check.declare import Check, Scope, check
from limu.check.documents import DAMAGED
from limu.record.item import NUMBER_COLUMNS, Field, Item

CONTROL = r"[\x00-\x08\x0B\x0C\x0E-\x1F\x7F\u{200B}-\u{200F}\u{2060}\u{FEFF}]"
"""Characters nobody sees; they are removed from what is stored."""

MARKUP = r"</?(?i:br|p|div|span|td|tr|table|font|a|b|i|img|script)\b[^>]*>|&(?:nbsp|lt|gt|amp|quot|#[0-9]+);"

MANY_DIGITS = r"(?:[0-9０-９][\s\-.]{0,2}){6}[0-9０-９]|[A-Za-zＡ-Ｚａ-ｚ][0-9０-９]{6}"
"""Seven digits with or without gaps, or a letter and six: every personal number has them, most texts do not."""


def is_searched(field: Field) -> bool:
    """True for a public text that is searched for personal numbers; columns of organisations' numbers are not."""
    return field.is_public and field.kind in {"text", "name"} and field.column not in NUMBER_COLUMNS


def is_marked(field: Field, scope: Scope) -> bool:
    """True for a searched field in which a number may stand: `field|personal` says of each row whether one does."""
    return is_searched(field) and field.code in scope.numbered


def may_be_searched(field: Field) -> bool:
    """True for a field out of which personal numbers are taken: a public text, or what is kept closed."""
    return is_searched(field) or not field.is_public


def _texts(item: Item) -> list[Field]:
    return [one for one in item.fields if one.kind in {"text", "name"}]


def _public_texts(item: Item) -> list[Field]:
    return [one for one in item.fields if is_searched(one)]


def _numbers(item: Item) -> list[Field]:
    return [one for one in item.fields if one.column in NUMBER_COLUMNS[1:]]


@check(
    "X-101",
    level="refuse",
    citation="opinion-2025/6",
    on=_texts,
    wrong="是公式，不是文字",
    cure="请在表格中把该列“选择性粘贴”为数值。",
)
def cell_is_a_formula(field: Field, scope: Scope) -> pl.Expr:
    """A cell that begins like a formula would be run again by whoever opens the answer workbook."""
    return scope.text(field.code).str.contains(r"^(?:=|@|[+][A-Za-z(=]|-[A-Za-z(=]{2})")


@check(
    "X-102",
    level="warn",
    citation="opinion-2025/6",
    on=_texts,
    wrong="含有看不见的控制字符，已删除",
    cure="请检查来源系统的导出。",
)
def text_has_control_characters(field: Field, scope: Scope) -> pl.Expr:
    """Control and zero-width characters make two equal texts differ; they are removed."""
    del scope
    return pl.col(f"{field.code}|control")


@check(
    "X-103",
    level="warn",
    citation="pipl/25",
    on=_public_texts,
    wrong="含有个人的证件号码或者电话，公开时已隐去",
    cure="请从原文中删除个人号码。",
)
def public_text_has_a_personal_number(field: Field, scope: Scope) -> pl.Expr:
    """A personal number never reaches public output: it is masked, and the department is told (个人信息保护法 25)."""
    return pl.col(f"{field.code}|personal") if is_marked(field, scope) else pl.lit(value=False)


@check(
    "X-104",
    level="refuse",
    citation="ndrc-2018-424/publication",
    on=_numbers,
    wrong="已被表格软件改成科学计数法（{value}）",
    cure="请把单元格设为文本格式后重新填写。",
)
def number_is_damaged(field: Field, scope: Scope) -> pl.Expr:
    """A long number lost its digits in a spreadsheet and can not be restored."""
    return scope.text(field.code).str.contains(DAMAGED)


@check(
    "X-105",
    level="warn",
    citation="opinion-2025/6",
    on=_texts,
    wrong="有乱码",
    cure="请用 UTF-8 或者 GB18030 编码重新导出。",
)
def text_is_garbled(field: Field, scope: Scope) -> pl.Expr:
    """A replacement character or its well-known misreadings show a wrong encoding on the way."""
    return scope.text(field.code).str.contains("\ufffd|锟斤拷|烫烫烫")


@check("X-106", level="warn", citation="opinion-2025/6", on=_texts, wrong="含有网页标记", cure="请删除标记，只留文字。")
def text_has_markup(field: Field, scope: Scope) -> pl.Expr:
    """Page markup is litter from the place the text was copied from."""
    text = scope.text(field.code)
    return pl.when(text.str.contains_any(["<", "&"])).then(text).str.contains(MARKUP)


CHECKS: tuple[Check, ...] = (
    cell_is_a_formula,
    text_has_control_characters,
    public_text_has_a_personal_number,
    number_is_damaged,
    text_is_garbled,
    text_has_markup,
)
