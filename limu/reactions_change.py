"""What an act does to a record: an event in its history, and what is shown of it, always both or neither."""

from typing import Any

from psycopg import Connection

from limu.ledger import actions as ledger
from limu.ledger import store as ledger_store
from limu.ledger.rules import Happened
from limu.publication import store as publication
from limu.record.state import State, state_of
from limu.wire.clock import register_today


def change_record(connection: Connection[Any], what: Happened) -> State:
    """Append the event, fold the history, and write over what was shown what the fold now says."""
    ledger.append(connection, what, effective_on=register_today(connection))
    state = state_of(ledger_store.events_of(connection, subject=what.subject, record=what.record))
    assert state is not None
    publication.turn(connection, subject=what.subject, record=what.record, state=state)
    return state
