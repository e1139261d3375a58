"""The web process and the worker are killed outright while a holder follows: it comes to be equal all the same."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from uuid import UUID

import pytest

from limu.cli.serve import run_server, wait_until_up
from limu.client.follow import catch_up
from limu.client.http import AwayError, Site
from limu.client.reconcile import differences
from limu.client.store import Copy
from limu.wire.database import Database
from tests.feed.conftest import Town
from tests.feed.test_actions import reported, withdraw

pytestmark = pytest.mark.slow
# That the copy comes to be equal is asserted, not how soon on a machine that has much else to do.
PATIENCE = 120


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def kill(process: "subprocess.Popen[bytes]") -> None:
    """Kill a process and all that it started, without a word."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def serve(database: Database, port: int) -> "subprocess.Popen[bytes]":
    server = run_server(port, database=database)
    assert wait_until_up(server, port)
    return server


def work(database: Database) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "limu.cli", "worker"], env=os.environ | database.environment(),
        start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def follow_until(site: Site, copy: Copy, wanted: set[UUID]) -> None:
    deadline = time.monotonic() + PATIENCE
    while {record for record, _ in copy.records()} != wanted:
        assert time.monotonic() < deadline, "the copy did not come to be equal"
        try:
            catch_up(site, copy, wait=1)
        except AwayError:
            time.sleep(0.2)


def test_a_holder_follows_through_the_deaths_of_web_and_worker(town: Town, tmp_path: Path) -> None:
    place, records = reported(town.database, rows=12)
    _, token = town.holder()
    port = free_port()
    site, copy = Site(f"http://127.0.0.1:{port}", token, patience=5), Copy(tmp_path / "copy.db")
    server, worker = serve(town.database, port), work(town.database)
    try:
        follow_until(site, copy, set(records))
        kill(worker)
        withdraw(town.database, place, records[0])
        # No worker lives: the record is out of every event at once, and its end is still to come.
        assert str(records[0]) not in {e["subject"] for e in site.events(0).events if "data" in e}
        kill(server)
        with pytest.raises(AwayError):
            catch_up(site, copy)
        withdraw(town.database, place, records[1])
        server, worker = serve(town.database, port), work(town.database)
        follow_until(site, copy, set(records[2:]))
        assert differences(site, copy).records == ()
        assert copy.acknowledged == copy.timepoint
    finally:
        copy.close()
        for process in (server, worker):
            if process.poll() is None:
                kill(process)
