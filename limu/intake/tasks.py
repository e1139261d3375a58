"""What the worker does for the intake: large files that a desk left to it, and destroying what is past its time."""

import os
import shutil
import tempfile
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from limu.catalogue.store import find_item
from limu.department.store import enter, find_officer
from limu.intake import store, store_lags
from limu.intake.actions import Means, Sending, submit_file, upload_days
from limu.intake.actions_desk import LENT, opened
from limu.intake.actions_workbook import keep_workbook
from limu.intake.desk import EntryFactory, own_department
from limu.intake.queries_headers import count_rows
from limu.intake.rules import Answer, Order
from limu.intake.rules_mapping import stored_mapping
from limu.intake.store_desk import note_expected
from limu.intake.store_workbook import ask_workbook
from limu.wire.clock import Clock, register_today
from limu.wire.database import Connection, Database, connect
from limu.wire.files import FileHash, FileStore
from limu.wire.home import find_home
from limu.wire.lawbook import current_book

# Whose work this is: no department's; what it counts, each department reads of its own.
NOBODY: Final = UUID(int=0)


def enter_submission(
    _: Connection, body: dict[str, Any], *, entry_factory: EntryFactory, breathe: Callable[[], None] = lambda: None
) -> None:  # fmt: skip
    """Enter a queued file on a connection of its own, since it commits chunk by chunk; repeated, it goes on.

    A file that is gone leaves the submission as it is; one that cannot be read marks it so. `breathe` is called after
    each chunk and may end it there."""
    with connect("app") as connection:
        enter(connection, department=UUID(body["department"]))
        queued = store.find_submission(connection, UUID(body["submission"]))
        assert queued is not None
        officer, today = find_officer(connection, queued.officer_code), register_today(connection)
        item = find_item(connection, queued.item, on=today)
        assert officer is not None
        assert item is not None
        law, department = current_book(connection), own_department(connection, officer)
        connection.commit()
        files = FileStore(find_home())
        with opened(files, FileHash(queued.file_hash.hex()), body["name"]) as path:
            assert path is not None
            sending = Sending(officer, queued.department, item, path, stored_mapping(body["mapping"]), queued.intent)
            enter(connection, department=queued.department)
            note_expected(connection, queued.id, count_rows(path, item=item, mapping=sending.mapping))
            connection.commit()
            entry_for = entry_factory(department, item, law=law, today=today)
            means = Means(files, entry_for, progress=lambda _: breathe())
            answer = submit_file(connection, sending, order=Order(today, 0), means=means)
        if isinstance(answer, Answer) and answer.counts.refused + answer.counts.conflict:
            enter(connection, department=queued.department)
            ask_workbook(connection, queued)
            connection.commit()


def write_workbook(_: Connection, body: dict[str, Any], *, breathe: Callable[[], None] = lambda: None) -> None:
    """Write the answer workbook of a large batch on a connection of its own; one that is written is not asked for."""
    with connect("app") as connection:
        enter(connection, department=UUID(body["department"]))
        keep_workbook(connection, FileStore(find_home()), UUID(body["submission"]), breathe=breathe)


def count_lags(connection: Connection) -> int:
    """Count the days of decision and receipt of every submission that has grown; returns of how many.

    Each is a transaction of its own. Held if we stop here: whole submissions; the others are still marked."""
    done = 0
    while True:
        with connection.transaction():
            enter(connection, department=NOBODY, reach="centre")
            if (submission := store_lags.take_uncounted(connection)) is None:
                return done
            store_lags.count_again(connection, submission)
        done += 1


def destroy_old_files(database: Database, today: date) -> int:
    """Destroy uploads and answer workbooks whose time is over (LIMU_UPLOAD_DAYS); returns how many.

    What a killed process left of a file it had lent in the clear goes too. Hash and receipt stay with the batch."""
    _sweep_lent(Path(tempfile.gettempdir()), before=Clock().now() - timedelta(days=1))
    return FileStore(database.home).destroy_older_than(today - timedelta(days=upload_days(os.environ)))


def _sweep_lent(folder: Path, *, before: datetime) -> None:
    for path in folder.glob(f"{LENT}*"):
        status = path.stat()
        if status.st_uid == os.getuid() and status.st_mtime < before.timestamp():
            shutil.rmtree(path, ignore_errors=True)
