"""What commands share: the connection, the forms of output, and the ways a command ends.

Results go to stdout, everything else to stderr. Exit codes: 0 done, 1 refused or faults found, 2 usage, 3 system."""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, is_dataclass
from typing import Any, NoReturn, Protocol

import psycopg
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from limu.cli.language import told
from limu.wire.database import Connection, Database, running_database
from limu.wire.migrate import applied_paths, read_steps
from limu.wire.roles import Role

REFUSED, USAGE, SYSTEM = 1, 2, 3


class Terminal(Console):
    """A terminal that is told everything in its own language, as wide as it is when something is printed."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        # What COLUMNS was when this module was loaded would hold for ever; without it the size is asked for each time.
        self._width = None

    def print(self, *objects: Any, **options: Any) -> None:
        """Print what is text in the language of the terminal."""
        super().print(*(told(one) if isinstance(one, str) else one for one in objects), **options)


answers_json: ContextVar[bool] = ContextVar("answers_json", default=False)
"""Whether this command was asked for JSON: a program reads its refusals there too."""

out = Terminal()
err = Terminal(stderr=True)


class Told(Protocol):
    """Anything that tells a user what is wrong and what to do."""

    @property
    def code(self) -> str:
        """A stable code."""

    @property
    def message(self) -> str:
        """What is wrong."""

    @property
    def cure(self) -> str:
        """What to do."""


class NotPreparedError(Exception):
    """这里还没有可用的数据库：请先运行 limu init（正式使用）或 limu demo（演示）。"""

    def __str__(self) -> str:
        """Say what to do, since this reaches an operator."""
        return told(str(self.__doc__))


class OutdatedError(NotPreparedError):
    """数据库的结构早于程序的版本：请先运行 limu init 升级（数据保留）。"""


@contextmanager
def prepared_database() -> Iterator[Database]:
    """Lend the running database, starting the embedded one for the command's life; refuse one without this schema."""
    with running_database() as database:
        try:
            applied = applied_paths(database)
        except (psycopg.OperationalError, psycopg.errors.UndefinedTable) as cause:
            raise NotPreparedError from cause
        if any(step.path not in applied for step in read_steps()):
            raise OutdatedError
        yield database


@contextmanager
def running_connection(role: Role = "app") -> Iterator[Connection]:
    """Lend one connection; the command commits, and what it did not commit is rolled back."""
    with prepared_database() as database:
        connection = database.connect(role)
        try:
            yield connection
        finally:
            connection.close()


def fail(refusal: Told) -> NoReturn:
    """End the command with a refusal: what is wrong, what to do. Who asked for JSON reads it on stdout as well."""
    if answers_json.get():
        emit({"code": refusal.code, "message": refusal.message, "cure": refusal.cure})
    err.print(f"[red]{refusal.code}[/red] {told(refusal.message + refusal.cure)}", highlight=False)
    raise typer.Exit(REFUSED)


def say(text: str) -> None:
    """Print a line whole, in the language of the terminal: nothing is folded or coloured."""
    typer.echo(told(text))


def usage(message: str) -> NoReturn:
    """End the command as misuse."""
    err.print(message, highlight=False, markup=False)
    raise typer.Exit(USAGE)


def emit(value: object) -> None:
    """Print a value as JSON on stdout: dataclasses as objects, days and instants as ISO 8601 text."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))


def table(headers: Sequence[str], rows: Iterable[Sequence[object]], *, title: str | None = None) -> None:
    """Print a table on stdout for people: nothing in it is cut off, and an empty one says so."""
    drawn = Table(title=title and told(title))
    for header in headers:
        drawn.add_column(told(header), overflow="fold")
    for row in rows:
        drawn.add_row(*("" if cell is None else told(str(cell)) for cell in row))
    out.print(drawn if drawn.row_count else "没有可列出的。")


def progress() -> Progress:
    """Return a progress bar that draws on stderr, and only for people."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=err, transient=True, disable=not err.is_terminal)


def _plain(value: object) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, set | frozenset):
        return sorted(value, key=str)
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
