"""What doors may read of cases: each with its clocks, its time line and its documents."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from psycopg import Connection

from limu.case import store
from limu.case.rules import OPEN, Case, CaseKind, Document, Step
from limu.case.rules_clock import ClockFace, CountedDay, count_days, pauses_of, run_clock
from limu.case.store_letter import Letter, letters_of_case
from limu.law.book import LawBook
from limu.terms.days import Calendar, working_days_between
from limu.wire.lawbook import calendar_under, current_calendar

# Which clocks run on a case: the law's act, and the day on which it starts.
CLOCKS: dict[CaseKind, tuple[tuple[tuple[str, ...], str], ...]] = {
    "repair": (
        (("repair_acceptance",), "opened"),
        (("repair_decision",), "accepted"),
        (("repair_feedback",), "opened"),
    ),
    "objection": ((("objection_source", "objection_own", "objection"), "opened"),),
}


@dataclass(frozen=True, slots=True)
class Listed:
    """A case in a list: whose it is, the clock that presses most, and how many cases the whole list has."""

    case: Case
    uscc: str
    name: str
    clock: ClockFace | None
    total: int


@dataclass(frozen=True, slots=True)
class File:
    """A whole case: its clocks with their days, what was done, what lies in it, what was written."""

    case: Case
    uscc: str
    name: str
    clocks: tuple[ClockFace, ...]
    steps: tuple[Step, ...]
    documents: tuple[tuple[UUID, Document, date], ...]
    letters: tuple[Letter, ...]


def listed(
    connection: Connection[Any], book: LawBook, *, today: date, department: UUID | None = None,
    subject: UUID | None = None, kind: CaseKind | None = None, is_open: bool | None = None, limit: int = 200,
    skip: int = 0,
) -> tuple[Listed, ...]:  # fmt: skip
    """List cases within what row-level security opens, each with the clock that presses most."""
    found = store.cases(
        connection, department=department, subject=subject, kind=kind, is_open=is_open, limit=limit, skip=skip
    )  # fmt: skip
    steps = store.steps_by_case(connection, [one.id for one, _ in found])
    law = _Law(book, calendar_under(connection, book), today)
    return tuple(
        Listed(
            one, beside.uscc, beside.name, pressing(_run(one, steps[one.id], region=beside.region, law=law)),
            beside.total,
        )
        for one, beside in found
    )  # fmt: skip


def pressing(clocks: tuple[ClockFace, ...]) -> ClockFace | None:
    """The clock that runs out first of those still running; of ended ones the last."""
    running = [one for one in clocks if one.ended_on is None]
    if not running:
        return clocks[-1] if clocks else None
    return min(running, key=lambda one: (one.due_on is None, one.due_on or date.max))


def file_of(connection: Connection[Any], book: LawBook, case: Case, *, today: date) -> File:
    """Read one case whole."""
    uscc, name = store.subject_names(connection, [case.subject]).get(case.subject, ("", ""))
    steps = store.steps_of(connection, case.id)
    clocks = clocks_of(connection, case, steps, book=book, days=calendar_under(connection, book), today=today)
    documents = store.documents_of(connection, case.id)
    return File(case, uscc, name, clocks, steps, documents, letters_of_case(connection, case.id))


def clocks_of(
    connection: Connection[Any], case: Case, steps: tuple[Step, ...], *, book: LawBook, days: Calendar, today: date
) -> tuple[ClockFace, ...]:
    """Run the clocks of a case; a clock that cannot have begun is absent."""
    region = store.region_of(connection, case.department)
    return _run(case, steps, region=region, law=_Law(book, days, today))


@dataclass(frozen=True, slots=True)
class _Law:
    """By what and as of when clocks are run."""

    book: LawBook
    days: Calendar
    today: date


def _run(case: Case, steps: tuple[Step, ...], *, region: str, law: _Law) -> tuple[ClockFace, ...]:
    faces = []
    for acts, start in CLOCKS[case.kind]:
        begun = case.opened_on if start == "opened" else case.accepted_on
        rules = [law.book.deadline(act, on=case.opened_on, region=region) for act in acts]
        rule = next((one for one in rules if one is not None), None)
        if begun is None or rule is None:
            continue
        face = run_clock(
            law.book, rule, start=begun, today=law.today, calendar=law.days,
            pauses=pauses_of((one.kind, one.on_day, one.reason) for one in steps),
            is_extended=any(one.kind == "extend" for one in steps),
            ended_on=_ended(case, steps, is_acceptance=rule.act == "repair_acceptance"),
        )  # fmt: skip
        faces.append(_as_decided(steps, face))
    return tuple(faces)


def _as_decided(steps: tuple[Step, ...], face: ClockFace) -> ClockFace:
    """Keep the due day that stood when the case was decided: a holiday announced later moves open clocks alone."""
    last = next((one for one in reversed(steps) if one.kind in ("confirm", "above")), None)
    stored = last.body.get("dues", {}).get(face.label) if last and face.ended_on else None
    due = date.fromisoformat(stored) if stored else None
    if due is None or due == face.due_on or face.ended_on is None:
        return face
    return replace(face, due_on=due, days=(), light="kept" if face.ended_on <= due else "late")


def _ended(case: Case, steps: tuple[Step, ...], *, is_acceptance: bool) -> date | None:
    if is_acceptance and case.accepted_on is not None:
        return case.accepted_on
    if case.decided_on is not None:
        return case.decided_on
    return None if case.state in OPEN or not steps else steps[-1].on_day


def days_between(connection: Connection[Any], start: date, until: date | None) -> tuple[CountedDay, ...]:
    """The days of a window that was set when it began: which were counted up to its last, and why not the others."""
    if until is None:
        return ()
    calendar = current_calendar(connection)
    return count_days(start, working_days_between(start, until, calendar=calendar), calendar=calendar)
