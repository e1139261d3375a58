"""Adding, pausing, resuming and ending holders: one asks, another decides."""

import secrets
from typing import Any
from uuid import UUID, uuid4

from psycopg import Connection

from limu.department.rules import NOT_THERE, Officer, Refusal, authorise
from limu.feed import rules_holder as rules
from limu.feed import store_holder as store
from limu.feed.rules_holder import ActKind, Holder, Wish
from limu.wire.outgoing import PUBLIC, Reach, why_blocked


def ask_holder(
    connection: Connection[Any],
    *,
    officer: Officer,
    wish: Wish,
    reason: str,
    known: tuple[frozenset[str], frozenset[str]],
    reach: Reach = PUBLIC,
) -> tuple[Holder, str] | Refusal:
    """Ask for a new holder; its token is told now and never again, and opens nothing before another person agrees."""
    if refusal := authorise(officer, "edit_holders", officer.department):
        return refusal
    if refusal := rules.why_not(wish, known_items=known[0], known_fields=known[1]):
        return refusal
    if wish.hook_url and (block := why_blocked(wish.hook_url, reach)):
        return rules.BLOCKED[block]
    if not reason.strip():
        return rules.NO_REASON
    token, made = rules.TOKEN_PREFIX + secrets.token_urlsafe(32), uuid4()
    if not store.insert_holder(connection, made, wish, hashed=rules.token_hash(token)):
        return rules.NAME_TAKEN
    store.insert_act(connection, uuid4(), holder=made, kind="add", reason=reason, officer=officer.id)
    holder = store.find_holder(connection, made)
    assert holder is not None
    return holder, token


def ask_act(
    connection: Connection[Any], *, officer: Officer, holder: UUID, kind: ActKind, reason: str
) -> UUID | Refusal:
    """Ask that a holder be paused, resumed or ended."""
    if refusal := authorise(officer, "edit_holders", officer.department):
        return refusal
    found = store.find_holder(connection, holder)
    if found is None or kind == "add":
        return NOT_THERE
    if not reason.strip():
        return rules.NO_REASON
    if found.state not in rules.FROM[kind]:
        return rules.NOT_NOW
    act = uuid4()
    is_new = store.insert_act(connection, act, holder=holder, kind=kind, reason=reason, officer=officer.id)
    return act if is_new else rules.OPEN_ACT


def settle_act(connection: Connection[Any], *, officer: Officer, act: UUID, is_agreed: bool) -> Refusal | None:
    """Decide on what another person asked; it takes effect with this commit."""
    found = store.find_act(connection, act, lock=True)
    if found is None:
        return NOT_THERE
    if refusal := authorise(officer, "confirm_holders", officer.department):
        return refusal
    if found.settled_at is not None:
        return rules.SETTLED
    if found.asked_person == officer.person:
        return rules.SAME_PERSON
    store.settle_act(connection, act, officer=officer.id, is_done=is_agreed)
    holder = store.find_holder(connection, found.holder)
    if is_agreed and found.kind == "add" and holder is not None and holder.hook_url:
        store.open_hook(connection, holder)
    return None
