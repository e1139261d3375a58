"""Measures, incentives and serious lists in public: each with articles, rank and territory (Opinion 11, 12)."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from limu.front import words
from limu.front.reply import Visit, public_page
from limu.front.site_law import period
from limu.law.measure import IncentiveRule, ListRule, MeasureRule
from limu.law.statute import Article, Instrument
from limu.listing import queries as listing
from limu.page import site as page


@dataclass(frozen=True, slots=True)
class Basis:
    """An article with the instrument it belongs to: citation, rank, and where it binds."""

    article: Article
    instrument: Instrument
    citation: str

    @property
    def territory(self) -> str:
        """The division code of a local text; nothing for a national one."""
        return self.instrument.region if self.instrument.rank == "local_regulation" else ""


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure as the page tells it; `uses` are what follows from which ground."""

    rule: MeasureRule
    effect: str
    acts: str
    bases: tuple[Basis, ...]
    uses: tuple[tuple[str, str, str, bool], ...]
    is_confirmed: bool


@dataclass(frozen=True, slots=True)
class Named:
    """A list as the page tells it: the basis of its field, the rule of entry and exit, and whether it may be used."""

    rule: ListRule
    code: str
    bases: tuple[Basis, ...]
    entry_rule: Basis | None
    term: str
    early: str
    is_confirmed: bool
    count: int = 0
    hearing: Basis | None = None
    hearing_confidence: str = ""

    @property
    def is_usable(self) -> bool:
        """True where a rule of entry and exit exists and everything is confirmed: only then it activates anything."""
        return self.entry_rule is not None and self.is_confirmed


@public_page
def measures(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The measures of the national basic list, and the register of incentives beside them (惩戒措施清单)."""
    context = {
        "measures": [measure_of(visit, rule) for rule in visit.book.measures()],
        "incentives": [incentive_of(visit, rule) for rule in visit.book.incentives() if rule.is_in_force(visit.today)],
    }
    return render(request, "front/measures.html", context)


def basis_of(visit: Visit, key: str) -> Basis:
    """An article with its instrument; the check of the law has proved that both exist."""
    article = visit.book.article(key)
    instrument = visit.book.instrument(article.instrument) if article else None
    assert article is not None
    assert instrument is not None
    return Basis(article, instrument, visit.book.cite(key))


def measure_of(visit: Visit, rule: MeasureRule) -> Measure:
    """A measure with its bases and what follows from which ground."""
    names = {one.key: one.label for one in visit.book.lists()} | {one.key: one.label for one in visit.book.grounds()}
    uses = tuple(
        (names[one.ground], say_acts(one.acts), visit.book.cite(one.citations[0]), visit.book.ref(one.key).is_confirmed)
        for one in visit.book.consequences()
        if one.measure == rule.key and one.is_in_force(visit.today)
    )
    return Measure(
        rule=rule,
        effect=words.say(words.EFFECTS, rule.effect),
        acts=say_acts(rule.scope),
        bases=tuple(basis_of(visit, key) for key in rule.bases),
        uses=uses,
        is_confirmed=visit.book.ref(rule.key).is_confirmed,
    )


def say_acts(acts: tuple[str, ...]) -> str:
    """The acts at which a measure may be asked for, in the visitor's language."""
    return _("、").join(words.say(words.ACTS, act) for act in acts)


def incentive_of(visit: Visit, rule: IncentiveRule) -> dict[str, Any]:
    """An incentive with its conditions in the names of the catalogue."""
    return {
        "rule": rule,
        "acts": say_acts(rule.acts),
        "needs": [visit.name_of(item) for item in rule.needs],
        "without": [visit.name_of(item) for item in rule.without],
        "basis": visit.book.cite(rule.citations[0]),
        "is_confirmed": visit.book.ref(rule.key).is_confirmed,
    }


@public_page
def kinds(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Every serious list by field: basis, rule of entry and exit, term, and how many stand on it today."""
    counts = listing.public_counts(visit.connection)
    context = {"kinds": [list_of(visit, rule, count=counts.get(rule.key, 0)) for rule in visit.book.lists()]}
    return render(request, "front/list_kinds.html", context)


@public_page
def kind(request: HttpRequest, visit: Visit, code: str) -> HttpResponse:
    """One list: what it rests on, and who stands on it today, by which decision, from when until when."""
    rule = next((one for one in visit.book.lists() if one.key == f"list/{code}"), None)
    if rule is None:
        return page.missing(request)
    entries = listing.public_entries(visit.connection, rule.key)
    context = {"kind": list_of(visit, rule, count=len(entries)), "entries": entries}
    return render(request, "front/list_kind.html", context)


def list_of(visit: Visit, rule: ListRule, *, count: int) -> Named:
    """A list with its articles."""
    return Named(
        rule=rule,
        code=rule.key.removeprefix("list/"),
        bases=tuple(basis_of(visit, key) for key in rule.citations),
        entry_rule=basis_of(visit, rule.rule) if rule.rule else None,
        term=period(rule.term) if rule.term else "",
        early=period(rule.early) if rule.early else "",
        is_confirmed=visit.book.ref(rule.key).is_confirmed,
        count=count,
        hearing=basis_of(visit, rule.hearing) if rule.hearing else None,
        hearing_confidence=words.say(words.CONFIDENCES, rule.hearing_confidence) if rule.hearing else "",
    )
