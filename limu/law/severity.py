"""Which class of dishonesty a decision falls into, by kinds of penalty, item and fine (失信严重程度)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from limu.law.rule import ClassRule, FineBand
from limu.law.statute import RuleRef

SEVERITIES: Final[tuple[str, ...]] = ("minor", "general", "serious")
SEVERITY_LABELS: Final[dict[str, str]] = {"minor": "轻微", "general": "一般", "serious": "严重"}
_ORDER: Final = {"minor": 1, "general": 2, "serious": 3}
_SEPARATORS: Final = re.compile(r"[;；,，、/|\s]+|和|并处")


class Conduct(NamedTuple):
    """What a class is judged by: the decision's kinds, its item, field, fine and authority."""

    kinds: tuple[str, ...]
    item: str
    field: str
    decided_on: date
    fine_fen: int | None = None
    authority: str = ""


@dataclass(frozen=True, slots=True)
class Classified:
    """One rule that put the decision into a class."""

    severity: str
    ref: RuleRef


@dataclass(frozen=True, slots=True)
class SeverityDecision:
    """The class of a decision, and how far it may be used.

    `severity` is what the texts say; None when nothing decides it, and then nothing is shown. `effective` is what
    may be applied today: as long as two officers have not confirmed the class, "serious" has no more effect than
    "general", and no minimum binds (pass `is_confirmed` on to `publication_term`)."""

    severity: str | None
    effective: str | None
    is_confirmed: bool
    rule: RuleRef | None
    others: tuple[RuleRef, ...]
    unknown_kinds: tuple[str, ...]
    notes: tuple[str, ...]


def parse_kinds(texts: Sequence[str], codes: Mapping[str, str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Split free words into kind codes (行政处罚法 9) and words that are none."""
    found: dict[str, None] = {}
    unknown: dict[str, None] = {}
    for text in texts:
        parts = [text.strip()] if text.strip() in codes else [part for part in _SEPARATORS.split(text) if part]
        for part in parts:
            if part in codes:
                found[codes[part]] = None
            else:
                unknown[part] = None
    return tuple(found), tuple(unknown)


def find_band(bands: Sequence[FineBand], conduct: Conduct) -> FineBand | None:
    """The band of a fine by the authority's own bounds, else the field's, else the default; None without an amount."""
    if not conduct.fine_fen:
        return None
    best: dict[int, list[FineBand]] = {}
    for band in bands:
        weight = _band_weight(band, conduct)
        if weight is not None and band.is_in_force(conduct.decided_on) and band.above_fen < conduct.fine_fen:
            best.setdefault(weight, []).append(band)
    return max(best[max(best)], key=lambda band: band.above_fen) if best else None


def _band_weight(band: FineBand, conduct: Conduct) -> int | None:
    if band.authorities and conduct.authority not in band.authorities:
        return None
    if band.fields and conduct.field not in band.fields:
        return None
    return 2 * bool(band.authorities) + bool(band.fields)


def class_matches(rule: ClassRule, conduct: Conduct) -> bool:
    """True when the item or one of the kinds is named by the rule."""
    if rule.fields and conduct.field not in rule.fields:
        return False
    if not rule.is_in_force(conduct.decided_on):
        return False
    return conduct.item in rule.items or not set(rule.kinds).isdisjoint(conduct.kinds)


def decide_severity(found: Sequence[Classified], unknown: tuple[str, ...], notes: tuple[str, ...]) -> SeverityDecision:
    """Take the highest class; a confirmed rule speaks for it before an unconfirmed one."""
    if not found:
        return SeverityDecision(None, None, False, None, (), unknown, (*notes, "没有规则能确定严重程度"))
    best = max(found, key=lambda one: (_ORDER[one.severity], one.ref.is_confirmed))
    sure = [one.severity for one in found if one.ref.is_confirmed]
    effective = best.severity
    if best.severity == "serious" and not best.ref.is_confirmed:
        effective = max([*sure, "general"], key=_ORDER.__getitem__)
    others = tuple({one.ref.key: one.ref for one in found if one.ref.key != best.ref.key}.values())
    return SeverityDecision(best.severity, effective, best.ref.is_confirmed, best.ref, others, unknown, notes)
