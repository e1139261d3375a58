"""Declaring, reviewing, taking back. Never commits; limu/reactions_declaration.py says what follows."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from psycopg import Connection

from limu.case.rules import Agent, Document
from limu.case.store import enter_subject
from limu.department.rules import NOT_THERE, Officer, Refusal, authorise
from limu.objection import rules_declaration as rules
from limu.objection import store_declaration as store
from limu.objection.rules_declaration import Declaration


def declare(
    connection: Connection[Any], record: UUID, *, agent: Agent, text: str, proofs: Sequence[Document] = ()
) -> Declaration | Refusal:
    """Say something about an own record that is public; it is shown once someone else has looked at it.

    Proof is for who looks at it; it is not shown."""
    enter_subject(connection, agent.subject)
    if refusal := rules.refuse_text(text):
        return refusal
    if len(proofs) > rules.MOST_PROOFS:
        return rules.TOO_MANY
    store.lock_record(connection, record)
    if not store.is_public(connection, record):
        return rules.NOT_PUBLIC
    if any(one.standing == "waiting" for one in store.declarations_of(connection, record)):
        return rules.WAITING
    one = uuid4()
    store.insert_declaration(
        connection, one, subject=agent.subject, record=record, text=text.strip(), agent=agent.name
    )  # fmt: skip
    for proof in proofs:
        store.insert_proof(connection, one, subject=agent.subject, proof=proof)
    return store.find_declaration(connection, one) or NOT_THERE


def withdraw(connection: Connection[Any], record: UUID, *, agent: Agent) -> Declaration | Refusal:
    """Take the words back: what waits is not looked at, what is shown is gone at once."""
    enter_subject(connection, agent.subject)
    store.lock_record(connection, record)
    ending = [one for one in store.declarations_of(connection, record) if one.can_end]
    if not ending:
        return rules.NO_DECLARATION
    for one in ending:
        store.insert_withdrawal(connection, one, agent=agent.name)
    return store.find_declaration(connection, ending[0].id) or NOT_THERE


def review(
    connection: Connection[Any], declaration: UUID, *, officer: Officer, ground: str = "", note: str = "",
    is_shown: bool,
) -> Declaration | Refusal:  # fmt: skip
    """Let a declaration through, or say on which ground it cannot be shown; its contents are the subject's own."""
    if authorise(officer, "review_declaration", officer.department) is not None:
        return NOT_THERE
    found = store.find_declaration(connection, declaration)
    if found is None:
        return NOT_THERE
    store.lock_record(connection, found.record)
    found = store.find_declaration(connection, declaration) or found
    if found.standing != "waiting":
        return rules.REVIEWED
    if not is_shown and ground not in rules.GROUNDS:
        return rules.NO_GROUND
    store.insert_review(
        connection, found, is_shown=is_shown, ground=None if is_shown else ground, note=note.strip()[:200],
        officer=officer.id,
    )  # fmt: skip
    return store.find_declaration(connection, declaration) or found
