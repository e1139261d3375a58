"""The doors of the simulated platform above: a folder of files, agreed tables in a database of its own, a service."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Protocol

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from limu.city.upper import Upper
from limu.wire.staging import table_of


class RoundDoor(Protocol):
    """A door at which the platform looks from time to time."""

    def work(self, node: Upper) -> int:
        """Take what lies there and say what is due; returns how many answers were given."""


@dataclass(frozen=True, slots=True)
class FolderDoor:
    """Files in `out/` (to it) and `back/` (from it)."""

    root: Path

    def work(self, node: Upper) -> int:
        """Take every package and write the answers that are due."""
        for path in sorted((self.root / "out").glob("*.zip")):
            node.take(path.read_bytes(), door="folder")
            path.unlink()
        found = node.due("folder")
        back = self.root / "back"
        back.mkdir(parents=True, exist_ok=True)
        for name, body in found:
            draft = back / f".{name}"
            draft.write_bytes(body)
            draft.replace(back / f"{name}.json")
            node.forget(name)
        return len(found)


@dataclass(frozen=True, slots=True)
class TablesDoor:
    """Agreed tables (wire/staging.py) in the platform's own database."""

    url: str
    tables: Sequence[sql.SQL | sql.Composed] = ()

    def set_up(self) -> None:
        """Make the agreed tables, where they are not there yet."""
        with psycopg.connect(self.url) as connection:
            for one in self.tables:
                connection.execute(one)

    def work(self, node: Upper) -> int:
        """Take every package that came, or came again, and write the answers that are due."""
        with psycopg.connect(self.url, row_factory=dict_row) as connection:
            came = connection.execute(
                "SELECT number, item, sha256, attempt FROM up_package WHERE seen < attempt ORDER BY number FOR UPDATE"
            ).fetchall()
            for one in came:
                table = sql.Identifier(table_of(one["item"]))
                rows = connection.execute(
                    sql.SQL("SELECT * FROM {} WHERE number = %s ORDER BY record, turn").format(table), [one["number"]]
                ).fetchall()
                node.take_rows(one["number"], one["sha256"], rows=rows, door="tables")
                connection.execute("UPDATE up_package SET seen = %s WHERE number = %s", (one["attempt"], one["number"]))
            found = node.due("tables")
            for _, body in found:
                self._write(connection, json.loads(body))
        # Written before it is forgotten: after a kill in between it is said twice.
        for name, _ in found:
            node.forget(name)
        return len(found)

    def _write(self, connection: "psycopg.Connection[Any]", told: dict[str, Any]) -> None:
        with connection.cursor() as cursor:
            cursor.executemany(
                """INSERT INTO up_answer (number, sha256, record, turn, verdict, codes)
                   VALUES (%s, %s, %s, %s, %s, %s)""",
                [
                    (told["number"], told["sha256"], one["record"], one["turn"], one["verdict"], one["codes"])
                    for one in told["rows"]
                ],
            )


class _Answers(BaseHTTPRequestHandler):
    """PUT packages/NUMBER, GET answers, GET and DELETE answers/NAME."""

    node: Upper
    token: str

    def do_PUT(self) -> None:
        """Take a package."""
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self._is_known():
            self.node.take(content, door="service")
            self._tell(b"")

    def do_GET(self) -> None:
        """Name the answers that are due, or hand one out."""
        if not self._is_known():
            return
        name = self.path.rpartition("/")[2]
        if name == "answers":
            self._tell("\n".join(one for one, _ in self.node.due("service")).encode())
        else:
            found = self.node.told(name)
            self._tell(found or b"", status=200 if found else 404)

    def do_DELETE(self) -> None:
        """Forget an answer."""
        if self._is_known():
            self.node.forget(self.path.rpartition("/")[2])
            self._tell(b"")

    def _is_known(self) -> bool:
        is_known = not self.token or self.headers.get("Authorization") == f"Bearer {self.token}"
        if not is_known:
            self._tell(b"", status=401)
        return is_known

    def _tell(self, body: bytes, *, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing: what passes here is not for a terminal."""


def open_service(node: Upper, *, port: int = 0, token: str = "") -> ThreadingHTTPServer:
    """The service, listening on this machine alone; the caller serves and closes it."""
    door = type("Door", (_Answers,), {"node": node, "token": token})
    return ThreadingHTTPServer(("127.0.0.1", port), door)
