"""Asking about a read of one's own data, and answering such a question. Never commits."""

from typing import Any
from uuid import UUID

from psycopg import Connection

from limu.access import rules_question as rules
from limu.access import store_question as store
from limu.access.rules_question import Reading
from limu.access.store_question import Asked
from limu.agent.rules import Account
from limu.department.rules import NOT_THERE, Officer, Refusal, authorise


def ask(connection: Connection[Any], ticket: UUID, *, agent: Account, text: str) -> Reading | Refusal:
    """Put a question about one read, once; the session has entered the subject."""
    found = store.find_reading(connection, ticket, subject=agent.subject)
    if found is None:
        return NOT_THERE
    if refusal := rules.refuse_question(found, text=text):
        return refusal
    is_new = store.insert_question(connection, found, text=text.strip(), agent=agent.person_name)
    return found if is_new else rules.ASKED


def reply(connection: Connection[Any], ticket: UUID, *, officer: Officer, text: str) -> Asked | Refusal:
    """Answer a question; whoever read does not answer for it."""
    if authorise(officer, "answer_reading", officer.department) is not None:
        return NOT_THERE
    found = store.find_question(connection, ticket)
    if found is None:
        return NOT_THERE
    is_own = found.reader_person == officer.person
    if refusal := rules.refuse_reply(text=text, is_own=is_own, is_replied=found.reply is not None):
        return refusal
    is_new = store.insert_reply(connection, found, text=text.strip(), officer=officer)
    return found if is_new else rules.REPLIED
