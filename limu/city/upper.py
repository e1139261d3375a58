"""A simulated platform above: it judges rows by rules of its own, and may lose, repeat, reorder and refuse.

It stands for any platform a deployment reports to. What it has judged lies in a file of its own (SQLite), so it judges
the same again after a stop or a kill; how it errs follows from its seed, the package and how often that came."""

import csv
import hashlib
import io
import json
import sqlite3
import threading
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, Final

CODES = ("CF_XDR_SHXYM", "XK_XDR_SHXYM", "party_uscc")
_STATE = """
CREATE TABLE IF NOT EXISTS judged (number TEXT PRIMARY KEY, came INTEGER NOT NULL, rows TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS standing (record TEXT PRIMARY KEY, turn INTEGER NOT NULL, operation TEXT NOT NULL,
    reason TEXT NOT NULL, verdict TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS answer (id INTEGER PRIMARY KEY, door TEXT NOT NULL, waits INTEGER NOT NULL,
    name TEXT NOT NULL UNIQUE, body TEXT NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class Mischief:
    """How often it errs, each as a share of one."""

    loses: float = 0.0
    mutes: float = 0.0
    repeats: float = 0.0
    delays: float = 0.0
    splits: float = 0.0
    refuses: float = 0.0


BEHAVIOURS: Final = {
    "well": Mischief(),
    "lively": Mischief(loses=0.1, repeats=0.2, delays=0.3, refuses=0.05),
    "loses": Mischief(loses=0.6),
    "mutes": Mischief(mutes=0.6),
    "repeats": Mischief(repeats=1.0),
    "reorders": Mischief(delays=0.7, splits=1.0),
    "refuses": Mischief(refuses=0.6),
    "everything": Mischief(loses=0.3, mutes=0.3, repeats=0.5, delays=0.5, splits=0.5, refuses=0.3),
}
"""The one table of behaviours, for the demonstration and for the tests of every way up."""


class Upper:
    """The platform above, without a door (city/upper_doors.py)."""

    def __init__(self, state: Path, *, seed: int = 1, mischief: Mischief = BEHAVIOURS["well"]) -> None:
        self._seed, self._mischief = seed, mischief
        self._lock = threading.Lock()
        self._file = sqlite3.connect(state, check_same_thread=False, isolation_level=None)
        self._file.execute("PRAGMA journal_mode = wal")
        self._file.executescript(_STATE)

    def take(self, content: bytes, *, door: str) -> None:
        """Take a package as it comes by a folder or a service; what is no package is not answered."""
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as file:
                manifest, text = json.loads(file.read("manifest.json")), file.read("rows.csv")
        except (zipfile.BadZipFile, KeyError, ValueError):
            return
        if hashlib.sha256(text).hexdigest() == manifest["sha256"]:
            rows = list(csv.DictReader(io.StringIO(text.decode())))
            self.take_rows(manifest["number"], hashlib.sha256(content).hexdigest(), rows=rows, door=door)

    def take_rows(self, number: str, digest: str, *, rows: Sequence[dict[str, Any]], door: str) -> None:
        """Take the rows of a package; what was judged before is judged the same again."""
        with self._change() as file:
            known = file.execute("SELECT came, rows FROM judged WHERE number = ?", (number,)).fetchone()
            came = known[0] + 1 if known else 1
            chance = Random(f"{self._seed}/{number}/{came}")  # noqa: S311 - a simulation
            judged = json.loads(known[1]) if known else []
            is_lost = chance.random() < self._mischief.loses
            if not is_lost and not judged:
                judged = [self._judge(file, row) for row in rows]
            file.execute("INSERT OR REPLACE INTO judged VALUES (?, ?, ?)", (number, came, json.dumps(judged)))
            if judged and not is_lost and chance.random() >= self._mischief.mutes:
                self._answer(file, chance, door=door, told={"number": number, "sha256": digest, "rows": judged})

    def due(self, door: str) -> list[tuple[str, bytes]]:
        """What it has to say by a door now, in no order; asking is what makes the late ones come nearer."""
        with self._change() as file:
            file.execute("UPDATE answer SET waits = waits - 1 WHERE door = ? AND waits > 0", (door,))
            found = file.execute("SELECT name, body FROM answer WHERE door = ? AND waits = 0 ORDER BY name", (door,))
            return [(name, body.encode()) for name, body in found.fetchall()]

    def told(self, name: str) -> bytes | None:
        """One answer by its name."""
        with self._change() as file:
            row = file.execute("SELECT body FROM answer WHERE name = ?", (name,)).fetchone()
        return row[0].encode() if row else None

    def forget(self, name: str) -> None:
        """Forget an answer that was handed over."""
        with self._change() as file:
            file.execute("DELETE FROM answer WHERE name = ?", (name,))

    def standing(self) -> dict[str, tuple[str, str, str]]:
        """How each record stands here: what was done last, why, and the verdict."""
        with self._change() as file:
            found = file.execute("SELECT record, operation, reason, verdict FROM standing").fetchall()
        return {record: (operation, reason, verdict) for record, operation, reason, verdict in found}

    def close(self) -> None:
        """Close its file."""
        self._file.close()

    def _judge(self, file: sqlite3.Connection, row: dict[str, Any]) -> dict[str, Any]:
        record, turn, operation = row["record"], int(row["turn"]), row["operation"]
        chance = Random(f"{self._seed}/{record}/{turn}")  # noqa: S311 - a simulation
        has_code = any(row.get(name) for name in CODES)
        if operation == "answer":
            # It concerns an application of theirs and leaves the record as it stands.
            return {"record": record, "turn": turn, "verdict": "accepted", "codes": []}
        faults = [] if has_code or operation == "withdraw" else ["E02"]
        if not faults and operation == "report" and chance.random() < self._mischief.refuses:
            faults = [chance.choice(("E01", "E03", "E05", "E99"))]
        verdict = "returned" if faults else "accepted"
        file.execute(
            """INSERT INTO standing VALUES (?, ?, ?, ?, ?) ON CONFLICT (record) DO UPDATE SET turn = excluded.turn,
                   operation = excluded.operation, reason = excluded.reason, verdict = excluded.verdict
               WHERE excluded.turn > standing.turn""",
            (record, turn, operation, row["reason"], verdict),
        )
        return {"record": record, "turn": turn, "verdict": verdict, "codes": faults}

    def _answer(self, file: sqlite3.Connection, chance: Random, *, door: str, told: dict[str, Any]) -> None:
        for rows in self._parts(told["rows"], chance):
            for _ in range(1 + (chance.random() < self._mischief.repeats)):
                waits = 0
                while waits < 9 and chance.random() < self._mischief.delays:
                    waits += 1
                body = json.dumps({**told, "rows": rows})
                name = f"{chance.getrandbits(64):016x}"
                file.execute("INSERT OR IGNORE INTO answer VALUES (NULL, ?, ?, ?, ?)", (door, waits, name, body))

    def _parts(self, rows: list[dict[str, Any]], chance: Random) -> list[list[dict[str, Any]]]:
        """One answer for all, or two that come apart."""
        if len(rows) < 2 or chance.random() >= self._mischief.splits:
            return [rows]
        middle = len(rows) // 2
        return [rows[middle:], rows[:middle]]

    @contextmanager
    def _change(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._file.execute("BEGIN IMMEDIATE")
            try:
                yield self._file
            except BaseException:
                self._file.execute("ROLLBACK")
                raise
            self._file.execute("COMMIT")
