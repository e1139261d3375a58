"""What the worker does for repair: drafts that are over go, with their proofs, and contents that nothing names."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from limu.repair import store_draft
from limu.repair.actions_draft import FOLDER, destroy, draft_days
from limu.wire.database import Connection, Database
from limu.wire.files import FileHash, FileStore
from limu.wire.keys import write_private

AT_ONCE: Final = 500


def destroy_old_drafts(database: Database, today: date) -> int:
    """Take away drafts whose days are over, and destroy their files; returns how many files.

    Held if we stop between the two: drafts stay that are read by nobody, and the next round ends them. A content that
    somebody uploads again meanwhile is a new file of today and is left alone."""
    files, days = FileStore(database.home, FOLDER), draft_days()
    with database.connect("app") as connection:
        hashes = store_draft.end_old(connection, days=days)
        return sum(files.destroy_old(FileHash(one), before=today - timedelta(days=days - 1)) for one in hashes)


def destroy_unnamed(database: Database, today: date) -> int:
    """Destroy contents that nothing names: of uploads that were refused, of drafts given up when we were killed.

    Only after the days of a draft (LIMU_DRAFT_DAYS): what is younger may be about to be named, or belong to a register
    that is being restored. And only by the register whose contents they are: another database that is run with the same
    home names none of them. Held if we stop: the rest is found again."""
    files, gone = FileStore(database.home, FOLDER), 0
    old = files.older_than(today - timedelta(days=draft_days()))
    with database.connect("app") as connection:
        if old and not _is_ours(connection, files, old):
            return 0
        for at in range(0, len(old), AT_ONCE):
            with connection.transaction():
                gone += destroy(connection, files, old[at : at + AT_ONCE], why="unnamed")
    return gone


def _is_ours(connection: Connection, files: FileStore, lying: Sequence[str]) -> bool:
    """Whether the home's contents are this register's: the first that names one of those that lie here keeps them."""
    kept, own = files.home.root / "cases.register", str(store_draft.register_identity(connection))
    if kept.is_file():
        return kept.read_text("ascii").strip() == own
    if not store_draft.names_any(connection, lying):
        return False
    write_private(kept, own.encode())
    return True
