"""Acts at the window: check a subject, say what was done, check a whole list, report measures in use. Never commits."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from psycopg import Connection

from limu.access import store as access_store
from limu.access.actions import Connect, open_ticket, open_tickets
from limu.department.rules import NOT_THERE, Officer, Refusal, authorise
from limu.law.measure import ACTS
from limu.measure import store, store_window
from limu.measure.queries import NO_SUBJECT, NOT_A_CODE
from limu.measure.rules_overreach import Reported, beyond
from limu.measure.rules_window import (
    ANSWERED,
    NO_ACT,
    Check,
    Used,
    digest_of,
    number_of,
    uses_of,
)
from limu.measure.store_window import Decided
from limu.terms.uscc import clean_uscc, is_valid_uscc


@dataclass(frozen=True, slots=True)
class Moment:
    """When a check is made: the register's day and the instant."""

    on: date
    at: datetime


def check_subject(
    connection: Connection[Any], uscc: str, *, act: str, officer: Officer, when: Moment, connect: Connect
) -> Check | Refusal:
    """Answer what the law allows against one subject at one act, and keep the answer.

    The subject sees afterwards who asked: the ticket is committed before anything is read (trust.md 5.1)."""
    if authorise(officer, "check_measures", officer.department) is not None:
        return NOT_THERE
    code = clean_uscc(uscc)
    if act not in ACTS:
        return NO_ACT
    if not is_valid_uscc(code):
        return NOT_A_CODE
    found = store.find_subject(connection, code)
    if found is None:
        return NO_SUBJECT
    subject, name, _ = found
    ticket = open_ticket(connect, officer=officer, purpose="window_check", subject=subject, scope=ACTS[act])
    if isinstance(ticket, Refusal):
        return ticket
    access_store.spend_ticket(connection, ticket)
    region = store_window.region_of(connection, officer.department)
    allowed = store_window.allowed_at(connection, subject, act=act, region=region, on=when.on)
    number = number_of(when.on, secrets.randbits(48))
    check = Check(
        id=uuid4(), number=number, subject=subject, uscc=code, name=name, act=act, region=region, checked_on=when.on,
        checked_at=when.at, person=officer.person, officer_name=officer.person_name,
        department_name=officer.department_name,
        digest=digest_of(number=number, uscc=code, act=act, on=when.on, allowed=allowed), allowed=allowed,
    )  # fmt: skip
    store_window.insert_check(connection, check, officer)
    return check


def answer_check(
    connection: Connection[Any], check: UUID, form: Mapping[str, str], *, officer: Officer
) -> tuple[Used, ...] | tuple[Refusal, ...]:
    """Keep what the body did with each measure: it complied, or it explained. Once, and all of them at once."""
    found = store_window.find_check(connection, check)
    if found is None or authorise(officer, "check_measures", officer.department) is not None:
        return (NOT_THERE,)
    if store_window.uses_of(connection, check):
        return (ANSWERED,)
    uses = uses_of(found, form)
    if uses and isinstance(uses[0], Used):
        store_window.insert_uses(connection, found, [one for one in uses if isinstance(one, Used)], officer=officer)
    return uses


def report_uses(
    connection: Connection[Any], rows: Sequence[Reported], *, officer: Officer
) -> tuple[tuple[Reported, tuple[str, ...]], ...] | Refusal:
    """Take what a body says it uses, judge each against the law of its territory, and keep both."""
    if authorise(officer, "check_measures", officer.department) is not None:
        return NOT_THERE
    region = store_window.region_of(connection, officer.department)
    known = store_window.measure_names(connection)
    lawful = store_window.lawful_periods(connection, [one.uscc for one in rows], region=region)
    judged = []
    for one in rows:
        subject, periods = lawful.get(one.uscc, (None, None))
        judged.append((one, subject, beyond(one, known, periods)))
    store_window.insert_reports(connection, judged, officer=officer)
    return tuple((one, reasons) for one, _, reasons in judged)


def check_many(
    connection: Connection[Any], codes: Sequence[str], *, act: str, officer: Officer, when: Moment, connect: Connect
) -> dict[str, list[Decided]] | Refusal:
    """Decide for every confirmed code at once: one trail row a subject, committed before the answer is read."""
    if authorise(officer, "check_measures", officer.department) is not None:
        return NOT_THERE
    subjects = store_window.subjects_of(connection, [code for code in codes if is_valid_uscc(code)])
    refusal = open_tickets(
        connect, officer=officer, purpose="window_check", subjects=list(subjects.values()), scope=ACTS[act]
    )
    if refusal is not None:
        return refusal
    region = store_window.region_of(connection, officer.department)
    return store_window.allowed_for(connection, list(subjects), act=act, region=region, on=when.on)
