"""What an event does to a record: its place in the history, and what is shown of it, always both or neither."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from psycopg import Connection

from limu.case import actions as cases
from limu.case.rules import Writing
from limu.department import store as department_store
from limu.ledger import actions as ledger
from limu.ledger import store as ledger_store
from limu.ledger import store_twin as twins
from limu.ledger.rules import Happened
from limu.publication import store as publication
from limu.record.event import EventKind
from limu.record.state import State, state_of
from limu.upward import store as upward
from limu.wire.clock import register_today

TWIN_ENDED = Writing(
    "twin_ended", "同一决定终止公示告知书",
    (
        "作出决定的单位已经准予信用修复、撤销原决定，或者经异议核查删除；本单位报送的同一决定已随之停止公示。",
        "请从本单位系统中更新该信息的状态，不再报送。",
    ),
)  # fmt: skip
Reaction = Callable[[Connection[Any], Happened], None]


class EndedMeanwhileError(Exception):
    """What was to be corrected ended between the look and the act."""


def stop_showing(connection: Connection[Any], what: Happened) -> None:
    """Close what is shown of the record; the event is the reason.

    A correction of what has ended meanwhile fails whole: its file is entered again, and then the row is refused."""
    is_ended = publication.end(connection, subject=what.subject, record=what.record, reason=what.kind)
    if what.kind == "record_superseded" and not is_ended:
        raise EndedMeanwhileError(str(what.record))


def show_what_holds_now(connection: Connection[Any], what: Happened) -> None:
    """Write over what was shown what the folded history now says."""
    publication.turn(connection, subject=what.subject, record=what.record, state=_state(connection, what))


def end_twins(connection: Connection[Any], what: Happened) -> None:
    """End the same act wherever else it stands, whoever reported it and however its number is written.

    A decision that was repaired, revoked, or deleted after an objection ends, not one department's row of it; the
    other department is told by a letter. What its reporter takes back says nothing of the others."""
    if what.kind == "record_withdrawn" and "case" not in dict(what.body):
        return
    before = department_store.entered(connection)
    for record, department in twins.open_twins(connection, subject=what.subject, record=what.record):
        department_store.enter(connection, department=department)
        happen(connection, replace(what, record=record, department=department))
        department_store.enter_again(connection, before)
        if department != what.department:
            cases.write_letter(
                connection, department=what.department, to=department, is_body=True, record=record, writing=TWIN_ENDED
            )


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
    "record_withdrawn": (stop_showing, tell_above, end_twins),
    "record_revoked": (stop_showing, tell_above, end_twins),
    "record_unlinked": (stop_showing, tell_above),
    "record_repaired": (stop_showing, tell_above_repair, end_twins),
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
