"""Whether, from when and until when a record is public: a pure decision with its reason and rule."""

import re
from dataclasses import dataclass
from dataclasses import field as dc_field
from datetime import date
from typing import Any, Literal, NamedTuple

import polars as pl

from limu.law.book import LawBook
from limu.law.rule import FineBand
from limu.record.item import RECORD_COLUMNS, Item
from limu.terms.columns import as_expression, through_unique, told_together
from limu.terms.days import parsed_day

# The texts set no end: the record is public until something ends it.
NO_END = date(9999, 12, 31)

REASONS: dict[str, str] = {
    "published": "公示",
    "incomplete": "缺少公示所需的要素",
    "term_over": "公示期已满",
    "no_class": "未确定失信严重程度",
}
"""Why a record is kept and not shown, in the words of the receipt and of the department's desk."""

_BETWEEN = "\x1f"
_ORDER = {"minor": 0, "general": 1, "serious": 2}


class Facts(NamedTuple):
    """What the decision rests on; equal facts give an equal decision."""

    severity: str | None
    kinds: tuple[str, ...]
    fine_fen: int | None
    authority: str | None
    decided_on: date | None
    published_on: date | None
    conduct_ended_on: date | None
    valid_until: date | None
    display_until: date | None
    party: str
    field: str
    missing: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a public list is asked for; a region is a prefix of the division code."""

    items: tuple[str, ...]
    authority: str | None = None
    region: str | None = None
    status: str | None = None
    decided_from: date | None = None
    decided_until: date | None = None
    oldest_first: bool = False


class Decision(NamedTuple):
    """Publish or withhold, with the days, the rule and the reason."""

    decision: Literal["published", "withheld"]
    reason: str
    severity: str | None = None
    shown_from: date | None = None
    shown_until: date | None = None
    earliest_repair_on: date | None = None
    rule: str | None = None


_DECIDED = ("decision", "reason", "shown_from", "shown_until", "earliest_repair_on", "rule", "class_found")


_CONDUCT = ("severity", "kinds", "fine_fen", "authority", "field", "party", "regime")
_DAYS = ("decided_on", "published_on", "conduct_ended_on", "valid_until", "display_until")
MOST_REMEMBERED = 100_000


@dataclass(slots=True)
class Memory:
    """What was decided before, for the same item, law, region and day: classes of conduct, and publications."""

    classes: dict[tuple[object, ...], tuple["Facts", bool, int]] = dc_field(default_factory=dict)
    decisions: dict[tuple[object, ...], Decision] = dc_field(default_factory=dict)

    def bound(self) -> None:
        """Forget where there is too much to remember."""
        if len(self.classes) + len(self.decisions) > MOST_REMEMBERED:
            self.classes.clear()
            self.decisions.clear()


@dataclass(frozen=True, slots=True)
class _Ground:
    """What all decisions of a chunk rest on."""

    item: Item
    law: LawBook
    region: str
    today: date
    memory: Memory = dc_field(default_factory=Memory)


def decide_frame(
    frame: pl.DataFrame, *, item: Item, law: LawBook, region: str, today: date, memory: Memory | None = None
) -> pl.DataFrame:
    """Decide for every row of a chunk: a class for each distinct conduct, then a term for each class and its days."""
    ground = _Ground(item, law, region, today, memory or Memory())
    ground.memory.bound()
    facts = frame.with_row_index("place").select("place", **_facts(item, law))
    classed = _classed(facts, ground)
    days = facts.select("place", "missing", *_DAYS).join(classed, on="place", maintain_order="left")
    distinct, which = told_together(days, ("conduct", "missing", *_DAYS))
    conducts = list(ground.memory.classes.values())
    decisions = [_remembered(conducts[row[0]], row[1:], ground) for row in distinct.iter_rows()]
    answers = pl.DataFrame(
        [
            (d.decision, d.reason, d.shown_from, d.shown_until, d.earliest_repair_on, d.rule, d.severity)
            for d in decisions
        ],
        schema={name: pl.Date if name.endswith(("_on", "_from", "_until")) else pl.String for name in _DECIDED},
        orient="row",
    )
    return pl.concat([frame.drop("severity"), answers[which].rename({"class_found": "severity"})], how="horizontal")


def _classed(facts: pl.DataFrame, ground: _Ground) -> pl.DataFrame:
    """Say of every row which conduct it is, by the place in the memory of the first that brings the same term."""
    regime = pl.sum_horizontal([pl.lit(0), *(pl.col("decided_on") >= day for day in ground.law.changes)])
    told = facts.with_columns(pl.when(pl.col("decided_on").is_not_null()).then(regime).alias("regime"))
    distinct = told.group_by(_CONDUCT, maintain_order=True).agg("place", pl.col("decided_on").first())
    known = ground.memory.classes
    places = {key: number for number, key in enumerate(known)}
    numbers = []
    for row in distinct.select(*_CONDUCT, "decided_on").iter_rows():
        key = row[:-1]
        if key not in known:
            places[key] = len(places)
            known[key] = _conduct(dict(zip((*_CONDUCT, "decided_on"), row, strict=True)), ground)
        numbers.append(places[key])
    firsts: dict[tuple[object, ...], int] = {}
    alike = [
        firsts.setdefault((sort, facts.severity, is_sure), number)
        for number, (facts, is_sure, sort) in enumerate(known.values())
    ]
    return distinct.select("place", conduct=pl.Series([alike[one] for one in numbers], dtype=pl.Int64)).explode("place")


def _conduct(told: dict[str, Any], ground: _Ground) -> tuple[Facts, bool, int]:
    """The class of a conduct, whether it is sure, and the sort of term it brings; the same between two changes."""
    del told["regime"]
    # Grouped as one text: the engine groups lists slowly.
    told["kinds"] = tuple(str(told["kinds"]).split(_BETWEEN)) if told["kinds"] else ()
    facts = Facts(**told, published_on=None, conduct_ended_on=None, valid_until=None, display_until=None, missing="")
    severity, is_sure = _severity(facts, ground.item, ground.law)
    sort = ground.law.sort_of(
        severity=severity or "", item=ground.item.code, region=ground.region, field=facts.field, kinds=facts.kinds,
        party=facts.party,
    )  # fmt: skip
    return facts._replace(severity=severity), is_sure, sort


def _remembered(conduct: tuple[Facts, bool, int], told: tuple[Any, ...], ground: _Ground) -> Decision:
    facts, is_sure, sort = conduct
    known, key = ground.memory.decisions, (sort, facts.severity, is_sure, *told)
    if (made := known.get(key)) is None:
        missing, decided_on, published_on, conduct_ended_on, valid_until, display_until = told
        # Every field by its place: to replace some by their names takes a tenth of the decision.
        facts = Facts(
            facts.severity, facts.kinds, facts.fine_fen, facts.authority, decided_on, published_on, conduct_ended_on,
            valid_until, display_until, facts.party, facts.field, missing,
        )  # fmt: skip
        made = known[key] = _decided(facts, is_sure=is_sure, ground=ground)
    return made


def _facts(item: Item, law: LawBook) -> dict[str, pl.Expr]:
    same = ("severity", "authority", "decided_on", "published_on", "conduct_ended_on", "valid_until")
    return {
        **{name: pl.col(name) for name in same},
        "kinds": pl.col("kinds").list.join(_BETWEEN),
        "fine_fen": _stepped_fine(law),
        "authority": pl.col("authority") if _is_by_authority(law) else pl.lit(None, pl.String),
        "display_until": _display_until(item),
        "party": pl.when(pl.col("party_uscc").str.starts_with("92")).then(pl.lit("sole_trader")).otherwise(pl.lit("")),
        "field": _field(item, law),
        "missing": _missing(item),
    }


def _field(item: Item, law: LawBook) -> pl.Expr:
    """Tell the field a decision belongs to, by its legal basis first and its authority second; empty where unknown.

    治安管理处罚法 136: a public-security decision that says so in either place is never shown."""
    authority = pl.lit(None, pl.String) if item.field_for("authority") is None else pl.col("authority")
    told = [as_expression(authority, lambda column: _fields_by_authority(column, law), pl.String)]
    if item.field("legal_basis") is not None:
        told.insert(0, as_expression(pl.col("content"), lambda column: _fields_by_basis(column, law), pl.String))
    return pl.coalesce(*told, pl.lit(""))


def _fields_by_basis(content: pl.Series, law: LawBook) -> pl.Series:
    """Look into the legal basis of those rows alone that hold one of the law's words anywhere: most hold none."""
    # One alternation of plain words is seven times as fast here as contains_any.
    words = "|".join(re.escape(word) for one in law.usable_fields() for word in one.basis_words)
    hits = content.str.contains(words).fill_null(value=False)
    if not hits.any():
        return pl.Series(content.name, [None] * len(content), dtype=pl.String)
    basis = content.set(~hits, None).str.extract(r'"legal_basis":"((?:[^"\\]|\\.)*)"')
    return through_unique(basis, lambda text: law.field_of(basis=text, authority=None), pl.String)


