"""Checks on presence, length and plain numbers."""

import polars as pl

from limu.check.declare import Check, Scope, check, of_kind
from limu.record.item import Field, Item


def _needed_to_accept(item: Item) -> list[Field]:
    return [one for one in item.fields if one.required == "accept" and one.column != "party_name"]


def _needed_to_publish(item: Item) -> list[Field]:
    return [one for one in item.fields if one.required == "publish"]


def _limited(item: Item) -> list[Field]:
    return [
        one for one in item.fields if one.length is not None and one.kind not in {"uscc", "amount_wan", "amount_yuan"}
    ]


@check(
    "B-101",
    level="refuse",
    citation="opinion-2025/6",
    on=_needed_to_accept,
    on_absent=True,
    wrong="没有填写",
    cure="该列必填，请补填。",
)
def needed_field_is_empty(field: Field, scope: Scope) -> pl.Expr:
    """A field without which the record cannot be told from another is empty."""
    return scope.text(field.code).is_null()


@check(
    "B-102",
    level="warn",
    citation="penalty-law/48",
    on=_needed_to_publish,
    on_absent=True,
    wrong="没有填写，可以入库，但不公示",
    cure="公示前请补填。",
)
def field_needed_to_publish_is_empty(field: Field, scope: Scope) -> pl.Expr:
    """A field that a published decision must show is empty: the record is taken in and withheld (law.md 13, no. 10)."""
    return scope.text(field.code).is_null()


@check(
    "B-103",
    level="refuse",
    citation="ndrc-2018-424/publication",
    on=_limited,
    wrong="超过 {length} 个字",
    cure="请删减，或者移到备注。",
)
def field_is_too_long(field: Field, scope: Scope) -> pl.Expr:
    """A text is longer than the column of the upload standard."""
    # Bytes are counted for free; only a text with enough of them needs its characters counted.
    text, length = scope.text(field.code), field.length or 0
    return (text.str.len_bytes() > length) & (text.str.len_chars() > length)


@check(
    "B-104",
    level="refuse",
    citation="opinion-2025/6",
    on=of_kind("integer"),
    wrong="“{value}”不是整数",
    cure="请只填数字。",
)
def integer_cannot_be_read(field: Field, scope: Scope) -> pl.Expr:
    """A field for a whole number, such as a year, holds something else."""
    return ~scope.text(field.code).str.contains(r"^[0-9]{1,12}(?:\.0+)?年?$")


CHECKS: tuple[Check, ...] = (
    needed_field_is_empty,
    field_needed_to_publish_is_empty,
    field_is_too_long,
    integer_cannot_be_read,
)
