"""What follows an objection, in one transaction each (the second part of the table in reactions.py).

| act                        | in the transaction                                                                   |
|----------------------------|--------------------------------------------------------------------------------------|
| an objection is opened     | the mark; where the link may be wrong, publication, sharing and measures stop        |
| it is decided: kept        | mark and stop are lifted, letter to the subject                                      |
| it is decided: deleted     | the record ends, letter                                                              |
| it is decided: corrected   | the record ends in favour of its corrected version, or leaves the wrong subject      |
| a link is corrected        | reliance notices to all who had read it; the right subject is told, then it is shown |
| an appeal is upheld        | the record is marked again, and others decide anew                                   |
| a letter is served         | a record that waited for it is entered under the right subject                       |

`READERS` is the hook for rooms that hand copies on: each names who received the record under the wrong subject."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from psycopg import Connection

from limu.case import actions as cases
from limu.case import rules as case_rules
from limu.case import store as case_store
from limu.case.queries import clocks_of
from limu.case.rules import Actor, Agent, Case, Document, Door, Writing
from limu.case.store_letter import Letter, Way
from limu.department.rules import NOT_THERE, Officer, Refusal, authorise
from limu.department.store import enter
from limu.feed import actions as feed
from limu.feed.store_board import holders_of
from limu.law.book import LawBook
from limu.law.period import due_on
from limu.ledger import actions as ledger
from limu.ledger import store as ledger_store
from limu.ledger.rules import Chunk, Happened, StoredRecord
from limu.ledger.store_relink import reopen_pending, stage_record
from limu.ledger.store_twin import staged_twin
from limu.objection import actions as objections
from limu.objection import rules, store
from limu.objection.rules import Said
from limu.objection.store import Reader
from limu.reactions_change import change_record
from limu.record.event import EventKind
from limu.record.state import state_of
from limu.terms.days import working_days_between
from limu.terms.uscc import clean_uscc
from limu.wire.clock import register_today
from limu.wire.lawbook import current_calendar

Source = Callable[..., list[Reader]]


def given_by_the_feed(connection: Connection[Any], *, subject: UUID, record: UUID, since: datetime) -> list[Reader]:
    """Name the holders of copies who were given the record."""
    del subject, since
    return [Reader(None, name, "feed", at) for name, at in holders_of(connection, record)]


# Who had the record: each is called with connection, subject=, record=, since= and answers with its readers.
READERS: list[Source] = [store.readers_of, given_by_the_feed]


def open_objection(
    connection: Connection[Any],
    *,
    actor: Actor,
    record: UUID,
    reason: str,
    text: str,
    door: Door = "portal",
    documents: tuple[Document, ...] = (),
) -> Case | Refusal:
    """Take an objection of the record's own subject; the mark, and where need be the stop, are one transaction with it.

    `actor` is the subject's Agent, or an officer at the window who has entered the rows of the deciding body."""
    if isinstance(actor, Agent) and case_store.enter_body_of(connection, actor, thing=record) is None:
        return NOT_THERE
    stored = ledger_store.find_record(connection, record, lock=True)
    if stored is None:
        return NOT_THERE
    if refusal := _cannot_open(connection, stored, actor=actor, reason=reason, text=text):
        return refusal
    said = Said(next(one for one in rules.REASONS if one == reason), text)
    was_kept = objections.was_kept(connection, record)
    case = objections.take(connection, actor=actor, door=door, record=stored, said=said, documents=documents)
    if isinstance(case, Refusal):
        return case
    holds = rules.holds(said, link_basis=stored.link_basis, was_kept=was_kept)
    _mark(connection, case, stored, actor=actor, holds=holds)
    ledger_store.bump_register(connection)
    return case


def _cannot_open(
    connection: Connection[Any], stored: StoredRecord, *, actor: Actor, reason: str, text: str
) -> Refusal | None:
    if not isinstance(actor, Agent) and (refusal := authorise(actor, "receive_case", stored.department)):
        return refusal
    if not ledger_store.is_open(connection, subject=stored.subject, record=stored.id):
        return rules.ENDED
    return rules.refuse_words(reason, text)


def _mark(connection: Connection[Any], case: Case, stored: StoredRecord, *, actor: Actor, holds: bool) -> None:
    # An agent is no officer: its act is named by its case, and no clerk is named for what he did not do.
    officers = (actor.id,) if isinstance(actor, Officer) else ()
    change_record(
        connection,
        Happened(
            stored.id,
            stored.subject,
            stored.department,
            "record_disputed",
            officers,
            case.reason.partition("：")[0],
            body=(("case", case.number), ("holds", holds)),
        ),
    )


