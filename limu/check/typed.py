"""The typed columns of a record out of the prepared cells of a row."""

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

import polars as pl

from limu.check.declare import SCOPES, Scope, typed, valid
from limu.check.documents import DAMAGED, PLACEHOLDERS
from limu.check.party import may_be_old_tax_number
from limu.check.text import MANY_DIGITS, is_marked
from limu.record.item import PARTY_COLUMNS, RECORD_COLUMNS, Field
from limu.terms.columns import as_expression, through_unique
from limu.terms.identity import masked_personal_numbers
from limu.terms.names import masked_person_name
from limu.terms.numbers import NumberKind, classify_number
from limu.terms.uscc import clean_uscc

_DAYS: Final = tuple(name for name in RECORD_COLUMNS if name.endswith("_on") or name.startswith("valid_"))

RECORD_SCHEMA: Final[dict[str, pl.DataType]] = {
    **{name: pl.String() for name in (*PARTY_COLUMNS, *RECORD_COLUMNS)},
    **{name: pl.Date() for name in _DAYS},
    "kinds": pl.List(pl.String),
    "fine_fen": pl.Int64(),
    "content": pl.String(),
    "closed": pl.String(),
    "natural_key": pl.String(),
}
"""Names and types of the columns that `record_columns` yields."""

SEVERITY_OF_LABEL: Final = {"轻微": "minor", "一般": "general", "严重": "serious"}
KEY_SEPARATOR: Final = "\x1f"
REGISTERED: Final = 1
"""Class of the national catalogue in which the deciding body is the registrar (登记注册基本信息)."""
ESCAPES: Final = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_OLD_COLUMN: Final = {
    NumberKind.REGISTRATION: "party_registration_number",
    NumberKind.ORGANISATION_CODE: "party_organisation_code",
    NumberKind.TAX: "party_tax_number",
}


def record_columns(scope: Scope) -> Iterator[tuple[str, pl.Expr]]:
    """Every typed column of a record with its expression, after `member_columns`; null where the file fills none."""
    for name, dtype in RECORD_SCHEMA.items():
        if name in {"content", "closed", "natural_key"}:
            continue
        yield name, _column(name, scope).cast(dtype)
    yield "content", _json(_shown_parts(scope), scope)
    yield "closed", _json(_closed_parts(scope), scope)
    yield "natural_key", _natural_key(scope)


def stated_severity(content: str) -> str | None:
    """Read back the class of severity that a stored row stated, whatever was decided from it since."""
    label = json.loads(content).get("severity")
    return SEVERITY_OF_LABEL.get(label) if isinstance(label, str) else None


def _column(name: str, scope: Scope) -> pl.Expr:
    fed = [one for one in scope.item.fields if one.column == name and one.code in scope.present]
    if name == "registrar" and not fed and scope.item.class_number == REGISTERED:
        # Who registers is who decides on a registration.
        fed = [one for one in scope.item.fields if one.column == "authority" and one.code in scope.present]
    if name in _OLD_COLUMN.values():
        return _old_number(name, fed, scope)
    if not fed:
        return pl.lit(None)
    if name == "kinds":
        return _kinds(fed[0], scope)
    if name == "severity":
        return scope.text(fed[0].code).replace_strict(SEVERITY_OF_LABEL, default=None)
    if name == "party_name":
        return _party_name(fed[0], scope)
    return pl.coalesce([_value(one, scope) for one in fed])


def _value(field: Field, scope: Scope) -> pl.Expr:
    if field.kind == "uscc":
        return pl.when(pl.col(valid(field.code))).then(pl.col(typed(field.code)))
    if field.kind in {"day", "amount_wan", "amount_yuan"}:
        return pl.col(typed(field.code))
    text = _shown(field, scope)
    if field.column == "document_number":
        return pl.when(~text.is_in(list(PLACEHOLDERS)) & ~text.str.contains(DAMAGED)).then(text)
    return text


def _shown(field: Field, scope: Scope) -> pl.Expr:
    """The text of a field; in a public one every personal number is masked (only where one was found: it is dear)."""
    text = pl.col(field.code)
    if not is_marked(field, scope):
        return text
    return pl.coalesce(masked_personal_numbers(pl.when(pl.col(f"{field.code}|personal")).then(text)), text)


def _kinds(field: Field, scope: Scope) -> pl.Expr:
    second = [one.code for one in scope.item.fields if one.code == "kinds_second" and one.code in scope.present]
    first = pl.col(typed(field.code))
    both = (
        pl.concat_list([first, pl.col(typed(second[0])).fill_null([])]).list.unique(maintain_order=True)
        if second
        else first
    )
    return pl.when(both.list.len() > 0).then(both)


def _party_name(field: Field, scope: Scope) -> pl.Expr:
    def mask(series: pl.Series) -> pl.Series:
        return through_unique(series, masked_person_name, pl.String)

    unnamed = pl.col(f"{field.code}|unnamed")
    masked = as_expression(pl.when(unnamed).then(pl.col(field.code)), mask, pl.String)
    return pl.when(unnamed).then(masked).otherwise(_value(field, scope))


