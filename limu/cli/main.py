"""The `limu` command: gathers what the files of this room register, and turns every ending into an exit code."""

import errno
import importlib
import logging
import pkgutil
import secrets
import signal
import sys
import traceback
from collections.abc import Sequence
from types import FrameType
from typing import Annotated, NoReturn

import psycopg
import typer
from typer.exceptions import TyperException

import limu.cli
from limu import __version__
from limu.cli.frame import SYSTEM, USAGE, NotPreparedError, answers_json, err
from limu.cli.language import parser_told, told
from limu.cli.serve import PortTakenError
from limu.wire.binaries import NoPostgresError
from limu.wire.clock import ClockRefusedError, UnreadableClockError
from limu.wire.cluster import ClusterError
from limu.wire.database import NoDatabaseError, is_lost
from limu.wire.home import find_home
from limu.wire.keys import write_private
from limu.wire.migrate import MigrationError
from limu.wire.mode import WrongModeError
from limu.wire.postgres import PostgresError

# What an operator can cure: told in one line, without a number to look up.
TOLD = (
    NotPreparedError,
    PortTakenError,
    NoDatabaseError,
    NoPostgresError,
    ClusterError,
    PostgresError,
    MigrationError,
    psycopg.OperationalError,
)
INTERRUPTED = 130
CLOSED = {
    errno.ENOENT: "没有这个文件或者文件夹",
    errno.EACCES: "没有权限",
    errno.EISDIR: "这是一个文件夹",
    errno.ENOTDIR: "路径中有一段不是文件夹",
}
MISUSED = (ClockRefusedError, UnreadableClockError, WrongModeError)


def build(only: str = "") -> typer.Typer:
    """Build the command from the files of this room that have a `register`; `only` names one of them."""
    app = typer.Typer(
        help="立木公共信用信息平台。English: LIMU_LANG=en limu --help",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
    )

    @app.callback()
    def root(
        *,
        version: Annotated[
            bool, typer.Option("--version", help="显示版本。", callback=_version, is_eager=True)
        ] = False,
    ) -> None:
        del version

    for name in [only] if only else command_files():
        _register(app, name)
    return app


def command_files() -> list[str]:
    """Name the files of this room that may hold commands."""
    return sorted(
        {module.name for module in pkgutil.iter_modules(limu.cli.__path__)}
        - {"__main__", "main", "frame", "second", "quiet", "language", "dress"}
    )


def _needed(arguments: Sequence[str]) -> typer.Typer:
    # `limu submit` needs submit.py alone: the whole command takes a second to load. What is not found so is looked
    # for in all of them.
    first = arguments[0] if arguments else ""
    if first in command_files():
        app = build(first)
        if any(first in (found.name, _name_of(found)) for found in app.registered_commands + app.registered_groups):
            return app
    return build()


def _name_of(found: object) -> str:
    return str(getattr(getattr(found, "callback", None), "__name__", ""))


def _register(app: typer.Typer, name: str) -> None:
    # A command that cannot be loaded must not take `limu stop` and `limu doctor` with it. A house test refuses one.
    try:
        module = importlib.import_module(f"limu.cli.{name}")
    except (ImportError, AttributeError) as failure:
        err.print(f"limu {name}: {failure}", style="yellow", highlight=False, markup=False)
        return
    if hasattr(module, "register"):
        module.register(app)


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code; no exception leaves, no trace is shown."""
    answers_json.set("--json" in arguments)
    try:
        command = typer.main.get_command(_needed(arguments))
        if "--help" in arguments or len(arguments) < 2:
            # A noun by itself tells its help too. What draws it takes a tenth of a second to load.
            importlib.import_module("limu.cli.dress").dress(command)
        outcome = command.main(list(arguments), prog_name="limu", standalone_mode=False)
    except (typer.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except TyperException as misuse:
        err.print(_misused(misuse), highlight=False, markup=False)
        return USAGE
    except Exception as failure:  # noqa: BLE001 - the last door: whatever it was, the user gets a line
        return _tell(failure, arguments)
    return outcome if isinstance(outcome, int) else 0


def _misused(misuse: TyperException) -> str:
    said = parser_told(misuse.format_message())
    path = getattr(getattr(misuse, "ctx", None), "command_path", "")
    stop = "" if not said or said.endswith((".", "。", ")")) else told("。").strip()
    return said + stop + told(f"用法见 {path} --help。") if said and path else said


def main() -> NoReturn:
    """Enter from the shell. SIGTERM ends a command as Ctrl-C does, so that what it started is stopped.

    Ctrl-C is asked for too: a shell that starts us in the background has it ignored."""
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, _interrupt)
    # What the driver says of a connection that broke off is told by whoever needed it.
    logging.getLogger("psycopg").setLevel(logging.ERROR)
    sys.exit(run(sys.argv[1:]))


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:
    del number, frame
    raise KeyboardInterrupt


def _tell(failure: Exception, arguments: Sequence[str]) -> int:
    if isinstance(failure, OSError) and str(failure.filename) in arguments:
        # A file that the user named and that cannot be opened: nothing unexpected.
        err.print(_closed(failure), style="red", highlight=False, markup=False)
        return USAGE
    if not isinstance(failure, TOLD + MISUSED):
        _note_failure("".join(traceback.format_exception(failure)))
        return SYSTEM
    err.print(_lost(failure) if is_lost(failure) else str(failure), style="red", highlight=False, markup=False)
    return USAGE if isinstance(failure, MISUSED) else SYSTEM


def _closed(failure: OSError) -> str:
    why = CLOSED.get(failure.errno or 0, failure.strerror)
    return told(f"打不开 {failure.filename}：{why}。请核对路径。")


def _lost(failure: Exception) -> str:
    # Every command commits whole steps; a file is gone on with where it stood.
    kept = told("已经办完的步骤保留，没有办完的不算；数据库恢复后请再次执行同一命令。")
    return told(f"没有连上数据库，或者连接中断（{failure}）。") + kept


def _note_failure(trace: str) -> None:
    # The trace may name rows of a file: it stays in a file that only the operator reads.
    number = secrets.token_hex(4)
    path = find_home().log / f"failure-{number}.log"
    write_private(path, trace.encode())
    said = told(f"出现意外错误，问题编号 {number}；详情在 {path}。")
    err.print(said, style="red", highlight=False, markup=False)


def _version(*, value: bool) -> None:
    if value:
        typer.echo(__version__)
        raise typer.Exit
