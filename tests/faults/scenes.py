"""The named points of a repair and of an entry into a list (trust.md 3.2): how each is reached, and known as done."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from limu import reactions_listing, reactions_repair
from limu.case import actions as cases
from limu.case.rules import Agent
from limu.client.follow import catch_up
from limu.client.store import Copy
from limu.department.rules import Refusal
from limu.department.store import enter
from limu.feed.actions import tell
from limu.listing import actions as listing
from limu.listing import actions_exit
from limu.listing.actions import Document, Proposed
from limu.repair import actions as repairs
from limu.repair.actions import Applied, Item
from limu.wire.clock import register_today
from limu.wire.database import Connection
from tests.faults.ground import Ground
from tests.lawful import COMMITMENT, PROOF

Pause = Callable[[str], None]


@dataclass(slots=True)
class Thing:
    """What a cell is about: a record with its subject's agent, its case, or an entry into a list."""

    record: UUID
    agent: Agent
    case: UUID | None = None
    entry: UUID | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """A point: the act that passes it, what must have happened before, and the question whether it is done.

    `inner` is the pause inside the act's transaction that stands for "before commit"; without it the cell stops at the
    commit itself."""

    act: Callable[[Ground, Connection, Thing, Pause], object]
    done: str
    before: tuple[str, ...] = ()
    inner: str = ""
    who: str = "app"
    # A subject may state its case more than once: asked again, it is another statement.
    may_repeat: bool = False


def _apply(ground: Ground, connection: Connection, thing: Thing, pause: Pause) -> object:
    del pause
    made = reactions_repair.apply_for_repair(
        connection, ground.lawful.book, actor=thing.agent, items=(Item(thing.record),), documents=(COMMITMENT, PROOF)
    )
    if isinstance(made, Applied):
        thing.case = made.cases[0].id
    return made


def _serve_notice(ground: Ground, connection: Connection, thing: Thing, pause: Pause) -> object:
    del pause
    return repairs.serve_notice(
        connection, ground.lawful.book, thing.record, officer=ground.lawful.handler, on=register_today(connection),
        way="in_person",
    )  # fmt: skip


def _accept(ground: Ground, connection: Connection, thing: Thing, pause: Pause) -> object:
    del pause
    return cases.accept(connection, _case(thing), officer=ground.lawful.handler)


def _stop(ground: Ground, connection: Connection, thing: Thing, pause: Pause) -> object:
    del pause
    return cases.set_clock(
        connection, _case(thing), officer=ground.lawful.handler, step="stop", reason="等待鉴定", citation="第十条"
    )


def _propose(ground: Ground, connection: Connection, thing: Thing, pause: Pause) -> object:
    del pause
    return repairs.propose(
        connection, ground.lawful.book, _case(thing), officer=ground.lawful.handler, outcome="granted", reason="已履行"
    )


def _confirm(ground: Ground, connection: Connection, thing: Thing, pause: Pause) -> object:
    return reactions_repair.confirm_repair(
        connection, ground.lawful.book, _case(thing), officer=ground.lawful.second, pause=pause
    )


def _tell(ground: Ground, connection: Connection, thing: Thing, pause: Pause) -> object:
    del ground, thing
    return tell(connection, pause=pause)


def _follow(ground: Ground, connection: Connection, thing: Thing, pause: Pause) -> object:
    del connection, thing
    copy = Copy(ground.folder / "own.db")
    try:
        return catch_up(ground.site(), copy, pause=pause)
    finally:
        copy.close()


def _close(ground: Ground, connection: Connection, thing: Thing, pause: Pause) -> object:
    del pause
    enter(connection, department=ground.centre.department, reach="centre")
    return repairs.take_receipt(connection, _case(thing), officer=ground.centre, number="HZ-9")


def _enter_list(ground: Ground, connection: Connection, thing: Thing, pause: Pause) -> object:
    found = connection.execute("SELECT uscc FROM limu.subject WHERE id = %s", (thing.agent.subject,)).fetchone()
    assert found is not None
    made = reactions_listing.propose_entry(
        connection, officer=ground.lister, kind="tax", uscc=found["uscc"],
        case=listing.Case("欠缴税款。", "税通〔2026〕1号", thing.record),
        notice=Document("税告〔2026〕1号", "拟列入告知"), pause=pause,
    )  # fmt: skip
    if isinstance(made, Proposed):
        thing.entry = made.entry
    return made


def _state(ground: Ground, connection: Connection, thing: Thing, pause: Pause) -> object:
    del pause
    return listing.take_statement(
        connection, _entry(thing), officer=ground.lister, statement=Document("陈述1", "已缴纳一部分")
    )


def _decide(ground: Ground, connection: Connection, thing: Thing, pause: Pause) -> object:
    del pause
    return reactions_listing.decide_entry(
        connection, _entry(thing), officer=ground.decider, decision=Document("税列〔2026〕1号", "列入决定")
    )


