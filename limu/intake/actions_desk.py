"""A file on the department's desk: held encrypted, rehearsed without a trace, then entered here or by the worker."""

import hashlib
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

from psycopg import Connection

from limu.department.rules import NOT_THERE, Officer, Refusal, authorise
from limu.department.store import enter, had_item
from limu.intake import store, store_desk
from limu.intake.actions import (
    NOT_OWNED,
    Means,
    Sending,
    _decided,
    _find,
    _open,
    _repeated,
    new_ids,
    submit_file,
)
from limu.intake.actions_ahead import Entry, counts_of
from limu.intake.queries import Judged, Tally, judged_chunks
from limu.intake.rules import (
    EMPTY,
    Answer,
    Counts,
    FaultyFileError,
    Order,
    Submission,
    UserFault,
    Verdict,
)
from limu.intake.rules_desk import GONE, LARGE_ROWS, TOO_BIG, UPLOAD_BYTES, Preview, preview_of
from limu.intake.store_files import find_kind
from limu.intake.store_reading import Reading, open_reading
from limu.wire.clock import register_clock
from limu.wire.files import FileHash, FileStore

LENT = "limu-desk-"
"""How the folder of a file in the clear begins; it lasts for a block, unless the process is killed in it."""

EntryFor = Callable[[Submission], Entry]


@dataclass(frozen=True, slots=True)
class Held:
    """A file that lies in the file store and of which nothing else is known yet."""

    file: FileHash
    name: str


def hold(files: FileStore, content: Any, *, name: str, size: int, order: Order) -> Held | UserFault:
    """Put an upload aside, encrypted; a file that is no table is refused and not kept."""
    if size > UPLOAD_BYTES:
        return TOO_BIG
    file = files.put(content, on=order.today)
    with opened(files, file, name) as path:
        kind = find_kind(path) if path else GONE
    if isinstance(kind, UserFault):
        files.destroy(file)
        return kind
    return Held(file, name)


@contextmanager
def opened(files: FileStore, file: FileHash, name: str) -> Iterator[Path | None]:
    """Lend a held file in the clear for the length of a block, for this account alone; None where it is gone."""
    if not files.has(file):
        yield None
        return
    with tempfile.TemporaryDirectory(prefix=LENT) as folder:
        # The ending says what the file claims to be; nothing else of its name is trusted.
        path = Path(folder) / f"file{Path(name).suffix.lower()[:8]}"
        files.copy_to(file, path)
        yield path


def discard(connection: Connection[Any], files: FileStore, *, file: FileHash) -> None:
    """Destroy a held file that was not entered; one that anybody's submission stands on is kept for its time."""
    if not store_desk.is_file_used(connection, bytes.fromhex(file)):
        files.destroy(file)


def rehearse(connection: Connection[Any], sending: Sending, *, order: Order, entry_for: EntryFor) -> Preview | Refusal:
    """Enter a file as `submit_file` would and roll everything back: what the clerk is told is what will happen.

    Of a large file only the first rows are rehearsed."""
    if refusal := _may_send(connection, sending):
        return refusal
    reading = open_reading(sending.path, item=sending.item, mapping=sending.mapping)
    if isinstance(reading, UserFault):
        return Refusal(*reading)
    with closing(reading.table.frames):
        same = _find(connection, sending, _hash_of(sending.path))
        if refusal := sending.why_not(connection, same):
            return refusal
        if same is not None and same.state == "done":
            enter(connection, department=sending.department)
            ended = entry_for(same).ended(connection, tell=False)
            return preview_of(_repeated(connection, sending, same, layout=reading.layout, ended=ended))
        try:
            return _rehearsed(connection, sending, same, reading=reading, order=order, entry_for=entry_for)
        except FaultyFileError as faulty:
            return Refusal(*faulty.fault)
        finally:
            connection.rollback()


def _may_send(connection: Connection[Any], sending: Sending) -> Refusal | None:
    if refusal := authorise(sending.officer, "submit", sending.department):
        return refusal
    is_owned = had_item(connection, item=sending.item.code, department=sending.department)
    return None if is_owned else NOT_OWNED


def _rehearsed(
    connection: Connection[Any], sending: Sending, same: Submission | None, *, reading: Reading, order: Order,
    entry_for: EntryFor,
) -> Preview | Refusal:  # fmt: skip
    tally, counts, verdicts = Tally(sending.item, order), Counts(), dict[int, Verdict]()
    clock, entry, is_partial = register_clock(connection), None, False
    with closing(judged_chunks(reading, item=sending.item, order=replace(order, chunk_rows=LARGE_ROWS))) as chunks:
        for judged in chunks:
            if tally.rows:
                is_partial = True
                break
            tally.add(judged)
            entry = entry or entry_for(same or _opened(connection, sending))
            found, more = _entered(connection, sending, judged, entry=entry, frame=_decided(judged, entry, clock))
            counts, verdicts = found, verdicts | more
    if not tally.rows:
        return Refusal(*EMPTY)
    answer = Answer(reading.layout, tally.rows, counts, tally.codes, tuple(tally.findings), verdicts)
    return preview_of(answer, is_partial=is_partial)


def _opened(connection: Connection[Any], sending: Sending) -> Submission:
    enter(connection, department=sending.department)
    return store.insert_submission(
        connection, id=UUID(new_ids(register_clock(connection), 1)[0]), department=sending.department,
        item=(sending.item.code, sending.item.version), officer=sending.officer.id, file_hash=_hash_of(sending.path),
        mapping=sending.mapping, intent=sending.intent, state="entering",
    )  # fmt: skip


def _entered(
    connection: Connection[Any], sending: Sending, judged: Judged, *, entry: Entry, frame: Any
) -> tuple[Counts, dict[int, Verdict]]:
    enter(connection, department=sending.department)
    verdicts: dict[int, Verdict] = {row: "refused" for row, _ in judged.refused}
    entered = entry.enter(connection, entry.stage(connection, frame), lambda _: None) if frame.height else None
    if entered is not None:
        verdicts |= dict(entered.problem_rows)
    return counts_of(judged, entered), verdicts


def _hash_of(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def confirm(
    connection: Connection[Any], sending: Sending, *, order: Order, means: Means, is_large: bool, name: str
) -> Submission | Refusal:
    """Enter a rehearsed file at once, or leave a large one to the worker; either way the batch is there to look at."""
    if not is_large:
        answer = submit_file(connection, sending, order=order, means=means)
        if isinstance(answer, Refusal):
            return answer
        assert answer.submission is not None
        return answer.submission
    if refusal := _may_send(connection, sending):
        return refusal
    file_hash = _hash_of(sending.path)
    if same := _find(connection, sending, file_hash):
        return same
    opened_now = _open(connection, sending, file_hash)
    enter(connection, department=sending.department)
    store_desk.queue_submission(
        connection, opened_now.id, department=sending.department, mapping=sending.mapping, name=name
    )
    connection.commit()
    return opened_now


def own_batch(connection: Connection[Any], *, officer: Officer, submission: UUID) -> Submission | Refusal:
    """Find a batch of the officer's own department; everything else is not there."""
    found = store.find_submission(connection, submission)
    if found is None or found.department != officer.department:
        return NOT_THERE
    return found
