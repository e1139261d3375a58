"""Our launcher of the embedded PostgreSQL: start, find again, stop (stack.md 1).

The server is a foreground child that is waited for: a dead postmaster must not stay a zombie, or the next one refuses
to start. Whoever finds the server running uses it; the last one out stops it (wire/database.py)."""

import os
import shlex
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from limu.wire.cluster import Cluster, child_options, find_cluster, make_cluster
from limu.wire.home import Home

PATIENCE = 30.0
DEAD_FOR = 2.0
LOG_LIMIT = 20_000_000
# What a dead predecessor leaves for a moment, or a port that someone took between our look and the server's.
PASSING = ("lock file", "pre-existing shared memory block", "could not create any TCP/IP sockets", "could not bind")

SETTINGS: Mapping[str, str] = {
    "shared_buffers": "512MB",
    "work_mem": "32MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "wal_compression": "off",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "max_connections": "100",
    "max_locks_per_transaction": "256",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Who speaks: the statements of emergency access are found by it (wire/said.py).
    "log_line_prefix": "%m [%p] %q%u@%d ",
    # An error's message may quote a value that names a person: the client gets it, the log does not.
    "log_min_messages": "log",
    # Nor the failing statement, its row and its parameters, whatever an operator sets above.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}
# More connections than a deployment: a test lets fifty officers act at one moment, beside another worker's tests.
TEST_SETTINGS: Mapping[str, str] = {
    **SETTINGS, "shared_buffers": "256MB", "max_wal_size": "1GB", "max_connections": "200",
}  # fmt: skip


class PostgresError(Exception):
    """The embedded database did not start."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: its process and its addresses."""

    pid: int
    port: int
    socket: str


@dataclass(frozen=True, slots=True)
class Child:
    """A server that this process started and must wait for."""

    server: Server
    process: "subprocess.Popen[bytes]"


def find_server(home: Home) -> Server | None:
    """Find the embedded server of a home if one is running and ready, by the file that PostgreSQL itself keeps."""
    if not home.root.is_dir():
        return None
    return _ready_server(find_cluster(home).data)


def start_server(home: Home, settings: Mapping[str, str] = SETTINGS, *, source: str | None = None) -> Child:
    """Start the embedded server, making its data folder first if there is none.

    Committed rows survive any kill. A stale lock is met with patience, then cleared if no process holds the folder."""
    cluster = find_cluster(home, source=source)
    make_cluster(cluster, home)
    last = ""
    started = time.monotonic()
    for pause in _pauses():
        outcome = _try_start(cluster, home.log / "postgres.log", settings)
        if isinstance(outcome, Child):
            return outcome
        last = outcome
        if not any(sign in last for sign in PASSING):
            break
        if time.monotonic() - started > DEAD_FOR:
            _clear_dead_lock(cluster.data)
        time.sleep(pause)
    raise PostgresError(f"内置数据库没有启动成功：{last.strip()[-800:]}")


def stop_server(server: Server, process: "subprocess.Popen[bytes] | None" = None) -> None:
    """Shut down fast: running statements are rolled back, a checkpoint is written, the process is waited for."""
    for how in (signal.SIGINT, signal.SIGQUIT):
        try:
            os.kill(server.pid, how)
        except ProcessLookupError:
            return
        if _wait_gone(server.pid, process):
            return
    raise PostgresError(f"内置数据库（进程 {server.pid}）没有停下。请稍后再试，或者结束该进程。")


def _pauses() -> Iterator[float]:
    total, pause = 0.0, 0.1
    while total < PATIENCE:
        yield pause
        total += pause
        pause = min(pause * 1.6, 2.0)


def _try_start(cluster: Cluster, log: Path, settings: Mapping[str, str]) -> Child | str:
    # The addresses are given on the command line, so a data folder can be moved without editing it.
    chosen = {**settings, "listen_addresses": "127.0.0.1", "unix_socket_directories": str(cluster.socket)}
    options = [part for name, value in chosen.items() for part in ("-c", f"{name}={value}")]
    command = [
        str(cluster.binaries.program("postgres")),
        "-D",
        str(cluster.data),
        "-p",
        str(_port(cluster)),
        *options,
    ]
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_suffix(".log.1"))
    with log.open("ab") as output:
        before = output.tell()
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            **child_options(cluster, cluster.data),
        )
    if server := _wait_ready(cluster.data, process):
        return Child(server, process)
    with log.open("rb") as written:
        written.seek(before)
        return written.read().decode(errors="replace") or f"exit code {process.returncode}"


def _wait_ready(data: Path, process: "subprocess.Popen[bytes]") -> Server | None:
    # Recovery after a kill may take long; the child itself says by its end that it failed.
    while process.poll() is None:
        server = _ready_server(data)
        if server and server.pid == process.pid:
            return server
        time.sleep(0.02)
    return None


def _ready_server(data: Path) -> Server | None:
    # postmaster.pid, line by line: pid, data folder, start, port, socket folder, address, shared memory, status.
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
    except OSError:
        return None
    if len(lines) < 8 or lines[7].strip() != "ready":
        return None
    server = Server(int(lines[0]), int(lines[3]), lines[4])
    return server if is_alive(server.pid) else None


def is_alive(pid: int) -> bool:
    """Tell whether a process runs; a zombie does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return not Path("/proc/self").exists()


def _wait_gone(pid: int, process: "subprocess.Popen[bytes] | None") -> bool:
    deadline = time.monotonic() + 2 * PATIENCE
    while time.monotonic() < deadline:
        # A child of ours that has ended is there until it was waited for.
        if not is_alive(pid) if process is None else process.poll() is not None:
            return True
        time.sleep(0.02)
    return False


def _clear_dead_lock(data: Path) -> None:
    """Remove a lock whose holder is dead for certain.

    A killed postmaster stays a zombie for ever where process 1 reaps nobody, and PostgreSQL takes a zombie for alive.
    Its children work inside the data folder, so if no process does, no one can still write."""
    if Path("/proc/self").exists() and not any(_works_in(data, entry) for entry in Path("/proc").glob("[0-9]*")):
        (data / "postmaster.pid").unlink(missing_ok=True)


def _works_in(data: Path, process: Path) -> bool:
    try:
        return (process / "cwd").readlink() == data.resolve()
    except OSError:
        return False


def _port(cluster: Cluster) -> int:
    """The port of the last start unless somebody has taken it: who was connected finds the server again.

    A server that was killed leaves the lock of its socket behind, and its number may be a zombie's: not that port."""
    try:
        # PostgreSQL writes its command line there, one argument in quotes after the other.
        last = shlex.split((cluster.data / "postmaster.opts").read_text())
        before = int(last[last.index("-p") + 1])
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", before))
    except (OSError, ValueError, IndexError):
        return _free_port()
    is_locked = (cluster.socket / f".s.PGSQL.{before}.lock").exists()
    return _free_port() if is_locked else before


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
