"""What the credit centre reads of publication: a record's term with every step by which the law leads to it."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from psycopg import Connection

from limu.law.book import LawBook
from limu.law.rule import TermRule
from limu.law.statute import RuleRef
from limu.law.term import TermDecision
from limu.ledger.rules import StoredRecord
from limu.publication import store_watch
from limu.record.item import Item
from limu.terms.days import parse_day
from limu.wire.clock import day_of

START_WORDS: dict[str, str] = {
    "decision": "作出决定之日", "publication": "公示之日", "conduct_end": "违法行为终止之日", "listing": "列入之日",
    "removal": "移出之日", "validity": "有效期届满之日",
}  # fmt: skip
UNITS = {"y": "年", "m": "个月", "d": "天", "w": "个工作日"}
PERIOD_WORDS = {"open": "长期（条文没有规定终止）", "validity": "至其自身有效期届满", "": "—"}
CLASS_WORDS = {"minor": "轻微", "general": "一般", "serious": "严重"}


@dataclass(frozen=True, slots=True)
class Derivation:
    """A term as the law of today leads to it, beside what is stored."""

    severity: str
    severity_by: str
    start_event: str
    start_on: date | None
    length: str
    minimum: str
    last_on: date | None
    term: TermDecision
    losers: tuple[tuple[RuleRef, str], ...]
    is_as_stored: bool


def period_words(text: str) -> str:
    """A period of the law data in words: 3m is 3 个月."""
    if text in PERIOD_WORDS:
        return PERIOD_WORDS[text]
    return f"{text[:-1]} {UNITS.get(text[-1:], text[-1:])}"


def derive(
    connection: Connection[Any], record: StoredRecord, *, item: Item, law: LawBook, stored: dict[str, Any] | None,
    today: date,
) -> Derivation:  # fmt: skip
    """Count a record's term anew, step by step; the stored days must be those."""
    facts = store_watch.facts_of(connection, subject=record.subject, record=record.id)
    field = law.field_of(basis=record.content.get("legal_basis"), authority=record.authority)
    found = law.classify(
        tuple(record.kinds or ()), item=item.code, field=field, decided_on=record.decided_on or today,
        fine_fen=record.fine_fen, authority=record.authority or "",
    ) if item.adverse and record.decided_on else None  # fmt: skip
    severity = record.severity or (found.effective if found else None)
    day = (
        record.decided_on if record.decided_on or item.adverse else facts["published_on"] or day_of(record.recorded_at)
    )
    shown = record.content.get("display_until")
    term = law.publication_term(
        severity=severity, item=item.code, region=facts["region"], decided_on=day,
        published_on=facts["published_on"], conduct_ended_on=facts["conduct_ended_on"], on=today, field=field,
        valid_until=record.valid_until, display_until=parse_day(shown) if shown else None,
        kinds=tuple(record.kinds or ()), party="sole_trader" if facts["uscc"].startswith("92") else "",
        is_class_confirmed=found is None or found.is_confirmed or record.severity == found.severity,
    )  # fmt: skip
    rule = law.rule(term.rule.key) if term.rule else None
    maximum, minimum = (rule.maximum, rule.minimum) if isinstance(rule, TermRule) else ("", "")
    starts = {"conduct_end": facts["conduct_ended_on"], "publication": facts["published_on"]}
    return Derivation(
        CLASS_WORDS.get(severity or "", "—"),
        "报送单位认定" if found is None or found.severity is None else "依处罚种类划分",
        START_WORDS.get(term.start_event, term.start_event or "—"), starts.get(term.start_event) or day,
        period_words(maximum), period_words(minimum),
        term.until_on - timedelta(days=1) if term.until_on else None, term,
        tuple((one, law.why_lost(one.key, term.rule.key) if term.rule else "") for one in term.losers),
        stored is not None and stored["decision"] == "published" and _until(stored) == term.until_on,
    )  # fmt: skip


def _until(stored: dict[str, Any]) -> date | None:
    until: date | None = stored["shown_until"]
    return None if until is None or until.year == date.max.year else until
