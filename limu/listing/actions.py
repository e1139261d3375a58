"""The steps of an entry: proposed with notice, stated, decided by a second person, served, exited. Never commits."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from psycopg import Connection

from limu.department.rules import NOT_THERE, Officer, Refusal, authorise
from limu.listing import rules, rules_hearing, store
from limu.listing.rules import Entry, ExitKind
from limu.terms.uscc import clean_uscc
from limu.wire.clock import register_today
from limu.wire.lawbook import current_calendar


@dataclass(frozen=True, slots=True)
class Document:
    """The document of a step: its number and what it says."""

    number: str
    text: str


@dataclass(frozen=True, slots=True)
class Case:
    """Why a subject shall enter a list: the facts, and the document that proves them; a record if one was reported."""

    facts: str
    evidence: str
    record: UUID | None = None


@dataclass(frozen=True, slots=True)
class Proposed:
    """An entry that was proposed, until which day the subject may state its case, and ask for a hearing if any."""

    entry: UUID
    statement_until: date
    hearing_until: date | None = None


def propose_entry(
    connection: Connection[Any], *, officer: Officer, kind: str, uscc: str, case: Case, notice: Document
) -> Proposed | Refusal:
    """Propose an entry and record the notice to the subject (拟列入告知); the window for its statement begins."""
    if refusal := authorise(officer, "list_propose", officer.department):
        return refusal
    found = store.find_kind(connection, kind if "/" in kind else f"list/{kind}")
    if found is None:
        return rules.NO_BASIS
    today = register_today(connection)
    region = store.find_region(connection, officer.department)
    refused = rules.refuse_proposal(found, region=region, facts=case.facts, evidence=case.evidence, on=today)
    if refused is None and found.code not in store.kept_lists(connection, officer.department):
        refused = rules.NOT_OURS
    if refused is not None:
        return refused
    subject = _whom(connection, uscc, record=case.record)
    if isinstance(subject, Refusal):
        return subject
    entry = uuid4()
    begun = store.insert_entry(
        connection, entry=entry, kind=found.code, subject=subject, officer=officer, region=region, facts=case.facts,
        evidence=case.evidence, record=case.record,
    )  # fmt: skip
    if not begun:
        return rules.ALREADY_RUNNING
    calendar = current_calendar(connection)
    until, hearing = rules.window_ends(found, today, calendar), rules_hearing.request_ends(found, today, calendar)
    take_step(connection, entry, kind="notice", document=notice, officer=officer, until=until, hearing_until=hearing)
    return Proposed(entry, until, hearing)


def _whom(connection: Connection[Any], uscc: str, *, record: UUID | None) -> UUID | Refusal:
    """Find the subject; a record that is named must be its own and must not have ended."""
    subject = store.find_subject(connection, clean_uscc(uscc))
    if subject is None:
        return Refusal("N-108", "没有登记这一统一社会信用代码的主体；自然人不能列入。", "请核对营业执照上的代码。")
    if record is not None and not store.may_rest_on(connection, record, subject=subject):
        return rules.NO_GROUND
    return subject


def take_step(
    connection: Connection[Any], entry: UUID, *, kind: str, document: Document, officer: Officer, **more: Any
) -> None:
    """Append a step of today by an officer."""
    store.insert_step(
        connection, step=uuid4(), entry=entry, kind=kind, on=register_today(connection), document=document.number,
        text=document.text, officer=officer, **more,
    )  # fmt: skip


def find_for(connection: Connection[Any], entry: UUID, *, officer: Officer, act: str) -> Entry | Refusal:
    """The entry, if this officer may do this act on it; "not allowed" and "not there" are one answer."""
    found = store.find_entry(connection, entry)
    if found is None:
        return NOT_THERE
    return authorise(officer, act, found.department) or found


def take_statement(
    connection: Connection[Any], entry: UUID, *, officer: Officer, statement: Document
) -> Entry | Refusal:
    """Record what the subject stated; the decider sees it before deciding (49号; 行政处罚法 45)."""
    found = find_for(connection, entry, officer=officer, act="list_state")
    if isinstance(found, Refusal):
        return found
    if found.decided_on is not None or found.exited_on is not None:
        return rules.DECIDED
    take_step(connection, entry, kind="statement", document=statement, officer=officer)
    return found


def decide_entry(
    connection: Connection[Any], entry: UUID, *, officer: Officer, decision: Document, until: date | None = None,
    is_refused: bool = False,
) -> date | Refusal | None:  # fmt: skip
    """Decide by a second person: enter until a day (returned), or do not enter (None)."""
    found = find_for(connection, entry, officer=officer, act="list_decide")
    if isinstance(found, Refusal):
        return found
    today = register_today(connection)
    refuse = rules.refuse_decision if is_refused else rules_hearing.refuse_entering
    refused = refuse(found, person=officer.person, on=today)
    if refused is not None:
        return refused
    if is_refused:
        take_step(connection, entry, kind="refusal", document=decision, officer=officer)
        return None
    kind = store.find_kind(connection, found.list)
    assert kind is not None
    if not kind.is_confirmed or found.lost == "ended":
        return rules.GROUND_LOST if kind.is_confirmed else rules.NOT_CONFIRMED
    ends = rules.entry_ends(kind, today, until)
    if isinstance(ends, Refusal):
        return ends
    take_step(connection, entry, kind="decision", document=decision, officer=officer, until=ends)
    return ends


def serve_entry(connection: Connection[Any], entry: UUID, *, officer: Officer, service: Document) -> Entry | Refusal:
    """Record the service of the decision: from this day the entry is active, and public where its list is."""
    found = find_for(connection, entry, officer=officer, act="list_serve")
    if isinstance(found, Refusal):
        return found
    if refusal := rules.refuse_service(found):
        return refusal
    take_step(connection, entry, kind="service", document=service, officer=officer)
    return found


def exit_by_repair(
    connection: Connection[Any], record: UUID, *, officer: Officer, second: UUID, decision: Document
) -> tuple[UUID, ...]:
    """End the running entries of this body that rest on a repaired record, inside the repair's own transaction.

    The two people are those of the repair. An entry of another body has no ground from then on."""
    entries = store.running_on(connection, record, department=officer.department)
    for entry in entries:
        take_step(connection, entry, kind="exit", document=decision, officer=officer, exit_kind="repair", second=second)
    return entries


def exit_own(
    connection: Connection[Any], entry: UUID, *, officer: Officer, second: UUID, decision: Document
) -> Entry | Refusal:  # fmt: skip
    """End an entry that rests on no record, inside the transaction of its own repair and by the repair's two people."""
    found = store.find_entry(connection, entry)
    if found is None or found.department != officer.department:
        return NOT_THERE
    if refused := refuse_own_exit(connection, entry):
        return refused
    take_step(connection, entry, kind="exit", document=decision, officer=officer, exit_kind="repair", second=second)
    return found


