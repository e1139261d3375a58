"""The named points of a repair, an entry and a hearing (trust.md 3.2): how each is reached, and known as done."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from limu import reactions_listing, reactions_repair
from limu.case import actions as cases
from limu.case.rules import Agent
from limu.case.store import enter_subject
from limu.client.follow import catch_up
from limu.client.store import Copy
from limu.department.rules import Refusal
from limu.department.store import enter
from limu.feed.actions import tell
from limu.listing import actions as listing
from limu.listing import actions_exit, actions_hearing, actions_own, store
from limu.listing.actions import Document, Proposed
from limu.listing.rules_hearing import earliest_hearing
from limu.repair import actions as repairs
from limu.repair.actions import Applied, Item
from limu.repair.rules import Ground as Reason
from limu.upward.store import set_channel
from limu.wire.clock import register_today
from limu.wire.database import Connection
from limu.wire.lawbook import current_calendar
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


def _ask_gaps(ground: Ground, connection: Connection, thing: Thing, pause: Pause) -> object:
    del pause
    return cases.ask_gaps(connection, _case(thing), officer=ground.lawful.handler, reason="缺少缴款凭证")


def _supplement(ground: Ground, connection: Connection, thing: Thing, pause: Pause) -> object:
    del ground, pause
    return cases.supplement(connection, _case(thing), agent=thing.agent, text="补充缴款凭证", documents=(PROOF,))


def _apply_above(ground: Ground, connection: Connection, thing: Thing, pause: Pause) -> object:
    """The platform above hands an application on; the way up to it is open."""
    del pause
    set_channel(connection, is_open=True, officer=ground.centre.id)
    made = reactions_repair.apply_for_repair(
        connection, ground.lawful.book, actor=thing.agent, items=(Item(thing.record),), documents=(COMMITMENT, PROOF),
        door="above", outside_number=f"XYZX-{thing.record}",
    )  # fmt: skip
    if isinstance(made, Applied):
        thing.case = made.cases[0].id
    return made


def _propose_refusal(ground: Ground, connection: Connection, thing: Thing, pause: Pause) -> object:
    del pause
    return repairs.propose(
        connection, ground.lawful.book, _case(thing), officer=ground.lawful.handler, outcome="refused",
        reason="没有缴款凭证", grounds=(Reason("R02"),),
    )  # fmt: skip


def _intend(ground: Ground, connection: Connection, thing: Thing, pause: Pause) -> object:
    """Propose an entry into a list whose rule gives a hearing."""
    del pause
    return _proposed(ground, connection, thing, kind="samr")


def _proposed(ground: Ground, connection: Connection, thing: Thing, *, kind: str) -> object:
    found = connection.execute("SELECT uscc FROM limu.subject WHERE id = %s", (thing.agent.subject,)).fetchone()
    assert found is not None
    made = reactions_listing.propose_entry(
        connection, officer=ground.lister, kind=kind, uscc=found["uscc"],
        case=listing.Case("事实", "证据〔2026〕1号", thing.record), notice=Document("告〔2026〕1号", "拟列入告知"),
    )  # fmt: skip
    if isinstance(made, Proposed):
        thing.entry = made.entry
    return made


def _as_subject(connection: Connection, thing: Thing) -> None:
    connection.execute("SELECT set_config('limu.department', '', true)")
    enter_subject(connection, thing.agent.subject)


def _ask_hearing(ground: Ground, connection: Connection, thing: Thing, pause: Pause) -> object:
    del ground, pause
    _as_subject(connection, thing)
    return actions_own.ask_hearing(connection, _entry(thing), agent=thing.agent, text="")


def _fix_hearing(ground: Ground, connection: Connection, thing: Thing, pause: Pause) -> object:
    kind = store.find_kind(connection, "list/samr")
    assert kind is not None
    day = earliest_hearing(kind, register_today(connection), current_calendar(connection))
    return reactions_listing.fix_hearing(
        connection, _entry(thing), officer=ground.lister, notice=Document("听〔2026〕1号", "九时"), on=day, pause=pause
    )


def _withdraw_hearing(ground: Ground, connection: Connection, thing: Thing, pause: Pause) -> object:
    del ground
    _as_subject(connection, thing)
    return reactions_listing.withdraw_own_hearing(
        connection, _entry(thing), agent=thing.agent, text="", pause=pause
    )  # fmt: skip


def _its_day_comes(ground: Ground, connection: Connection, thing: Thing, pause: Pause) -> object:
    """Let the days to the hearing pass for this entry alone: the register's clock serves every cell of the campaign."""
    del connection, pause
    with ground.database.connect("admin") as admin:
        admin.execute("SET LOCAL session_replication_role = replica")
        admin.execute("UPDATE limu.list_entry SET hearing_on = limu.register_today() WHERE id = %s", (_entry(thing),))
    return None


