"""The matching desk's view of waiting rows: each beside its candidates, without anything of a natural person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from psycopg import Connection

from limu.linking import store_review
from limu.linking.rules import RowFacts
from limu.linking.rules_review import FactLine, Known, Risk, compared, needs_second, risks_of, without_persons
from limu.subject.actions import region_finder
from limu.subject.queries import find_subject, region_name


def row_facts(row: dict[str, Any]) -> RowFacts:
    """What a waiting row says of its party, its region as a code."""
    party = row["party"]
    return RowFacts(
        row["party_name"], party.get("uscc", ""), tuple(party.get("numbers") or ()),
        region_code(party.get("region", "")), party.get("address", ""), party.get("registrar", ""),
    )  # fmt: skip


@lru_cache(maxsize=4096)
def region_code(stated: str) -> str:
    """Read a region that a department wrote as a name (贵州省) or as a code; what is neither is no fact."""
    if not stated:
        return ""
    return region_finder().of_subject(code=None, stated=stated, words=(stated,)) or ""


@dataclass(frozen=True, slots=True)
class Beside:
    """A candidate beside the row: the facts, the risk, and whether another person must confirm."""

    known: Known
    lines: tuple[FactLine, ...]
    risks: tuple[Risk, ...]
    needs_second: bool
    is_named_by_hand: bool = False

    @property
    def words(self) -> tuple[tuple[str, str], ...]:
        """What agrees and what differs, each once, the facts before the risks."""
        told = {line.words: line.verdict for line in self.lines if line.verdict != "open"}
        told |= {one.words: "differs" for one in self.risks}
        return tuple((verdict, words) for words, verdict in told.items())


@dataclass(frozen=True, slots=True)
class Case:
    """A row of the desk: what it says, why it waits, who may be meant, how many say the same."""

    id: UUID
    department: UUID
    department_name: str
    item: str
    item_name: str
    name: str
    facts: RowFacts
    reason: str
    document_number: str
    decided_on: date | None
    entered_at: datetime
    is_settled: bool
    is_wished: bool
    alike: int
    candidates: tuple[Beside, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A row as the list shows it: enough to recognise it, nothing that its own view must look up."""

    id: UUID
    department_name: str
    item_name: str
    name: str
    reason: str
    document_number: str
    entered_at: datetime
    candidates: int
    is_wished: bool


def waiting(
    connection: Connection[Any], *, department: UUID | None = None, until: datetime | None = None,
    wished: bool = False, after: str = "", limit: int = 20,
) -> tuple[tuple[Waiting, ...], str]:  # fmt: skip
    """List waiting rows, the oldest first, and where to go on (empty on the last page)."""
    rows = store_review.queue(
        connection, department=department, until=until, wished=wished, after=_cursor(after), limit=limit
    )
    shown = rows[:limit]
    last = f"{shown[-1]['entered_at'].isoformat()}_{shown[-1]['id']}" if len(rows) > limit else ""
    return tuple(Waiting(**row | {"name": without_persons(RowFacts(row["name"])).name}) for row in shown), last


def find_case(connection: Connection[Any], pending: UUID, *, second_at: int, also: UUID | None = None) -> Case | None:
    """Find one row with its candidates, and a subject that somebody names besides."""
    row = store_review.find_row(connection, pending)
    if row is None:
        return None
    wanted = [*_subjects(row), *([also] if also else [])]
    return _case(row, store_review.known(connection, wanted), second_at=second_at, also=also)


def subject_of_code(connection: Connection[Any], uscc: str) -> UUID | None:
    """Find the subject of a code typed by hand."""
    found = find_subject(connection, uscc)
    return found.id if found else None


def _subjects(row: dict[str, Any]) -> list[UUID]:
    return [UUID(one["subject"]) for one in row["candidates"] if one.get("subject")]


def _case(row: dict[str, Any], known: dict[UUID, Known], *, second_at: int, also: UUID | None = None) -> Case:
    facts = without_persons(row_facts(row))
    wanted = list(dict.fromkeys([*_subjects(row), *([also] if also else [])]))
    found = [known[subject] for subject in wanted if subject in known]
    by_hand = also if also not in _subjects(row) else None
    return Case(
        row["id"], row["department"], row["department_name"], row["item"], row["item_name"], facts.name, facts,
        row["reason"], row["document_number"] or "", row["decided_on"], row["entered_at"],
        row["settled_at"] is not None, row["is_wished"], row["alike"],
        tuple(_beside(facts, one, found, second_at=second_at, by_hand=by_hand) for one in found),
    )  # fmt: skip


def _beside(facts: RowFacts, one: Known, found: Sequence[Known], *, second_at: int, by_hand: UUID | None) -> Beside:
    risks = risks_of(facts, one, [other for other in found if other is not one])
    return Beside(
        one, compared(facts, one, place=_place), risks, needs_second(risks, second_at=second_at),
        is_named_by_hand=one.subject == by_hand,
    )  # fmt: skip


def _place(code: str) -> str:
    return region_name(code) or code


def _cursor(text: str) -> tuple[datetime, UUID] | None:
    """Read where a page goes on; a place that is not ours starts from the beginning."""
    at, _, pending = text.partition("_")
    try:
        instant = datetime.fromisoformat(at)
        return (instant, UUID(pending)) if instant.tzinfo else None
    except ValueError:
        return None
