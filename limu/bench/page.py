"""`limu bench page`: a subject's page through the product's HTTP API, against a bare asyncpg + uvicorn page (B4, B5).

Both answer with the subject's public records as JSON. Then records are withdrawn while the page is read: from the
moment the withdrawal's commit has returned, no answer may hold the record."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from threading import Event, Thread
from typing import Any
from uuid import UUID

from psycopg.conninfo import conninfo_to_dict

from limu.bench.frame import Figure, Limit, bench_home, note, say, seed
from limu.bench.load import CONNECTIONS, generator, press
from limu.department.rules import Officer
from limu.department.store import enter, find_officer
from limu.reactions import withdraw_record
from limu.wire.database import Connection, Database

SUBJECTS, RECORDS, PAGES = 2_000, 15_000, 400
SECONDS, WITHDRAWALS = 5.0, 20
HOST = "127.0.0.1"
OFFICE = "示例市市场监督管理局"
PATIENCE = 30.0


class NotServingError(Exception):
    """A server of the benchmark did not come up."""


def run(words: Mapping[str, str]) -> int:
    """Print B4, B5 and the check for stale answers; `--rounds`, `--seconds` and `--subjects` may be given."""
    rounds, seconds = int(words.get("--rounds", 3)), float(words.get("--seconds", SECONDS))
    subjects = int(words.get("--subjects", SUBJECTS))
    if find_spec("asyncpg") is None or find_spec("uvicorn") is None:
        note("asyncpg and uvicorn are not installed: they are the reference, see requirements-dev.in")
        return 1
    with bench_home() as database:
        seed(database, subjects=subjects, records=RECORDS * subjects // SUBJECTS)
        codes = _codes(database)
        with product_site(database) as product, _reference(database) as reference:
            figure, longest = _pressed(product, reference, codes, rounds=rounds, seconds=seconds)
            say(figure.line())
            say(Limit("page", f"B5 p99 at {CONNECTIONS} connections", longest, "milliseconds", 40, 10, {}).line())
            stale = _withdraw_under_load(database, product)
    say(stale)
    return int(bool(stale["stale_answers"]))


def _pressed(product: str, reference: str, codes: list[str], *, rounds: int, seconds: float) -> tuple[Figure, float]:
    figure = Figure(
        "page",
        "B4 subject page, requests a second",
        "one SQL to JSON by asyncpg behind uvicorn, one process",
        0.5,
        1.5,
        unit="requests/s",
    )
    figure.project_count = sum(_count(f"{product}{_path(code)}") for code in codes)
    figure.reference_count = sum(_count(f"{reference}/{code}") for code in codes)
    errors, p99 = 0, 0.0
    for turn in range(rounds):
        note(f"round {turn + 1}")
        ours = press(product, [_path(code) for code in codes], seconds=seconds)
        theirs = press(reference, [f"/{code}" for code in codes], seconds=seconds)
        figure.project_values.append(ours.rate)
        figure.reference_values.append(theirs.rate)
        errors, p99 = errors + ours.errors + theirs.errors, max(p99, ours.p99)
    figure.notes = {"pages": len(codes), "records": figure.project_count, "errors": errors, "generator": generator()}
    # Uvicorn is faster with both: a figure against it without them flatters us, and says so.
    figure.notes |= {name: find_spec(name) is not None for name in ("uvloop", "httptools")}
    return figure, p99


def _path(code: str) -> str:
    return f"/api/v1/subjects/{code}/records?limit=20"


def _count(address: str) -> int:
    with urllib.request.urlopen(address, timeout=PATIENCE) as answer:  # noqa: S310 - our own address
        return len(json.load(answer)["records"])


def _codes(database: Database) -> list[str]:
    with database.connect("web") as web:
        rows = web.execute(
            "SELECT s.uscc FROM shown.subject s JOIN shown.record r ON r.subject = s.id WHERE s.uscc IS NOT NULL"
            " GROUP BY s.uscc ORDER BY s.uscc LIMIT %s",
            [PAGES],
        ).fetchall()
    return [row["uscc"] for row in rows]


@dataclass(frozen=True, slots=True)
class Site:
    """A server of the benchmark: its address, and the process in whose session its workers run."""

    origin: str
    process: int


@contextmanager
def product_site(database: Database) -> Iterator[str]:
    """Run the product's own web server, and tell its address."""
    with product(database) as site:
        yield site.origin


