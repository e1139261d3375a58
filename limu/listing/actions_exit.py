"""Ending an entry at the desk: one person asks, another agrees or sends it back on an own sign-in. Never commits."""

from typing import Any, get_args
from uuid import UUID, uuid4

from psycopg import Connection

from limu.department.rules import NOT_THERE, Officer, Refusal, authorise
from limu.listing import rules, store, store_exit
from limu.listing.actions import Document, exit_entry
from limu.listing.rules import Entry, ExitKind
from limu.wire.clock import register_today


def ask_exit(
    connection: Connection[Any], entry: UUID, *, officer: Officer, exit_kind: str, decision: Document
) -> UUID | Refusal:
    """Ask that an entry be ended; it stays in force until another person agrees."""
    found = store.find_entry(connection, entry)
    if found is None or authorise(officer, "list_exit", found.department) is not None:
        return NOT_THERE
    named = next((kind for kind in get_args(ExitKind) if kind == exit_kind), None)
    if named is None:
        return rules.NO_EXIT_KIND
    if refusal := _cannot_end(connection, found, exit_kind=named):
        return refusal
    if store_exit.open_wish(connection, entry) is not None:
        return rules.WISHED
    wish = uuid4()
    store_exit.insert_wish(
        connection, wish=wish, entry=entry, exit_kind=named, document=(decision.number, decision.text), officer=officer
    )
    return wish


def _cannot_end(connection: Connection[Any], found: Entry, *, exit_kind: ExitKind) -> Refusal | None:
    kind = store.find_kind(connection, found.list)
    assert kind is not None
    return rules.refuse_exit(kind, found, exit_kind=exit_kind, on=register_today(connection))


def answer_exit(
    connection: Connection[Any], entry: UUID, *, officer: Officer, asker: Officer | None, is_agreed: bool
) -> Entry | Refusal:
    """Answer the open wish: agreed by another person than who asked, the entry and its measures end.

    Whoever asked may take the wish back."""
    found = store.find_entry(connection, entry)
    if found is None or authorise(officer, "list_exit", found.department) is not None:
        return NOT_THERE
    wish = store_exit.open_wish(connection, entry)
    if wish is None:
        return rules.NO_WISH
    if is_agreed and (refusal := _agree(connection, wish, officer=officer, asker=asker)):
        return refusal
    store_exit.insert_answer(connection, wish, officer=officer, is_agreed=is_agreed)
    return found


def _agree(
    connection: Connection[Any], wish: store_exit.Wish, *, officer: Officer, asker: Officer | None
) -> Refusal | None:
    if wish.asked_person == officer.person:
        return rules.EXIT_BY_TWO
    if asker is None or asker.code != wish.asked_code or authorise(asker, "list_exit", wish.department) is not None:
        return rules.ASKER_GONE
    done = exit_entry(
        connection, wish.entry, officer=asker, second=officer, exit_kind=wish.exit_kind,
        decision=Document(wish.document_number, wish.text),
    )  # fmt: skip
    return done if isinstance(done, Refusal) else None
