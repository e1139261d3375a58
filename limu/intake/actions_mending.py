"""Mending a row in place, setting one aside, and correcting a record that is there: each by the checks of a file."""

import hashlib
import io
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import polars as pl
from psycopg import Connection

from limu.department.rules import NOT_THERE, Officer, Refusal, authorise
from limu.department.store import enter
from limu.intake import store, store_mending
from limu.intake.actions import Means, Sending, new_ids, region_code, submit_file
from limu.intake.actions_desk import opened, rehearse
from limu.intake.queries_row import JudgedRow, judge_row, read_row, row_file, texts_of
from limu.intake.rules import Counts, Order, Submission, Told, UserFault
from limu.intake.rules_mapping import HeaderMapping
from limu.intake.rules_mending import (
    CORRECTION_KINDS,
    NO_GROUND,
    NO_ROW,
    NOTHING_NEW,
    OTHER_RECORD,
    PERSON_ROW,
    PROPOSED,
    SETTLED,
    STILL_CONFLICT,
    WAITING,
    RowStanding,
    why_not_waived,
)
from limu.intake.rules_rows import entry_frame
from limu.intake.store_desk import mapping_of
from limu.intake.store_mending import Correction
from limu.ledger import store as ledger
from limu.ledger.rules import StoredRecord
from limu.ledger.store_twin import ended_as
from limu.record.item import Item
from limu.wire.clock import day_of, register_clock
from limu.wire.files import FileHash, FileStore

SAME_PERSON = Refusal("L-211", "更正须由两人办理，不能由同一人的两个账号完成。", "请由另一名复核员确认。")
CLOSED = Refusal("L-214", "这份更正申请已经办结。", "请查看记录的现状。")
ENDED = Refusal("L-212", "该记录已经停止公示或者已被更正。", "请在最新的一版上更正。")


@dataclass(frozen=True, slots=True)
class Faulty:
    """A row that still has faults, or cannot be taken for one reason."""

    told: tuple[Told, ...] = ()
    fault: UserFault | None = None
    record: UUID | None = None


def texts_of_row(
    files: FileStore, connection: Connection[Any], batch: Submission, *, item: Item, row: int
) -> dict[str, str] | UserFault:
    """Read a row of a batch from its stored file, as the department wrote it."""
    mapping = mapping_of(connection, batch.id)
    with opened(files, FileHash(batch.file_hash.hex()), "file") as path:
        if path is None:
            return NO_ROW
        return read_row(path, item=item, mapping=mapping, row=row, today=day_of(batch.received_at))


def why_not_open(standing: RowStanding) -> UserFault | None:
    """Say why nothing more can be done about a row."""
    if standing.is_person:
        return PERSON_ROW
    if standing.waiver is not None and not standing.is_granted:
        return WAITING
    return None if standing.is_open else SETTLED


def mend_row(
    connection: Connection[Any], batch: Submission, texts: Mapping[str, str], *, row: int, sender: Officer, item: Item,
    order: Order, means: Means,
) -> Submission | Faulty | Refusal:  # fmt: skip
    """Report a mended row as a submission of its own that says which row of which batch it mends.

    With a fault left nothing is stored. Commits by itself, as every submission does."""
    if refusal := authorise(sender, "submit", batch.department):
        return refusal
    judged = judge_row(texts, item=item, today=order.today)
    if not judged.is_fit:
        return Faulty(judged.told, PERSON_ROW if judged.is_person else None)
    with tempfile.TemporaryDirectory(prefix="limu-row-") as folder:
        path = Path(folder) / "row.json"
        path.write_bytes(row_file(texts, item))
        sending = Sending(sender, batch.department, item, path, HeaderMapping(), is_mending=True)
        preview = rehearse(connection, sending, order=order, entry_for=means.entry_for)
        if isinstance(preview, Refusal):
            return preview
        if preview.answer.counts.conflict:
            return Faulty((), STILL_CONFLICT, _same_key(connection, batch.department, item=item, judged=judged))
        done = submit_file(connection, sending, order=order, means=means)
    if isinstance(done, Refusal):
        return done
    assert done.submission is not None
    enter(connection, department=batch.department)
    store_mending.insert_mended(
        connection, submission=batch.id, row=row, department=batch.department, mended_by=done.submission.id,
        officer=sender.id,
    )  # fmt: skip
    connection.commit()
    return done.submission


