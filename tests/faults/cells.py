"""One cell of the campaign: an act stops at a point, somebody is killed, all must hold, and the act be done once.

    python -m tests.faults.cells [--sample N] [--seed S] [--point P]... [--victim V]...

runs cells on a server of its own and reports counts; without options, all of them (for the night)."""

import argparse
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import psycopg

from limu.client.follow import catch_up
from limu.client.http import AwayError, Site
from limu.client.reconcile import differences
from limu.client.store import Copy
from limu.wire.database import Connection
from tests.faults.ground import Ground, ground
from tests.faults.scenes import SCENES, STANDING, Scene, Thing, is_refused

MOMENTS = ("before_commit", "after_commit", "after_reply")
VICTIMS = ("actor", "backend", "postmaster", "worker", "web", "holder")
DEAR = ("postmaster", "web")
BESIDE = ("worker", "web", "holder")
# What the worker does as well, as soon as it comes by: it may be first, or finish what another left.
BY_WORKER = ("fed", "told_of_end")
PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Cell:
    """A point, a moment at it, and who is killed then."""

    point: str
    moment: str
    victim: str

    def __str__(self) -> str:
        """Name it."""
        return f"{self.point}-{self.moment}-{self.victim}"


CELLS = tuple(Cell(*one) for one in product(SCENES, MOMENTS, VICTIMS))


