"""An installation from nothing: made, served, used beside the server, stopped."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from limu.wire.database import running_database
from limu.wire.home import Home

COMMAND = [sys.executable, "-m", "limu.cli"]


@pytest.fixture(scope="module")
def environment() -> Iterator[dict[str, str]]:
    folder = Path(tempfile.mkdtemp(prefix="limu-test-"))
    folder.chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LIMU_")}
    settings = kept | {"LIMU_HOME": str(folder / "home"), "LIMU_RATE_PER_MINUTE": "0"}
    made = _limu(settings, "init", "--json")
    assert "wire/sql/0001_base.sql" in json.loads(made.stdout)["applied"]
    yield settings
    _limu(settings, "stop")
    shutil.rmtree(folder)


def _limu(environment: dict[str, str], *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([*COMMAND, *arguments], env=environment, capture_output=True, text=True, check=False)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(process: "subprocess.Popen[bytes]", port: int) -> None:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    pytest.fail("the server did not come up")


def test_init_is_safe_to_repeat(environment: dict[str, str]) -> None:
    again = json.loads(_limu(environment, "init", "--json").stdout)

    assert again["applied"] == []


def test_after_init_the_law_stands_in_the_tables_on_which_the_database_refuses(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LIMU_DATABASE_NAME", raising=False)
    with running_database(Home(Path(environment["LIMU_HOME"]))) as database, database.connect("app") as connection:
        found = connection.execute("SELECT count(*) AS lists FROM limu.listing_kind").fetchone()

    assert found is not None
    assert found["lists"] > 5


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_the_site_is_served_and_everything_stops_with_it(environment: dict[str, str], ending: signal.Signals) -> None:
    port = _free_port()
    said = Path(environment["LIMU_HOME"]) / f"said-{ending}"
    with said.open("wb") as output:
        command = [*COMMAND, "serve", "--port", str(port)]
        server = subprocess.Popen(command, env=environment, start_new_session=True, stdout=output)
    _wait_for(server, port)

    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=60) as page:
        assert page.status == 200
        assert "script-src 'self'" in page.headers["Content-Security-Policy"]
        assert page.headers["X-Content-Type-Options"] == "nosniff"
    beside = _limu(environment, "department", "list", "--json")
    assert json.loads(beside.stdout) == []
    assert _limu(environment, "serve", "--port", str(port)).returncode == 1

    server.send_signal(ending)

    assert server.wait(30) == 130
    assert not (Path(environment["LIMU_HOME"]) / "database" / "postmaster.pid").exists()
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


def test_stop_ends_a_site_in_the_background(environment: dict[str, str]) -> None:
    port = _free_port()
    server = subprocess.Popen([*COMMAND, "serve", "--port", str(port)], env=environment, start_new_session=True)
    _wait_for(server, port)

    assert _limu(environment, "stop").returncode == 0

    assert server.wait(30) == 130
    assert not (Path(environment["LIMU_HOME"]) / "database" / "postmaster.pid").exists()


def test_a_strangers_port_is_not_taken_for_ours(environment: dict[str, str]) -> None:
    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", 0))
        stranger.listen()

        refused = _limu(environment, "serve", "--port", str(stranger.getsockname()[1]))

    assert refused.returncode == 3
    assert "已被占用" in refused.stderr


@pytest.mark.skipif(shutil.which("setpriv") is None, reason="the kernel's leash is put on by util-linux")
def test_a_killed_command_leaves_no_site_and_no_row_behind(environment: dict[str, str]) -> None:
    port = _free_port()
    server = subprocess.Popen([*COMMAND, "serve", "--port", str(port)], env=environment, start_new_session=True)
    _wait_for(server, port)

    server.kill()
    server.wait()

    deadline = time.monotonic() + 60
    while _listens(port) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not _listens(port)
    assert json.loads(_limu(environment, "department", "list", "--json").stdout) == []
    assert not (Path(environment["LIMU_HOME"]) / "database" / "postmaster.pid").exists()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
