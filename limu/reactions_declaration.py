"""What follows a subject's declaration, in one transaction each (the fourth part of the table in reactions.py).

| act                      | in the transaction                                                        |
|--------------------------|---------------------------------------------------------------------------|
| it is let through        | shown beside the record: kept pages go, holders of copies hear of it      |
| it is taken back         | gone from page and interface at once, holders of copies hear of it        |"""

from typing import Any
from uuid import UUID

from psycopg import Connection

from limu.case.rules import Agent
from limu.department.rules import Officer, Refusal
from limu.feed import actions as feed
from limu.ledger import store as ledger_store
from limu.objection import actions_declaration as declarations
from limu.objection.rules_declaration import Declaration


def review_declaration(
    connection: Connection[Any], declaration: UUID, *, officer: Officer, is_shown: bool, ground: str = "",
    note: str = "",
) -> Declaration | Refusal:  # fmt: skip
    """Let a declaration through, or refuse it on a ground."""
    done = declarations.review(
        connection, declaration, officer=officer, is_shown=is_shown, ground=ground, note=note
    )  # fmt: skip
    if isinstance(done, Declaration) and is_shown:
        _changed(connection, done)
    return done


def withdraw_declaration(connection: Connection[Any], record: UUID, *, agent: Agent) -> Declaration | Refusal:
    """Take a subject's words back."""
    done = declarations.withdraw(connection, record, agent=agent)
    if isinstance(done, Declaration):
        _changed(connection, done)
    return done


def _changed(connection: Connection[Any], one: Declaration) -> None:
    ledger_store.bump_register(connection)
    feed.mark(connection, one.record, one.subject)