def sample(cells: Sequence[Cell], count: int, *, seed: int) -> list[Cell]:
    """Draw cells so that every point, moment and victim has its turn; a killed server costs seconds and has few."""
    chance = random.Random(seed)
    dear = [one for one in cells if one.victim in DEAR]
    cheap = [one for one in cells if one not in dear]
    turns = [chance.choice(own) for victim in DEAR if (own := [one for one in dear if one.victim == victim])]
    more = [one for one in dear if one not in turns]
    few = [*turns, *chance.sample(more, min(len(more), max(0, count // 12 - len(turns))))]
    every = [chance.choice([one for one in cheap if one.point == point]) for point in SCENES]
    rest = [one for one in cheap if one not in every]
    return [*every, *chance.sample(rest, max(0, count - len(few) - len(every))), *few][:count]


class Actor:
    """The process that does the act: a fork of ours, which stops at the moment and waits to be killed or sent on."""

    def __init__(self, here: Ground, scene: Scene, thing: Thing, *, moment: str) -> None:
        said, say = os.pipe()
        heard, tell = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(said)
            os.close(tell)
            _act(here, scene, thing, stop=_stopper(moment, scene, say=say, heard=heard))
        os.close(say)
        os.close(heard)
        self._said, self._tell = said, tell
        line = os.read(said, 64).decode()
        self.is_stopped, self.backend = bool(line), int(line or 0)

    def kill(self) -> None:
        """Kill it outright."""
        os.kill(self.pid, signal.SIGKILL)

    def end(self) -> int:
        """Send it on if it waits, and wait for its end."""
        os.close(self._tell)
        _, status = os.waitpid(self.pid, 0)
        os.close(self._said)
        return os.waitstatus_to_exitcode(status)


def _stopper(moment: str, scene: Scene, *, say: int, heard: int) -> Callable[[str, Connection | None], None]:
    def stop(at: str, connection: Connection | None) -> None:
        wanted = scene.inner if moment == "before_commit" and scene.inner else moment
        if at != wanted:
            return
        os.write(say, str(connection.info.backend_pid if connection and not connection.closed else 0).encode() or b"0")
        os.read(heard, 1)

    return stop


def _act(here: Ground, scene: Scene, thing: Thing, *, stop: Callable[[str, Connection | None], None]) -> None:
    """Do the act in this process and end it: 0 done, 1 refused, 3 the database went away."""
    code = 3
    try:
        connection = _opened(here, scene)
        reply = scene.act(here, connection, thing, lambda at: stop(at, connection))
        stop("before_commit", connection)
        connection.commit()
        stop("after_commit", connection)
        code = 1 if is_refused(reply) else 0
        stop("after_reply", connection)
    except psycopg.Error:
        code = 3
    except BaseException as failure:  # noqa: BLE001 - a fork of a test run must never go on as a second test run
        sys.stderr.write(f"{type(failure).__name__}: {failure}\n")
        code = 9
    os._exit(code)


def _opened(here: Ground, scene: Scene) -> Connection:
    return here.database.connect("sequencer", autocommit=True) if scene.who == "sequencer" else here.app()


def do(here: Ground, scene: Scene, thing: Thing) -> object:
    """Do an act in our own process."""
    connection = _opened(here, scene)
    try:
        reply = scene.act(here, connection, thing, lambda _: None)
        connection.commit()
    finally:
        connection.close()
    return reply


def count(here: Ground, scene: Scene, thing: Thing) -> int:
    """How often the act is done."""
    with here.database.connect("admin") as admin:
        found = admin.execute(scene.done.encode(), {"record": thing.record}).fetchone()
    assert found is not None
    return int(next(iter(found.values())))


def run_cell(here: Ground, cell: Cell) -> list[str]:
    """Run one cell; returns what was wrong, which is nothing."""
    scene = SCENES[cell.point]
    here.start(*({cell.victim} & {*BESIDE}), "web")
    thing = _prepared(here, cell.point)
    wrong = _killed(here, cell, scene, thing)
    here.start("web")
    _take_over(here, scene, thing)
    wrong += _once_more(here, cell, scene, thing)
    wrong += _outside(here, cell.point, thing)
    return wrong + here.broken()


def _prepared(here: Ground, point: str) -> Thing:
    thing = Thing(*here.record())
    here.tell()
    for before in SCENES[point].before:
        reply = do(here, (SCENES | STANDING)[before], thing)
        assert not is_refused(reply), (before, reply)
    return thing


def _killed(here: Ground, cell: Cell, scene: Scene, thing: Thing) -> list[str]:
    actor = Actor(here, scene, thing, moment=cell.moment)
    if not actor.is_stopped and cell.point in BY_WORKER and cell.victim == "worker":
        here.kill("worker")
        actor.end()
        return []
    if not actor.is_stopped:
        return [f"the act never came to {cell.moment}, it ended with {actor.end()}"]
    if cell.victim == "actor" or (cell.victim == "backend" and not actor.backend):
        actor.kill()
    else:
        here.kill(cell.victim, backend=actor.backend)
    code = actor.end()
    here.recover()
    is_lost = cell.moment == "before_commit" and cell.victim in ("actor", "backend", "postmaster")
    if not scene.done:
        return []
    _take_over(here, scene, thing)
    done = count(here, scene, thing)
    if cell.point in BY_WORKER and "worker" in here.running:
        return []  # The writer of the feed is anyone who comes: the worker does at once what a killed one left.
    # Acknowledged means kept, whoever died meanwhile.
    wanted = 0 if is_lost and code != 0 else 1
    if done != wanted:
        return [f"done {done} times instead of {wanted} (the actor ended with {code})"]
    return []


def _take_over(here: Ground, scene: Scene, thing: Thing) -> None:
    """Learn what the killed actor made: the case, the entry."""
    del scene
    with here.database.connect("admin") as admin:
        for name, table in (("case", "case_file"), ("entry", "list_entry")):
            found = admin.execute(f"SELECT id FROM limu.{table} WHERE record = %s".encode(), (thing.record,)).fetchone()
            if found is not None:
                setattr(thing, name, found["id"])


def _once_more(here: Ground, cell: Cell, scene: Scene, thing: Thing) -> list[str]:
    """Do the act again: where nothing of it was held it is done now, where it was, it is refused."""
    if not scene.done:
        do(here, scene, thing)
        return []
    was = count(here, scene, thing)
    if was and scene.may_repeat:
        return []
    reply = do(here, scene, thing)
    now = count(here, scene, thing)
    if now != 1:
        return [f"done {now} times after it was asked again"]
    if was and scene.who == "app" and not is_refused(reply):
        return [f"asked again it was not refused but answered {reply!r}"[:200]]
    return []


def _outside(here: Ground, point: str, thing: Thing) -> list[str]:
    """Look from outside: page, interface, list of the subject, feed, and a holder's own copy."""
    with here.database.connect("app") as connection:
        is_public = connection.execute("SELECT FROM shown.record WHERE id = %s", (thing.record,)).fetchone() is not None
    here.tell()
    wanted = 200 if is_public else 410
    wrong = [
        f"{path} answers {status} instead of {wanted}"
        for path in (f"/r/{thing.record}", f"/api/v1/records/{thing.record}")
        if (status := here.asked(path)) != wanted
    ]
    if (str(thing.record) in here.subject_list(thing.agent.subject)) != is_public:
        wrong.append("the list of the subject's records disagrees")
    copy = Copy(here.folder / ("own.db" if point == "acknowledged" else "check.db"))
    site = here.site()
    try:
        _caught_up(site, copy)
        found = differences(site, copy)
        wrong += [f"the copy differs: {found}"] if found.records else []
        if (copy.find(thing.record) is not None) != is_public:
            wrong.append("the copy holds what ended, or lacks what is public")
    finally:
        copy.close()
    return wrong


def _caught_up(site: Site, copy: Copy) -> None:
    """Follow as a holder does: what is away comes back."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            catch_up(site, copy)
        except AwayError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
        else:
            return


def campaign(cells: Sequence[Cell], *, told: Callable[[str], Any] = print) -> int:
    """Run cells on a ground of their own; returns how many went wrong."""
    counted: Counter[str] = Counter()
    began = time.monotonic()
    with ground() as here:
        for number, cell in enumerate(cells, 1):
            try:
                wrong = run_cell(here, cell)
            except Exception as failure:  # noqa: BLE001 - one cell must not end a night
                wrong = [f"{type(failure).__name__}: {failure}"[:300]]
                here.recover()
            counted["wrong" if wrong else "held"] += 1
            for one in wrong:
                told(f"{cell}: {one}")
            if number % 25 == 0:
                told(f"{number} of {len(cells)} cells, {dict(counted)}, {time.monotonic() - began:.0f} s")
    told(f"{len(cells)} cells: {counted['held']} held, {counted['wrong']} wrong, {time.monotonic() - began:.0f} s")
    return counted["wrong"]


def main() -> int:
    """Read the options and run."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--sample", type=int, default=0)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--point", action="append", choices=[*SCENES], default=[])
    options.add_argument("--victim", action="append", choices=VICTIMS, default=[])
    asked = options.parse_args()
    cells = [
        one for one in CELLS if (not asked.point or one.point in asked.point)
        and (not asked.victim or one.victim in asked.victim)
    ]  # fmt: skip
    chosen = sample(cells, asked.sample, seed=asked.seed) if asked.sample else cells
    return 1 if campaign(chosen, told=lambda text: print(text, flush=True)) else 0


if __name__ == "__main__":
    raise SystemExit(main())