def confirm_objection(connection: Connection[Any], book: LawBook, case: UUID, *, officer: Officer) -> Case | Refusal:
    """Confirm a proposed outcome by a second person; the record changes in the same transaction."""
    found = cases.find_for(connection, case, officer=officer, act="confirm_case")
    if isinstance(found, Refusal):
        return found
    if found.state != "proposed" or found.kind != "objection" or found.proposed_outcome is None:
        return cases.settled(connection, found)
    steps = case_store.steps_of(connection, case)
    proposal = next(one for one in reversed(steps) if one.kind == "propose")
    refusal = case_rules.refuse_second(found, officer) or _not_ready(connection, found, proposal.body)
    if refusal is not None:
        return refusal
    body = {**proposal.body, **clock_facts(connection, book, found)}
    moved = cases.move(
        connection,
        found,
        step="confirm",
        after=found.proposed_outcome,
        actor=officer,
        reason=proposal.reason,
        citation=proposal.citation,
        outcome=found.proposed_outcome,
        body=body,
    )
    if isinstance(moved, Case):
        _settle(connection, book, moved, officer=officer, reason=proposal.reason, body=body)
    return moved


def settle_appeal(
    connection: Connection[Any], case: UUID, *, officer: Officer, is_upheld: bool, reason: str
) -> Case | Refusal:
    """Answer an appeal; where it is upheld the record of an objection is marked again until it is decided anew."""
    done = cases.settle_appeal(connection, case, officer=officer, is_upheld=is_upheld, reason=reason)
    if isinstance(done, Case) and is_upheld and done.kind == "objection" and done.record is not None:
        stored = ledger_store.find_record(connection, done.record, lock=True)
        if stored is not None and ledger_store.is_open(connection, subject=stored.subject, record=stored.id):
            _mark(connection, done, stored, actor=officer, holds=False)
            ledger_store.bump_register(connection)
    return done


def clock_facts(connection: Connection[Any], book: LawBook, case: Case) -> dict[str, Any]:
    """What the clock said when the case was decided: it stands in the step and no holiday moves it later."""
    today, days = register_today(connection), current_calendar(connection)
    clocks = clocks_of(connection, case, case_store.steps_of(connection, case.id), book=book, days=days, today=today)
    due = min((one.due_on for one in clocks if one.due_on and one.label != "修复申请受理"), default=None)
    return {
        "due_on": due.isoformat() if due else None,
        "dues": {one.label: one.due_on.isoformat() for one in clocks if one.due_on},
        "working_days": working_days_between(case.opened_on, today, calendar=days),
        "is_late": due is not None and today > due,
    }


def _not_ready(connection: Connection[Any], case: Case, body: dict[str, Any]) -> Refusal | None:
    """A correction of content needs the corrected version in the register; what fell meanwhile is not maintained."""
    if case.proposed_outcome == "kept":
        return None if objections.may_keep(connection, case) else rules.NOTHING_LEFT
    if case.proposed_outcome != "corrected" or body.get("correction") == "wrong_subject":
        return None
    assert case.record is not None
    is_open = ledger_store.is_open(connection, subject=case.subject, record=case.record)
    return rules.NOT_CORRECTED_YET if is_open else None


def _settle(
    connection: Connection[Any], book: LawBook, case: Case, *, officer: Officer, reason: str, body: dict[str, Any]
) -> None:
    assert case.record is not None
    proposer = case_store.last_actors(connection, case.id, kind="propose")
    officers = (proposer or officer.id, officer.id)
    stored = ledger_store.find_record(connection, case.record, lock=True)
    assert stored is not None
    if ledger_store.is_open(connection, subject=stored.subject, record=stored.id):
        if case.outcome == "deleted":
            _change(connection, case, stored, kind="record_withdrawn", officers=officers, reason=reason)
        elif case.outcome == "corrected":
            right = store.find_subject(connection, clean_uscc(body.get("right_uscc") or ""))
            _relink(connection, case, stored, officers=officers, reason=reason, right=right)
            _tell_readers(connection, book, case, stored=stored)
        else:
            _change(connection, case, stored, kind="record_undisputed", officers=officers, reason=reason)
    _tell_result(connection, case, reason=reason, correction=str(body.get("correction") or ""))
    ledger_store.bump_register(connection)


