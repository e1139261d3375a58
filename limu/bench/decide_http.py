"""C3 of `limu bench decide`: one decision over HTTP, its trace durable, against a handler that does nothing.

The machine is shared, so beside requests a second it tells processor time: of the two web servers and, for ours, of the
database's backends. At the end grounds end while their subjects are asked about: no answer may hold one of them."""

import json
import os
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from limu.bench.frame import Figure, note
from limu.bench.load import CONNECTIONS, Served, generator, press
from limu.bench.page import PATIENCE, Site, by_uvicorn, product
from limu.department import actions as departments
from limu.department import actions_key as keys
from limu.department.rules import Department, Officer, Refusal
from limu.department.rules_key import Wish
from limu.department.store import all_departments, enter
from limu.law.pack import rule_versions
from limu.ledger.store import bump_register
from limu.listing import actions as listing
from limu.listing.actions import Document
from limu.wire.clock import register_today
from limu.wire.database import Connection, Database
from limu.wire.lawbook import installed_texts, note_confirmations

ACT = "bidding"
ASKED, ENDED = 2_000, 20
SECONDS, WARM = 5.0, 2.0
# As `limu serve` runs it: four that answer pages, eight places for those who wait.
THREADS = 12
MOVES_EVERY = 0.1


class NotDecidingError(Exception):
    """The decision door did not answer as it should."""


