"""What doors may read of repair: what a subject can repair and when, missing notices, the board of what was sent up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg import Connection

from limu.case import store as case_store
from limu.case.rules import Case
from limu.law.book import LawBook
from limu.repair import rules, store
from limu.repair.rules import Checked, Facts, RepairNotice
from limu.repair.rules_draft import MOST_RECORDS
from limu.repair.store import Repairable
from limu.terms.days import Calendar, working_days_between
from limu.wire.lawbook import calendar_under


@dataclass(frozen=True, slots=True)
class Prospect:
    """One record of a subject: from when repair may be asked, the days left, each condition with its article."""

    one: Repairable
    can_apply_on: date | None
    days_left: int
    working_days_left: int
    conditions: tuple[Checked, ...]
    notice: RepairNotice

    @property
    def can_apply(self) -> bool:
        """Whether an application can be handed in today."""
        return self.days_left == 0


def prospects(
    connection: Connection[Any], book: LawBook, subject: UUID, *, today: date, records: Sequence[UUID] | None = None,
    limit: int = MOST_RECORDS,
) -> tuple[Prospect, ...]:  # fmt: skip
    """Adverse records of a subject with what repair needs, within what row-level security opens; `records` if named.

    A portal page must hold a spent ticket for what is not public, and the rows of the subject (reach "centre")."""
    days = calendar_under(connection, book)
    found = store.repairable_of(connection, subject, on=today, records=records, limit=limit)
    return tuple(_prospect(book, one, days, today=today) for one in found)


def _prospect(book: LawBook, one: Repairable, days: Calendar, *, today: date) -> Prospect:
    facts = Facts(one.earliest_repair_on, one.rule, frozenset(), one.list_earliest_on, one.verified_by)
    checked = rules.check_conditions(book, facts, on=today)
    is_early = rules.refuse_early(checked) is not None
    left = (facts.earliest - today).days if is_early and facts.earliest else 0
    working = working_days_between(today, facts.earliest, calendar=days) if left and facts.earliest else 0
    notice = rules.write_notice(
        book, document_number=one.document_number or "", authority=one.authority,
        days=(one.earliest_repair_on, one.shown_until), rule=one.rule, on=today,
    )  # fmt: skip
    return Prospect(one, facts.earliest, left, working, checked, notice)


def missing_notices(
    connection: Connection[Any], department: UUID, *, limit: int = 200, skip: int = 0
) -> tuple[Repairable, ...]:  # fmt: skip
    """Decisions of a body whose notice was not recorded as served, the oldest first."""
    return store.missing_notices(connection, department=department, limit=limit, skip=skip)


def missing_by_body(connection: Connection[Any]) -> dict[UUID, int]:
    """How many are missing in each body, for the centre's desk."""
    return store.count_missing(connection)


@dataclass(frozen=True, slots=True)
class Intake:
    """An application at the centre's intake (修复受理): whose it is, and the cases it became."""

    application: UUID
    number: str
    uscc: str
    name: str
    received_at: datetime
    is_waiting: bool
    cases: tuple[Case, ...]


def intake(
    connection: Connection[Any], *, is_waiting: bool, limit: int, skip: int
) -> tuple[tuple[Intake, ...], int]:  # fmt: skip
    """Applications for repair with their cases, those that wait for the centre or the others, and how many."""
    rows = store.applications(connection, is_waiting=is_waiting, limit=limit, skip=skip)
    cases = case_store.cases_by_application(connection, [row["id"] for row in rows])
    found = tuple(
        Intake(row["id"], row["number"], row["uscc"], row["name"], row["received_at"], row["is_waiting"],
               cases.get(row["id"], ()))
        for row in rows
    )  # fmt: skip
    return found, rows[0]["total"] if rows else 0


def decisions_of(
    connection: Connection[Any], department: UUID, *, text: str = "", limit: int, skip: int = 0
) -> tuple[Repairable, ...]:  # fmt: skip
    """A body's adverse decisions that nothing has ended, to say of which it knows that they were performed."""
    return store.decisions_of(connection, department=department, text=text, limit=limit, skip=skip)


def board(connection: Connection[Any]) -> list[dict[str, Any]]:
    """What was decided here and waits for the receipt of the platform above."""
    return store.waiting_above(connection)