def _change(
    connection: Connection[Any],
    case: Case,
    stored: StoredRecord,
    *,
    kind: EventKind,
    officers: tuple[UUID, ...],
    reason: str,
) -> None:
    what = Happened(stored.id, stored.subject, stored.department, kind, officers, reason, body=(("case", case.number),))
    change_record(connection, what)


def _tell_result(connection: Connection[Any], case: Case, *, reason: str, correction: str) -> None:
    outcome = case_rules.OUTCOMES["objection"][str(case.outcome)]
    kind = f"（{rules.CORRECTIONS[correction]}）" if correction in rules.CORRECTIONS else ""  # type: ignore[index]
    cases.write_letter(
        connection,
        department=case.department,
        to=case.subject,
        writing=Writing(
            "objection_result",
            "异议处理结果告知书",
            (
                f"异议编号 {case.number}：{case.reason}",
                f"处理结果：{outcome}{kind}。理由：{reason}",
                "对结果不服的，可以在“我的办件”申诉一次，也可以依法申请行政复议或者提起行政诉讼。",
            ),
        ),
        case=case,
        record=case.record,
    )


def _tell_readers(connection: Connection[Any], book: LawBook, case: Case, *, stored: StoredRecord) -> None:
    since, due = stored.recorded_at, _reliance_due(connection, book)
    readers = [
        one for source in READERS for one in source(connection, subject=stored.subject, record=stored.id, since=since)
    ]
    objections.tell_readers(connection, case, record=stored.id, readers=readers, answer_by=due)


def _relink(
    connection: Connection[Any],
    case: Case,
    stored: StoredRecord,
    *,
    officers: tuple[UUID, ...],
    reason: str,
    right: UUID | None,
) -> None:
    """Take the record off the wrong subject at once, and tell the right one before it is shown there."""
    _change(connection, case, stored, kind="record_unlinked", officers=officers, reason=reason)
    if right is None:
        reopen_pending(connection, submission=stored.submission, row_number=stored.row_number)
        return
    letter = cases.write_letter(
        connection,
        department=case.department,
        to=right,
        writing=Writing(
            "relink_notice",
            "信息关联告知书",
            (
                f"{stored.authority or ''}{stored.document_number or ''}的信息经核查属于本单位。",
                "信息将在本告知书送达后关联到本单位名下。",
                f"核查依据：{reason}",
                "有异议的，可以提出异议；符合条件的，可以申请信用修复。",
            ),
        ),
        record=stored.id,
    )
    store.insert_relink(
        connection,
        id=uuid4(),
        case_file=case.id,
        department=case.department,
        record=stored.id,
        subject=right,
        letter=letter.id,
        officer=officers[-1],
    )


def _reliance_due(connection: Connection[Any], book: LawBook) -> date | None:
    today = register_today(connection)
    rule = book.deadline("reliance_review", on=today)
    due = due_on(rule, today, calendar=current_calendar(connection)) if rule else None
    return due.day if due else None


def serve_letter(connection: Connection[Any], letter: UUID, *, by: Actor, on: date, way: Way) -> Letter | Refusal:
    """Record the service of a letter; a record that waited for it is now entered under the right subject.

    In the portal: `by` is the Agent who opens it, `way` "portal"."""
    served = cases.serve_letter(connection, letter, by=by, on=on, way=way)
    waiting = store.waiting_relink(connection, letter) if isinstance(served, Letter) else None
    if waiting is not None:
        enter(connection, department=waiting["department"])
        record = _enter_relinked(connection, waiting)
        store.insert_relink_done(
            connection, waiting["id"], department=waiting["department"], subject=waiting["subject"], record=record
        )
        ledger_store.bump_register(connection)
    return served


def _enter_relinked(connection: Connection[Any], waiting: dict[str, Any]) -> UUID:
    old = ledger_store.find_record(connection, waiting["record"])
    assert old is not None
    state = state_of(ledger_store.events_of(connection, subject=old.subject, record=old.id))
    assert state is not None
    record = uuid4()
    ledger_store.clear_staging(connection)
    version = stage_record(connection, old.id, subject=waiting["subject"], record=record, state=state)
    chunk = Chunk(
        old.submission,
        old.department,
        old.item,
        old.item_version,
        waiting["officer"],
        "correction" if version > 1 else "report",
    )
    if version == 0 or staged_twin(connection, chunk) is not None:
        return old.id
    ledger.enter_chunk(connection, chunk)
    # Its submission is whole already, so nothing else says to the feed that there is more of it.
    feed.mark(connection, record, waiting["subject"])
    return record
