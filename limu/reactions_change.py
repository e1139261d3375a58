"""What an event does to a record: its place in the history, and what is shown of it, always both or neither."""

from collections.abc import Callable, Mapping
from typing import Any

from psycopg import Connection

from limu.ledger import actions as ledger
from limu.ledger import store as ledger_store
from limu.ledger.rules import Happened
from limu.publication import store as publication
from limu.record.event import EventKind
from limu.record.state import State, state_of
from limu.upward import store as upward
from limu.wire.clock import register_today

Reaction = Callable[[Connection[Any], Happened], None]


def stop_showing(connection: Connection[Any], what: Happened) -> None:
    """Close what is shown of the record; the event is the reason."""
    publication.end(connection, subject=what.subject, record=what.record, reason=what.kind)


def show_what_holds_now(connection: Connection[Any], what: Happened) -> None:
    """Write over what was shown what the folded history now says."""
    publication.turn(connection, subject=what.subject, record=what.record, state=_state(connection, what))


def tell_above(connection: Connection[Any], what: Happened) -> None:
    """Let the platform above hear of an ending, if it ever heard of the record; of a return after one likewise."""
    is_back = what.kind == "record_restored"
    upward.note_turn(
        connection, what.record, operation="report" if is_back else "withdraw",
        reason=what.kind.removeprefix("record_"), document=what.citation or "",
    )  # fmt: skip


def tell_above_repair(connection: Connection[Any], what: Happened) -> None:
    """Send our repair decision up, under the number of its case; it stays on the board until its receipt comes."""
    upward.note_repaired(connection, what.record, subject=what.subject, document=str(dict(what.body).get("case", "")))


def enter_with_its_chunk(_: Connection[Any], what: Happened) -> None:
    """Refuse: this event and its publication are written for a whole chunk at once (ledger/sql/enter_*.sql)."""
    raise ValueError(f"{what.kind} enters with its chunk")


REACTIONS: Mapping[EventKind, tuple[Reaction, ...]] = {
    "record_entered": (enter_with_its_chunk,),
    "record_corrected": (enter_with_its_chunk,),
    "record_superseded": (stop_showing, tell_above),
    "record_withdrawn": (stop_showing, tell_above),
    "record_revoked": (stop_showing, tell_above),
    "record_unlinked": (stop_showing, tell_above),
    "record_repaired": (stop_showing, tell_above_repair),
    "record_disputed": (show_what_holds_now,),
    "record_undisputed": (show_what_holds_now,),
    "record_shielded": (show_what_holds_now,),
    "record_unshielded": (show_what_holds_now,),
    "record_restored": (show_what_holds_now, tell_above),
}
"""What follows each event, in its transaction. After the commit the sequencer gives it a place in the log; nothing
needs to be sent for that, so a crash in between loses nothing (audit/actions.py)."""


def happen(connection: Connection[Any], what: Happened) -> None:
    """Append an event to a record's history and do what follows it; the one door for an event of one record."""
    reactions = REACTIONS[what.kind]
    if enter_with_its_chunk not in reactions:
        ledger.append(connection, what, effective_on=register_today(connection))
    for react in reactions:
        react(connection, what)


def change_record(connection: Connection[Any], what: Happened) -> State:
    """Let an event happen, and return the state that the history now folds to."""
    happen(connection, what)
    return _state(connection, what)


def _state(connection: Connection[Any], what: Happened) -> State:
    state = state_of(ledger_store.events_of(connection, subject=what.subject, record=what.record))
    assert state is not None
    return state
