"""What doors may read of objections beside the case itself."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from psycopg import Connection

from limu.case.queries import CLOCKS
from limu.law.book import LawBook
from limu.law.period import due_on
from limu.objection import store
from limu.objection.rules import Statistic
from limu.objection.store import Reliance
from limu.wire.lawbook import calendar_under, current_book


def statistics(
    connection: Connection[Any], *, today: date, book: LawBook | None = None
) -> tuple[Statistic, ...]:  # fmt: skip
    """Objections by body: number, median working days, upheld, late. Public; the bodies sum to the total."""
    past = _overdue(connection, today=today, book=book)
    return tuple(replace(one, overdue=past.get(one.department, 0)) for one in store.statistics(connection))


def _overdue(connection: Connection[Any], *, today: date, book: LawBook | None) -> dict[str, int]:
    """Count by body the open objections whose day, by the law of its region, has passed."""
    found: dict[str, int] = {}
    rows = store.open_counts(connection)
    if not rows:
        return found
    book = book or current_book(connection)
    days = calendar_under(connection, book)
    ((acts, _),) = CLOCKS["objection"]
    for row in rows:
        rules = (book.deadline(act, on=row["opened_on"], region=row["region"]) for act in acts)
        rule = next((one for one in rules if one is not None), None)
        due = due_on(rule, row["opened_on"], calendar=days, is_extended=row["is_extended"]) if rule else None
        if due is not None and due.day < today:
            found[row["department"]] = found.get(row["department"], 0) + row["cases"]
    return found


def reliances_of_subject(connection: Connection[Any], subject: UUID) -> tuple[Reliance, ...]:
    """Who had relied on a record that was not the subject's, and what each has answered (after `enter_subject`)."""
    return store.reliances_of_subject(connection, subject)


def reliances_of_case(connection: Connection[Any], case: UUID) -> tuple[Reliance, ...]:
    """The notices that went out on one case."""
    return store.reliances_of_case(connection, case)


def reliances_to(
    connection: Connection[Any], department: UUID, *, limit: int = 500, skip: int = 0
) -> tuple[Reliance, ...]:  # fmt: skip
    """What a body has to answer, before what it has answered."""
    return store.reliances_to(connection, department, limit=limit, skip=skip)


def reliances_to_holder(connection: Connection[Any], holder: str) -> tuple[Reliance, ...]:
    """What a holder of copies has to answer, by its own agreement."""
    store.enter_holder(connection, holder)
    return store.reliances_to_holder(connection, holder)


def unanswered(connection: Connection[Any]) -> tuple[Reliance, ...]:
    """The notices that still wait for an answer, the most pressing first; the centre sees those of every body."""
    return store.unanswered(connection)
