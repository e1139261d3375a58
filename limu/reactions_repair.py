"""What follows a repair, in one transaction each (the third part of the table in reactions.py).

| act                          | in the transaction                                                                 |
|------------------------------|------------------------------------------------------------------------------------|
| repair is granted            | the record ends everywhere; entries resting on it end; measures and evaluations    |
|                              | lose their ground (they are views over it); letters to the subject and to every    |
|                              | body that used a measure; the register's version                                   |
| … of an entry on no record   | the entry ends with everything that rests on it (reactions_listing.follow_exit)    |
| a decision comes from above  | the very same act, under the officers who received it                              |
| one from above is refused    | the refusal goes up with its reasons, and stays on the board until its receipt      |
| ours is accepted above       | the case is closed; until then it stays on the board                               |

Nothing is sent here: the feed, the log and whoever evaluates read the event `record_repaired`."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from psycopg import Connection

from limu.case import actions as cases
from limu.case import rules as case_rules
from limu.case import store as case_store
from limu.case.rules import Actor, Agent, Case, Document, Door, Writing
from limu.department.rules import NOT_THERE, Officer, Refusal, authorise
from limu.law.book import LawBook
from limu.ledger import store as ledger_store
from limu.ledger.rules import Happened, StoredRecord
from limu.listing import actions as listings
from limu.objection.store import readers_of
from limu.reactions_change import change_record
from limu.reactions_listing import follow_exit
from limu.reactions_objection import clock_facts, open_objection
from limu.repair import actions as repairs
from limu.repair import rules, rules_above, rules_draft, store
from limu.repair.actions import Applied, Item
from limu.upward import store as upward_store
from limu.upward.rules import Settled, refusal_text
from limu.wire.clock import register_today

Pause = Callable[[str], None]

# The ground of refusal that turns into an objection (law/texts/repair.toml).
NOT_OURS = "R08"
# Named points of the atomic act where a test kills the process (trust.md 3.2), in their order.
POINTS = ("decided", "ended", "listed", "noticed", "versioned", "before_commit", "after_commit")


def apply_for_repair(
    connection: Connection[Any],
    book: LawBook,
    *,
    actor: Actor,
    items: tuple[Item, ...],
    documents: tuple[Document, ...] = (),
    door: Door = "portal",
    outside_number: str | None = None,
) -> Applied | Refusal:
    """Apply for the repair of one or many records, of one or many bodies: one receipt, a case for each record.

    `documents` are shared by all (the commitment), each item brings its own (its proof). An Agent applies for its own
    subject; an officer (window, platform above) has entered the rows first. After a refusal the caller rolls back."""
    if not items:
        return rules.NOTHING
    found = []
    for item in items:
        if isinstance(actor, Agent) and case_store.enter_body_of(connection, actor, thing=item.record) is None:
            return NOT_THERE
        one = repairs.refuse_item(connection, book, item, shared=documents)
        if isinstance(one, Refusal):
            return one
        if isinstance(actor, Officer) and (refusal := authorise(actor, "receive_case", one.department)):
            return refusal
        found.append((item, one))
    if len({one.subject for _, one in found}) != 1:
        return NOT_THERE
    return repairs.open_cases(
        connection, found, actor=actor, door=door, shared=documents, outside_number=outside_number
    )


def confirm_repair(
    connection: Connection[Any], book: LawBook, case: UUID, *, officer: Officer, pause: Pause = lambda _: None
) -> Case | Refusal:
    """Confirm a proposal by a second person of the body that found the fact. Granted, everything ends at once.

    `pause` is told each point where a test may kill us; held there: nothing of it."""
    found = cases.find_for(connection, case, officer=officer, act="confirm_case")
    if isinstance(found, Refusal):
        return found
    if found.state != "proposed" or found.kind != "repair" or found.proposed_outcome is None:
        return cases.settled(connection, found)
    refusal = case_rules.refuse_second(found, officer)
    if refusal is None and found.proposed_outcome == "granted":
        refusal = repairs.refuse_grant(connection, book, found) or _refuse_exit(connection, found)
    if refusal is not None:
        return refusal
    proposal = next(one for one in reversed(case_store.steps_of(connection, case)) if one.kind == "propose")
    body = {**proposal.body, **clock_facts(connection, book, found)}
    moved = cases.move(
        connection,
        found,
        step="confirm",
        after=found.proposed_outcome,
        actor=officer,
        reason=proposal.reason,
        outcome=found.proposed_outcome,
        body=body,
    )
    if isinstance(moved, Refusal):
        return moved
    pause("decided")
    if moved.outcome == "granted":
        proposer = case_store.last_actors(connection, case, kind="propose")
        assert proposer is not None
        end = end_entry_by_repair if moved.entry is not None else end_by_repair
        end(connection, moved, officers=(proposer, officer), reason=proposal.reason, pause=pause)
    else:
        _tell_refusal(connection, moved, reason=proposal.reason, body=body)
        _tell_above(connection, moved, reason=proposal.reason, body=body)
        pause("answered")
        if moved.record is not None and any(ground["code"] == NOT_OURS for ground in body.get("grounds", [])):
            _turn_into_objection(connection, moved)
    return moved


def _tell_above(connection: Connection[Any], case: Case, *, reason: str, body: dict[str, Any]) -> None:
    """Let a refusal of an application from above go up with its reasons, in the same transaction."""
    if case.door != "above" or case.record is None:
        return
    # Whoever ends the record waits for us, or we for them: no turn of it is taken twice.
    ledger_store.find_record(connection, case.record, lock=True)
    text = refusal_text(
        application=store.outside_number(connection, case.application), outcome=str(case.outcome),
        grounds=body.get("grounds", []), reason=reason,
    )  # fmt: skip
    upward_store.note_refused(connection, case.record, subject=case.subject, reason=text, document=case.number)


def _turn_into_objection(connection: Connection[Any], case: Case) -> None:
    """Open the objection that the refusal speaks of: doubt about whom a record concerns is decided as such."""
    assert case.record is not None
    open_objection(
        connection, actor=Agent(case.subject, "由修复申请转来"), record=case.record, reason="not_mine",
        text=f"修复申请 {case.number} 中查明", door="window" if case.door == "above" else case.door,
    )  # fmt: skip


def _refuse_exit(connection: Connection[Any], case: Case) -> Refusal | None:
    return listings.refuse_own_exit(connection, case.entry) if case.entry is not None else None


def end_by_repair(
    connection: Connection[Any], case: Case, *, officers: tuple[UUID, Officer], reason: str, pause: Pause
) -> None:
    """End a record everywhere: publication, list entries, measures and evaluations, with every notice; all or none."""
    assert case.record is not None
    first, second = officers
    stored = ledger_store.find_record(connection, case.record, lock=True)
    assert stored is not None
    body = (("case", case.number), ("item", stored.item))
    change_record(
        connection,
        Happened(
            stored.id,
            stored.subject,
            stored.department,
            "record_repaired",
            (first, second.id),
            reason,
            "《信用修复管理办法》第三条",
            body,
        ),
    )
    pause("ended")
    decision = listings.Document(f"{case.number}", f"信用修复决定书：{reason}")
    entries = _leave_lists(connection, stored, case=case, officers=officers, decision=decision)
    pause("listed")
    _tell_repair(connection, case, stored, entries=len(entries), reason=reason)
    pause("noticed")
    ledger_store.bump_register(connection)
    pause("versioned")


def end_entry_by_repair(
    connection: Connection[Any], case: Case, *, officers: tuple[UUID, Officer], reason: str, pause: Pause
) -> None:
    """End an entry that rests on no record: the list, the measures, every notice; all or none."""
    assert case.entry is not None
    first, second = officers
    decision = listings.Document(case.number, f"信用修复决定书：{reason}")
    done = listings.exit_own(
        connection, case.entry, officer=second, second=case_store.person_of(connection, first), decision=decision
    )
    assert not isinstance(done, Refusal), done
    lines = (
        f"办件编号 {case.number}：{case.reason}",
        f"决定：准予信用修复。理由：{reason}",
        "自决定之时起移出名单，终止公示，停止共享和使用，同步解除有关失信惩戒措施。依据：《信用修复管理办法》第三条。",
    )
    cases.write_letter(
        connection, department=case.department, to=case.subject,
        writing=Writing("repair_decision", "信用修复决定书", lines), case=case, record=case.entry,
    )  # fmt: skip
    pause("noticed")
    follow_exit(connection, case.entry, officer=second, pause=pause)


def _leave_lists(
    connection: Connection[Any],
    stored: StoredRecord,
    *,
    case: Case,
    officers: tuple[UUID, Officer],
    decision: listings.Document,
) -> tuple[UUID, ...]:
    del case
    first, second = officers
    person = case_store.person_of(connection, first)
    if person == second.person or second.department != stored.department:
        return ()
    return listings.exit_by_repair(connection, stored.id, officer=second, second=person, decision=decision)


def _tell_repair(connection: Connection[Any], case: Case, stored: StoredRecord, *, entries: int, reason: str) -> None:
    about = f"{stored.authority or ''}{stored.document_number or ''}"
    left = f"，并移出 {entries} 项名单" if entries else ""
    cases.write_letter(
        connection,
        department=case.department,
        to=case.subject,
        writing=Writing(
            "repair_decision",
            "信用修复结果告知书",
            (
                f"办件编号 {case.number}：{about}",
                f"决定：准予信用修复。理由：{reason}",
                f"自决定之时起终止公示，停止共享和使用，同步解除有关失信惩戒措施{left}。依据：《信用修复管理办法》第三条。",
            ),
        ),
        case=case,
        record=stored.id,
    )
    used = readers_of(connection, subject=stored.subject, record=stored.id, since=stored.recorded_at)
    for body in sorted({one.department for one in used if one.way == "measure" and one.department}, key=str):
        cases.write_letter(
            connection,
            department=case.department,
            to=body,
            is_body=True,
            writing=Writing(
                "measure_lifted",
                "解除失信惩戒措施告知书",
                (f"{about}的信息已经修复。", "据此对该主体采取的惩戒措施自即时起没有依据，请停止执行。"),
            ),
            case=case,
            record=stored.id,
        )


def _tell_refusal(connection: Connection[Any], case: Case, *, reason: str, body: dict[str, Any]) -> None:
    outcome = case_rules.OUTCOMES["repair"][str(case.outcome)]
    grounds = tuple(rules.ground_line(one) for one in body.get("grounds", []))
    cases.write_letter(
        connection,
        department=case.department,
        to=case.subject,
        writing=Writing(
            "repair_refusal",
            f"信用修复{outcome}告知书",
            (
                f"办件编号 {case.number}：{case.reason}",
                f"决定：{outcome}。{reason}",
                *grounds,
                "可以按意见补正后重新提交；对决定不服的，可以申诉，也可以依法申请行政复议或者提起行政诉讼。",
            ),
        ),
        case=case,
        record=case.record or case.entry,
    )


def resubmit(
    connection: Connection[Any], book: LawBook, case: UUID, *, agent: Agent, documents: tuple[Document, ...] = (),
    dropped: frozenset[UUID] = frozenset(),
) -> Applied | Refusal:  # fmt: skip
    """Apply again after a refusal with everything kept (按意见补正): earlier documents too, unless dropped."""
    found = cases.find_own(connection, case, agent=agent)
    if isinstance(found, Refusal):
        return found
    thing = found.record or found.entry
    if found.state not in ("refused", "not_accepted") or thing is None or found.kind != "repair":
        return NOT_THERE
    new = {(document.role, document.file_hash) for document in documents}
    # A commitment signed anew stands for the earlier one; refused for want of a signature, it has to be.
    is_signed = any(role == "commitment" for role, _ in new)
    if not is_signed and repairs.UNSIGNED in repairs.refused_for(connection, case):
        return rules_draft.NOT_SIGNED
    kept = tuple(
        one
        for key, one, _ in case_store.documents_of(connection, case)
        if key not in dropped and (one.role, one.file_hash) not in new and not (is_signed and one.role == "commitment")
    )
    return apply_for_repair(
        connection,
        book,
        actor=agent,
        items=(Item(thing, (*kept, *documents), is_entry=found.entry is not None),),
        door=found.door if found.door != "above" else "portal",
    )


def withdraw_case(connection: Connection[Any], case: UUID, *, agent: Agent) -> Case | Refusal:
    """Take back an application or an objection; the mark of an objection goes with it."""
    found = cases.find_own(connection, case, agent=agent)
    if isinstance(found, Refusal):
        return found
    moved = cases.move(connection, found, step="withdraw", after="withdrawn", actor=agent)
    if isinstance(moved, Case) and moved.kind == "objection" and moved.record is not None:
        case_store.enter_body_of(connection, agent, thing=moved.record)
        stored = ledger_store.find_record(connection, moved.record, lock=True)
        assert stored is not None
        if ledger_store.is_open(connection, subject=stored.subject, record=stored.id):
            # An agent is no officer: no clerk is named for what he did not do.
            change_record(
                connection,
                Happened(
                    stored.id,
                    stored.subject,
                    stored.department,
                    "record_undisputed",
                    (),
                    "主体撤回异议",
                    body=(("case", moved.number),),
                ),
            )
            ledger_store.bump_register(connection)
    return moved


def receive_decision(
    connection: Connection[Any],
    book: LawBook,
    case: UUID,
    *,
    people: tuple[Officer, Officer],
    outside_number: str,
    document: tuple[str, date],
    pause: Pause = lambda _: None,
) -> Case | Refusal:
    """Take in a repair that the deciding body granted on the platform above: the same atomic act, by two of the centre.

    They state nothing of their own: number and day of the decision are kept with their names (decision_above)."""
    first, second = people
    found = cases.find_for(connection, case, officer=first, act="receive_case")
    if isinstance(found, Refusal):
        return found
    if refusal := _cannot_receive(connection, found, people=people, decided_on=document[1]):
        return refusal
    is_new = store.insert_decision_above(
        connection, id=uuid4(), outside_number=outside_number, case_file=found.id,
        parties=(found.subject, found.department), document=document, people=people,
    )  # fmt: skip
    if not is_new:
        return rules.TWICE
    reason = f"上级平台转来决定 {document[0]}（{document[1]}）"
    body = {"second": second.code, "document": document[0], **clock_facts(connection, book, found)}
    moved = cases.move(connection, found, step="above", after="closed", actor=first, reason=reason, body=body)
    if isinstance(moved, Case):
        pause("decided")
        end_by_repair(connection, moved, officers=(first.id, second), reason=reason, pause=pause)
    return moved


def _cannot_receive(
    connection: Connection[Any], case: Case, *, people: tuple[Officer, Officer], decided_on: date
) -> Refusal | None:
    first, second = people
    if refusal := authorise(second, "receive_case", case.department):
        return refusal
    if first.person == second.person:
        return case_rules.SAME_PERSON
    if case.kind != "repair" or not case.is_open or case.record is None:
        return cases.settled(connection, case)
    record = ledger_store.find_record(connection, case.record, lock=True)
    is_open = ledger_store.is_open(connection, subject=case.subject, record=case.record)
    if record is None or not is_open:
        return rules.ENDED
    return rules_above.refuse_day(decided_on, record.decided_on, today=register_today(connection))


def take_receipts(connection: Connection[Any], package: str, settled: tuple[Settled, ...]) -> None:
    """Take each acceptance of a decision of ours by the platform above as its receipt; the rest stay in view."""
    for row in settled:
        if row.is_receipt:
            repairs.take_answer_as_receipt(connection, row.document, package=package)