def _refuse(ground: Ground, connection: Connection, thing: Thing, pause: Pause) -> object:
    del pause
    return reactions_listing.decide_entry(
        connection, _entry(thing), officer=ground.decider, decision=Document("税不列〔2026〕1号", "不予列入决定"),
        is_refused=True,
    )  # fmt: skip


def _serve(ground: Ground, connection: Connection, thing: Thing, pause: Pause) -> object:
    return reactions_listing.serve_entry(
        connection, _entry(thing), officer=ground.lister, service=Document("税送〔2026〕1号", "送达回证"), pause=pause
    )


def _ask_exit(ground: Ground, connection: Connection, thing: Thing, pause: Pause) -> object:
    del pause
    return actions_exit.ask_exit(
        connection, _entry(thing), officer=ground.lister, exit_kind="revocation",
        decision=Document("税移〔2026〕1号", "列入决定被撤销"),
    )  # fmt: skip


def _agree(ground: Ground, connection: Connection, thing: Thing, pause: Pause) -> object:
    return reactions_listing.answer_exit(
        connection, _entry(thing), officer=ground.decider, asker=ground.lister, is_agreed=True, pause=pause
    )


def _decline(ground: Ground, connection: Connection, thing: Thing, pause: Pause) -> object:
    del pause
    return reactions_listing.answer_exit(
        connection, _entry(thing), officer=ground.decider, asker=ground.lister, is_agreed=False
    )


def _case(thing: Thing) -> UUID:
    assert thing.case is not None
    return thing.case


def _entry(thing: Thing) -> UUID:
    assert thing.entry is not None
    return thing.entry


_STATE = "SELECT count(*) FROM limu.case_file WHERE record = %(record)s AND state = '{}'"
_STEP = (
    "SELECT count(*) FROM limu.list_step s JOIN limu.list_entry e ON e.id = s.entry"
    " WHERE e.record = %(record)s AND s.kind = '{}'"
)
_REPAIRED = "SELECT count(*) FROM limu.record_event WHERE record = %(record)s AND kind = 'record_repaired'"
_TOLD = "SELECT count(*) FROM limu.feed_event WHERE record = %(record)s AND is_end"
_ANSWERED = "SELECT count(*) FROM {} JOIN limu.list_entry e ON e.id = w.entry WHERE e.record = %(record)s"
_EXIT = ("proposed", "stated", "resolved", "served", "asked")
SCENES: dict[str, Scene] = {
    "applied": Scene(_apply, "SELECT count(*) FROM limu.case_file WHERE record = %(record)s"),
    "noticed": Scene(_serve_notice, "SELECT count(*) FROM limu.repair_service WHERE record = %(record)s"),
    "admitted": Scene(_accept, _STATE.format("checking"), ("applied",)),
    # Our cases have no assignee: who takes one in hand says so by the first thing he does with its clock.
    "assigned": Scene(_stop, "SELECT count(*) FROM limu.case_step s JOIN limu.case_file c ON c.id = s.case_file"
                      " WHERE c.record = %(record)s AND s.kind = 'stop'", ("applied", "admitted")),
    "decided": Scene(_propose, _STATE.format("proposed"), ("applied",)),
    "confirmed": Scene(_confirm, _REPAIRED, ("applied", "decided"), inner="decided"),
    "ended": Scene(_confirm, _REPAIRED, ("applied", "decided"), inner="ended"),
    "purged": Scene(_confirm, _REPAIRED, ("applied", "decided"), inner="versioned"),
    "fed": Scene(_tell, _TOLD, ("applied", "decided", "confirmed"), inner="told", who="sequencer"),
    "acknowledged": Scene(_follow, "", ("applied", "decided", "confirmed", "fed"), inner="page_taken"),
    "closed": Scene(_close, _STATE.format("closed"), ("applied", "decided", "confirmed")),
    "proposed": Scene(_enter_list, _STEP.format("notice"), inner="told"),
    "stated": Scene(_state, _STEP.format("statement"), _EXIT[:1], may_repeat=True),
    "resolved": Scene(_decide, _STEP.format("decision"), _EXIT[:2]),
    "refused": Scene(_refuse, _STEP.format("refusal"), _EXIT[:2]),
    "served": Scene(_serve, _STEP.format("service"), _EXIT[:3], inner="versioned"),
    "asked": Scene(_ask_exit, _ANSWERED.format("limu.list_exit_wish w"), _EXIT[:4]),
    "declined": Scene(_decline, _ANSWERED.format("limu.list_exit_wish w JOIN limu.list_exit_answer a ON a.wish = w.id"),
                      _EXIT),
    "left": Scene(_agree, _STEP.format("exit"), _EXIT, inner="lifted"),
}  # fmt: skip
REPAIR = tuple(SCENES)[:11]
LIST = tuple(SCENES)[11:]


def is_refused(reply: object) -> bool:
    """Whether the actor was told that it is done already."""
    return isinstance(reply, Refusal)
