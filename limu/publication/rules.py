"""Whether, from when and until when a record is public: a pure decision with its reason and rule."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

import polars as pl

from limu.law.book import LawBook
from limu.record.item import Item

# Reasons for which a record is kept but not shown; the words stand on the receipt and at the department's desk.
REASONS: dict[str, str] = {
    "published": "公示",
    "incomplete": "缺少公示所需的要素",
    "term_over": "公示期已满",
    "no_class": "未确定失信严重程度",
    "no_rule": "没有公示依据",
    "not_yet": "尚未到公示起始日",
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What the decision rests on; equal facts give an equal decision."""

    severity: str | None
    kinds: tuple[str, ...]
    decided_on: date | None
    published_on: date | None
    conduct_ended_on: date | None
    valid_until: date | None
    missing: str


@dataclass(frozen=True, slots=True)
class Decision:
    """Publish or withhold, with the days, the rule and the reason."""

    decision: Literal["published", "withheld"]
    reason: str
    shown_from: date | None = None
    shown_until: date | None = None
    earliest_repair_on: date | None = None
    rule: str | None = None
    severity: str | None = None


_FACTS = ("severity", "kinds", "decided_on", "published_on", "conduct_ended_on", "valid_until")
_DECIDED = ("decision", "reason", "shown_from", "shown_until", "earliest_repair_on", "rule", "severity")


def decide_frame(frame: pl.DataFrame, *, item: Item, law: LawBook, region: str, today: date) -> pl.DataFrame:
    """Decide for every row of a chunk: once for each distinct set of facts, then joined back."""
    facts = frame.with_columns(_missing(item).alias("missing"))
    distinct = facts.select(*_FACTS, "missing").unique(maintain_order=True)
    decisions = [
        decide_publication(_facts(row), item=item, law=law, region=region, today=today)
        for row in distinct.iter_rows(named=True)
    ]
    answers = pl.DataFrame(
        {name: [getattr(decision, name) for decision in decisions] for name in _DECIDED},
        schema={name: pl.Date if "_on" in name or "shown" in name else pl.String for name in _DECIDED},
    ).rename({"severity": "class_found"})
    judged = pl.concat([distinct, answers], how="horizontal")
    joined = facts.join(judged, on=[*_FACTS, "missing"], how="left", nulls_equal=True, maintain_order="left")
    return joined.with_columns(pl.col("class_found").alias("severity")).drop("class_found", "missing")


def _facts(row: dict[str, object]) -> Facts:
    return Facts(**{**row, "kinds": tuple(row["kinds"] or ())})  # type: ignore[arg-type] # polars types its rows loosely


def _missing(item: Item) -> pl.Expr:
    """Name the fields without which the item may not be shown (行政处罚法 59), joined by 、; empty where none lacks."""
    names = [
        pl.when(_is_empty(field.code, field.column)).then(pl.lit(field.label))
        for field in item.fields
        if field.required == "publish"
    ]
    return pl.concat_str(names, separator="、", ignore_nulls=True) if names else pl.lit("")


def _is_empty(code: str, column: str | None) -> pl.Expr:
    if column in _FACTS or column in ("document_number", "authority", "authority_uscc", "valid_from", "fine_fen"):
        return pl.col(str(column)).is_null()
    if column == "party_name":
        return pl.col("party_name").is_null()
    # Keys of content are field codes, words without JSON escapes; an empty field is not written at all.
    return ~pl.col("content").str.contains(f'"{code}":"', literal=True)


def decide_publication(facts: Facts, *, item: Item, law: LawBook, region: str, today: date) -> Decision:
    """Apply the law of the day to one set of facts; silence favours the subject (trust.md 5.2)."""
    severity = _severity(facts, item, law)
    if facts.missing:
        return Decision("withheld", f"{REASONS['incomplete']}：{facts.missing}", severity=severity)
    if item.adverse and item.severity_rule not in ("", "none") and severity is None:
        return Decision("withheld", REASONS["no_class"])
    term = law.publication_term(
        severity=severity or "", item=item.code, region=region, decided_on=facts.decided_on,
        published_on=facts.published_on, conduct_ended_on=facts.conduct_ended_on, valid_until=facts.valid_until,
        kinds=facts.kinds, on=today,
    )  # fmt: skip
    rule = term.rule.key if term.rule else None
    if not term.shown or term.from_on is None or term.until_on is None or rule is None:
        return Decision("withheld", term.reason or REASONS["no_rule"], rule=rule, severity=severity)
    if term.until_on <= today:
        return Decision("withheld", REASONS["term_over"], rule=rule, severity=severity)
    return Decision(
        "published", REASONS["published"], shown_from=term.from_on, shown_until=term.until_on,
        earliest_repair_on=term.earliest_repair_on, rule=rule, severity=severity,
    )  # fmt: skip


def _severity(facts: Facts, item: Item, law: LawBook) -> str | None:
    """Take the higher of the class stated and the class the kinds carry; a department may not state a lower one."""
    if not item.adverse:
        return None
    found = law.classify(facts.kinds, item=item.code, field=None, decided_on=facts.decided_on)
    order = {"minor": 0, "general": 1, "serious": 2}
    classes = [c for c in (facts.severity, found.severity if found else None) if c in order]
    return max(classes, key=order.__getitem__, default=None)
