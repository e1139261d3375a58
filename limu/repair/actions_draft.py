"""Filling in an application for repair: records, proofs, commitment; reminders; a body's word on performance.

Never commits."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal
from uuid import UUID, uuid4

from psycopg import Connection

from limu.case.actions import store_document
from limu.case.rules import DOCUMENT_BYTES, TOO_LARGE
from limu.department.rules import NOT_THERE, Officer, Refusal, authorise
from limu.repair import rules, rules_draft, store, store_draft
from limu.repair.queries import Prospect
from limu.repair.rules_draft import Draft, DraftFile
from limu.repair.store_picture import is_blank
from limu.wire.clock import register_today
from limu.wire.files import FileHash, FileStore

Why = Literal["discarded", "handed_in", "unnamed"]
FOLDER: Final = "cases"
"""Where proofs lie, in drafts as in cases."""


@dataclass(frozen=True, slots=True)
class Filler:
    """Who fills in a draft: the agent, by account and name, and the organisation it acts for."""

    agent: UUID
    subject: UUID
    party: tuple[str, str]
    name: str


def draft_days() -> int:
    """For how many days after its last change a draft is kept (LIMU_DRAFT_DAYS)."""
    return max(1, int(os.environ.get("LIMU_DRAFT_DAYS", "30")))


def own_draft(connection: Connection[Any], agent: UUID, *, lock: bool = False) -> Draft | None:
    """The draft of an agent, unless its days are over."""
    return store_draft.find_draft(connection, agent, days=draft_days(), lock=lock)


def choose(
    connection: Connection[Any], filler: Filler, records: Sequence[UUID], *, found: Sequence[Prospect]
) -> Refusal | None:
    """Keep which records are chosen; only such as may be applied for today."""
    store_draft.end_over(connection, filler.agent, days=draft_days())
    ready = {one.one.record for one in found if one.can_apply}
    if not records or len(records) > rules_draft.MOST_RECORDS:
        return rules.NOTHING
    if not set(records) <= ready:
        return Refusal("X-128", "所选信息中有今天不能申请的。", "请只选择标有“可申请修复”的信息。")
    in_order = [one.one.record for one in found if one.one.record in set(records)]
    store_draft.put_records(connection, agent=filler.agent, subject=filler.subject, records=in_order)
    return None


def add_proof(
    connection: Connection[Any], files: FileStore, filler: Filler, *, record: UUID, name: str, content: bytes
) -> DraftFile | Refusal:
    """Keep a proof for a record of the draft, encrypted, with what can be seen in it."""
    draft = own_draft(connection, filler.agent, lock=True)
    if draft is None or record not in draft.records:
        return NOT_THERE
    if len(draft.files_of(record)) >= rules_draft.MOST_FILES:
        return rules_draft.TOO_MANY
    if len(content) > DOCUMENT_BYTES:
        return TOO_LARGE
    look = rules_draft.look_at(content, is_blank=is_blank)
    if isinstance(look, Refusal):
        return look
    kept = store_document(files, content, role="performance_proof", name=name, held_by=connection)
    if isinstance(kept, Refusal):
        return kept
    file = DraftFile(uuid4(), record, name[:200] or "证明", kept.file_hash, kept.bytes, look.kind, look.clarity)
    store_draft.insert_file(connection, draft, file)
    return file


def destroy(connection: Connection[Any], files: FileStore, hashes: Sequence[str], *, why: Why) -> int:
    """Destroy those of these contents that nothing names; the hash of each stays, with the instant.

    Called when it is committed that they are named no more. Held if we stop before the end: contents that nothing
    names, which the worker finds (repair/tasks.destroy_unnamed)."""
    gone = store_draft.free_contents(connection, hashes, why=why)
    for one in gone:
        files.destroy(FileHash(one))
    return len(gone)


def sign(connection: Connection[Any], filler: Filler, *, text: str, is_agreed: bool) -> Refusal | None:
    """Sign the commitment for the records of the draft."""
    if not is_agreed:
        return rules_draft.NOT_READ
    signed = rules_draft.sign(text, by=filler.name, on=register_today(connection))
    store_draft.put_signature(connection, filler.agent, signed)
    return None


def remind(connection: Connection[Any], filler: Filler, record: UUID, *, is_wanted: bool) -> Refusal | None:
    """Set or drop the reminder of a record of one's own that cannot be applied for yet."""
    one = store.find_repairable(connection, record)
    if one is None or one.subject != filler.subject:
        return NOT_THERE
    if is_wanted:
        store_draft.put_reminder(connection, record=record, subject=filler.subject, agent=filler.agent)
    else:
        store_draft.delete_reminder(connection, record=record, subject=filler.subject)
    return None


def verify_performance(
    connection: Connection[Any], record: UUID, *, officer: Officer, is_performed: bool, evidence: str
) -> Refusal | None:
    """Say, for the deciding body, that a decision was performed (已核验), or take it back; with its evidence."""
    one = store.find_repairable(connection, record)
    if one is None:
        return NOT_THERE
    if refusal := authorise(officer, "handle_case", one.department):
        return refusal
    if not evidence.strip():
        return Refusal("X-306", "没有写明核验的依据。", "请填写缴款系统的凭证号、验收文书等。")
    if one.decision == "ended":
        return rules.ENDED
    if is_performed == (one.performed_on is not None):
        return Refusal("X-307", "核验情况没有变化。", "无需重复登记。")
    store_draft.insert_performance(
        connection, one, is_performed=is_performed, evidence=evidence.strip(), officer=officer
    )
    return None