def refuse_own_exit(connection: Connection[Any], entry: UUID) -> Refusal | None:
    """Why an entry may not be ended by repair today, by the rule of its list."""
    found = store.find_entry(connection, entry)
    kind = store.find_kind(connection, found.list) if found else None
    if found is None or kind is None:
        return NOT_THERE
    return rules.refuse_exit(kind, found, exit_kind="repair", on=register_today(connection))


def exit_entry(
    connection: Connection[Any],
    entry: UUID,
    *,
    officer: Officer,
    second: Officer,
    exit_kind: ExitKind,
    decision: Document,
) -> Entry | Refusal:
    """End an entry before its day, by two people: condition met, repaired, or its decision fell."""
    found = find_for(connection, entry, officer=officer, act="list_exit")
    if isinstance(found, Refusal):
        return found
    if refusal := authorise(second, "list_exit", found.department):
        return refusal
    if officer.person == second.person:
        return rules.EXIT_BY_TWO
    kind = store.find_kind(connection, found.list)
    assert kind is not None
    refused = rules.refuse_exit(kind, found, exit_kind=exit_kind, on=register_today(connection))
    if refused is not None:
        return refused
    take_step(
        connection, entry, kind="exit", document=decision, officer=officer, exit_kind=exit_kind, second=second.person
    )  # fmt: skip
    return found
