"""What a subject does about its own entry: it states its case, asks for a hearing, takes that back. Never commits."""

from typing import Any
from uuid import UUID, uuid4

from psycopg import Connection

from limu.case.actions import draw_number
from limu.case.rules import Agent
from limu.department.rules import NOT_THERE, Refusal
from limu.listing import rules, rules_hearing, store, store_own
from limu.listing.actions import Document
from limu.listing.rules import Entry
from limu.wire.clock import register_today


def state_own(connection: Connection[Any], entry: UUID, *, agent: Agent, text: str) -> str | Refusal:
    """Take the subject's own statement down, under a number of its own; the decider sees it before deciding."""
    found = store.find_entry(connection, entry)
    if found is None or found.subject != agent.subject:
        return NOT_THERE
    if refusal := rules.refuse_statement(found, text=text):
        return refusal
    today = register_today(connection)
    number = draw_number("objection", today).replace("YY", "CS", 1)
    store_own.insert_own_step(
        connection, found, kind="statement", step=uuid4(), on=today, document=number, text=text.strip(),
        agent=agent.name,
    )  # fmt: skip
    return number


def ask_hearing(connection: Connection[Any], entry: UUID, *, agent: Agent, text: str) -> str | Refusal:
    """Take the subject's own wish for a hearing down, under its number; until it was heard nothing is decided."""
    found = store.find_entry(connection, entry)
    if found is None or found.subject != agent.subject:
        return NOT_THERE
    today = register_today(connection)
    if refusal := rules_hearing.refuse_request(found, text=text, on=today):
        return refusal
    number = draw_number("objection", today).replace("YY", "TZ", 1)
    store_own.insert_own_step(
        connection, found, kind="hearing_request", step=uuid4(), on=today, document=number,
        text=text.strip() or rules_hearing.ASKED, agent=agent.name,
    )  # fmt: skip
    return number


def withdraw_hearing(connection: Connection[Any], entry: UUID, *, agent: Agent, text: str) -> Document | Refusal:
    """Take the subject's own wish for a hearing back, under a number; it is decided as if nobody had asked."""
    found = store.find_entry(connection, entry)
    if found is None or found.subject != agent.subject:
        return NOT_THERE
    if refusal := rules_hearing.refuse_withdrawal(found, text=text, is_own=True):
        return refusal
    today = register_today(connection)
    wish = Document(
        draw_number("objection", today).replace("YY", "TC", 1), text.strip() or rules_hearing.WITHDRAWN
    )  # fmt: skip
    store_own.insert_own_step(
        connection, found, kind="hearing_withdrawal", step=uuid4(), on=today, document=wish.number, text=wish.text,
        agent=agent.name,
    )  # fmt: skip
    return wish


def own_entry(connection: Connection[Any], entry: UUID, *, agent: Agent) -> Entry | None:
    """One of the subject's own entries; another's is not there."""
    found = store.find_entry(connection, entry)
    return found if found is not None and found.subject == agent.subject and found.noticed_on is not None else None
