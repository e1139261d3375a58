"""How a check is declared: code, level, citation, the fields it looks at, an expression that is true for a fault."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Final

import polars as pl

from limu.check.finding import Level
from limu.record.item import Field, FieldKind, Item

Chooser = Callable[[Item], Iterable[Field]]
Explainer = Callable[[str], tuple[str, str]]


SCOPES: Final = 32
"""How many scopes are remembered with the expressions made for them."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What an expression may lean on: the item, today, and the columns the file really fills.

    `quoted` names the columns in which some cell holds a character that JSON must escape, `full` those without an
    empty cell, `spaced` those in which some cell holds a blank, `numbered` those in which some cell has the digits of
    a personal number (text.py: MANY_DIGITS): to look for one closely is spared the others."""

    item: Item
    today: date
    present: frozenset[str]
    quoted: frozenset[str] = frozenset()
    full: frozenset[str] = frozenset()
    spaced: frozenset[str] = frozenset()
    numbered: frozenset[str] = frozenset()

    def text(self, code: str) -> pl.Expr:
        """The cleaned text of a field; null where the file has no such column."""
        return pl.col(code) if code in self.present else pl.lit(None, dtype=pl.String)

    def day(self, column: str) -> pl.Expr:
        """The day that feeds a record column; null where nothing feeds it."""
        fed = self.item.field_for(column)
        if fed is None or fed.code not in self.present:
            return pl.lit(None, dtype=pl.Date)
        return pl.col(typed(fed.code))


Fault = Callable[[Field, Scope], pl.Expr]


@dataclass(frozen=True, slots=True)
class Check:
    """One check, declared once; a form entry is a batch of one row."""

    code: str
    level: Level
    citation: str
    chooses: Chooser = field(repr=False)
    fault: Fault = field(repr=False)
    wrong: str
    cure: str
    says: str
    on_absent: bool = False
    compares_rows: bool = False
    explain: Explainer | None = field(default=None, repr=False)

    def fields(self, item: Item, present: frozenset[str]) -> list[Field]:
        """The fields of an item this check looks at in this file."""
        return [one for one in self.chooses(item) if self.on_absent or one.code in present]


def check(
    code: str,
    *,
    level: Level,
    citation: str,
    on: Chooser,
    wrong: str,
    cure: str,
    on_absent: bool = False,
    compares_rows: bool = False,
    explain: Explainer | None = None,
) -> Callable[[Fault], Check]:
    """Declare a check; its docstring is what the reference page of checks prints.

    A check that compares rows says so: all others judge a row by itself. `wrong` and `cure` may hold {value}, {label},
    {length} and {today}; `explain` turns a value into both texts."""

    def declared(fault: Fault) -> Check:
        says = " ".join((fault.__doc__ or "").split())
        return Check(code, level, citation, on, fault, wrong, cure, says, on_absent, compares_rows, explain)

    return declared


def typed(code: str) -> str:
    """Name of the column that holds a field's parsed value (a day, fen, a list of kinds, a cleaned code)."""
    return f"{code}|typed"


def valid(code: str) -> str:
    """Name of the column that says whether a code field holds a valid unified code."""
    return f"{code}|valid"


def of_kind(*kinds: FieldKind) -> Chooser:
    """Choose the fields of these kinds."""
    return lambda item: [one for one in item.fields if one.kind in kinds]


def feeding(*columns: str) -> Chooser:
    """Choose the fields that feed these columns of the record."""
    return lambda item: [one for one in item.fields if one.column in columns]


def named(*codes: str) -> Chooser:
    """Choose the fields with these codes."""
    return lambda item: [one for one in item.fields if one.code in codes]