def _fields_by_authority(column: pl.Series, law: LawBook) -> pl.Series:
    return through_unique(column, lambda text: law.field_of(basis=None, authority=text), pl.String)


def _bands(law: LawBook) -> tuple[FineBand, ...]:
    return tuple(rule for rule in law.rules() if isinstance(rule, FineBand))


def _is_by_authority(law: LawBook) -> bool:
    return any(band.authorities for band in _bands(law))


def _stepped_fine(law: LawBook) -> pl.Expr:
    """Replace a fine by the least amount of its step between the law's bounds: equal class, fewer distinct facts."""
    fine = pl.col("fine_fen")
    stepped = pl.when(fine > 0).then(pl.lit(1, pl.Int64)).otherwise(fine)
    for bound in sorted({band.above_fen for band in _bands(law)}):
        stepped = pl.when(fine > bound).then(pl.lit(bound + 1, pl.Int64)).otherwise(stepped)
    return stepped


def _display_until(item: Item) -> pl.Expr:
    field = item.field("display_until")
    if field is None:
        return pl.lit(None, pl.Date)
    # What the body stated for itself lies with the fields that are not public.
    return parsed_day(
        pl.col("closed" if field.publicity == "closed" else "content").str.extract(r'"display_until":"([^"]*)"')
    )