def figures(database: Database, *, rounds: int, seconds: float = SECONDS) -> tuple[Figure, dict[str, Any]]:
    """Measure C3, and look for stale answers; the register holds the subjects of C2 already."""
    figure = Figure(
        "decide", f"C3 one decision over HTTP, {CONNECTIONS} connections, requests/s",
        "FastAPI handler that only answers, uvicorn, one process", 0.25, 0.5, unit="requests/s",
    )  # fmt: skip
    with database.connect("app") as connection:
        office = _office(connection)
        token = _key(connection, office)
    paths = [_path(code) for code in _codes(database)]
    spent: dict[str, list[float]] = {"project": [], "database": [], "reference": []}
    with (
        product(database, threads=THREADS) as own,
        by_uvicorn("limu.bench.decide_reference:application", {}) as reference,
    ):
        figure.project_count = sum(len(_measures(own.origin, path, token)) for path in paths[:200])
        figure.reference_count = _expected(database, [path.split("/")[4] for path in paths[:200]])
        for site, some, headers in ((own, paths, _headers(token)), (reference, ["/x"], None)):
            press(site.origin, some, seconds=WARM, headers=headers)
        errors = 0
        for turn in range(rounds):
            note(f"C3 round {turn + 1}")
            with _timed(own, database, spent) as counted:
                ours = counted(press(own.origin, paths, seconds=seconds, headers=_headers(token)))
            with _timed(reference, None, spent) as counted:
                theirs = counted(press(reference.origin, ["/" + path.split("/")[4] for path in paths], seconds=seconds))
            figure.project_values.append(ours.rate)
            figure.reference_values.append(theirs.rate)
            errors += ours.errors + theirs.errors
        with _moving(database):
            moving = press(own.origin, paths, seconds=seconds, headers=_headers(token))
        stale = _end_under_load(database, own, token, office=office)
    middle = {name: round(sorted(values)[len(values) // 2], 1) for name, values in spent.items() if values}
    figure.notes = {
        "subjects_asked": len(paths), "errors": errors, "generator": generator(), "p99_ms": ours.p99,
        "cpu_us_per_request": middle,
        "cpu_ratio_web": round(middle["reference"] / middle["project"], 3),
        "cpu_ratio_with_database": round(middle["reference"] / (middle["project"] + middle["database"]), 3),
        "requests_s_while_the_register_moves_10_times_a_second": round(moving.rate, 1),
    }  # fmt: skip
    return figure, stale


def _path(code: str) -> str:
    return f"/api/v1/subjects/{code}/decision?act={ACT}&purpose=window_check"


def _headers(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _codes(database: Database) -> list[str]:
    """Codes spread over all subjects, so that as many of them as of all stand on a list."""
    with database.connect("app") as app:
        rows = app.execute(
            """SELECT uscc::text FROM (SELECT uscc, row_number() OVER (ORDER BY id) AS at, count(*) OVER () AS n
               FROM shown.subject) s WHERE at %% greatest(n / %s, 1) = 0 LIMIT %s""",
            [ASKED, ASKED],
        ).fetchall()
    return [row["uscc"] for row in rows]


def _expected(database: Database, codes: list[str]) -> int:
    with database.connect("app") as app:
        row = app.execute(
            """SELECT count(*) AS n FROM shown.active_measure p JOIN shown.subject s ON s.id = p.subject
               WHERE s.uscc = ANY (%s) AND %s = ANY (p.acts)""",
            [codes, ACT],
        ).fetchone()
    assert row is not None
    return int(row["n"])


def _office(connection: Connection) -> tuple[Department, dict[str, Officer]]:
    department = next(one for one in all_departments(connection) if one.name == "测试局")
    made = {}
    for role in ("clerk", "reviewer", "list_officer", "second"):
        found = departments.add_officer(
            connection, by=None, code=f"bench.{role}", person_name=f"测试员{role}", department=department,
            roles=("list_officer" if role == "second" else role,),
        )  # fmt: skip
        assert isinstance(found, Officer)
        made[role] = found
    _confirm(connection, (made["clerk"], made["reviewer"]))
    connection.commit()
    return department, made


def _confirm(connection: Connection, people: tuple[Officer, ...]) -> None:
    """Confirm every rule by two people, as the demonstration does: the server decides by the law of its database."""
    versions = rule_versions(installed_texts(connection))
    for one in people:
        note_confirmations(connection, list(versions.values()), person=one.person, officer=one.id, text_hash=bytes(32))


def _key(connection: Connection, office: tuple[Department, dict[str, Officer]]) -> str:
    department, officers = office
    today = register_today(connection)
    enter(connection, department=department.id)
    wish = Wish("基准测试", (), ("decide",), today + timedelta(days=100))
    made = keys.ask_key(connection, officer=officers["clerk"], wish=wish, own_items=frozenset(), today=today)
    assert not isinstance(made, Refusal)
    refused = keys.settle_key(connection, officer=officers["reviewer"], key=made[0].id, is_agreed=True)
    assert refused is None
    connection.commit()
    return made[1]


def _measures(origin: str, path: str, token: str) -> list[dict[str, Any]]:
    request = urllib.request.Request(origin + path, headers=_headers(token))  # noqa: S310 - our own address
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310 - our own address
        found: list[dict[str, Any]] = json.load(answer)["measures"]
    return found


@contextmanager
def _timed(site: Site, database: Database | None, spent: dict[str, list[float]]) -> Iterator[Any]:
    """Count the processor time of a press, in microseconds a request."""
    pressed: list[Served] = []

    def counted(served: Served) -> Served:
        pressed.append(served)
        return served

    before = _cpu_of(site.process), _cpu_of_database(database)
    yield counted
    after = _cpu_of(site.process), _cpu_of_database(database)
    shares = [1e6 * (late - early) / pressed[0].requests for early, late in zip(before, after, strict=True)]
    spent["project" if database else "reference"].append(shares[0])
    if database:
        spent["database"].append(shares[1])


def _cpu_of(session: int) -> float:
    """Processor seconds of a server and its workers: all that began in its session."""
    return sum(seconds for _, of, seconds in _processes() if of == session)


def _cpu_of_database(database: Database | None) -> float:
    if database is None or database.server is None:
        return 0.0
    return sum(seconds for parent, _, seconds in _processes() if parent == database.server.pid)


def _processes() -> Iterator[tuple[int, int, float]]:
    """Parent, session and processor seconds of every process of this machine."""
    tick = os.sysconf("SC_CLK_TCK")
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        yield int(fields[1]), int(fields[3]), (int(fields[11]) + int(fields[12])) / tick


@contextmanager
def _moving(database: Database) -> Iterator[None]:
    """Move the register's version on all the while, as an intake of many chunks does: what is remembered is void."""
    ended = threading.Event()

    def move() -> None:
        with database.connect("app") as connection:
            while not ended.wait(MOVES_EVERY):
                bump_register(connection)
                connection.commit()

    mover = threading.Thread(target=move)
    mover.start()
    try:
        yield
    finally:
        ended.set()
        mover.join()


def _end_under_load(
    database: Database, own: Site, token: str, *, office: tuple[Department, dict[str, Officer]]
) -> dict[str, Any]:
    """End entries one after the other while their subjects are asked about; ask at once after each commit."""
    department, officers = office
    with database.connect("app") as connection:
        rows = connection.execute(
            """SELECT DISTINCT ON (s.uscc) s.uscc::text AS uscc, p.ground FROM shown.active_measure p
               JOIN shown.subject s ON s.id = p.subject WHERE %s = ANY (p.acts) ORDER BY s.uscc LIMIT %s""",
            [ACT, ENDED],
        ).fetchall()
        ended = threading.Event()
        paths = [_path(row["uscc"]) for row in rows]
        pressing = threading.Thread(target=_keep_pressing, args=(own, paths, token), kwargs={"ended": ended})
        pressing.start()
        stale, looks = 0, 0
        try:
            for row in rows:
                enter(connection, department=department.id)
                _end(connection, row["ground"], officers)
                connection.commit()
                for _ in range(10):
                    looks += 1
                    told = _measures(own.origin, _path(row["uscc"]), token)
                    stale += any(one["ground"] == str(row["ground"]) for one in told)
        finally:
            ended.set()
            pressing.join()
    return {
        "job": "decide", "figure": "answers that hold an ended ground, under load", "ended": len(rows), "looks": looks,
        "stale_answers": stale, "reached": "bar" if stale == 0 and rows else "below the bar",
    }  # fmt: skip


def _end(connection: Connection, entry: UUID, officers: dict[str, Officer]) -> None:
    done = listing.exit_entry(
        connection, entry, officer=officers["list_officer"], second=officers["second"], exit_kind="revocation",
        decision=Document("测试移〔2026〕1号", "移出决定"),
    )  # fmt: skip
    if isinstance(done, Refusal):
        raise NotDecidingError(done.message)


def _keep_pressing(own: Site, paths: list[str], token: str, *, ended: threading.Event) -> None:
    while not ended.is_set():
        press(own.origin, paths, seconds=1, connections=8, headers=_headers(token))
