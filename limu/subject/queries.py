"""What doors may read of subjects: the public search, and one subject by its code."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from psycopg import Connection

from limu.subject import store_search
from limu.subject.rules_search import (
    MANY,
    REASONS,
    SHORTEST_SIMILAR,
    Match,
    Question,
    ReasonCode,
    asked_names,
    is_trade_name,
    letter_pairs,
    rarest,
    read_question,
    similar,
)
from limu.subject.store_search import Found
from limu.terms.uscc import clean_uscc, is_valid_uscc
from limu.wire.tables import read_table

_NO_NAMES = ("", "市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划")
_BEST_KEPT = 20
_MANY_NAMESAKES = 5
_SURELY_PERSON = 3


@dataclass(frozen=True, slots=True)
class Hit:
    """One organisation found, and why."""

    uscc: str
    name: str
    region: str | None
    region_name: str
    status: str
    kind: str
    reason_code: ReasonCode
    reason: str


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The public answer to a search. `total` is exact unless `is_total_exact` says that it is a lower bound.

    `answered_as` is the name that was searched instead of the whole text, which found nothing."""

    total: int
    hits: tuple[Hit, ...]
    refused_person: bool = False
    exact_uscc: str | None = None
    is_total_exact: bool = True
    answered_as: str | None = None


@dataclass(frozen=True, slots=True)
class PublicSubject:
    """What the public may know of an organisation itself."""

    id: UUID
    uscc: str
    name: str
    kind: str
    status: str
    region: str | None
    region_name: str
    industry: str | None
    registrar: str | None
    registered_on: date | None
    address: str | None
    updated_at: datetime
    former_names: tuple[str, ...] = field(default=())


def find_subject(connection: Connection[Any], uscc: str) -> PublicSubject | None:
    """Find an organisation by its unified code, as cleaned; 个体工商户 are found by this alone or their trade name."""
    code = clean_uscc(uscc)
    row = store_search.find_public(connection, code) if is_valid_uscc(code) else None
    if row is None:
        return None
    formers = store_search.former_names(connection, row["id"])
    return PublicSubject(**row, region_name=region_name(row["region"]), former_names=formers)


def search(connection: Connection[Any], text: str, *, limit: int = 20, offset: int = 0) -> SearchResult:
    """Search organisations by name, former name, pinyin, code or older number; natural persons are never found.

    Work is bounded: a question of one or two characters reads one line, a longer one the names of its rarest pairs.
    Where the whole finds nothing, what is asked of a name (「某某的处罚」) is left away; whether it is a person's is
    judged with those words and without them."""
    question = read_question(text)
    whole = _search(connection, question, limit=limit, offset=offset)
    if whole.total or whole.refused_person:
        return whole
    for name in asked_names(question.text):
        result = _search(connection, read_question(name), limit=limit, offset=offset)
        if result.total or result.refused_person:
            return replace(result, answered_as=name if result.total else None)
    return whole


def _search(connection: Connection[Any], question: Question, *, limit: int, offset: int) -> SearchResult:
    if question.code and (by_code := _by_code(connection, question.code)):
        return by_code
    found = _by_number(connection, question, limit=limit) if question.number else Found(0, ())
    if not found.total and question.name:
        found = _by_name(connection, question, limit=limit, offset=offset)
    hits = _hits(connection, found.matches)
    if question.is_person and not _names_bodies(question, found, hits):
        shown = question.name and len(question.name) < _SURELY_PERSON
        return SearchResult(found.total if shown else 0, hits if shown else (), refused_person=True)
    return SearchResult(found.total, hits, is_total_exact=found.is_exact)


def _names_bodies(question: Question, found: Found, hits: Sequence[Hit]) -> bool:
    """Whether what could be a person's name or number is one that bodies carry: then it is answered as theirs."""
    if question.number and found.total:
        return True
    return found.total >= _MANY_NAMESAKES or is_trade_name(question.text, [hit.name for hit in hits])


def _by_code(connection: Connection[Any], code: str) -> SearchResult | None:
    row = store_search.find_public(connection, code)
    if row is None:
        return None
    return SearchResult(1, (_hit(row, "uscc"),), exact_uscc=code)


