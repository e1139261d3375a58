"""What the worker does for repair: drafts that are over go, with the proofs that nothing else names."""

from datetime import date, timedelta

from limu.repair import store_draft
from limu.repair.actions_draft import FOLDER, draft_days
from limu.wire.database import Database
from limu.wire.files import FileHash, FileStore


def destroy_old_drafts(database: Database, today: date) -> int:
    """Take away drafts whose days are over, and destroy their files; returns how many files.

    Held if we stop between the two: drafts stay that are read by nobody, and the next round ends them. A content that
    somebody uploads again meanwhile is a new file of today and is left alone."""
    files, days = FileStore(database.home, FOLDER), draft_days()
    with database.connect("app") as connection:
        hashes = store_draft.end_old(connection, days=days)
        return sum(files.destroy_old(FileHash(one), before=today - timedelta(days=days - 1)) for one in hashes)
