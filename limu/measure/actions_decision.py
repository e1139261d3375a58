"""Decisions for machines that ask at the same time: one durable trace for all, then facts that are true after it.

The order is the promise. First the traces are committed, by a statement that writes them only for keys that live at
that instant. Then the register is asked for its state. Facts are remembered under a state; what a process remembers is
used only if that very state is still the register's, so a ground that has ended is in no answer that begins later."""

import threading
import time
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from psycopg import Connection

from limu.access.actions_keyed import open_keyed, spend_keyed
from limu.access.rules import KeyedRead
from limu.department.actions_key import key_of
from limu.department.rules import NOT_THERE, Refusal, authorise
from limu.department.store import enter
from limu.department.store_key import note_use
from limu.law.book import LawBook
from limu.law.measure import ACTS
from limu.measure import store, store_decision
from limu.measure.actions import sync_law
from limu.measure.queries import NO_SUBJECT
from limu.measure.rules_decision import Ask, Decided, Facts, State
from limu.wire.clock import register_today
from limu.wire.lawbook import current_book

KEPT = 50_000
NOTED_EVERY = 60.0
ACT = "decide"


class Memory:
    """What this process remembers: facts, each under the state it was read in, and the book of the tables."""

    def __init__(self, most: int = KEPT) -> None:
        self._facts: OrderedDict[UUID, tuple[tuple[int, str], Facts]] = OrderedDict()
        self._most = most
        self._lock = threading.Lock()
        self._book: LawBook | None = None
        self._mark: tuple[int, str] | None = None
        self._noted: dict[UUID, float] = {}

    def find(self, subject: UUID, state: State) -> Facts | None:
        """Find facts of this very state."""
        with self._lock:
            kept = self._facts.get(subject)
            if kept is None or kept[0] != state.mark:
                return None
            self._facts.move_to_end(subject)
            return kept[1]

    def keep(self, found: Iterable[Facts], state: State) -> None:
        """Keep facts under the state that was asked for before they were read: they may be newer, never older."""
        with self._lock:
            for one in found:
                self._facts[one.subject] = state.mark, one
                self._facts.move_to_end(one.subject)
            while len(self._facts) > self._most:
                self._facts.popitem(last=False)

    def is_lawful(self, state: State) -> bool:
        """Tell whether the tables are known to hold the law in force; whatever changes the law changes the state."""
        return self._mark == state.mark

    def sync(self, connection: Connection[Any], state: State) -> bool:
        """Bring the law in force into the tables; tells whether they had held another."""
        book = current_book(connection)
        if book is self._book and self._mark is not None and self._mark[1] == state.edition:
            self._mark = state.mark
            return False
        loaded = sync_law(connection, book)
        self._book, self._mark = book, None if loaded else state.mark
        return loaded

    def must_note(self, key: UUID) -> bool:
        """Tell whether the use of a key is to be written down again: once a minute, not at every question."""
        now = time.monotonic()
        if now - self._noted.get(key, -NOTED_EVERY) < NOTED_EVERY:
            return False
        self._noted[key] = now
        return True


def decide_together(connection: Connection[Any], asks: Sequence[Ask], *, memory: Memory) -> list[Decided | None]:
    """Answer questions of one department; None where no trace was written, and so nothing may be read.

    The connection stands outside any transaction: each statement is whole, and durable when it returns."""
    department = asks[0].known.key.department
    for key in {ask.known.key.id for ask in asks}:
        if memory.must_note(key):
            with connection.transaction():
                enter(connection, department=department)
                note_use(connection, key)
    reads = [KeyedRead(one.ticket, one.known.key.id, one.known.secret, one.uscc, ACTS[one.act]) for one in asks]
    subjects = open_keyed(connection, reads, department=department, act=ACT)
    # Committed: the traces. What is read from here on is at least as new as they are.
    state = State(*spend_keyed(connection, list(subjects), department=department))
    if not memory.is_lawful(state):
        with connection.transaction():
            loaded = memory.sync(connection, state)
        state = State(*store_decision.state(connection)) if loaded else state
    facts = _facts(connection, set(subjects.values()), memory=memory, state=state)
    return [
        Decided(facts[subjects[one.ticket]], state.today) if subjects.get(one.ticket) in facts else None for one in asks
    ]


def _facts(connection: Connection[Any], subjects: set[UUID], *, memory: Memory, state: State) -> dict[UUID, Facts]:
    known = {subject: facts for subject in subjects if (facts := memory.find(subject, state)) is not None}
    if missing := sorted(subjects - known.keys()):
        read = store_decision.facts_of(connection, missing)
        memory.keep(read.values(), state)
        known |= read
    return known


def why_not(connection: Connection[Any], header: str, uscc: str) -> Refusal:
    """Say why no trace was written: the key does not live, its account may not ask, or there is no such subject."""
    key = key_of(connection, header, today=register_today(connection))
    if isinstance(key, Refusal):
        return key
    if (refusal := authorise(key.officer, "check_measures", key.department)) is not None:
        return refusal
    return NO_SUBJECT if store.find_subject(connection, uscc) is None else NOT_THERE