def _by_number(connection: Connection[Any], question: Question, *, limit: int) -> Found:
    rows = store_search.find_by_number(connection, question.number)
    kinds: dict[str, ReasonCode] = {
        subject: "registration" if kind == "registration" else "number" for subject, kind in rows
    }
    return Found(len(kinds), tuple(Match(subject, 0, reason) for subject, reason in kinds.items())[:limit])


def _by_name(connection: Connection[Any], question: Question, *, limit: int, offset: int) -> Found:
    if question.gram is not None:
        return _by_gram(connection, question, question.gram, limit=limit, offset=offset)
    if question.letters:
        ways = [(letter_pairs(question.letters), False), *((letter_pairs(way), True) for way in question.readings)]
        return store_search.find_letters(connection, question.letters, ways=ways, limit=limit, offset=offset)
    totals = dict.fromkeys(question.pairs, 0) | store_search.gram_totals(connection, question.pairs)
    found = Found(0, ())
    if all(totals.values()):
        found = store_search.find_containing(connection, question.name, totals=totals, limit=limit, offset=offset)
    if found.total < limit and not offset and len(question.name) >= SHORTEST_SIMILAR:
        near = _similar(
            connection, question.name, totals=totals, known=frozenset(match.subject for match in found.matches)
        )
        near = near[: limit - len(found.matches)]
        found = Found(found.total + len(near), (*found.matches, *near))
    return found


def _by_gram(connection: Connection[Any], question: Question, gram: int, *, limit: int, offset: int) -> Found:
    found = store_search.find_gram(connection, gram)
    if len(question.letters) > 1:
        found = Found(found.total, tuple(map(_by_initials, found.matches)))
    if offset + limit <= _BEST_KEPT or found.total <= len(found.matches):
        return Found(found.total, found.matches[offset : offset + limit])
    return Found(found.total, _beyond(connection, question, gram, limit=limit, offset=offset))


def _by_initials(match: Match) -> Match:
    return match if match.reason == "former" else Match(match.subject, match.rank, "initials")


def _beyond(
    connection: Connection[Any], question: Question, gram: int, *, limit: int, offset: int
) -> tuple[Match, ...]:
    """Rank further than the kept twenty; the total stays that of the line."""
    if len(question.letters) > 1:
        ways = [(letter_pairs(question.letters), False)]
        return store_search.find_letters(connection, question.letters, ways=ways, limit=limit, offset=offset).matches
    if len(question.name) == 1:
        return store_search.find_single(connection, question.name, limit=limit, offset=offset)
    return store_search.find_containing(connection, question.name, totals={gram: 1}, limit=limit, offset=offset).matches


def _similar(
    connection: Connection[Any], name: str, *, totals: dict[int, int], known: frozenset[str]
) -> tuple[Match, ...]:
    """Look among the names that share the rarest pairs for those that a slip of the pen explains."""
    grams = rarest(totals, tuple(totals))
    return similar(name, store_search.sharing_names(connection, grams, MANY), known=known) if grams else ()


def _hits(connection: Connection[Any], matches: Sequence[Match]) -> tuple[Hit, ...]:
    rows = store_search.public_subjects(connection, [match.subject for match in matches])
    return tuple(_hit(rows[match.subject], match.reason) for match in matches if match.subject in rows)


def _hit(row: dict[str, Any], reason: ReasonCode) -> Hit:
    return Hit(
        uscc=row["uscc"], name=row["name"], region=row["region"], region_name=region_name(row["region"]),
        status=row["status"], kind=row["kind"], reason_code=reason, reason=REASONS[reason],
    )  # fmt: skip


@cache
def _region_names() -> dict[str, str]:
    names = {row["code"]: row["name"] for row in read_table("regions_history")}
    return names | {row["code"]: row["name"] for row in read_table("regions")}


def region_name(code: str | None) -> str:
    """A region's name from the province down, as people write an address; empty where no table has it."""
    if not code:
        return ""
    names = _region_names()
    line = dict.fromkeys((code[:2] + "0000", code[:4] + "00", code))
    parts = dict.fromkeys(name for one in line if (name := names.get(one, "")) not in _NO_NAMES)
    return "".join(parts)