def _same_key(connection: Connection[Any], department: UUID, *, item: Item, judged: JudgedRow) -> UUID | None:
    enter(connection, department=department)
    key = _framed(connection, judged).get_column("natural_key").to_list()[0]
    found = store_mending.record_of_key(connection, department=department, item=item.code, natural_key=key)
    connection.rollback()
    return found


def _framed(connection: Connection[Any], judged: JudgedRow) -> pl.DataFrame:
    rows = judged.judged.accepted
    return entry_frame(rows, new_ids(register_clock(connection), rows.height), place=region_code)


def record_in_conflict(
    connection: Connection[Any], texts: Mapping[str, str], *, department: UUID, item: Item, today: date
) -> UUID | None:
    """Find the record that a row of this department stands against."""
    judged = judge_row(texts, item=item, today=today)
    if not judged.is_fit:
        return None
    key = _framed(connection, judged).get_column("natural_key").to_list()[0]
    return store_mending.record_of_key(connection, department=department, item=item.code, natural_key=key)


def ask_waiver(
    connection: Connection[Any], standing: RowStanding, *, batch: Submission, officer: Officer, said: tuple[str, str]
) -> UUID | Refusal:
    """Ask that a row be set aside, with a reason from the list; the credit centre decides, and it counts."""
    if refusal := authorise(officer, "mend_row", batch.department):
        return refusal
    if fault := why_not_open(standing) or why_not_waived(*said):
        return Refusal(*fault)
    waiver = uuid4()
    is_new = store_mending.insert_waiver(
        connection, id=waiver, submission=batch.id, row=standing.row, department=batch.department,
        said=(said[0], said[1].strip()), asked_by=officer.id,
    )  # fmt: skip
    return waiver if is_new else Refusal(*WAITING)


def settle_waiver(
    connection: Connection[Any], *, waiver: UUID, officer: Officer, decision: str
) -> Refusal | None:  # fmt: skip
    """Grant a wish, decline it, or take back what was granted: the credit centre's, never the asker's own."""
    wish = store_mending.find_waiver(connection, waiver)
    if wish is None:
        return NOT_THERE
    if refusal := authorise(officer, "decide_waiver", wish.department):
        return refusal
    if wish.asked_person == officer.person:
        return Refusal("L-213", "不能决定自己提出的申请。", "请由另一人决定。")
    if wish.settled_at is None and decision in ("grant", "decline"):
        store_mending.settle_waiver(connection, waiver, officer=officer.id, is_granted=decision == "grant")
        return None
    if wish.is_granted and wish.reversed_at is None and decision == "reverse":
        store_mending.reverse_waiver(connection, waiver, officer=officer.id)
        return None
    return Refusal(*SETTLED)


def ask_correction(
    connection: Connection[Any], files: FileStore, texts: Mapping[str, str], *, record: UUID, item: Item,
    officer: Officer, said: tuple[str, str, str], today: date,
) -> UUID | Faulty | Refusal:  # fmt: skip
    """State a correction (kind, reason, basis); nothing happens before another person confirms."""
    stored = _correctable(connection, record, officer=officer)
    if isinstance(stored, Refusal):
        return stored
    if said[0] not in CORRECTION_KINDS or not all(text.strip() for text in said):
        return Faulty(fault=NO_GROUND)
    judged = judge_row(texts, item=item, today=today)
    if not judged.is_fit:
        return Faulty(judged.told, PERSON_ROW if judged.is_person else None)
    if fault := _why_other(connection, judged, stored):
        return Faulty(judged.told, fault)
    file = files.put(io.BytesIO(row_file(texts, item)), on=today)
    wish = uuid4()
    is_new = store_mending.insert_correction(
        connection, id=wish, department=stored.department, record=record, item=item.code,
        said=(said[0], said[1].strip(), said[2].strip()), file_hash=bytes.fromhex(file), asked_by=officer.id,
    )  # fmt: skip
    return wish if is_new else Faulty(fault=PROPOSED)


