"""A holder's copy in one SQLite file: what is public, how far it goes, what is owed, and the marks of it all."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from limu.client.digest import IN_BUCKET, canonical, digest_of, leaf_of, mark_of

_TABLES = """
CREATE TABLE IF NOT EXISTS copy (
    id TEXT PRIMARY KEY, timepoint INTEGER NOT NULL, leaf INTEGER NOT NULL, mark INTEGER NOT NULL,
    digest BLOB NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS copy_leaf ON copy (leaf);
CREATE TABLE IF NOT EXISTS heard (
    id TEXT PRIMARY KEY, timepoint INTEGER NOT NULL, is_owed INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS heard_owed ON heard (is_owed) WHERE is_owed;
CREATE TABLE IF NOT EXISTS bucket (bucket INTEGER PRIMARY KEY, copies INTEGER NOT NULL, mark INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS state (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
INSERT OR IGNORE INTO state VALUES ('timepoint', 0), ('acknowledged', 0);
"""


class Copy:
    """The copy. Each page is taken in as one transaction: killed anywhere, it is at one timepoint or at the next.

    Events may come twice, late, or in any order: of each record the newest timepoint counts. An event without content
    takes the content out; unless it is an end, the record is owed until its newest event has been asked for."""

    def __init__(self, path: Path | str) -> None:
        self._file = sqlite3.connect(path, isolation_level=None)
        self._file.execute("PRAGMA journal_mode = WAL")
        self._file.execute("PRAGMA synchronous = FULL")
        # What ended is overwritten in the file, not merely forgotten.
        self._file.execute("PRAGMA secure_delete = ON")
        self._file.executescript(_TABLES)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    @property
    def timepoint(self) -> int:
        """How far the copy goes."""
        return self._state("timepoint")

    @property
    def acknowledged(self) -> int:
        """How far we have said so."""
        return self._state("acknowledged")

    def take_in(self, events: Iterable[dict[str, Any]], *, until: int | None = None) -> int:
        """Take events in, and go on to a timepoint where they came from the feed in order; tells how many were new."""
        with self._whole():
            new = sum(self._take(event) for event in events)
            if until is not None and until > self.timepoint:
                self._set("timepoint", until)
        return new

    def note_acknowledged(self, until: int) -> None:
        """Note that the feed knows how far we are."""
        self._set("acknowledged", until)

    def begin_again(self, bodies: Iterable[dict[str, Any]], *, timepoint: int) -> None:
        """Replace everything by a snapshot: what it does not hold has ended while we were away."""
        with self._whole():
            for table in ("copy", "heard", "bucket"):
                self._file.execute(f"DELETE FROM {table}")
            for body in bodies:
                self._put(UUID(body["id"]), timepoint, body)
            self._set("timepoint", timepoint)
            self._set("acknowledged", 0)

    def owed(self, *, limit: int = 500) -> list[UUID]:
        """List records whose content is still to be asked for."""
        return [UUID(row[0]) for row in self._file.execute("SELECT id FROM heard WHERE is_owed LIMIT ?", (limit,))]

    def find(self, record: UUID) -> str | None:
        """Find the canonical text of a record."""
        row = self._file.execute("SELECT body FROM copy WHERE id = ?", (record.hex,)).fetchone()
        return None if row is None else str(row[0])

    def records(self) -> Iterator[tuple[UUID, str]]:
        """Walk the copy."""
        for row in self._file.execute("SELECT id, body FROM copy ORDER BY id"):
            yield UUID(row[0]), row[1]

    def buckets(self) -> dict[int, tuple[int, int]]:
        """Read (copies, mark) of each bucket."""
        return {row[0]: (row[1], row[2]) for row in self._file.execute("SELECT bucket, copies, mark FROM bucket")}

    def digests_in(self, leaf: int) -> dict[UUID, bytes]:
        """Read the digests in a leaf."""
        rows = self._file.execute("SELECT id, digest FROM copy WHERE leaf = ?", (leaf,))
        return {UUID(row[0]): bytes(row[1]) for row in rows}

    def marks_in(self, bucket: int) -> dict[int, int]:
        """Join the marks of each leaf of a bucket."""
        found: dict[int, int] = {}
        rows = self._file.execute(
            "SELECT leaf, mark FROM copy WHERE leaf >= ? AND leaf < ?", (bucket * IN_BUCKET, (bucket + 1) * IN_BUCKET)
        )
        for leaf, mark in rows:
            found[leaf] = found.get(leaf, 0) ^ mark
        return found

    def measure_again(self) -> int:
        """Compute every digest anew from the texts themselves; tells how many were not what we had noted."""
        buckets: dict[int, tuple[int, int]] = {}
        wrong: list[tuple[bytes, int, str]] = []
        for text_id, leaf, digest, body in self._file.execute("SELECT id, leaf, digest, body FROM copy"):
            real = digest_of(body)
            mark = mark_of(UUID(text_id), real)
            copies, joined = buckets.get(leaf // IN_BUCKET, (0, 0))
            buckets[leaf // IN_BUCKET] = (copies + 1, joined ^ mark)
            if real != digest:
                wrong.append((real, mark, text_id))
        with self._whole():
            self._file.executemany("UPDATE copy SET digest = ?, mark = ? WHERE id = ?", wrong)
            self._file.execute("DELETE FROM bucket")
            rows = [(bucket, *value) for bucket, value in buckets.items()]
            self._file.executemany("INSERT INTO bucket VALUES (?, ?, ?)", rows)
        return len(wrong)

    def spoil(self, records: Iterable[UUID]) -> None:
        """Change the texts of records behind the digests' back, as a fault of a disk or a hand would; for drills."""
        with self._whole():
            self._file.executemany("UPDATE copy SET body = body || ' ' WHERE id = ?", [(r.hex,) for r in records])

    def owe(self, records: Iterable[UUID]) -> None:
        """Note that the newest event of records must be asked for, whatever we have."""
        with self._whole():
            for record in records:
                self._remove(record)
                self._hear(record, 0, is_owed=True)

    def _take(self, event: dict[str, Any]) -> bool:
        record, timepoint = UUID(event["subject"]), int(event["timepoint"])
        row = self._file.execute("SELECT timepoint, is_owed FROM heard WHERE id = ?", (record.hex,)).fetchone()
        known, is_owed = row or (-1, 0)
        data = event.get("data")
        if timepoint < known or (timepoint == known and not (is_owed and data is not None)):
            return False
        self._remove(record)
        if data is not None:
            self._put(record, timepoint, data)
        else:
            self._hear(record, timepoint, is_owed=not event["ended"])
        return True

    def _put(self, record: UUID, timepoint: int, body: dict[str, Any]) -> None:
        text = canonical(body)
        digest, leaf = digest_of(text), leaf_of(record)
        mark = mark_of(record, digest)
        self._file.execute(
            "INSERT INTO copy VALUES (?, ?, ?, ?, ?, ?)", (record.hex, timepoint, leaf, mark, digest, text)
        )
        self._move(leaf, by=1, mark=mark)
        self._hear(record, timepoint, is_owed=False)

    def _remove(self, record: UUID) -> None:
        row = self._file.execute("DELETE FROM copy WHERE id = ? RETURNING leaf, mark", (record.hex,)).fetchone()
        if row is not None:
            self._move(row[0], by=-1, mark=row[1])

    def _move(self, leaf: int, *, by: int, mark: int) -> None:
        bucket = leaf // IN_BUCKET
        row = self._file.execute("SELECT copies, mark FROM bucket WHERE bucket = ?", (bucket,)).fetchone() or (0, 0)
        self._file.execute("INSERT OR REPLACE INTO bucket VALUES (?, ?, ?)", (bucket, row[0] + by, row[1] ^ mark))

    def _hear(self, record: UUID, timepoint: int, *, is_owed: bool) -> None:
        self._file.execute("INSERT OR REPLACE INTO heard VALUES (?, ?, ?)", (record.hex, timepoint, int(is_owed)))

    def _state(self, name: str) -> int:
        return int(self._file.execute("SELECT value FROM state WHERE name = ?", (name,)).fetchone()[0])

    def _set(self, name: str, value: int) -> None:
        self._file.execute("UPDATE state SET value = ? WHERE name = ?", (value, name))

    @contextmanager
    def _whole(self) -> Iterator[None]:
        self._file.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._file.execute("ROLLBACK")
            raise
        self._file.execute("COMMIT")