def _missing(item: Item) -> pl.Expr:
    """Name the fields without which the item may not be shown (行政处罚法 59), joined by 、; empty where none lacks."""
    names = [
        pl.when(_is_empty(field.code, field.column)).then(pl.lit(field.label))
        for field in item.fields
        if field.required == "publish"
    ]
    return pl.concat_str(names, separator="、", ignore_nulls=True) if names else pl.lit("")


def _is_empty(code: str, column: str | None) -> pl.Expr:
    if column in RECORD_COLUMNS:
        return pl.col(str(column)).is_null()
    if column == "party_name":
        return pl.col("party_name").is_null()
    # Keys of content are field codes, words without JSON escapes; an empty field is not written at all.
    return ~pl.col("content").str.contains(f'"{code}":"', literal=True)


def decide_publication(facts: Facts, *, item: Item, law: LawBook, region: str, today: date) -> Decision:
    """Apply the law of the day to one set of facts; silence favours the subject (trust.md 5.2)."""
    severity, is_sure = _severity(facts, item, law)
    return _decided(facts._replace(severity=severity), is_sure=is_sure, ground=_Ground(item, law, region, today))


def _decided(facts: Facts, *, is_sure: bool, ground: _Ground) -> Decision:
    """Decide on facts whose class is found."""
    item, today, severity = ground.item, ground.today, facts.severity
    if facts.missing:
        return Decision("withheld", f"{REASONS['incomplete']}：{facts.missing}", severity)
    if item.adverse and item.severity_rule not in ("", "none") and severity is None:
        return Decision("withheld", REASONS["no_class"])
    term = ground.law.publication_term(
        severity=severity, item=item.code, region=ground.region, decided_on=_first_day(facts, item, today),
        published_on=facts.published_on, conduct_ended_on=facts.conduct_ended_on, on=today,
        valid_until=facts.valid_until, display_until=facts.display_until, kinds=facts.kinds, party=facts.party,
        field=facts.field or None, is_class_confirmed=is_sure,
    )  # fmt: skip
    rule = term.rule.key if term.rule else None
    until = term.until_on or NO_END
    if until <= today:
        return Decision("withheld", REASONS["term_over"], severity, rule=rule)
    is_later = term.from_on is not None and term.from_on > today
    if rule is None or term.from_on is None or not (term.shown or is_later):
        return Decision("withheld", term.text or term.reason, severity, rule=rule)
    return Decision("published", REASONS["published"], severity, term.from_on, until, term.earliest_repair_on, rule)


def _first_day(facts: Facts, item: Item, today: date) -> date | None:
    """Tell from which day a record counts; one that says nothing adverse may count from the day it is first shown.

    An adverse record without its decision day is not shown: its term could not be counted, and so not be kept."""
    if facts.decided_on is not None or item.adverse:
        return facts.decided_on
    return min(facts.published_on or today, today)


def _severity(facts: Facts, item: Item, law: LawBook) -> tuple[str | None, bool]:
    """Take the higher of the class stated and the class the law may apply; tell whether two people confirmed it."""
    if not item.adverse or facts.decided_on is None:
        return (facts.severity if item.adverse else None), True
    found = law.classify(
        facts.kinds, item=item.code, field=facts.field or None, decided_on=facts.decided_on, fine_fen=facts.fine_fen,
        authority=facts.authority or "",
    )  # fmt: skip
    stated = facts.severity if facts.severity in _ORDER else None
    classes = [one for one in (stated, found.effective) if one is not None]
    best = max(classes, key=_ORDER.__getitem__, default=None)
    return best, best == stated or found.is_confirmed
