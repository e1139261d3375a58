"""Taking a file in, in durable steps: store it and open the submission, enter chunk by chunk, close it.

Nothing of a file is entered before it is stored. Only the last step makes anything visible; a process killed anywhere
resumes at the cursor and ends the same way."""

import hashlib
import os
import signal
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from threading import Thread
from typing import Any, Self
from uuid import UUID

import numpy as np
import polars as pl
from psycopg import Connection

from limu.department.rules import NOT_THERE, Officer, Refusal, authorise
from limu.department.store import enter, had_item, owns_item
from limu.intake import store
from limu.intake.actions_ahead import LEAST_ROW, Ahead, Entry, Pause, made_ready
from limu.intake.actions_writing import Work, writer_of
from limu.intake.queries import Judged, Tally, judged_chunks
from limu.intake.rules import (
    EMPTY,
    FIRST_ROWS,
    LAST_ROWS,
    Answer,
    Counts,
    FaultyFileError,
    Intent,
    Layout,
    Order,
    Submission,
    UserFault,
)
from limu.intake.rules_answer import ENDED, told_ended
from limu.intake.rules_desk import UNDONE
from limu.intake.rules_mapping import HeaderMapping
from limu.intake.rules_rows import entry_frame
from limu.intake.store_lists import item_for
from limu.intake.store_reading import Reading, open_reading
from limu.record.item import Item
from limu.subject.actions import region_finder
from limu.wire.clock import Clock, register_clock
from limu.wire.files import FileHash, FileStore
from limu.wire.memory import kept_memory

NOT_OWNED = Refusal(
    "F-132", "目录没有规定由本单位报送这类信息。", "请核对目录代码和报送单位，或者联系信用中心调整目录。"
)

NO_LONGER = Refusal(
    "F-135", "这一事项已经终止由本单位报送。",
    "终止以前送出的批次仍可修改、更正和撤销；终止的日期和依据见“归集任务”。",
)  # fmt: skip

MUCH = 1 << 20
"""Bytes of a file from which on a look at how much the tables have grown is worth its time."""
RETENTION_DAYS = 30
"""How long uploads are kept unless the operator sets LIMU_UPLOAD_DAYS; their hash stays."""

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Sending:
    """Who sends which file for which item, and what it is said to be."""

    officer: Officer
    department: UUID
    item: Item
    path: Path
    mapping: HeaderMapping
    intent: Intent = "report"
    is_mending: bool = False
    """Whether it mends a row of a batch that was sent before."""

    def own(self, connection: Connection[Any]) -> Self:
        """The same with its item as this department may file it."""
        return replace(self, item=item_for(connection, self.item, department=self.department))

    def why_not(self, connection: Connection[Any], same: Submission | None) -> Refusal | None:
        """Why it does not go on: its batch was undone, or it is new although the department no longer files the item.

        What was sent before the end of a task goes on, and so does what mends or corrects it."""
        if same is not None:
            return Refusal(*UNDONE) if same.state == "undone" else None
        if self.is_mending or self.intent == "correction":
            return None
        is_owned = owns_item(connection, item=self.item.code, department=self.department)
        return None if is_owned else NO_LONGER


@dataclass(frozen=True, slots=True)
class Means:
    """What a submission needs of its surroundings."""

    files: FileStore
    entry_for: Callable[[Submission], Entry]
    pause: Pause = lambda _: None
    progress: Progress = lambda _: None


def fault_point(environment: Mapping[str, str], *, is_production: bool) -> Pause:
    """Return the pause of tests: LIMU_FAULT=point or point:n kills this process there, the n-th time.

    Production has none."""
    wanted, _, count = environment.get("LIMU_FAULT", "").partition(":")
    left = int(count or 1)

    def pause(point: str) -> None:
        nonlocal left
        if point == wanted:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    return (lambda _: None) if is_production or not wanted else pause


