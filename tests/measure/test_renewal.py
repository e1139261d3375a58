"""The caches of the windows are renewed beside the worker's round: one renewal at a time, and each cache whole."""

import threading
import time
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from limu.measure import store_offline, tasks
from limu.measure.actions_offline import CACHES, WAITING, make_cache
from limu.measure.tasks import Keeper, renew_caches
from limu.wire.box import Box
from limu.wire.database import Connection, Database
from tests import people

PATIENCE = 60.0


class City:
    """Two departments with a window each, and the worker's hand for them."""

    def __init__(self, database: Database) -> None:
        self.database, self.keeper = database, Keeper(database)
        with self.connect() as connection:
            self.windows = [str(people.department_of(connection, number).id) for number in (77, 78)]

    def connect(self) -> Connection:
        """A connection as the tasks take one."""
        return self.database.connect("app")

    def caches(self) -> dict[str, bytes | None]:
        """What lies there for each window."""
        box = Box(self.database.home, CACHES)
        return {window: box.get(window) for window in self.windows}

    def renewal_ends(self) -> None:
        """Wait until the renewal in work has ended by itself."""
        assert self.keeper._renewal.wait(PATIENCE)


@pytest.fixture
def city(own_database: Database) -> Iterator[City]:
    made = City(own_database)
    yield made
    made.keeper.end()


class Reading:
    """A read that stands still until it is released, and counts how many are under way at once."""

    def __init__(self) -> None:
        self.begun, self.released = threading.Event(), threading.Event()
        self.under_way, self.most, self.done = 0, 0, 0

    def __call__(self, *words: Any, **options: Any) -> Any:
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        self.begun.set()
        assert self.released.wait(PATIENCE)
        self.under_way -= 1
        self.done += 1
        return make_cache(*words, **options)


def test_two_renewals_never_run_at_once_whoever_asks_for_them(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    reading = Reading()
    monkeypatch.setattr(tasks, "make_cache", reading)
    city.keeper.begin()
    assert reading.begun.wait(PATIENCE)

    city.keeper.begin()
    by_hand = threading.Thread(target=renew_caches, args=(city.connect, city.database.home))
    by_hand.start()
    by_hand.join(0.5)
    is_waiting = by_hand.is_alive()
    reading.released.set()
    by_hand.join(PATIENCE)
    city.renewal_ends()

    assert is_waiting
    assert (reading.most, reading.done) == (1, 4)


def test_a_stop_breaks_off_a_long_read_and_leaves_every_cache_as_it_was(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    renew_caches(city.connect, city.database.home)
    before = city.caches()
    begun = threading.Event()

    def long_read(connection: Connection, **_: Any) -> dict[str, Any]:
        begun.set()
        connection.execute("SELECT pg_sleep(600)")
        return {}

    monkeypatch.setattr(store_offline, "listed_in", long_read)
    city.keeper.begin()
    assert begun.wait(PATIENCE)

    started = time.monotonic()
    city.keeper.end()

    assert time.monotonic() - started < 15
    assert not city.keeper._renewal.is_under_way
    assert city.caches() == before
    assert None not in before.values()


def test_a_stop_between_two_windows_leaves_one_renewed_and_the_other_as_it_was(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    renew_caches(city.connect, city.database.home)
    before = city.caches()
    reading = Reading()
    monkeypatch.setattr(tasks, "make_cache", reading)
    city.keeper.begin()
    assert reading.begun.wait(PATIENCE)

    city.keeper._halt.ask()
    reading.released.set()
    city.renewal_ends()

    after = city.caches()
    assert [after[window] != before[window] for window in city.windows].count(True) == reading.done == 1


def test_what_breaks_a_renewal_is_raised_by_the_round_that_would_begin_the_next(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    def spoilt(*_: Any, **__: Any) -> Any:
        raise ArithmeticError("spoilt")

    monkeypatch.setattr(tasks, "make_cache", spoilt)
    city.keeper.begin()
    city.renewal_ends()

    with pytest.raises(ArithmeticError, match="spoilt"):
        city.keeper.begin()


def test_a_renewal_whose_database_went_away_is_tried_again_by_the_next_round(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = [psycopg.OperationalError("server closed the connection unexpectedly")]

    def read(*words: Any, **options: Any) -> Any:
        if lost:
            raise lost.pop()
        return make_cache(*words, **options)

    monkeypatch.setattr(tasks, "make_cache", read)
    city.keeper.begin()
    city.renewal_ends()
    none_yet = city.caches()
    city.keeper.begin()
    city.renewal_ends()

    assert set(none_yet.values()) == {None}
    assert None not in city.caches().values()


def test_a_check_that_cannot_be_read_back_does_not_keep_the_caches_from_being_renewed(city: City) -> None:
    spoilt = city.database.home.folder(WAITING) / str(uuid4())
    spoilt.write_bytes(b"spoilt")

    city.keeper.do()
    spoilt.unlink()

    assert None not in city.caches().values()
