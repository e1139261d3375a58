"""What doors may ask about measures: one subject by its code, everyone at once, and the incentives of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import polars as pl
from psycopg import Connection

from limu.department.rules import Refusal
from limu.law.book import LawBook
from limu.measure import store, store_bulk
from limu.measure.rules import Applied, Offer, decide, law_of, offers
from limu.terms.uscc import clean_uscc, is_valid_uscc

NOT_A_CODE = Refusal("V-101", "措施只能按统一社会信用代码查询，不能按名称。", "请先查询主体，确认代码后再核查。")
NO_SUBJECT = Refusal("V-102", "没有登记这一统一社会信用代码的主体。", "请核对营业执照上的代码。")


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer for one subject: who it is, and its lawful measures, each with its ground in words."""

    uscc: str
    name: str
    measures: tuple[Applied, ...]
    grounds: dict[UUID, str]


def decide_for(connection: Connection[Any], uscc: str, *, book: LawBook, act: str, on: date) -> Decision | Refusal:
    """Decide for one subject, found by its code alone: a name yields candidates, never measures (promise 4)."""
    code = clean_uscc(uscc)
    if not is_valid_uscc(code):
        return NOT_A_CODE
    found = store.find_subject(connection, code)
    if found is None:
        return NO_SUBJECT
    subject, name, _ = found
    measures = decide(store.grounds_of(connection, subject), law_of(book), act=act, on=on)
    return Decision(code, name, measures, store.ground_names(connection, subject))


def measures_on(
    connection: Connection[Any], subject: UUID, grounds: Sequence[UUID], *, book: LawBook, on: date
) -> tuple[Applied, ...]:  # fmt: skip
    """The measures that rest on some grounds of a subject, at whatever act."""
    return decide(store.grounds_of(connection, subject, grounds=grounds), law_of(book), act="", on=on)


def decide_all(connection: Connection[Any], *, book: LawBook, act: str, on: date, basis: str = "") -> pl.DataFrame:
    """Decide for every subject at once: grounds in one copy, the law as a table, one join; equal to `decide`.

    `basis` narrows it to those whom an article touches: what has to be decided again when the article ends."""
    law = law_of(book)
    if basis:
        law = {ground: follows for ground, follows in law.items() if any(one.basis == basis for one in follows)}
    rules = store_bulk.rules_on(law, act=act, on=on)
    facts = store_bulk.grounds_on(connection, on=on, kinds=rules["ground_kind"].unique().sort().to_list())
    return store_bulk.decide_frame(facts, rules, on=on)


def incentives_for(connection: Connection[Any], uscc: str, *, book: LawBook, on: date) -> tuple[Offer, ...] | Refusal:
    """Which incentives a subject qualifies for, and what is missing for the others."""
    found = store.find_subject(connection, clean_uscc(uscc))
    if found is None:
        return NO_SUBJECT
    subject, _, region = found
    return offers(book, store.held_items(connection, subject), region=region, on=on)
