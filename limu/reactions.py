"""What follows what: the one table from act to consequences, in the transaction and after it.

Its other parts: a chunk of a file (reactions_chunk.py), objections (reactions_objection.py), repair
(reactions_repair.py), shields and restorations (reactions_restore.py); reactions_change.py is what they share.

| act                  | in the transaction (set-wise)                        | after commit      |
|----------------------|------------------------------------------------------|-------------------|
| a chunk is checked   | publication decided, subjects found, ledger entered  | log places given  |
| a row is accepted    | noted for the platform above (upward)                | package sent      |
| a link is judged     | ledger entered, waiting row settled                  | log places given  |
| a judgement undone   | record unlinked, publication ended, row waits again  | log places given  |
| a record corrected   | new version entered, old one superseded              | log places given  |
| a record withdrawn   | event appended, publication ended                    | log places given  |
| a removal agreed     | the same for a record, or all that a batch brought   | log places given  |

The feed's own triggers mark in the same transaction what ends or changes (feed/sql), and its writer tells it after
the commit. Each act moves the register's version on, in the same transaction. Giving log places needs no message: the
sequencer finds the events that have none (audit/actions.py), so a crash between the two columns loses nothing.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any, Literal
from uuid import UUID, uuid4

import polars as pl
from psycopg import Connection

from limu.catalogue import store as catalogue
from limu.check.typed import stated_severity
from limu.department import store as department_store
from limu.department.rules import NOT_THERE, Officer, Refusal, authorise
from limu.feed import actions as feed
from limu.intake import store as submissions
from limu.intake.rules import Counts
from limu.law.book import LawBook
from limu.law.period import due_on
from limu.ledger import actions as ledger
from limu.ledger import store as ledger_store
from limu.ledger import store_removal as removals
from limu.ledger import store_twin as twins
from limu.ledger import store_waiting as waiting
from limu.ledger.rules import Chunk, Happened, StoredRecord
from limu.ledger.store_removal import Kind, Removal
from limu.linking import actions as linking
from limu.linking.actions import Judgement
from limu.publication.rules import decide_frame
from limu.reactions_change import happen
from limu.reactions_chunk import Reporting, prepare_chunk
from limu.upward import store as upward
from limu.wire.clock import register_today
from limu.wire.lawbook import current_book, current_calendar

Pause = Callable[[str], None]

SAME_PERSON = Refusal("L-201", "停止公示须由两人办理，不能由同一人的两个账号完成。", "请由另一名复核员确认。")
# Each record ends by an event with a commitment of its own, in one transaction.
MOST_UNDONE = 5_000
KEY_TAKEN = Refusal("K-107", "该主体名下已有同一文号的记录。", "请核对是否重复报送；如属更正，请由报送单位提交更正。")
TWIN_ENDED = Refusal(
    "K-113",
    "同一决定在该主体名下已经停止公示（修复、撤销或者异议删除），不得再次入库。",
    "请判定为不关联，并请报送单位更新其状态。",
)
LINK_ENDED = Refusal(
    "K-114", "这条信息已经停止公示或者已被更正，关联不能再撤销。", "主体有误的，请在最新的一版上按异议办理。"
)
ALREADY_ENDED = Refusal("L-202", "该记录已经停止公示。", "无需重复办理；可查看其历史。")
NO_DAY = Refusal(
    "L-209",
    "没有填写原决定被撤销、变更或者确认违法、无效之日，或者该日在今天之后。",
    "请填写撤销、变更等文书的日期；法定的撤回期限自这一天起算。",
)
NOT_REVOKED = Refusal("L-210", "报送有误的撤回没有原决定被撤销之日。", "请清空该日期，或者改选原决定已被撤销、变更。")


def correct_record(
    connection: Connection[Any], stored: StoredRecord, frame: pl.DataFrame, *, reporting: Reporting,
    law: LawBook, ground: Happened,
) -> Counts:  # fmt: skip
    """Enter a record's new version under the same subject and end the old one, on the ground that two people stated."""
    chunk = Chunk(
        reporting.submission, reporting.department, reporting.item.code, reporting.item.version, reporting.officer,
        "correction",
    )  # fmt: skip
    ready = prepare_chunk(frame, reporting=reporting, law=law, today=register_today(connection))
    ledger_store.clear_staging(connection)
    ledger_store.copy_entries(connection, submission=reporting.submission, frame=ready)
    ledger_store.stage_link(connection, reporting.submission, stored)
    entered = ledger.enter_chunk(connection, chunk)
    upward.note_entered(connection, reporting.submission)
    for record, subject in ledger_store.predecessors(connection, chunk):
        happen(connection, replace(ground, record=record, subject=subject))
    ledger_store.bump_register(connection)
    return Counts(
        accepted=entered.accepted, duplicate=entered.duplicate, conflict=entered.conflict, linked=entered.linked,
        unlinked=entered.unlinked, published=entered.published, withheld=entered.withheld,
    )  # fmt: skip


