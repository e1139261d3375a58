"""What a subject does about its own entry: it states its case to whoever decides. Never commits."""

from typing import Any
from uuid import UUID, uuid4

from psycopg import Connection

from limu.case.actions import draw_number
from limu.case.rules import Agent
from limu.department.rules import NOT_THERE, Refusal
from limu.listing import rules, store, store_own
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
    store_own.insert_own_statement(
        connection, found, step=uuid4(), on=today, document=number, text=text.strip(), agent=agent.name
    )
    return number


def own_entry(connection: Connection[Any], entry: UUID, *, agent: Agent) -> Entry | None:
    """One of the subject's own entries; another's is not there."""
    found = store.find_entry(connection, entry)
    return found if found is not None and found.subject == agent.subject and found.noticed_on is not None else None