@contextmanager
def product(database: Database, *, threads: int = 4) -> Iterator[Site]:
    """Run the product's own web server as `limu serve` does, without the limit of requests a network may make."""
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "limu.wsgi:application", "--host", HOST]
    port = _free_port()
    options = ["--port", str(port), "--workers", "1", "--blocking-threads", str(threads), "--log-level", "warning"]
    environment = os.environ | database.environment() | {"LIMU_RATE_PER_MINUTE": "0"}
    with _server([*command, *options], environment, port) as site:
        yield site


@contextmanager
def by_uvicorn(application: str, environment: dict[str, str]) -> Iterator[Site]:
    """Run a reference behind uvicorn, one process."""
    port = _free_port()
    command = [sys.executable, "-m", "uvicorn", application, "--host", HOST]
    options = ["--port", str(port), "--log-level", "warning", "--no-access-log"]
    with _server([*command, *options], os.environ | environment, port) as site:
        yield site


@contextmanager
def _reference(database: Database) -> Iterator[str]:
    given = conninfo_to_dict(database.conninfo("web"))
    place = f"host={given['host']}&port={given['port']}"
    dsn = f"postgresql://{given['user']}:{given['password']}@/{given['dbname']}?{place}"
    with by_uvicorn("limu.bench.page_reference:application", {"LIMU_BENCH_DSN": dsn}) as site:
        yield site.origin


@contextmanager
def _server(command: list[str], environment: dict[str, str], port: int) -> Iterator[Site]:
    process = subprocess.Popen(command, env=environment, start_new_session=True)
    try:
        _wait_until_up(process, port)
        yield Site(f"http://{HOST}:{port}", process.pid)
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE)


def _wait_until_up(process: "subprocess.Popen[bytes]", port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.05)
    raise NotServingError


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _withdraw_under_load(database: Database, product: str) -> dict[str, Any]:
    """Withdraw records one after the other while their pages are pressed; look at each at once after its commit."""
    chosen = _chosen(database)
    ended = Event()
    paths = [_path(one["uscc"]) for one in chosen]
    pressing = Thread(target=_keep_pressing, args=(product, paths, ended))
    pressing.start()
    stale, looks = 0, 0
    try:
        with database.connect("app") as connection:
            first, second = _reviewers(connection)
            for one in chosen:
                _withdraw(connection, one["id"], officer=first, second=second)
                for _ in range(10):
                    looks += 1
                    stale += _holds(f"{product}{_path(one['uscc'])}", str(one["id"]))
    finally:
        ended.set()
        pressing.join()
    return {
        "job": "page",
        "figure": "stale answers after a withdrawal under load",
        "withdrawals": len(chosen),
        "looks": looks,
        "stale_answers": stale,
        "reached": "bar" if stale == 0 else "below the bar",
    }


def _chosen(database: Database) -> list[dict[str, Any]]:
    with database.connect("web") as web:
        return web.execute(
            "SELECT DISTINCT ON (s.uscc) s.uscc, r.id FROM shown.subject s JOIN shown.record r ON r.subject = s.id"
            " WHERE r.item = 'permit' AND r.department_name = %s ORDER BY s.uscc, r.id LIMIT %s",
            [OFFICE, WITHDRAWALS],
        ).fetchall()


def _keep_pressing(product: str, paths: list[str], ended: Event) -> None:
    while not ended.is_set():
        press(product, paths, seconds=1, connections=8)


def _reviewers(connection: Connection) -> tuple[Officer, Officer]:
    found = [find_officer(connection, code) for code in ("scjg.reviewer", "scjg.reviewer2")]
    first, second = found
    assert first is not None
    assert second is not None
    return first, second


def _withdraw(connection: Connection, record: UUID, *, officer: Officer, second: Officer) -> None:
    enter(connection, department=officer.department, reach="own")
    refusal = withdraw_record(
        connection,
        record=record,
        officer=officer,
        second=second,
        kind="record_withdrawn",
        reason="基准测试：报送有误",
        citation="示市监更正〔2026〕1号",
    )
    if refusal is not None:
        raise NotServingError(refusal.message)
    connection.commit()


def _holds(address: str, record: str) -> bool:
    with urllib.request.urlopen(address, timeout=PATIENCE) as answer:  # noqa: S310 - our own address
        return any(one["id"] == record for one in json.load(answer)["records"])