def withdraw_record(
    connection: Connection[Any],
    *,
    record: UUID,
    officer: Officer,
    second: Officer,
    kind: Literal["record_withdrawn", "record_revoked"],
    reason: str,
    citation: str,
    revoked_on: date | None = None,
) -> Refusal | None:
    """End a record everywhere because its decision fell, or it should not have been reported: two people, one act.

    Where the decision fell, the event says when, and by which day the law asked for this."""
    stored = ledger_store.find_record(connection, record, lock=True)
    if stored is None:
        return NOT_THERE
    for one in (officer, second):
        if refusal := authorise(one, "withdraw", stored.department):
            return refusal
    if officer.person == second.person:
        return SAME_PERSON
    if not ledger_store.is_open(connection, subject=stored.subject, record=record):
        return ALREADY_ENDED
    if refusal := _not_fallen(connection, kind, revoked_on):
        return refusal
    officers = (officer.id, second.id)
    body = _clock_of(revoked_on, withdrawal_due(connection, revoked_on))
    happen(connection, Happened(record, stored.subject, stored.department, kind, officers, reason, citation, body))
    ledger_store.bump_register(connection)
    return None


def withdrawal_due(connection: Connection[Any], revoked_on: date | None) -> date | None:
    """By which day a record is to be taken down whose decision fell on a day (行政处罚法 48)."""
    rule = current_book(connection).deadline("withdrawal", on=revoked_on) if revoked_on else None
    if rule is None or revoked_on is None:
        return None
    due = due_on(rule, revoked_on, calendar=current_calendar(connection))
    return due.day if due else None


def _not_fallen(connection: Connection[Any], kind: Kind, revoked_on: date | None) -> Refusal | None:
    if (kind == "record_revoked") != (revoked_on is not None):
        return NO_DAY if revoked_on is None else NOT_REVOKED
    return NO_DAY if revoked_on is not None and revoked_on > register_today(connection) else None


def _clock_of(revoked_on: date | None, due: date | None) -> tuple[tuple[str, str], ...]:
    days = (("revoked_on", revoked_on), ("due_on", due))
    return tuple((name, day.isoformat()) for name, day in days if day is not None)


def ask_removal(
    connection: Connection[Any], *, officer: Officer, record: UUID | None, submission: UUID | None, kind: Kind,
    reason: str, citation: str, revoked_on: date | None = None,
) -> UUID | Refusal:  # fmt: skip
    """Ask that a record, or all that a submission brought, be taken down; nothing happens before another agrees."""
    refusal = _cannot_ask(connection, officer, record=record, submission=submission, said=(reason, citation))
    if refusal := refusal or _not_fallen(connection, kind, revoked_on):
        return refusal
    removal = uuid4()
    is_new = removals.insert_removal(
        connection, id=removal, department=officer.department, record=record, submission=submission, kind=kind,
        said=(reason.strip(), citation.strip()), asked_by=officer.id,
        fallen=(revoked_on, withdrawal_due(connection, revoked_on)),
    )  # fmt: skip
    return removal if is_new else Refusal("L-206", "已有一份撤销申请等待确认。", "请由另一名复核员确认，或者退回。")