def _old_number(name: str, fed: list[Field], scope: Scope) -> pl.Expr:
    """An older number with its own check digit right, also one that stands where the unified code should be."""
    stated = [pl.col(one.code) for one in fed]
    code = scope.item.field_for("party_uscc")
    if code is not None and code.code in scope.present:
        stated.append(pl.when(~pl.col(valid(code.code))).then(pl.col(typed(code.code))))
    if not stated:
        return pl.lit(None)

    def pick(text: str) -> str | None:
        kind = classify_number(text)
        if kind is None and may_be_old_tax_number(text):
            kind = NumberKind.TAX
        return clean_uscc(text).replace("-", "") if kind is not None and _OLD_COLUMN.get(kind) == name else None

    def picked(series: pl.Series) -> pl.Series:
        return through_unique(series, pick, pl.String)

    return pl.coalesce([as_expression(one, picked, pl.String) for one in stated])


@lru_cache(SCOPES)
def member_columns(scope: Scope) -> list[pl.Expr]:
    """What each field is in the JSON of its record, ready to be put together: `field|member`, from the second one on.

    Columns of their own, so that a field of few values is written once for each value."""
    return [
        _member(one, text, scope).alias(member(one.code)) for parts in (_shown_parts(scope), _closed_parts(scope))
        for one, text in parts[1:]
    ]  # fmt: skip


def member(code: str) -> str:
    """Name of the column that holds a field as a member of a JSON object, a comma before it."""
    return f"{code}|member"


def _shown_parts(scope: Scope) -> list[tuple[Field, pl.Expr]]:
    shown = [one for one in _stated(scope) if one.is_public and one.column not in PARTY_COLUMNS[:8]]
    return [(one, _value(one, scope) if one.kind in {"text", "name"} else pl.col(one.code)) for one in shown]


def _closed_parts(scope: Scope) -> list[tuple[Field, pl.Expr]]:
    # Numbers of people are not kept at all: nothing needs them once the row is known to be an organisation's.
    kept = [one for one in _stated(scope) if not one.is_public and one.personal not in {"identity_number", "contact"}]
    return [(one, _without_numbers(one, scope)) for one in kept]


def _without_numbers(field: Field, scope: Scope) -> pl.Expr:
    text = pl.col(field.code)
    if field.code not in scope.numbered:
        return text
    return pl.coalesce(masked_personal_numbers(pl.when(text.str.contains(MANY_DIGITS)).then(text)), text)


def _stated(scope: Scope) -> list[Field]:
    return sorted((one for one in scope.item.fields if one.code in scope.present), key=lambda one: one.code)


def _json(parts: list[tuple[Field, pl.Expr]], scope: Scope) -> pl.Expr:
    """A JSON object without empty members, so that a form and a file with more columns say the same.

    Put together by hand: struct.json_encode writes nulls, and taking them out again costs more than all the rest.
    After cleaning, the characters in `ESCAPES` are all that JSON wants escaped (RFC 8259, 7)."""
    if not parts:
        return pl.lit("{}")
    first = _member(*parts[0], scope, is_first=True)
    whole = pl.concat_str([pl.lit("{"), first, *(pl.col(member(one.code)) for one, _ in parts[1:]), pl.lit("}")])
    if _is_full(parts[0][0], scope):
        return whole
    # Where the first members were empty, a comma is left over at the beginning.
    return pl.when(whole.str.starts_with("{,")).then(whole.str.replace("{,", "{", literal=True)).otherwise(whole)


def _member(field: Field, text: pl.Expr, scope: Scope, *, is_first: bool = False) -> pl.Expr:
    escaped = text.str.replace_many(list(ESCAPES), list(ESCAPES.values())) if field.code in scope.quoted else text
    written = pl.concat_str([pl.lit(f'{"" if is_first else ","}"{field.code}":"'), escaped, pl.lit('"')])
    return written if _is_full(field, scope) else pl.coalesce(written, pl.lit(""))


def _is_full(field: Field, scope: Scope) -> bool:
    # A document number that is only a placeholder becomes empty later.
    return field.code in scope.full and field.column != "document_number"


def _natural_key(scope: Scope) -> pl.Expr:
    """The key fields in their order, blanks cut out; null when nothing but the authority is told."""
    parts = [(code, _key_part(code, scope)) for code in scope.item.natural_key]
    telling = [part.is_not_null() for code, part in parts if code != "authority"]
    whole = pl.concat_str([part.fill_null("") for _, part in parts], separator=KEY_SEPARATOR)
    return pl.when(pl.any_horizontal(telling or [pl.lit(value=True)])).then(whole)


def _key_part(code: str, scope: Scope) -> pl.Expr:
    field = scope.item.field(code)
    if field is None or code not in scope.present:
        return pl.lit(None, dtype=pl.String)
    if field.kind == "day":
        return pl.col(typed(code)).cast(pl.String)
    text = _value(field, scope) if field.kind in {"text", "name"} else pl.col(code)
    if code not in scope.spaced:
        return text
    return text.str.replace_all(" ", "", literal=True).str.replace_all("\u3000", "", literal=True)