def submit_file(connection: Connection[Any], sending: Sending, *, order: Order, means: Means) -> Answer | Refusal:
    """Take a file in; the same file again is answered from what is stored, an unfinished one is resumed.

    Commits by itself: after opening, after each chunk, after the end."""
    if refusal := authorise(sending.officer, "submit", sending.department):
        return refusal
    if not had_item(connection, item=sending.item.code, department=sending.department):
        return NOT_OWNED
    sending = sending.own(connection)
    means.pause("received")
    with ThreadPoolExecutor(1) as beside:
        hashed = beside.submit(_hash_of, sending.path)
        reading = open_reading(sending.path, item=sending.item, mapping=sending.mapping)
    if isinstance(reading, UserFault):
        return Refusal(*reading)
    with closing(reading.table.frames), kept_memory():
        return _submit(connection, sending, reading, file_hash=hashed.result(), order=order, means=means)


def _hash_of(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def _submit(
    connection: Connection[Any], sending: Sending, reading: Reading, *, file_hash: bytes, order: Order, means: Means
) -> Answer | Refusal:
    same = _find(connection, sending, file_hash)
    if same is not None and same.state == "done":
        enter(connection, department=sending.department)
        ended = means.entry_for(same).ended(connection, tell=True)
        return _repeated(connection, sending, same, layout=reading.layout, ended=ended)
    if refusal := sending.why_not(connection, same):
        return refusal
    # What the first chunk asks for is fetched beside. To judge and decide takes the file alone: that begins while it is
    # stored, and whoever writes waits.
    region = sending.item.field_for("region")
    if region is not None and region.code in reading.plan.columns:
        Thread(target=region_finder).start()
    cut = order.begun_with(FIRST_ROWS, LAST_ROWS)
    if same is not None:
        cut = order.begun_with(same.first_chunk, same.last_chunk, largest_rows=same.largest_chunk)
    judging = Ahead(judged_chunks(reading, item=sending.item, order=cut))
    with closing(judging) as judged, ThreadPoolExecutor(1) as beside:
        stored = beside.submit(_store, sending, FileHash(file_hash.hex()), order=order, means=means)
        submission = same or _open(connection, sending, file_hash)
        means.pause("opened")
        file = File(reading, judged, stored.result)
        return _locked(connection, sending, submission, file=file, order=order, means=means)


def _store(sending: Sending, name: FileHash, *, order: Order, means: Means) -> None:
    with sending.path.open("rb") as file:
        means.files.put(file, on=order.today, name=name)
    means.pause("stored")


@dataclass(frozen=True, slots=True)
class File:
    """A file on its way in: its layout, its chunks judged in turn, and what returns once it is stored."""

    reading: Reading
    chunks: Iterator[Judged]
    stored: Callable[[], None]


def _locked(
    connection: Connection[Any], sending: Sending, submission: Submission, *, file: File, order: Order, means: Means
) -> Answer | Refusal:
    if not store.lock_submission(connection, submission.id):
        return Refusal("F-130", "这份文件正在办理中。", "请等它完成后再查看结果。")
    connection.commit()
    try:
        return _enter_all(connection, sending, submission, file=file, order=order, means=means)
    finally:
        connection.rollback()
        store.unlock_submission(connection, submission.id)
        connection.commit()


def _find(connection: Connection[Any], sending: Sending, file_hash: bytes) -> Submission | None:
    enter(connection, department=sending.department)
    found = store.find_same(
        connection, department=sending.department, item=sending.item.code, file_hash=file_hash, intent=sending.intent
    )
    connection.commit()
    return found


def _open(connection: Connection[Any], sending: Sending, file_hash: bytes) -> Submission:
    enter(connection, department=sending.department)
    if sending.path.stat().st_size > MUCH:
        store.refresh_statistics(connection)
    opened = store.insert_submission(
        connection, id=UUID(new_ids(register_clock(connection), 1)[0]), department=sending.department,
        item=(sending.item.code, sending.item.version), officer=sending.officer.id, file_hash=file_hash,
        mapping=sending.mapping, intent=sending.intent, state="entering",
    )  # fmt: skip
    if sending.mapping != HeaderMapping():
        store.remember_mapping(
            connection, department=sending.department, item=sending.item.code, mapping=sending.mapping
        )
    connection.commit()
    return opened


def _enter_all(
    connection: Connection[Any], sending: Sending, submission: Submission, *, file: File, order: Order, means: Means
) -> Answer | Refusal:
    entry, tally = means.entry_for(submission), Tally(sending.item, order)
    clock = register_clock(connection)
    connection.commit()

    def ready() -> Iterator[tuple[Judged, pl.DataFrame | None]]:
        for judged in file.chunks:
            is_new = judged.number >= submission.chunks_done
            yield judged, _decided(judged, entry, clock) if is_new else None

    try:
        is_long = sending.path.stat().st_size > order.chunk_rows * LEAST_ROW
        work = Work(submission.id, sending.department, entry, means.pause)
        with (
            closing(Ahead(ready())) as decided,
            made_ready(connection, entry, decided=decided, department=sending.department, is_long=is_long) as coming,
            writer_of(connection, work, is_long=is_long) as writer,
        ):
            file.stored()
            for judged, prepared in coming:
                tally.add(judged)
                if prepared is not None:
                    writer.write((judged, prepared))
                means.progress(judged.rows)
    except FaultyFileError as faulty:
        return _unreadable(connection, sending, submission, fault=faulty.fault)
    if not tally.rows:
        return _unreadable(connection, sending, submission, fault=EMPTY)
    tally.finish()
    means.pause("before_done")
    return _finish(connection, sending, submission, tally=tally, layout=file.reading.layout, pause=means.pause)


def _decided(judged: Judged, entry: Entry, clock: Clock) -> pl.DataFrame:
    ids = new_ids(clock, judged.accepted.height)
    return entry.decide(entry_frame(judged.accepted, ids, place=region_code))


def region_code(text: str) -> str | None:
    """The code of a region as a department writes it: a code, or names from the province down; None where unsure."""
    return region_finder().of_subject(code=None, stated=text, words=[text])


def _finish(
    connection: Connection[Any], sending: Sending, submission: Submission, *, tally: Tally, layout: Layout, pause: Pause
) -> Answer:
    enter(connection, department=sending.department)
    store.set_state(connection, submission.id, "done", rows=tally.rows)
    connection.commit()
    pause("after_done")
    enter(connection, department=sending.department)
    done = store.find_submission(connection, submission.id)
    assert done is not None
    verdicts, stored = store.verdicts_of(connection, done.id), store.codes_of(connection, done.id)
    ended = store.ended_rows_of(connection, done.id)
    connection.commit()
    codes = tally.codes | {
        name: count for name in ("duplicate", "conflict") if (count := getattr(done.counts, name))
    }  # fmt: skip
    codes |= {code: count for code, count in stored.items() if code in ENDED}
    return Answer(
        layout, tally.rows, done.counts, codes, (*tally.findings, *told_ended(ended)), verdicts, done,
        examples=tuple(tally.examples.values()), repeated=tally.repeated,
    )  # fmt: skip


def _unreadable(connection: Connection[Any], sending: Sending, submission: Submission, *, fault: UserFault) -> Refusal:
    connection.rollback()
    enter(connection, department=sending.department)
    store.set_state(connection, submission.id, "unreadable")
    connection.commit()
    return Refusal(*fault)


def _repeated(
    connection: Connection[Any], sending: Sending, same: Submission, *, layout: Layout, ended: dict[int, str]
) -> Answer:
    """Answer the very same file from what is stored: what was accepted is a duplicate now, or has ended since."""
    enter(connection, department=sending.department)
    codes, verdicts = store.codes_of(connection, same.id), store.verdicts_of(connection, same.id)
    connection.commit()
    counts = same.counts.sent_again(ended=len(ended))
    codes = {code: count for code, count in codes.items() if code not in ("duplicate", *ENDED)}
    codes |= {"duplicate": counts.duplicate} if counts.duplicate else {}
    codes |= Counter(ended.values())
    verdicts |= dict.fromkeys(ended, "refused")
    told = told_ended(ended)
    rows = counts.received if same.rows is None else same.rows
    return Answer(layout, rows, counts, codes, told, verdicts, same, is_repeated=True)


def new_ids(clock: Clock, count: int) -> list[str]:
    """UUIDv7 in bulk (RFC 9562): one millisecond for all, a rising counter, and chance."""
    rows = np.frombuffer(bytearray(os.urandom(16 * count)), dtype=np.uint8).reshape(count, 16)
    rows[:, :6] = np.frombuffer(int(clock.now().timestamp() * 1000).to_bytes(6, "big"), dtype=np.uint8)
    counter = np.arange(count) * 4096 // max(count, 1)
    rows[:, 6] = 0x70 | (counter >> 8)
    rows[:, 7] = counter & 0xFF
    rows[:, 8] = rows[:, 8] & 0x3F | 0x80
    digits = np.frombuffer(rows.tobytes().hex().encode(), dtype=np.uint8).reshape(count, 32)
    dashed = np.insert(digits, (8, 12, 16, 20), ord("-"), axis=1)
    text = dashed.tobytes().decode()
    return [text[place : place + 36] for place in range(0, 36 * count, 36)]


def submit_nil(
    connection: Connection[Any], *, officer: Officer, department: UUID, item: Item, today: date
) -> Answer | Refusal:
    """Report that there was nothing to report for an item; one act a day, done at once (零报告)."""
    if refusal := authorise(officer, "submit_nil", department):
        return refusal
    if not had_item(connection, item=item.code, department=department):
        return NOT_OWNED
    if not owns_item(connection, item=item.code, department=department):
        return NO_LONGER
    file_hash = hashlib.sha256(f"nil\x1f{item.code}\x1f{today.isoformat()}".encode()).digest()
    enter(connection, department=department)
    same = store.find_same(connection, department=department, item=item.code, file_hash=file_hash, intent="nil")
    nil = same or store.insert_submission(
        connection, id=UUID(new_ids(register_clock(connection), 1)[0]), department=department,
        item=(item.code, item.version), officer=officer.id, file_hash=file_hash, mapping=HeaderMapping(), intent="nil",
        state="done",
    )  # fmt: skip
    connection.commit()
    return Answer(None, 0, Counts(), {}, (), {}, nil, is_repeated=same is not None)


def upload_days(environment: Mapping[str, str]) -> int:
    """How many days the operator keeps uploads; a setting that is no whole number of days keeps them the usual time."""
    stated = environment.get("LIMU_UPLOAD_DAYS", "")
    return int(stated) if stated.isdecimal() and int(stated) else RETENTION_DAYS


def destroy_expired(files: FileStore, *, officer: Officer, today: date, days: int = RETENTION_DAYS) -> int | Refusal:
    """Destroy uploads whose time is over; hash, counts and verdicts of their submissions stay."""
    if authorise(officer, "destroy_uploads", officer.department):
        return NOT_THERE
    return files.destroy_older_than(today - timedelta(days=days))


def reading_of_mapping(connection: Connection[Any], *, department: UUID, item: str) -> HeaderMapping:
    """Return the mapping remembered for a department and an item, or the empty one."""
    enter(connection, department=department)
    found = store.remembered_mapping(connection, department=department, item=item)
    connection.commit()
    return found or HeaderMapping()


def stored_hash(submission: Submission) -> FileHash:
    """Name of the submission's upload in the file store."""
    return FileHash(submission.file_hash.hex())