def _cannot_ask(
    connection: Connection[Any], officer: Officer, *, record: UUID | None, submission: UUID | None,
    said: tuple[str, str],
) -> Refusal | None:  # fmt: skip
    if refusal := authorise(officer, "ask_removal", officer.department):
        return refusal
    if not all(text.strip() for text in said):
        return Refusal("L-203", "没有填写理由或者依据。", "请写明理由，并写明依据的文书或者条款。")
    if record is not None:
        stored = ledger_store.find_record(connection, record)
        if stored is None or stored.department != officer.department:
            return NOT_THERE
        if not ledger_store.is_open(connection, subject=stored.subject, record=record):
            return ALREADY_ENDED
        return None
    assert submission is not None
    return _cannot_undo(connection, department=officer.department, submission=submission)


def _cannot_undo(connection: Connection[Any], *, department: UUID, submission: UUID) -> Refusal | None:
    found = submissions.find_submission(connection, submission)
    if found is None or found.department != department:
        return NOT_THERE
    if found.state != "done" or found.intent == "nil" or not found.counts.accepted:
        return Refusal("L-204", "这个批次没有可以撤销的内容。", "请核对批次的状态。")
    if found.counts.accepted > MOST_UNDONE:
        return Refusal("L-207", f"批次超过 {MOST_UNDONE} 行，不能整批撤销。", "请联系信用中心，按记录办理。")
    if removals.built_upon(connection, department=department, submission=submission):
        return Refusal("L-205", "批次中已有记录被更正或者经人工关联，不能整批撤销。", "请对有误的记录逐条撤销公示。")
    return None


def settle_removal(
    connection: Connection[Any], *, removal: UUID, officer: Officer, asker: Officer, is_agreed: bool
) -> Refusal | None:
    """Decide on a wish, by another person than who asked: agreed, the records end everywhere."""
    wish = removals.find_removal(connection, removal)
    if wish is None or wish.asked_by != asker.id:
        return NOT_THERE
    if refusal := authorise(officer, "confirm_removal", wish.department):
        return refusal
    if wish.settled_at is not None:
        return Refusal("L-208", "这份撤销申请已经办结。", "请查看记录或者批次的现状。")
    if officer.person == asker.person:
        return SAME_PERSON
    if is_agreed and (refusal := _remove(connection, wish, officer=officer)):
        return refusal
    removals.settle_removal(connection, removal, officer=officer.id, is_done=is_agreed)
    return None


def _remove(connection: Connection[Any], wish: Removal, *, officer: Officer) -> Refusal | None:
    officers = (wish.asked_by, officer.id)
    if wish.record is not None:
        stored = ledger_store.find_record(connection, wish.record, lock=True)
        if stored is None:
            return NOT_THERE
        if not ledger_store.is_open(connection, subject=stored.subject, record=wish.record):
            return ALREADY_ENDED
        targets = [(wish.record, stored.subject)]
    else:
        assert wish.submission is not None
        if refusal := _cannot_undo(connection, department=wish.department, submission=wish.submission):
            return refusal
        targets = removals.open_records_of(connection, department=wish.department, submission=wish.submission)
        removals.settle_waiting(connection, wish.submission)
        submissions.set_state(connection, wish.submission, "undone")
    body = _clock_of(wish.revoked_on, wish.due_on)
    for record, subject in targets:
        what = Happened(record, subject, wish.department, wish.kind, officers, wish.reason, wish.citation, body)
        happen(connection, what)
    ledger_store.bump_register(connection)
    return None


def unlink_record(connection: Connection[Any], *, record: UUID, officers: tuple[UUID, ...], reason: str) -> None:
    """Take a record off the subject it was wrongly linked to; the linking room opens the waiting row again."""
    stored = ledger_store.find_record(connection, record, lock=True)
    if stored is None:
        return
    happen(connection, Happened(record, stored.subject, stored.department, "record_unlinked", officers, reason))
    ledger_store.bump_register(connection)


