"""A long file is written on two connections in turn: its chunks become whole in its order, and others have a turn."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from limu.department.rules import Refusal
from limu.intake import actions, store
from limu.intake.actions import Means, Sending
from limu.intake.rules import Answer, Order, Submission
from limu.intake.rules_mapping import HeaderMapping
from limu.ledger.rules import ChunkCounts
from limu.reactions_chunk import LedgerEntry, Pause, Prepared, Wait, entry_factory
from limu.wire.database import Connection, Database
from limu.wire.files import FileStore
from limu.wire.lawbook import current_book
from tests.intake.made import HEADER, company, write_csv
from tests.standing import TODAY, Standing

PATIENCE = 60.0
ROWS = 10


@dataclass(slots=True)
class Watched(LedgerEntry):
    """The ledger's entry, which tells what is done and may hold it up."""

    before: Callable[[int], None] = lambda _: None
    done: list[str] = field(default_factory=list)

    def write(self, connection: Connection, prepared: Prepared, *, pause: Pause, wait: Wait = lambda: None) -> Prepared:
        """Write, and then wait for what the test wants."""
        first = prepared.frame["row_number"].to_list()[0]
        written = LedgerEntry.write(self, connection, prepared, pause=pause, wait=wait)
        self.done.append(f"written {first}")
        self.before(first)
        return written

    def settle(self, connection: Connection, prepared: Prepared, pause: Pause) -> ChunkCounts:
        """Settle, and say so."""
        self.done.append(f"settled {prepared.frame['row_number'].to_list()[0]}")
        return LedgerEntry.settle(self, connection, prepared, pause)


@dataclass(slots=True)
class Sender:
    """Sends a file of ten rows in chunks of four."""

    standing: Standing
    database: Database
    path: Path
    entries: list[Watched] = field(default_factory=list)

    def send(self, before: Callable[[int], None]) -> Answer | Refusal:
        """Send it, each chunk held up by `before` once it was written."""
        standing = self.standing
        with self.database.connect("app") as connection:
            law = current_book(connection)
            connection.commit()
            plain = entry_factory(standing.department, standing.item, law=law, today=TODAY)

            def entry_for(submission: Submission) -> Watched:
                entry = plain(submission)
                self.entries.append(Watched(entry.reporting, law, TODAY, before=before))
                return self.entries[-1]

            sending = Sending(standing.clerk, standing.department.id, standing.item, self.path, HeaderMapping())
            means = Means(FileStore(self.database.home), entry_for)
            return actions.submit_file(connection, sending, order=Order(TODAY, chunk_rows=4), means=means)

    def break_off(self) -> None:
        """Send it, and have the second chunk go wrong."""

        def broken(first: int) -> None:
            if first == 6:
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            self.send(broken)


@pytest.fixture
def sender(standing: Standing, own_database: Database, tmp_path: Path) -> Sender:
    """Who sends a file of three chunks."""
    rows = [company(standing.codes[number % 3], number) for number in range(1, ROWS + 1)]
    return Sender(standing, own_database, write_csv(tmp_path / "a.csv", [HEADER, *rows]))


def test_a_chunk_written_first_is_settled_after_the_one_before(sender: Sender) -> None:
    second_is_written = threading.Event()

    def held_up(first: int) -> None:
        if first == 2:
            assert second_is_written.wait(PATIENCE)
        elif first == 6:
            second_is_written.set()

    answer = sender.send(held_up)

    assert isinstance(answer, Answer)
    assert (answer.counts.accepted, answer.submission and answer.submission.chunks_done) == (ROWS, 3)
    done = sender.entries[0].done
    assert done.index("written 6") < done.index("settled 2") < done.index("settled 6") < done.index("settled 10")


def test_what_goes_wrong_with_a_chunk_leaves_nothing_of_it_nor_of_the_next(sender: Sender) -> None:
    sender.break_off()

    with sender.database.connect("admin") as admin:
        left = admin.execute("SELECT count(*) AS rows, max(row_number) AS last FROM limu.record").fetchone()
        state = admin.execute("SELECT state, chunks_done FROM limu.submission").fetchone()
    assert left == {"rows": 4, "last": 5}
    assert state == {"state": "entering", "chunks_done": 1}
    answer = sender.send(lambda _: None)
    assert isinstance(answer, Answer)
    assert answer.counts.accepted == ROWS


def test_a_submission_begun_in_other_chunks_goes_on_at_its_own_borders(sender: Sender) -> None:
    sender.break_off()
    with sender.database.connect("admin") as admin:
        # As if its first chunk had been of two rows, which were entered, and the next two were not.
        admin.execute("UPDATE limu.submission SET first_chunk = 2, chunks_done = 2")

    answer = sender.send(lambda _: None)

    assert isinstance(answer, Answer)
    # Chunks of two, four and four rows: two are done, so the rows from the seventh on are left.
    assert sender.entries[1].done == ["written 8", "settled 8"]


def test_a_submission_begun_when_chunks_did_not_shrink_keeps_its_even_ones(
    sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "LAST_ROWS", 1)
    sender.break_off()
    with sender.database.connect("admin") as admin:
        shrinking = admin.execute("SELECT last_chunk, chunks_done FROM limu.submission").fetchone()
        # As if it had been opened by the program of before: a chunk of four is done.
        admin.execute("UPDATE limu.submission SET last_chunk = NULL")

    answer = sender.send(lambda _: None)

    assert shrinking == {"last_chunk": 1, "chunks_done": 1}
    assert isinstance(answer, Answer)
    assert answer.counts.accepted == ROWS
    assert sender.entries[1].done[-1] == "settled 10"


def test_who_waits_for_the_item_has_a_turn_between_two_chunks(sender: Sender) -> None:
    entered = threading.Event()
    waiting: list[threading.Thread] = []

    def somebody_else() -> None:
        with sender.database.connect("app") as connection:
            sender.entries[0].hold(connection)
            with sender.database.connect("admin") as admin:
                row = admin.execute("SELECT state, chunks_done FROM limu.submission").fetchone()
            assert row
            found.update(row)
            sender.entries[0].let_go(connection)
            connection.commit()
            entered.set()

    found: dict[str, Any] = {}

    def held_up(first: int) -> None:
        if first == 2:
            waiting.append(threading.Thread(target=somebody_else))
            waiting[0].start()
            with sender.database.connect("app") as connection:
                while not sender.entries[0].is_awaited(connection):
                    connection.rollback()

    answer = sender.send(held_up)

    assert isinstance(answer, Answer)
    assert entered.wait(PATIENCE)
    waiting[0].join()
    assert found == {"state": "entering", "chunks_done": 2}
