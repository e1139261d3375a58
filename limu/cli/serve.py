"""`limu serve` and `limu stop`: the web server over the running database."""

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated

import typer

from limu.cli.frame import REFUSED, USAGE, err, prepared_database
from limu.department.store import demonstration_codes
from limu.wire.database import Database, current_database, stop_database
from limu.wire.home import Home, find_home
from limu.wire.mode import read_mode
from limu.wire.postgres import is_alive

HOST, PORT = "127.0.0.1", 8000
PATIENCE = 30.0
# The port opens when the pages are loaded, which a machine busy with much else takes long for.
START_PATIENCE = 90.0
LOCK = "serve.lock"
# Pages are answered by four threads; holders who wait for an event take places of their own beside them.
THREADS = 4
LOGGING = Path(__file__).with_name("serve_log.json")
WAITERS = int(os.environ.get("LIMU_FEED_WAITERS", "8"))


class PortTakenError(Exception):
    """Somebody listens there already; a stranger's server must not be taken for ours."""


def run_server(
    port: int = PORT, *, host: str = HOST, workers: int = 1, database: Database | None = None
) -> "subprocess.Popen[bytes]":
    """Start the web server as a child and return it; the caller stops it with `stop_server`.

    It runs in a session of its own: Ctrl-C reaches only us, and we stop it in our order, pages before database."""
    if not is_free(host, port):
        raise PortTakenError(f"端口 {port} 已被占用；请换一个：--port。")
    environment = os.environ | (database or current_database()).environment()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "limu.wsgi:application"]
    options = [
        "--host",
        host,
        "--port",
        str(port),
        "--workers",
        str(workers),
        "--blocking-threads",
        str(THREADS + WAITERS),
    ]
    quiet = ["--log-level", "warning", "--log-config", str(LOGGING), "--respawn-failed-workers"]
    return subprocess.Popen([*leash(), *command, *options, *quiet], env=environment, start_new_session=True)


def leash() -> list[str]:
    """Put a child on a leash: if we are killed outright, the kernel ends it for us, where it can."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "TERM"] if setpriv else []


def stop_server(server: "subprocess.Popen[bytes]") -> None:
    """Stop the web server: running answers are finished, then the process is waited for."""
    if server.poll() is None:
        server.terminate()
    try:
        server.wait(timeout=10)
    except subprocess.TimeoutExpired:
        # With its workers, who are of its session: killed alone it would leave them listening.
        with suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def wait_until_up(server: "subprocess.Popen[bytes]", port: int, *, host: str = HOST) -> bool:
    """Wait until the server takes connections; false if it ended or did not come up in time."""
    deadline = time.monotonic() + START_PATIENCE
    while server.poll() is None and time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex((host, port)) == 0:
                return True
        time.sleep(0.05)
    return False


def wait_until_ended(server: "subprocess.Popen[bytes]") -> None:
    """Wait for the server's end by looking: polars restarts interrupted system calls, so Ctrl-C cannot end a wait()."""
    while server.poll() is None:
        time.sleep(0.2)


def is_free(host: str, port: int) -> bool:
    """Tell whether a port can be listened on."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


@contextmanager
def serving(home: Home) -> Iterator[None]:
    """Mark this process as the one that serves a home, so that `limu stop` finds it."""
    descriptor = os.open(home.run / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        err.print("这个目录已有服务在运行；可先运行 limu stop。", style="red")
        raise typer.Exit(REFUSED) from None
    try:
        os.truncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(descriptor)


def serve(
    host: Annotated[str, typer.Option(help="监听地址；公开地址须有反向代理。")] = HOST,
    port: Annotated[int, typer.Option(help="监听端口。", min=1, max=65535)] = PORT,
    workers: Annotated[int, typer.Option(help="工作进程数。", min=1, max=64)] = 1,
    *,
    behind_proxy: Annotated[bool, typer.Option("--behind-proxy", help="前面有终结 TLS 的反向代理。")] = False,
) -> None:
    """启动网站；按 Ctrl-C 停止。"""
    if not is_loopback(host) and not behind_proxy:
        err.print(f"不在 {host} 上公开：登录须经 TLS。请加反向代理并用 --behind-proxy，或只监听 127.0.0.1。")
        raise typer.Exit(USAGE)
    with serving(find_home()), prepared_database() as database:
        refuse_demonstration(database)
        if behind_proxy:
            os.environ["LIMU_BEHIND_PROXY"] = "1"
        server = run_server(port, host=host, workers=workers, database=database)
        try:
            if not wait_until_up(server, port, host=host):
                err.print("网站没有启动成功；原因在上面的输出里。", style="red")
                raise typer.Exit(REFUSED)
            err.print(f"网站：http://{host}:{port}/ （Ctrl-C 停止）")
            wait_until_ended(server)
        finally:
            stop_server(server)


def refuse_demonstration(database: Database) -> None:
    """Refuse to serve a register of record while accounts of a demonstration could act in it."""
    if read_mode(database.home, os.environ) != "production":
        return
    with database.connect("app") as connection:
        codes = demonstration_codes(connection)
    if codes:
        err.print(f"拒绝启动：正式环境中有 {len(codes)} 个演示账号（{'、'.join(codes[:5])}…）。", style="red")
        err.print("请先停用：limu officer close 账号 --as 安全管理员账号", style="red")
        raise typer.Exit(REFUSED)


def stop() -> None:
    """停止在后台运行的网站和内置数据库。"""
    home = find_home()
    if not home.root.is_dir():
        err.print("没有在运行的服务。")
        return
    served = _stop_serving(home)
    stopped = stop_database(home)
    err.print("已停止。" if served or stopped else "没有在运行的服务。")


def is_loopback(host: str) -> bool:
    """Tell whether an address is this machine's own."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _stop_serving(home: Home) -> bool:
    # Only the holder of the lock wrote the number, so the number is alive as long as the lock is held.
    path = home.run / LOCK
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        pid = int(path.read_text() or 0)
    else:
        return False
    finally:
        os.close(descriptor)
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + PATIENCE
    while is_alive(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    return True


def register(app: typer.Typer) -> None:
    """Add the command; `limu stop` stands in its own file, so that it starts fast."""
    app.command("serve")(serve)
