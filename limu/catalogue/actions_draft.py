"""Drafting a version of an item, and publishing it by a second person (目录管理)."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from psycopg import Connection
from psycopg.errors import CheckViolation, UniqueViolation

from limu.catalogue import store, store_draft
from limu.catalogue.rules import CatalogueFault
from limu.catalogue.rules_draft import OPEN_DRAFT, OWN_DRAFT, SETTLED, TOO_EARLY, Draft, why_not_drafted, why_unlawful
from limu.catalogue.rules_new import EXISTS, new_faults
from limu.department.rules import NOT_THERE, Officer, Refusal, authorise
from limu.record.item import Item

Refused = Refusal | tuple[CatalogueFault, ...]


def draft_item(
    connection: Connection[Any], item: Item, *, by: Officer, reason: str, today: date, is_article: Callable[[str], bool]
) -> UUID | Refused:
    """Write a draft of the next version, or list every fault at once, a basis that nobody can read among them."""
    if refusal := authorise(by, "edit_catalogue", by.department):
        return refusal
    if faults := (*new_faults(item, is_article=is_article), *why_unlawful(item)):
        return faults
    known = store_draft.versions_of(connection, item.code)
    if refusal := why_not_drafted(known[0][0] if known else None, item, reason=reason, today=today):
        return refusal
    draft = uuid4()
    try:
        with connection.transaction():
            store_draft.insert_draft(connection, item, id=draft, reason=reason, officer=by.id)
    except UniqueViolation:
        return OPEN_DRAFT
    return draft


def draft_new(
    connection: Connection[Any], item: Item, *, by: Officer, reason: str, today: date, is_article: Callable[[str], bool]
) -> UUID | Refused:
    """Write a draft of an item that does not exist yet."""
    if refusal := authorise(by, "edit_catalogue", by.department):
        return refusal
    if store_draft.versions_of(connection, item.code):
        return EXISTS
    return draft_item(connection, item, by=by, reason=reason, today=today, is_article=is_article)


def publish_draft(connection: Connection[Any], draft: UUID, *, by: Officer, today: date) -> Item | Refused:
    """Publish a draft as a new version beside the old ones; another person does it, and the law is asked again."""
    found = _open(connection, draft, by=by)
    if isinstance(found, Refusal):
        return found
    if faults := why_unlawful(found.item):
        return faults
    if found.item.in_force_from < today:
        return TOO_EARLY
    drafter = store_draft.person_of(connection, found.drafted_by)
    if drafter == by.person:
        return OWN_DRAFT
    try:
        with connection.transaction():
            store_draft.settle_draft(connection, draft, officer=by.id, is_published=True)
            is_new = store.insert_item(connection, found.item, drafted_by=drafter, confirmed_by=by.person)
    except CheckViolation as refused:
        return (
            CatalogueFault("T-408", found.item.code, f"数据库拒绝：{refused.diag.message_primary}。请更正后重新起草。"),
        )
    return found.item if is_new else SETTLED


def withdraw_draft(connection: Connection[Any], draft: UUID, *, by: Officer) -> Draft | Refusal:
    """Take a draft back, or turn it down; either person may."""
    found = _open(connection, draft, by=by)
    if isinstance(found, Draft):
        store_draft.settle_draft(connection, draft, officer=by.id, is_published=False)
    return found


def _open(connection: Connection[Any], draft: UUID, *, by: Officer) -> Draft | Refusal:
    if refusal := authorise(by, "edit_catalogue", by.department):
        return refusal
    found = store_draft.find_draft(connection, draft, lock=True)
    if found is None:
        return NOT_THERE
    return found if found.is_published is None else SETTLED