class KeyTakenError(Exception):
    """The subject has a record with this row's key already: a second one cannot be entered."""


class TwinEndedError(Exception):
    """The same act ended under this subject: it does not come back by another key or another department."""


class LinkEndedError(Exception):
    """The record has ended or was corrected since: taking its link back would bring it to life elsewhere."""


def judge_link(
    connection: Connection[Any],
    *,
    pending: UUID,
    subject: UUID | None,
    officer: Officer,
    reason: str | None = None,
    second: Officer | None = None,
    act: UUID | None = None,
) -> Judgement | Refusal:
    """Judge whom a waiting row is about; the record, its publication and the settled row are one transaction.

    After a refusal the caller rolls back."""
    try:
        made = linking.judge(
            connection,
            pending=pending,
            subject=subject,
            officer=officer,
            reason=reason,
            second=second,
            act=act,
            enter_linked=lambda row, whom: enter_judged(connection, pending=row, subject=whom, officer=officer.id),
        )
    except KeyTakenError:
        return KEY_TAKEN
    except TwinEndedError:
        return TWIN_ENDED
    if isinstance(made, Judgement):
        ledger_store.settle_pending(connection, pending, is_settled=True)
    return made


def undo_link(connection: Connection[Any], *, judgement: UUID, officer: Officer, reason: str) -> Judgement | Refusal:
    """Undo a judgement: the record leaves its subject at once, and the row waits again."""

    def reopen(pending: UUID, record: UUID | None) -> None:
        if record is not None:
            if not _is_standing(connection, record):
                raise LinkEndedError
            unlink_record(connection, record=record, officers=(officer.id,), reason=reason)
        ledger_store.settle_pending(connection, pending, is_settled=False)

    try:
        return linking.undo(connection, judgement=judgement, officer=officer, reason=reason, reopen=reopen)
    except LinkEndedError:
        return LINK_ENDED


def _is_standing(connection: Connection[Any], record: UUID) -> bool:
    stored = ledger_store.find_record(connection, record, lock=True)
    return stored is not None and ledger_store.is_open(connection, subject=stored.subject, record=record)


def enter_judged(connection: Connection[Any], *, pending: UUID, subject: UUID, officer: UUID) -> UUID:
    """Enter one waiting row under the subject that an officer found: the same path as a chunk of one row."""
    record = uuid4()
    chunk = ledger_store.chunk_of_pending(connection, pending, officer=officer)
    frame = _decided_today(connection, waiting.pending_row(connection, pending, record=record), chunk)
    ledger_store.clear_staging(connection)
    ledger_store.copy_entries(connection, submission=chunk.submission, frame=frame)
    version = waiting.link_pending(connection, pending=pending, subject=subject)
    if twins.staged_twin(connection, chunk) is not None:
        raise TwinEndedError
    counts = ledger.enter_chunk(connection, replace(chunk, intent="correction" if version > 1 else "report"))
    if counts.linked != 1:
        raise KeyTakenError
    upward.note_entered(connection, chunk.submission)
    # Its submission is whole already, so nothing else says to the feed that there is more of it.
    feed.mark(connection, record, subject)
    ledger_store.bump_register(connection)
    return record


def _decided_today(connection: Connection[Any], row: pl.DataFrame, chunk: Chunk) -> pl.DataFrame:
    """Decide publication by the law of the day on which the row found its subject, not of the day it was reported."""
    item = catalogue.find_version(connection, chunk.item, version=chunk.item_version)
    region = department_store.region_of(connection, chunk.department)
    severity = pl.lit(stated_severity(row.get_column("content").item()), pl.String)
    stated = row.with_columns(severity.alias("severity"))
    return decide_frame(
        stated, item=item, law=current_book(connection), region=region, today=register_today(connection)
    )
