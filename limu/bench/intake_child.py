"""One submission in a process of its own, for its memory and its stages (FILE USCC ITEM).

It takes the same road as `limu submit`; the seconds are those of `submit_file`, from the file to the last commit."""

import json
import resource
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
from psycopg import Connection

from limu.catalogue.store import find_item
from limu.department import actions as departments
from limu.department.rules import Officer, Refusal
from limu.department.store import find_department
from limu.intake.actions import Means, Sending, submit_file
from limu.intake.rules import Answer, Counts, Order, Submission
from limu.intake.rules_mapping import HeaderMapping
from limu.law.book import LawBook
from limu.ledger.rules import ChunkCounts
from limu.reactions_chunk import LedgerEntry, Pause, Prepared, Reporting, Wait
from limu.record.item import Item
from limu.wire.clock import register_today
from limu.wire.database import current_database
from limu.wire.files import FileStore
from limu.wire.lawbook import current_book


class RefusedError(Exception):
    """The file of the benchmark was turned away as a whole."""


class Watch:
    """Adds up the seconds between the points that a submission passes."""

    def __init__(self) -> None:
        self.stages: defaultdict[str, float] = defaultdict(float)
        self._last = time.perf_counter()

    def pause(self, point: str) -> None:
        """Note that a point was passed: what lay before it is its stage."""
        now = time.perf_counter()
        self.stages[f"…{point}"] += now - self._last
        self._last = now

    def around(self, name: str, act: Callable[[], Any]) -> Any:
        """Time an act that runs beside the others."""
        started = time.perf_counter()
        outcome = act()
        self.stages[name] += time.perf_counter() - started
        return outcome


class Entry:
    """The reactions of a chunk, watched."""

    def __init__(self, entry: LedgerEntry, watch: Watch) -> None:
        self._entry, self._watch = entry, watch

    def decide(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Decide publication, in the thread that runs ahead."""
        return self._watch.around("(ahead) publication decided", lambda: self._entry.decide(frame))  # type: ignore[no-any-return]

    def stage(self, connection: Connection[Any], frame: pl.DataFrame) -> Prepared:
        """Link and make ready, in the thread between."""
        return self._watch.around("(between) linked and made ready", lambda: self._entry.stage(connection, frame))  # type: ignore[no-any-return]

    def enter(self, connection: Connection[Any], prepared: Prepared, pause: Pause) -> ChunkCounts:
        """Enter the ledger."""
        return self._watch.around("entered", lambda: self._entry.enter(connection, prepared, pause))  # type: ignore[no-any-return]

    def hold(self, connection: Connection[Any]) -> None:
        """Keep others of the item out."""
        self._entry.hold(connection)

    def let_go(self, connection: Connection[Any]) -> None:
        """Let others of the item in."""
        self._entry.let_go(connection)

    def is_awaited(self, connection: Connection[Any]) -> bool:
        """Nobody else is there in a benchmark."""
        return self._entry.is_awaited(connection)

    def write(self, connection: Connection[Any], prepared: Prepared, *, pause: Pause, wait: Wait) -> Prepared:
        """Enter the ledger, on one connection or the other."""
        return self._watch.around(  # type: ignore[no-any-return]
            "(two) written", lambda: self._entry.write(connection, prepared, pause=pause, wait=wait)
        )

    def settle(self, connection: Connection[Any], prepared: Prepared, pause: Pause) -> ChunkCounts:
        """Write what follows, chunk after chunk."""
        return self._watch.around(  # type: ignore[no-any-return]
            "(two) settled", lambda: self._entry.settle(connection, prepared, pause)
        )

    def ended(self, connection: Connection[Any], *, tell: bool) -> dict[int, str]:
        """Nothing ends in a benchmark."""
        del connection, tell
        return {}


def main(path: str, uscc: str, code: str) -> None:
    """Submit the file and print what it took."""
    database, watch = current_database(), Watch()
    with database.connect("app") as connection:
        officer, item, today = _who(connection, uscc, code)
        law = current_book(connection)
        connection.commit()
        means = Means(FileStore(database.home), _entries(item, law, today=today, watch=watch), pause=watch.pause)
        sending = Sending(officer, officer.department, item, Path(path), HeaderMapping())
        before = _children_mib()
        watch.pause("start")
        started = time.perf_counter()
        answer = submit_file(connection, sending, order=Order(today, 0), means=means)
        seconds = time.perf_counter() - started
    if isinstance(answer, Refusal):
        raise RefusedError(f"{answer.message}{answer.cure}")
    sys.stdout.write(json.dumps(_report(answer, seconds, watch=watch, before=before), ensure_ascii=False) + "\n")


def _who(connection: Connection[Any], uscc: str, code: str) -> tuple[Officer, Item, date]:
    today = register_today(connection)
    item, department = find_item(connection, code, on=today), find_department(connection, uscc)
    officer = departments.acting_officer(connection, code=None, department=department, act="submit")
    if item is None or isinstance(officer, Refusal):
        raise RefusedError(f"{code} {officer}")
    return officer, item, today


def _entries(item: Item, law: LawBook, *, today: date, watch: Watch) -> Callable[[Submission], Entry]:
    def entry_for(submission: Submission) -> Entry:
        reporting = Reporting(submission.id, submission.department, "990100", item, submission.officer)
        return Entry(LedgerEntry(reporting, law, today), watch)

    return entry_for


def _report(answer: Answer, seconds: float, *, watch: Watch, before: float) -> dict[str, Any]:
    # Children are counted only when one grew past what earlier ones had: a CSV file is read without a child.
    after = _children_mib()
    own, reader = _peak_mib(), after if after > before else 0.0
    return {
        "seconds": seconds,
        "own_mib": round(own, 1),
        "reader_mib": round(reader, 1),
        "peak_mib": round(own + reader, 1),
        "stages": {name: round(value, 3) for name, value in watch.stages.items() if name != "…start"},
        "codes": answer.codes,
        "receipt": {name: getattr(answer.counts, name) for name in Counts.__dataclass_fields__},
    }


def _children_mib() -> float:
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def _peak_mib() -> float:
    # ru_maxrss would carry what our parent had at the fork; VmHWM begins anew with the program (proc(5)).
    status = Path("/proc/self/status")
    if status.is_file():
        return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM")) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main(*sys.argv[1:4])