def _correctable(connection: Connection[Any], record: UUID, *, officer: Officer) -> StoredRecord | Refusal:
    stored = ledger.find_record(connection, record, lock=True)
    if stored is None or stored.department != officer.department:
        return NOT_THERE
    if refusal := authorise(officer, "ask_correction", stored.department):
        return refusal
    return stored if _is_running(connection, stored) else ENDED


def _is_running(connection: Connection[Any], stored: StoredRecord) -> bool:
    """Nothing has ended it, its own term included: a correction would begin a new one."""
    is_open = ledger.is_open(connection, subject=stored.subject, record=stored.id)
    return is_open and ended_as(connection, subject=stored.subject, record=stored.id) is None


def _why_other(connection: Connection[Any], judged: JudgedRow, stored: StoredRecord) -> UserFault | None:
    rows = judged.judged.accepted
    frame = _framed(connection, judged)
    has_key = rows.get_column("natural_key").null_count() == 0
    if rows.height != 1 or (has_key and frame.get_column("natural_key").to_list()[0] != stored.natural_key):
        return OTHER_RECORD
    said = rows.get_column("party_uscc").to_list()[0]
    known = ledger.uscc_of(connection, stored.subject)
    if said is not None and known is not None and said != known:
        return OTHER_RECORD
    same = ledger.content_hash_of(connection, stored) == frame.get_column("content_hash").to_list()[0]
    return NOTHING_NEW if same else None


@contextmanager
def proposed(files: FileStore, wish: Correction) -> Iterator[dict[str, str] | UserFault]:
    """Lend the new content of a wish; a fault where its time is over and the file destroyed."""
    with opened(files, FileHash(wish.file_hash.hex()), "row.json") as path:
        yield NO_ROW if path is None else texts_of(path)


Correct = Callable[[StoredRecord, Submission, pl.DataFrame], Counts]
"""Writes the new version under the record's subject and ends the old one (limu.reactions.correct_record)."""


def settle_correction(
    connection: Connection[Any], wish: Correction, texts: Mapping[str, str], *, item: Item, officer: Officer,
    today: date, correct: Correct | None,
) -> Submission | Refusal | None:  # fmt: skip
    """Confirm a correction or, without `correct`, decline it: by another person than who stated it."""
    if refusal := authorise(officer, "confirm_correction", wish.department):
        return refusal
    if wish.settled_at is not None or wish.asked_person == officer.person:
        return SAME_PERSON if wish.settled_at is None else CLOSED
    if correct is None:
        store_mending.settle_correction(connection, wish.id, officer=officer.id, submission=None)
        return None
    stored = ledger.find_record(connection, wish.record, lock=True)
    if stored is None or not _is_running(connection, stored):
        return ENDED
    judged = judge_row(texts, item=item, today=today)
    if not judged.is_fit or (fault := _why_other(connection, judged, stored)):
        return Refusal(*(NOTHING_NEW if judged.is_fit and fault == NOTHING_NEW else OTHER_RECORD))
    made = _corrected(connection, wish, stored, judged=judged, item=item, correct=correct)
    store_mending.settle_correction(connection, wish.id, officer=officer.id, submission=made.id)
    return made


def _corrected(
    connection: Connection[Any], wish: Correction, stored: StoredRecord, *, judged: JudgedRow, item: Item,
    correct: Correct,
) -> Submission:  # fmt: skip
    # One file, one submission: the same content stated twice over the years is told apart by the wish it came by.
    file_hash = hashlib.sha256(wish.file_hash + wish.id.bytes).digest()
    made = store.insert_submission(
        connection, id=UUID(new_ids(register_clock(connection), 1)[0]), department=wish.department,
        item=(item.code, item.version), officer=wish.asked_by, file_hash=file_hash, mapping=HeaderMapping(),
        intent="correction", state="entering",
    )  # fmt: skip
    frame = _framed(connection, judged).with_columns(
        pl.Series("natural_key", [stored.natural_key], dtype=pl.Binary), pl.lit(1, dtype=pl.Int64).alias("row_number")
    )
    counts = replace(correct(stored, made, frame), received=1)
    store.add_chunk(connection, made.id, chunks_done=1, counts=counts)
    store.set_state(connection, made.id, "done")
    return made
