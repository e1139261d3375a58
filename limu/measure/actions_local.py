"""Registering a measure of one place and confirming it by two people who read the same text. Never commits."""

import hashlib
import tomllib
from dataclasses import dataclass
from typing import Any

from psycopg import Connection

from limu.department.rules import NOT_THERE, Officer, Refusal, authorise
from limu.law.book import LawBook
from limu.law.measure import Consequence
from limu.law.pack import rule_versions
from limu.law.statute import LawFault
from limu.ledger.store import bump_register
from limu.measure import rules_local
from limu.measure.actions import sync_law
from limu.measure.rules_local import LocalMeasure
from limu.wire.lawbook import (
    added_texts,
    current_book,
    installed_texts,
    lock_law,
    note_addition,
    note_confirmations,
)

KNOWN = Refusal("P-407", "这一措施已经登记过。", "请在下面核对它，或者改变事由、事项或者依据。")


@dataclass(frozen=True, slots=True)
class Local:
    """A registered measure of this place: the rule, its words, and whether two people have confirmed it."""

    rule: Consequence
    measure: str
    ground: str
    citation: str
    is_confirmed: bool


def add_local(
    connection: Connection[Any], one: LocalMeasure, *, officer: Officer, region: str
) -> str | Refusal | tuple[LawFault, ...]:
    """Register a measure of this place, if the law's own check finds nothing wrong with it; returns its key.

    Until two people have confirmed it, it activates nothing."""
    if refusal := authorise(officer, "confirm_law", officer.department) or rules_local.why_not(one):
        return refusal
    lock_law(connection)
    key, text = rules_local.key_of(one, region=region), rules_local.spell(one, region=region)
    added = added_texts(connection)
    if key in added:
        return KNOWN
    book = LawBook.from_texts(installed_texts(connection), additions={**added, key: tomllib.loads(text)})
    if not isinstance(book, LawBook):
        named = f"{rules_local.instrument_of(key)}/1"
        return tuple(LawFault(f.code, f.where, f.message.replace(named, f"{one.title}{one.article}")) for f in book)
    difference = f"增加本地措施：{_measure_words(book)[one.measure]}；事由：{_ground_words(book)[one.ground]}"
    basis = (book.cite(book.ref(key).article), one.address)
    note_addition(connection, rule=key, difference=difference, basis=basis, text=text, officer=officer.id)
    _renew(connection)
    return key


def confirm_local(connection: Connection[Any], key: str, *, officer: Officer, text: bytes) -> Refusal | None:
    """Confirm by one person against the official text; the second person's confirmation of the same text activates."""
    if refusal := authorise(officer, "confirm_law", officer.department):
        return refusal
    if not text:
        return rules_local.NO_TEXT
    lock_law(connection)
    added = added_texts(connection)
    if key not in added or not key.startswith(rules_local.PREFIX):
        return NOT_THERE
    version = rule_versions({**installed_texts(connection), **added})[key]
    noted = note_confirmations(
        connection, [version], person=officer.person, officer=officer.id, text_hash=hashlib.sha256(text).digest()
    )
    if not noted:
        return rules_local.TWICE
    _renew(connection)
    return None


def _renew(connection: Connection[Any]) -> None:
    sync_law(connection, current_book(connection))
    bump_register(connection)


def locals_of(connection: Connection[Any], book: LawBook) -> tuple[Local, ...]:
    """The registered measures of this place, in the order of their registration."""
    measures, grounds = _measure_words(book), _ground_words(book)
    rules = {one.key: one for one in book.consequences()}
    return tuple(
        Local(rules[key], measures[rules[key].measure], grounds[rules[key].ground],
              book.cite(rules[key].citations[0]), book.ref(key).is_confirmed)
        for key in added_texts(connection)
        if key in rules and key.startswith(rules_local.PREFIX)
    )  # fmt: skip


def _measure_words(book: LawBook) -> dict[str, str]:
    return {one.key: one.label for one in book.measures()}


def _ground_words(book: LawBook) -> dict[str, str]:
    return {one.key: one.label for one in book.lists()} | {one.key: one.label for one in book.grounds()}