def _minutes(ground: Ground, connection: Connection, thing: Thing, pause: Pause) -> object:
    del pause
    return actions_hearing.take_minutes(
        connection, _entry(thing), officer=ground.decider, minutes=Document("笔〔2026〕1号", "双方到场")
    )


def _end_by_date(ground: Ground, connection: Connection, thing: Thing, pause: Pause) -> object:
    """An entry whose decision names tomorrow as its end is served; then it is tomorrow."""
    del pause
    made = _proposed(ground, connection, thing, kind="customs")
    listing.take_statement(connection, _entry(thing), officer=ground.lister, statement=Document("陈述1", "已改正"))
    tomorrow = register_today(connection) + timedelta(days=1)
    reactions_listing.decide_entry(
        connection,
        _entry(thing),
        officer=ground.decider,
        decision=Document("列〔2026〕1号", "列入决定"),
        until=tomorrow,
    )
    reactions_listing.serve_entry(
        connection, _entry(thing), officer=ground.lister, service=Document("送〔2026〕1号", "送达回证")
    )
    connection.commit()
    with ground.database.connect("owner") as owner:
        owner.execute("UPDATE limu.clock_setting SET shift = shift + make_interval(days => 1)")
    return made


def _tell_expired(ground: Ground, connection: Connection, thing: Thing, pause: Pause) -> object:
    del ground, thing
    return reactions_listing.tell_each_expired(connection, pause=pause)


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
# What must have happened before a point and is no point itself.
STANDING: dict[str, Scene] = {
    "applied_above": Scene(_apply_above, ""),
    "refusal_proposed": Scene(_propose_refusal, ""),
    "intended": Scene(_intend, ""),
    "its_day_came": Scene(_its_day_comes, ""),
    "ended_by_date": Scene(_end_by_date, ""),
}
_HEARING = ("intended", "hearing_asked", "hearing_fixed")
_CASE_STEP = (
    "SELECT count(*) FROM limu.case_step s JOIN limu.case_file c ON c.id = s.case_file"
    " WHERE c.record = %(record)s AND s.kind = '{}'"
)
SCENES |= {
    "gaps_told": Scene(_ask_gaps, _CASE_STEP.format("ask_gaps"), ("applied",)),
    "supplemented": Scene(_supplement, _CASE_STEP.format("supplement"), ("applied", "gaps_told")),
    # An application of the platform above is refused: the answer goes up in the same transaction.
    "answered": Scene(
        _confirm, "SELECT count(*) FROM limu.upward_row WHERE record = %(record)s AND operation = 'answer'",
        ("applied_above", "refusal_proposed"), inner="answered",
    ),
    "hearing_asked": Scene(_ask_hearing, _STEP.format("hearing_request"), _HEARING[:1]),
    # It may be put off by another notice.
    "hearing_fixed": Scene(_fix_hearing, _STEP.format("hearing_notice"), _HEARING[:2], inner="told", may_repeat=True),
    "hearing_withdrawn": Scene(_withdraw_hearing, _STEP.format("hearing_withdrawal"), _HEARING, inner="told"),
    "hearing_held": Scene(_minutes, _STEP.format("hearing_minutes"), (*_HEARING, "its_day_came")),
    "told_of_end": Scene(
        _tell_expired, "SELECT count(*) FROM limu.list_expiry x JOIN limu.list_entry e ON e.id = x.entry"
        " WHERE e.record = %(record)s AND 1 = (SELECT count(*) FROM limu.letter l WHERE l.record = e.id"
        " AND l.kind = 'list_expired')", ("ended_by_date",), inner="told", who="worker", may_repeat=True,
    ),
}  # fmt: skip
REPAIR = tuple(SCENES)[:11]
LIST = tuple(SCENES)[11:19]
LATER = tuple(SCENES)[19:]


def is_refused(reply: object) -> bool:
    """Whether the actor was told that it is done already."""
    return isinstance(reply, Refusal)
