"""Which lawful measures a subject's grounds bring at an act on a day: one pure function (Opinion item 12)."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Final
from uuid import UUID

from limu.law.book import LawBook
from limu.law.measure import ACTS, Consequence, IncentiveRule, ListRule
from limu.law.period import day_after
from limu.law.statute import Instrument
from limu.law.term import region_matches

ALL_ACTS: Final = ""


@dataclass(frozen=True, slots=True)
class Ground:
    """A list entry or a published record on which measures may rest; `until_on` is the first day it no longer does."""

    id: UUID
    kind: str
    region: str
    from_on: date
    until_on: date | None = None


@dataclass(frozen=True, slots=True)
class Applied:
    """One lawful measure: its name, the article, the ground, from when until when (exclusive), and by whom."""

    measure: str
    basis: str
    ground: UUID
    from_on: date
    until_on: date | None
    by: str


@dataclass(frozen=True, slots=True)
class Follows:
    """A consequence ready to be applied: everything a decision prints, and the days it may print them on."""

    code: str
    measure: str
    basis: str
    by: str
    acts: frozenset[str]
    region: str
    from_on: date
    until_on: date
    term: str


Law = Mapping[str, tuple[Follows, ...]]
"""Consequences by ground; made once from a law book and used for any number of subjects."""


def law_of(book: LawBook) -> Law:
    """Lay out the confirmed consequences of a book by their ground; an unconfirmed rule or list brings nothing."""
    names = {one.key: one.label for one in book.measures()}
    active = {one.key for one in book.lists() if one.rule and book.ref(one.key).is_confirmed}
    active |= {one.key for one in book.grounds() if book.ref(one.key).is_confirmed}
    found: dict[str, tuple[Follows, ...]] = {}
    for one in book.consequences():
        if book.ref(one.key).is_confirmed and one.ground in active:
            found[one.ground] = (*found.get(one.ground, ()), _follows(book, one, names[one.measure]))
    return found


def _follows(book: LawBook, one: Consequence, measure: str) -> Follows:
    days = life_of(one.from_on, one.until_on, instrument_of(book, one.citations[0]))
    return Follows(
        code=one.key,
        measure=measure,
        basis=book.cite(one.citations[0]),
        by=one.body,
        acts=frozenset(one.acts),
        region=region_of(book, one),
        from_on=days[0] or date.min,
        until_on=days[1] or date.max,
        term="" if one.term == "ground" else one.term,
    )


def instrument_of(book: LawBook, article: str) -> Instrument:
    """The instrument an article belongs to; the check of the law has proved that it exists."""
    found = book.article(article)
    owner = book.instrument(found.instrument) if found else None
    assert owner is not None
    return owner


def region_of(book: LawBook, one: Consequence) -> str:
    """Where a consequence may be used: its own region, else the territory of its basis."""
    return one.region or instrument_of(book, one.citations[0]).region


def life_of(from_on: date | None, until_on: date | None, *within: Instrument) -> tuple[date | None, date | None]:
    """The days of a rule inside the life of the instruments it stands on."""
    begins = [day for day in (from_on, *(one.from_on for one in within)) if day]
    ends = [day for day in (until_on, *(one.until_on for one in within)) if day]
    return max(begins, default=None), min(ends, default=None)


def decide(grounds: Iterable[Ground], law: Law, *, act: str, on: date) -> tuple[Applied, ...]:
    """Say which measures may be used at an act (all acts if empty) on a day, each with article, ground and period.

    Nothing here is remembered: take the ground away, let the article end, and the measure is gone."""
    found = []
    for ground in grounds:
        if on < ground.from_on or (ground.until_on is not None and on >= ground.until_on):
            continue
        for rule in law.get(ground.kind, ()):
            if (act and act not in rule.acts) or not rule.from_on <= on < rule.until_on:
                continue
            if rule.region and not region_matches(rule.region, ground.region):
                continue
            ends = _ends(ground, rule)
            if on < ends:
                found.append(
                    Applied(
                        rule.measure,
                        rule.basis,
                        ground.id,
                        max(ground.from_on, rule.from_on),
                        None if ends == date.max else ends,
                        rule.by,
                    )
                )
    return tuple(found)


def _ends(ground: Ground, rule: Follows) -> date:
    ends = rule.until_on if ground.until_on is None else min(ground.until_on, rule.until_on)
    return min(ends, day_after(ground.from_on, rule.term)) if rule.term else ends


def act_of(word: str) -> str | None:
    """Find an act of the closed list by its code or its Chinese name; None when it is neither."""
    return word if word in ACTS else next((code for code, label in ACTS.items() if label == word), None)


def interval_of(period: str) -> str | None:
    """A period of the texts ("3y", "6m") as SQL reads an interval; None for none and for terms set case by case."""
    units = {"d": "days", "m": "months", "y": "years"}
    return f"{period[:-1]} {units[period[-1]]}" if period and period[-1] in units and period[:-1].isdigit() else None


@dataclass(frozen=True, slots=True)
class LawRows:
    """The law book as the rows that the database's own refusals are built on."""

    bases: tuple[dict[str, object], ...]
    kinds: tuple[dict[str, object], ...]
    grounds: tuple[dict[str, object], ...]
    rules: tuple[dict[str, object], ...]
    lists: tuple[dict[str, object], ...]

    @property
    def digest(self) -> str:
        """SHA-256 over all rows: two equal editions need not be loaded twice."""
        text = json.dumps(asdict(self), ensure_ascii=False, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()


def rows_of(book: LawBook) -> LawRows:
    """Lay a book out as rows. Lists without a rule of entry and exit have no row: they can not exist there."""
    lists = tuple(one for one in book.lists() if one.rule)
    there = {one.key for one in (*lists, *book.grounds())}
    rules = tuple(one for one in book.consequences() if one.ground in there)
    articles = {one.citations[0]: None for one in (*rules, *lists)} | {
        key: None for one in lists for key in (one.rule, one.hearing) if key
    }
    return LawRows(
        bases=tuple(_basis_row(book, key) for key in articles),
        kinds=tuple(
            {"code": one.key, "number": one.number, "name": one.label, "effect": one.effect,
             "targets": list(one.targets), "body": one.body}
            for one in book.measures()
        ),
        grounds=(
            *(_list_ground(book, one) for one in lists),
            *(
                {"code": one.key, "name": one.label, "items": [one.item], "list_names": [],
                 "kinds": _words(book, one.kinds), "words": list(one.words), "needs_notice": False,
                 "is_confirmed": book.ref(one.key).is_confirmed}
                for one in book.grounds()
            ),
        ),
        rules=tuple(_rule_row(book, one) for one in rules),
        lists=tuple(_list_row(book, one) for one in lists),
    )  # fmt: skip


def _words(book: LawBook, kinds: tuple[str, ...]) -> list[str]:
    """A record holds the kinds of its penalty as they were written: the code, the label, or another name of it."""
    return [word for one in book.kinds() if one.key in kinds for word in (one.key, one.label, *one.aliases)]


def _basis_row(book: LawBook, key: str) -> dict[str, object]:
    owner, article = instrument_of(book, key), book.article(key)
    assert article is not None
    return {
        "article": key, "instrument": owner.key, "citation": book.cite(key), "rank": owner.rank,
        "region": owner.region if owner.rank == "local_regulation" else "", "from": owner.from_on,
        "until": owner.until_on, "names_affiliates": "关联" in article.summary,
    }  # fmt: skip


def _list_ground(book: LawBook, one: ListRule) -> dict[str, object]:
    return {
        "code": one.key, "name": one.label, "items": list(one.items), "list_names": list(one.words), "kinds": [],
        "words": [], "needs_notice": True, "is_confirmed": book.ref(one.key).is_confirmed,
    }  # fmt: skip


def _rule_row(book: LawBook, one: Consequence) -> dict[str, object]:
    begins, ends = life_of(one.from_on, one.until_on, instrument_of(book, one.citations[0]))
    return {
        "code": one.key, "kind": one.measure, "basis": one.citations[0], "region": region_of(book, one), "from": begins,
        "until": ends, "ground_kind": one.ground, "acts": list(one.acts), "term": interval_of(one.term),
        "body": one.body, "reaches_affiliates": one.affiliates, "is_confirmed": book.ref(one.key).is_confirmed,
    }  # fmt: skip


def _list_row(book: LawBook, one: ListRule) -> dict[str, object]:
    life = life_of(one.from_on, one.until_on, instrument_of(book, one.citations[0]), instrument_of(book, one.rule))
    return {
        "code": one.key, "name": one.label, "field": one.field, "shape": one.shape, "basis": one.citations[0],
        "rule": one.rule, "region": one.region, "from": life[0], "until": life[1], "statement_days": one.statement_days,
        "term": interval_of(one.term), "early": interval_of(one.early), "is_confirmed": book.ref(one.key).is_confirmed,
        "hearing": one.hearing or None, "hearing_days": one.hearing_days or None,
        "hearing_notice_days": one.hearing_notice_days or None,
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Offer:
    """An incentive as one subject sees it: whether it qualifies, and item by item what is missing or in the way."""

    incentive: str
    provider: str
    condition: str
    until_on: date | None
    basis: str
    qualifies: bool
    missing: tuple[str, ...]
    in_the_way: tuple[str, ...]


def offers(book: LawBook, held: Iterable[str], *, region: str, on: date) -> tuple[Offer, ...]:
    """Tell for each incentive in force whether the public records of these items qualify for it (Opinion item 11)."""
    items = frozenset(held)
    return tuple(
        _offer(book, one, items)
        for one in book.incentives()
        if one.is_in_force(on) and (not one.region or region_matches(one.region, region))
    )


def _offer(book: LawBook, one: IncentiveRule, items: frozenset[str]) -> Offer:
    missing = tuple(item for item in one.needs if item not in items)
    blocking = tuple(item for item in one.without if item in items)
    return Offer(
        one.label, one.provider, one.text, one.until_on, book.cite(one.citations[0]), not missing and not blocking,
        missing, blocking,
    )  # fmt: skip
