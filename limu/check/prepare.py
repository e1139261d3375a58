"""Raw cells made ready for the checks: trimmed, freed of invisible characters, parsed once."""

from datetime import date
from functools import lru_cache

import polars as pl

from limu.check.days import LONG_TERM, LONG_TERM_WORDS
from limu.check.declare import SCOPES, Scope, typed, valid
from limu.check.distinct import Distinct
from limu.check.kinds import kinds_column
from limu.check.party import asked_once, cleaned_code, person_expression, unnamed_sole_trader
from limu.check.text import CONTROL, MANY_DIGITS, is_marked, may_be_searched
from limu.record.item import Field, Item
from limu.terms.columns import as_expression
from limu.terms.days import parsed_day
from limu.terms.identity import has_personal_number
from limu.terms.money import amount_wan_fen, amount_yuan_fen
from limu.terms.uscc import ALPHABET, cleaned_uscc, valid_uscc

ROW = "row_number"

ODD = r'["\\\x00-\x1F\x7F\u{200B}-\u{200F}\u{2060}\u{FEFF}]'
"""Characters that JSON escapes or nobody sees; most columns have none, and are spared the closer look."""
BLANK = "[ \u3000]"
FIELDS = 1_024
"""How many fields are remembered with the expressions made for them."""


def prepare(frame: pl.DataFrame, item: Item, *, today: date) -> tuple[Distinct, Scope]:
    """Clean and parse every column a file fills; the scope tells the checks which those are.

    Columns that are no field of the item are dropped; empty cells become null."""
    known = [one for one in item.fields if one.code in frame.columns]
    raw = frame.select(pl.col(ROW).cast(pl.Int64), *(pl.col(one.code).cast(pl.String) for one in known))
    cells = Distinct(raw, [one.code for one in known])
    odd, spaced = (cells.holding((one.code for one in known), pattern) for pattern in (ODD, BLANK))
    cells.with_columns([part for one in known for part in _cleaned(one, is_odd=one.code in odd)])
    empty = {one.code: cells.frame.get_column(one.code).null_count() for one in known}
    filled = [one for one in known if empty[one.code] < cells.frame.height]
    full = frozenset(one.code for one in filled if not empty[one.code])
    # Asked of clean texts: a character that nobody sees may part the digits of a number.
    numbered = cells.holding((one.code for one in filled if may_be_searched(one)), MANY_DIGITS)
    scope = Scope(item, today, frozenset(one.code for one in filled), odd, full, spaced, numbered)
    cells.with_columns([part for one in filled for part in _parsed(one)])
    # In steps, each on the columns of the one before: the engine would compute a shared part twice.
    coded = [one for one in filled if one.kind == "uscc"]
    cells.with_columns([valid_uscc(pl.col(typed(one.code))).alias(valid(one.code)) for one in coded])
    cells.with_columns(_asked_once(scope))
    cells.with_columns(_marks(tuple(filled), scope))
    return cells, scope


@lru_cache(FIELDS)
def _cleaned(field: Field, *, is_odd: bool) -> list[pl.Expr]:
    """Trimmed text; only a column that holds odd characters at all is searched for those nobody sees."""
    text = pl.col(field.code)
    has_control = text.str.contains(CONTROL).fill_null(value=False) if is_odd else pl.lit(value=False)
    seen = pl.coalesce(pl.when(has_control).then(text).str.replace_all(CONTROL, ""), text) if is_odd else text
    plain = seen.str.strip_chars()
    marks = [has_control.alias(f"{field.code}|control")] if field.kind in {"text", "name"} else []
    return [pl.when(plain.str.len_bytes() > 0).then(plain).alias(field.code), *marks]


@lru_cache(FIELDS)
def _parsed(field: Field) -> list[pl.Expr]:
    text = pl.col(field.code)
    name = typed(field.code)
    if field.kind == "day":
        return [_day_of(field, text).alias(name)]
    if field.kind in {"amount_wan", "amount_yuan"}:
        amount = amount_wan_fen if field.kind == "amount_wan" else amount_yuan_fen
        return [amount(text).alias(name)]
    if field.kind == "codes":
        return [kinds_column(text).alias(name)]
    if field.kind == "uscc":
        return [_code_of(text).alias(name)]
    return []


def _code_of(text: pl.Expr) -> pl.Expr:
    """A cleaned code; what is well written already is not cleaned again."""
    is_well_written = text.str.contains(f"^[{ALPHABET}]{{18}}$") & ~text.str.starts_with("00000000")
    return pl.when(is_well_written).then(text).otherwise(
        as_expression(pl.when(~is_well_written).then(text), _cleaned_codes, pl.String)
    )  # fmt: skip


def _cleaned_codes(series: pl.Series) -> pl.Series:
    return series.to_frame().select(cleaned_code(cleaned_uscc(pl.col(series.name)))).to_series()


def _day_of(field: Field, text: pl.Expr) -> pl.Expr:
    if not (field.column or "").startswith("valid"):
        return parsed_day(text)
    return pl.when(text.is_in(LONG_TERM_WORDS)).then(pl.lit(LONG_TERM)).otherwise(parsed_day(text))


@lru_cache(SCOPES)
def _asked_once(scope: Scope) -> list[pl.Expr]:
    return asked_once(scope)


@lru_cache(SCOPES)
def _marks(filled: tuple[Field, ...], scope: Scope) -> list[pl.Expr]:
    personal = [
        has_personal_number(_with_many_digits(pl.col(one.code))).alias(f"{one.code}|personal")
        for one in filled
        if is_marked(one, scope)
    ]
    name = scope.item.field_for("party_name")
    unnamed = unnamed_sole_trader(scope).alias(f"{name.code if name else ''}|unnamed")
    return [*personal, person_expression(scope).alias("is_person"), unnamed]


def _with_many_digits(text: pl.Expr) -> pl.Expr:
    return pl.when(text.str.contains(MANY_DIGITS)).then(text)
