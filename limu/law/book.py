"""The one reader of the statutes: asks go in with their days, answers come out with their articles."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final

from limu.law.check import check_statutes
from limu.law.lost import why_lost
from limu.law.measure import Consequence, GroundRule, IncentiveRule, ListRule, MeasureRule
from limu.law.read import Statutes, read_statutes
from limu.law.regime import decide_outcome
from limu.law.rule import (
    Deadline,
    FieldRule,
    LeniencyRule,
    PenaltyKind,
    RefusalGround,
    ReliefRule,
    RepairCondition,
    RepairMaterial,
    Rule,
    TermRule,
    WithheldRule,
)
from limu.law.severity import (
    Classified,
    Conduct,
    SeverityDecision,
    class_matches,
    decide_severity,
    find_band,
    parse_kinds,
)
from limu.law.statute import RANKS, Article, Instrument, LawFault, RuleRef
from limu.law.term import (
    Facts,
    Match,
    Outcome,
    Ranked,
    RankedCap,
    RankedStop,
    TermDecision,
    judge,
    match_rules,
    region_matches,
)

REMEMBERED: Final = 200_000
"""Answers kept; beyond it the memory is emptied, so that a long run stays bounded."""


class BrokenLawError(Exception):
    """The packaged law data does not hold together; `limu law check` lists the faults."""

    def __init__(self, faults: Sequence[LawFault]) -> None:
        super().__init__("; ".join(f"{one.code} {one.where}: {one.message}" for one in faults))
        self.faults = tuple(faults)


class LawBook:
    """All law data of one deployment, with the confirmations its officers have given.

    Pure: it holds no clock and reads no file. Make one with `from_texts` and replace it when a pack or a
    confirmation arrives."""

    __slots__ = (
        "_articles",
        "_caps",
        "_classes",
        "_codes",
        "_instruments",
        "_local",
        "_matches",
        "_outcomes",
        "_refs",
        "_sorts",
        "_statutes",
        "_stopping",
        "_stops",
        "_terms",
        "changes",
    )

    def __init__(self, statutes: Statutes, confirmations: frozenset[str], local: frozenset[str] = frozenset()) -> None:
        self._statutes = statutes
        self._local = local
        self._instruments = {one.key: one for one in statutes.instruments}
        self._articles = {one.key: one for one in statutes.articles}
        self._refs = {rule.key: self._make_ref(rule, confirmations) for rule in statutes.rules()}
        self._codes = _kind_codes(statutes.kinds)
        self._terms = tuple(Ranked(one, self._refs[one.key], self._order(one)) for one in statutes.terms)
        self._stops = tuple(RankedStop(one, self._refs[one.key], self._order(one)) for one in statutes.withheld)
        self._caps = tuple(RankedCap(one, self._refs[one.key]) for one in statutes.caps)
        self._stopping = frozenset(kind for one in statutes.withheld for kind in one.kinds)
        classing = (*statutes.classes, *statutes.bands)
        #: Days on which some rule on classes begins or ends, in order: between two of them every day gives one class.
        self.changes: Final = tuple(
            sorted({day for one in classing for day in (one.from_on, one.until_on) if day is not None})
        )
        self._classes: dict[tuple[object, ...], SeverityDecision] = {}
        self._matches: dict[tuple[object, ...], tuple[int, Match]] = {}
        self._sorts: dict[Match, int] = {}
        self._outcomes: dict[tuple[object, ...], Outcome] = {}

    @classmethod
    def from_texts(
        cls,
        texts: Mapping[str, object],
        *,
        confirmations: frozenset[str] = frozenset(),
        additions: Mapping[str, object] | None = None,
    ) -> "LawBook | tuple[LawFault, ...]":
        """Build a book from parsed texts and local additions, or say everything that is wrong with them."""
        together = {**texts, **{f"addition/{name}": text for name, text in (additions or {}).items()}}
        statutes, faults = read_statutes(together)
        faults = (*faults, *check_statutes(statutes))
        return faults or cls(statutes, confirmations, _rule_keys(additions or {}))

    def _make_ref(self, rule: Rule, confirmations: frozenset[str]) -> RuleRef:
        article = self._articles[rule.citations[0]]
        return RuleRef(
            key=rule.key,
            citation=self.cite(article.key),
            article=article.key,
            rank=self._instruments[article.instrument].rank,
            # What a deployment says of its own addition is nobody's reading but its own (issue 2, section 2).
            confidence="known" if rule.key in self._local else rule.confidence,
            is_confirmed=rule.key in confirmations or (rule.confidence == "confirmed" and rule.key not in self._local),
            also=tuple(self.cite(key) for key in rule.citations[1:]),
        )

    def is_local(self, key: str) -> bool:
        """True for a rule that this deployment added; it counts as sure only when two of its officers confirmed it."""
        return key in self._local

    def _order(self, rule: Rule) -> int:
        return RANKS.index(self._refs[rule.key].rank)

    def cite(self, article: str) -> str:
        """The citation as it is printed: 《信用修复管理办法》（…令第36号）第三条."""
        found = self._articles[article]
        owner = self._instruments[found.instrument]
        return f"{owner.name}（{found.number}）" if owner.rank == "design" else f"{owner.name}{found.number}"

    def in_words(self, key: str) -> str:
        """A citation for reading; a key of which this book has no article stays as it is."""
        return self.cite(key) if key in self._articles else key

    def classify(
        self,
        kinds: Sequence[str],
        *,
        item: str,
        field: str | None,
        decided_on: date,
        fine_fen: int | None = None,
        authority: str = "",
    ) -> SeverityDecision:
        """Find the class of a decision; several kinds take the highest class (Order 36 chapter 2; design rule)."""
        sort = (tuple(kinds), item, field, bisect_right(self.changes, decided_on), fine_fen, authority)
        known = self._classes.get(sort)
        if known is None:
            if len(self._classes) >= REMEMBERED:
                self._classes.clear()
            conduct = Conduct((), item, field or "", decided_on, fine_fen, authority)
            known = self._classes[sort] = self._classify(kinds, conduct)
        return known

    def _classify(self, kinds: Sequence[str], stated: Conduct) -> SeverityDecision:
        codes, unknown = parse_kinds(kinds, self._codes)
        conduct = stated._replace(kinds=codes)
        matched = [one for one in self._statutes.classes if class_matches(one, conduct)]
        found = [Classified(one.severity, self._refs[one.key]) for one in matched]
        notes: tuple[str, ...] = ()
        if "fine" in codes:
            band = find_band(self._statutes.bands, conduct)
            if band is None:
                notes = ("罚款金额缺失，罚款部分无法分类",)
            else:
                found.append(Classified(band.severity, self._refs[band.key]))
        return decide_severity(found, unknown, notes)

    def publication_term(  # noqa: PLR0913 - every day that can start, end or shorten a term
        self,
        *,
        severity: str | None,
        item: str,
        region: str,
        decided_on: date | None,
        published_on: date | None,
        conduct_ended_on: date | None,
        on: date,
        field: str | None = None,
        valid_until: date | None = None,
        display_until: date | None = None,
        kinds: Sequence[str] = (),
        party: str = "",
        has_necessity: bool = False,
        is_class_confirmed: bool = True,
    ) -> TermDecision:
        """Say from when until when a record is public, and whether it is on a day (`on`).

        The term runs through its last day; `until_on` is the first day the record is gone. A record that crosses a
        change of law is judged by both regimes, each on its own days, and ends at the earlier end."""
        facts = Facts(
            item,
            severity or "",
            region,
            field or "",
            decided_on,
            published_on,
            conduct_ended_on,
            valid_until,
            display_until,
            self._told_apart(kinds),
            party,
            has_necessity,
            is_class_confirmed,
        )
        return judge(self._outcome(facts), on)

    def _told_apart(self, kinds: Sequence[str]) -> tuple[str, ...]:
        """Kinds as a term sees them: those that no rule on what stays unpublished names are all alike."""
        codes = parse_kinds(kinds, self._codes)[0] if kinds else ()
        return tuple(sorted({code if code in self._stopping else "" for code in codes}))

    def sort_of(self, *, severity: str, item: str, region: str, field: str, kinds: Sequence[str], party: str) -> int:
        """A number for the rules that speak about such a record: of one number and equal days, terms are equal too.

        Good for as long as this book is; it tells a caller with many records which of them need asking once."""
        facts = Facts(item, severity, region, field, None, kinds=self._told_apart(kinds), party=party)
        return self._match(facts)[0]

    def _outcome(self, facts: Facts) -> Outcome:
        number, match = self._match(facts)
        # The rest of the facts chose the rules, and nothing of them is looked at again but whether there is a class.
        sort = (
            number, bool(facts.severity), facts.decided_on, facts.published_on, facts.conduct_ended_on,
            facts.valid_until, facts.display_until, facts.is_class_confirmed,
        )  # fmt: skip
        known = self._outcomes.get(sort)
        if known is None:
            if len(self._outcomes) >= REMEMBERED:
                self._outcomes.clear()
            known = self._outcomes[sort] = decide_outcome(facts, match)
        return known

    def _match(self, facts: Facts) -> tuple[int, Match]:
        sort = (facts.item, facts.severity, facts.region, facts.field, facts.kinds, facts.party, facts.has_necessity)
        known = self._matches.get(sort)
        if known is None:
            if len(self._matches) >= REMEMBERED:
                self._matches.clear()
            match = match_rules(facts, terms=self._terms, stops=self._stops, caps=self._caps)
            known = self._matches[sort] = (self._sorts.setdefault(match, len(self._sorts)), match)
        return known

    def terms_for(self, facts: Iterable[Facts], *, on: date) -> dict[Facts, TermDecision]:
        """Answer many distinct combinations at once: the bulk door for an intake that has grouped its rows."""
        return {one: judge(self._outcome(one), on) for one in facts}

    def term_table(self) -> tuple[TermRule, ...]:
        """Every publication term in the texts, for pages and for checks."""
        return self._statutes.terms

    def withheld_table(self) -> tuple[WithheldRule, ...]:
        """Every rule that keeps something unpublished."""
        return self._statutes.withheld

    def deadline(self, act: str, *, on: date, field: str | None = None, region: str = "") -> Deadline | None:
        """The period for an act in force that day: the field's own first, then the region's, then the general one."""
        found = [
            one
            for one in self._statutes.deadlines
            if one.act == act
            and one.is_in_force(on)
            and (not one.field or one.field == field)
            and region_matches(one.region, region)
        ]
        return max(found, key=lambda one: (bool(one.field), bool(one.region)), default=None)

    def relief(self, act: str, *, item: str, authority: str, on: date) -> ReliefRule | None:
        """The body to turn to against a decision: the rule for such an authority first, then the general one."""
        found = [
            one
            for one in self._statutes.reliefs
            if one.act == act
            and item in one.items
            and one.is_in_force(on)
            and (not one.authority_words or any(word in authority for word in one.authority_words))
        ]
        return max(found, key=lambda one: (bool(one.authority_words), -len(one.items)), default=None)

    def leniencies(self) -> tuple[LeniencyRule, ...]:
        """The articles on first offences and minor harm."""
        return self._statutes.leniencies

    def usable_fields(self) -> tuple[FieldRule, ...]:
        """Fields that may be told from words today: confirmed ones, and those whose rules only withhold."""
        return tuple(one for one in self._statutes.fields if one.favours or self._refs[one.key].is_confirmed)

    def field_of(self, *, basis: str | None, authority: str | None) -> str | None:
        """The field of a decision, told by its legal basis first and its authority second; None when neither says."""
        for one in self.usable_fields():
            if basis and any(word in basis for word in one.basis_words):
                return one.field
        for one in self.usable_fields():
            if authority and any(word in authority for word in one.authority_words):
                return one.field
        return None

    def kinds(self) -> tuple[PenaltyKind, ...]:
        """The kinds of penalty with their effect (行政处罚法 9)."""
        return self._statutes.kinds

    def measures(self) -> tuple[MeasureRule, ...]:
        """The measures of the national basic list, in its order (全国失信惩戒措施基础清单)."""
        return tuple(sorted(self._statutes.measures, key=lambda one: one.number))

    def grounds(self) -> tuple[GroundRule, ...]:
        """Records on which a measure may rest beside list entries."""
        return self._statutes.grounds

    def consequences(self) -> tuple[Consequence, ...]:
        """Which measure follows from which ground."""
        return self._statutes.consequences

    def lists(self) -> tuple[ListRule, ...]:
        """The serious lists, those that cannot be activated included."""
        return self._statutes.lists

    def incentives(self) -> tuple[IncentiveRule, ...]:
        """The register of incentives (Opinion item 11)."""
        return self._statutes.incentives

    def repair_conditions(self, *, on: date) -> tuple[RepairCondition, ...]:
        """The conditions of repair in force that day, in the order of the texts."""
        return tuple(one for one in self._statutes.conditions if one.is_in_force(on))

    def repair_materials(self, *, on: date) -> tuple[RepairMaterial, ...]:
        """The materials that may be asked for without a further rule."""
        return tuple(one for one in self._statutes.materials if one.is_in_force(on))

    def refusals(self) -> tuple[RefusalGround, ...]:
        """The grounds on which repair may be refused (R01-R08)."""
        return tuple(sorted(self._statutes.refusals, key=lambda one: one.code))

    def instruments(self) -> tuple[Instrument, ...]:
        """Every instrument, highest rank first, for the public law pages."""
        return tuple(sorted(self._instruments.values(), key=lambda one: (RANKS.index(one.rank), one.region, one.key)))

    def instrument(self, key: str) -> Instrument | None:
        """One instrument by its key."""
        return self._instruments.get(key)

    def articles(self, key: str) -> tuple[Article, ...]:
        """The articles of one instrument, in the order of the texts."""
        return tuple(one for one in self._articles.values() if one.instrument == key)

    def article(self, key: str) -> Article | None:
        """One article by its key."""
        return self._articles.get(key)

    def rules(self) -> tuple[Rule, ...]:
        """Every rule of every kind; `ref` tells its citation and standing."""
        return self._statutes.rules()

    def rule(self, key: str) -> Rule | None:
        """One rule by its key."""
        return next((one for one in self._statutes.rules() if one.key == key), None)

    def ref(self, key: str) -> RuleRef:
        """Citation and standing of a rule; unknown keys are a broken promise."""
        return self._refs[key]

    def why_lost(self, loser: str, winner: str) -> str:
        """Why one rule gave way to another; nothing where either is unknown."""
        lost, won = self.rule(loser), self.rule(winner)
        return why_lost(lost, won, refs=(self._refs[loser], self._refs[winner])) if lost and won else ""

    def unconfirmed(self) -> tuple[RuleRef, ...]:
        """Rules that two officers have still to check against the official text."""
        return tuple(one for one in self._refs.values() if not one.is_confirmed)


def _rule_keys(texts: Mapping[str, object]) -> frozenset[str]:
    return frozenset(one.key for one in read_statutes(texts)[0].rules())


def _kind_codes(kinds: Sequence[PenaltyKind]) -> dict[str, str]:
    return {word: kind.key for kind in kinds for word in (kind.key, kind.label, *kind.aliases)}


def packaged_book(texts: Mapping[str, object], *, confirmations: frozenset[str] = frozenset()) -> LawBook:
    """Make the book of texts that were proved when they were shipped; a fault here is a broken promise."""
    book = LawBook.from_texts(texts, confirmations=confirmations)
    if isinstance(book, LawBook):
        return book
    raise BrokenLawError(book)
