"""The third way to the platform above: agreed tables in a database of its own (前置机, database docking of GB/T 39443).

We insert into a table for the package and one for each item, and read one with the answers; that is all our role there
may do. Every statement is safe to repeat: the package's number, the record and its turn are the keys."""

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import sql

from limu.wire.port import SECONDS, ExchangeError

MOST_ANSWERS = 50_000
PACKAGES, ANSWERS = "up_package", "up_answer"
_PACKAGE = sql.SQL("""CREATE TABLE IF NOT EXISTS up_package (
    number text PRIMARY KEY,
    department text NOT NULL,
    item text NOT NULL,
    version integer NOT NULL,
    rows integer NOT NULL,
    sha256 text NOT NULL,
    attempt integer NOT NULL DEFAULT 1,
    sent_at timestamptz NOT NULL DEFAULT now(),
    seen integer NOT NULL DEFAULT 0
)""")
_ANSWER = sql.SQL("""CREATE TABLE IF NOT EXISTS up_answer (
    id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    number text NOT NULL,
    sha256 text NOT NULL,
    record text NOT NULL,
    turn integer NOT NULL,
    verdict text NOT NULL CHECK (verdict IN ('accepted', 'returned')),
    codes text[] NOT NULL DEFAULT '{}',
    made_at timestamptz NOT NULL DEFAULT now(),
    taken_at timestamptz
)""")
_WAITING = sql.SQL("CREATE INDEX IF NOT EXISTS up_answer_waiting ON up_answer (id) WHERE taken_at IS NULL")


def table_of(item: str) -> str:
    """The agreed table of an item."""
    return f"up_{item}"


def agreed_tables(items: Mapping[str, Sequence[str]], *, role: str) -> tuple[sql.SQL | sql.Composed, ...]:
    """What the platform above sets up in its own database: the tables, and what the role that sends may do there.

    `items` gives the columns of each item, head first. Its own schema and search path are the platform's affair."""
    name = sql.Identifier(role)
    made: list[sql.SQL | sql.Composed] = [_PACKAGE, _ANSWER, _WAITING]
    made += [_table(item, columns) for item, columns in items.items()]
    tables = sql.SQL(", ").join(sql.Identifier(table_of(item)) for item in items)
    made += [
        sql.SQL("GRANT SELECT, INSERT ON {}, up_package TO {}").format(tables, name),
        sql.SQL("GRANT UPDATE (attempt, sent_at) ON up_package TO {}").format(name),
        sql.SQL("GRANT SELECT ON up_answer TO {}").format(name),
        sql.SQL("GRANT UPDATE (taken_at) ON up_answer TO {}").format(name),
    ]
    return tuple(made)


def _table(item: str, columns: Sequence[str]) -> sql.Composed:
    lines = [sql.SQL("{} {} NOT NULL DEFAULT {}").format(sql.Identifier(c), *_kind(c)) for c in columns]
    return sql.SQL(
        "CREATE TABLE IF NOT EXISTS {} (number text NOT NULL, {}, PRIMARY KEY (number, record, turn))"
    ).format(sql.Identifier(table_of(item)), sql.SQL(", ").join(lines))


def _kind(column: str) -> tuple[sql.SQL, sql.SQL]:
    return (sql.SQL("integer"), sql.SQL("1")) if column == "turn" else (sql.SQL("text"), sql.SQL("''"))


@dataclass(frozen=True, slots=True)
class TableExchange:
    """Agreed tables in the database of the platform above, reached by a connection of its own."""

    url: str
    _held: dict[str, list[int]] = field(default_factory=dict)

    def send(self, number: str, content: bytes) -> None:
        """Write the package and its rows whole or not at all; sent again, it says so and writes nothing twice."""
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            manifest = json.loads(file.read("manifest.json"))
            columns, *rows = csv.reader(io.StringIO(file.read("rows.csv").decode()))
        table = sql.Identifier(table_of(manifest["item"]))
        names = sql.SQL(", ").join(map(sql.Identifier, ("number", *columns)))
        values = sql.SQL(", ").join([sql.Placeholder()] * (len(columns) + 1))
        into = sql.SQL("INSERT INTO {} ({}) VALUES ({}) ON CONFLICT DO NOTHING").format(table, names, values)
        try:
            with self._connect() as connection, connection.cursor() as cursor:
                cursor.executemany(into, [(number, *row) for row in rows])
                cursor.execute(
                    """INSERT INTO up_package (number, department, item, version, rows, sha256)
                       VALUES (%s, %s, %s, %s, %s, %s)
                       ON CONFLICT (number) DO UPDATE SET attempt = up_package.attempt + 1, sent_at = now()""",
                    (number, manifest["department"], manifest["item"], manifest["version"], len(rows),
                     hashlib.sha256(content).hexdigest()),
                )  # fmt: skip
        except psycopg.Error as wrong:
            raise ExchangeError from wrong

    def answers(self) -> Iterator[tuple[str, bytes]]:
        """Read the answers that were not taken yet, one for each package they speak of."""
        try:
            with self._connect() as connection:
                rows = connection.execute(
                    """SELECT id, number, sha256, record, turn, verdict, codes FROM up_answer
                       WHERE taken_at IS NULL ORDER BY id LIMIT %s""",
                    (MOST_ANSWERS,),
                ).fetchall()
        except psycopg.Error as wrong:
            raise ExchangeError from wrong
        told: dict[tuple[str, str], list[dict[str, Any]]] = {}
        for id, number, digest, record, turn, verdict, codes in rows:  # noqa: A001
            self._held.setdefault(f"{number}/{digest}", []).append(id)
            row = {"record": record, "turn": turn, "verdict": verdict, "codes": codes}
            told.setdefault((number, digest), []).append(row)
        for (number, digest), found in told.items():
            answer = {"number": number, "sha256": digest, "rows": found}
            yield f"{number}/{digest}", json.dumps(answer, ensure_ascii=False).encode()

    def done(self, name: str) -> None:
        """Mark as taken the very rows that were read."""
        try:
            with self._connect() as connection:
                connection.execute(
                    "UPDATE up_answer SET taken_at = now() WHERE id = ANY (%s)", (self._held.pop(name, []),)
                )
        except psycopg.Error as wrong:
            raise ExchangeError from wrong

    def _connect(self) -> "psycopg.Connection[tuple[Any, ...]]":
        return psycopg.connect(self.url, connect_timeout=SECONDS, application_name="")
