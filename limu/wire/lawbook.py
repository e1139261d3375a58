"""The law a deployment decides by: the newest pack (else the packaged texts), its own additions, its confirmations."""

import json
import threading
import tomllib
from collections import OrderedDict
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

import psycopg
import psycopg.rows

from limu.law.book import LawBook
from limu.law.pack import EDITION, canonical, chained, rule_versions
from limu.terms.days import Calendar
from limu.wire.lawlog import note_law_events
from limu.wire.statutes import Document, packaged_parts, read_law_texts, read_parts
from limu.wire.tables import read_table

KEPT = 4
CALENDAR = "calendar/holidays.csv"
# Any number will do, as long as every writer of the law takes the same one.
LAW_LOCK = 0x4C6177


class BrokenLawError(Exception):
    """The law texts of this deployment do not hold together; `limu law check` says where."""

    def __str__(self) -> str:
        """Say what to do, since this reaches an operator."""
        return str(self.__doc__)


@dataclass(frozen=True, slots=True)
class InForce:
    """Which texts a deployment decides by: the pack in force (none: what ships), additions and confirmations."""

    pack: bytes
    additions: tuple[str, ...]
    confirmed: frozenset[str]


@dataclass(frozen=True, slots=True)
class StoredPack:
    """A pack as it was taken in."""

    hash: bytes
    version: str
    issued_on: date


_BOOKS: "OrderedDict[InForce, LawBook]" = OrderedDict()
_PARTS: "OrderedDict[bytes, dict[str, str]]" = OrderedDict()
_LOCK = threading.Lock()


def current_book(connection: "psycopg.Connection[Any]") -> LawBook:
    """Return the book in force in this deployment; what officers confirm, add or take in gives a new book at once."""
    state = _in_force(connection)
    book = _BOOKS.get(state)
    return book if book is not None else _kept(_BOOKS, state, _make_book(connection, state))


def _make_book(connection: "psycopg.Connection[Any]", state: InForce) -> LawBook:
    texts = _pack_texts(connection, state.pack)
    added = added_texts(connection) if state.additions else {}
    # A confirmation that carries the mark of a rule's content (key#mark) is void once the content has changed.
    versions = rule_versions({**texts, **added})
    keys = frozenset(key for key, version in versions.items() if {key, version} & state.confirmed)
    read = LawBook.from_texts(texts, confirmations=keys, additions=added)
    if not isinstance(read, LawBook):
        raise BrokenLawError
    return read


def installed_texts(connection: "psycopg.Connection[Any]") -> dict[str, Document]:
    """The texts of the pack in force, else those that ship; a pack was proved when it was taken in."""
    return _pack_texts(connection, _in_force(connection).pack)


def added_texts(connection: "psycopg.Connection[Any]") -> dict[str, Document]:
    """The local additions, by the key of the rule each brings."""
    with connection.cursor(row_factory=psycopg.rows.tuple_row) as cursor:
        rows = cursor.execute("SELECT rule_key, text FROM shown.law_addition ORDER BY place").fetchall()
    return {key: tomllib.loads(text) for key, text in rows}


def pack_in_force(connection: "psycopg.Connection[Any]") -> StoredPack | None:
    """The newest pack, unless the edition's own texts are newer."""
    with connection.cursor(row_factory=psycopg.rows.class_row(StoredPack)) as cursor:
        return cursor.execute(
            "SELECT hash, version, issued_on FROM shown.law_pack WHERE issued_on >= %s ORDER BY place DESC LIMIT 1",
            (EDITION,),
        ).fetchone()


def stored_packs(connection: "psycopg.Connection[Any]") -> tuple[StoredPack, ...]:
    """Every pack this deployment ever took in, the newest first."""
    with connection.cursor(row_factory=psycopg.rows.class_row(StoredPack)) as cursor:
        cursor.execute("SELECT hash, version, issued_on FROM shown.law_pack ORDER BY place DESC")
        return tuple(cursor.fetchall())


def parts_in_force(connection: "psycopg.Connection[Any]") -> dict[str, str]:
    """Every part of the pack in force by its path, law and calendars and catalogue; what ships where there is none."""
    found = pack_in_force(connection)
    return _parts(connection, found.hash) if found else packaged_parts()


def current_calendar(connection: "psycopg.Connection[Any]") -> Calendar:
    """The working calendar in force: a year that the pack in force knows is the pack's, every other as it ships."""
    found = pack_in_force(connection)
    text = _parts(connection, found.hash).get(CALENDAR, "") if found else ""
    return calendar_of(text)


def calendar_under(connection: "psycopg.Connection[Any]", book: LawBook) -> Calendar:
    """The calendar of the pack by which a book was made: who has the book asks the database nothing more."""
    with _LOCK:
        pack = next((state.pack for state, one in _BOOKS.items() if one is book), None)
    if pack is None:
        return current_calendar(connection)
    return calendar_of(_parts(connection, pack).get(CALENDAR, "") if pack else "")


@lru_cache(maxsize=KEPT)
def calendar_of(text: str) -> Calendar:
    """The working calendar of a pack's table over the packaged one."""
    shipped = _days(list(read_table("holidays")))
    given = _days(
        [dict(zip(("day", "is_rest"), line.split(",")[0::2], strict=False)) for line in text.splitlines()[1:]]
    )
    years = Calendar.from_rows(given).known_years
    return Calendar.from_rows([*(one for one in shipped if one[0].year not in years), *given])


def _days(rows: list[dict[str, str]]) -> list[tuple[date, bool]]:
    return [(date.fromisoformat(row["day"]), row["is_rest"] == "1") for row in rows]


def _in_force(connection: "psycopg.Connection[Any]") -> InForce:
    with connection.cursor(row_factory=psycopg.rows.tuple_row) as cursor:
        row = cursor.execute(
            """SELECT (SELECT hash FROM shown.law_pack WHERE issued_on >= %s ORDER BY place DESC LIMIT 1),
                      ARRAY(SELECT encode(chain, 'hex') FROM shown.law_addition ORDER BY place),
                      ARRAY(SELECT rule_key FROM shown.law_confirmed)""",
            (EDITION,),
        ).fetchone()
    assert row is not None
    return InForce(bytes(row[0] or b""), tuple(row[1]), frozenset(row[2]))


def _pack_texts(connection: "psycopg.Connection[Any]", pack: bytes) -> dict[str, Document]:
    return read_parts(_parts(connection, pack), "law/") if pack else read_law_texts()


def _parts(connection: "psycopg.Connection[Any]", pack: bytes) -> dict[str, str]:
    """The parts of a stored pack; its name is its hash, so what is remembered never grows old."""
    found = _PARTS.get(pack)
    if found is not None:
        return found
    with connection.cursor(row_factory=psycopg.rows.scalar_row) as cursor:
        body = cursor.execute("SELECT body FROM shown.law_pack WHERE hash = %s", (pack,)).fetchone()
    parts: dict[str, str] = json.loads(bytes(body or b"{}"))["parts"]
    _kept(_PARTS, pack, parts)
    return parts


def _kept(shelf: "OrderedDict[Any, Any]", key: object, value: Any) -> Any:
    with _LOCK:
        shelf[key] = value
        while len(shelf) > KEPT:
            shelf.popitem(last=False)
    return value


def lock_law(connection: "psycopg.Connection[Any]") -> None:
    """Be the only writer of the law until the transaction ends."""
    connection.execute("SELECT pg_advisory_xact_lock(%s)", (LAW_LOCK,))


def store_pack(
    connection: "psycopg.Connection[Any]", pack: StoredPack, *, signed_by: str, body: bytes,
    people: tuple[UUID, UUID] | None = None,
) -> None:  # fmt: skip
    """Store a proved pack; from the commit on it is the law of this deployment."""
    drafted_by, confirmed_by = people or (None, None)
    connection.execute(
        """INSERT INTO limu.law_pack (hash, version, issued_on, signed_by, body, drafted_by, confirmed_by)
           VALUES (%s, %s, %s, %s, %s, %s, %s)""",
        (pack.hash, pack.version, pack.issued_on, signed_by, body, drafted_by, confirmed_by),
    )


def note_addition(
    connection: "psycopg.Connection[Any]", *, rule: str, difference: str, basis: tuple[str, str], text: str,
    officer: UUID,
) -> bytes:  # fmt: skip
    """Write a local addition (basis: article and address) and chain it to the one before; returns its hash."""
    with connection.cursor(row_factory=psycopg.rows.scalar_row) as cursor:
        before = cursor.execute("SELECT chain FROM shown.law_addition ORDER BY place DESC LIMIT 1").fetchone()
    content = {"rule": rule, "difference": difference, "article": basis[0], "address": basis[1], "text": text}
    digest, chain = chained(bytes(before or b""), canonical(content))
    connection.execute(
        """INSERT INTO limu.law_addition (rule_key, difference, article, address, body, added_by, hash, chain)
           VALUES (%s, %s, %s, %s, %s, %s, %s, %s)""",
        (rule, difference, *basis, json.dumps({"text": text}), officer, digest, chain),
    )
    facts = {"hash": digest.hex(), "chain": chain.hex()}
    note_law_events(connection, "law_added", [rule], officer=officer, facts=facts)
    return digest


def note_confirmations(
    connection: "psycopg.Connection[Any]",
    versions: list[str],
    *,
    person: UUID,
    officer: UUID,
    text_hash: bytes,
) -> int:
    """Write one person's confirmation of rules (`rule_versions`) against the official text of that hash.

    Twice by one person is once; two people count when they saw the same text (view law_confirmed)."""
    with connection.cursor(row_factory=psycopg.rows.scalar_row) as cursor:
        noted = cursor.execute(
            """INSERT INTO limu.law_confirmation (rule_key, person, officer, text_hash)
               SELECT rule_key, %s, %s, %s FROM unnest(%s::text[]) AS rule_key
               ON CONFLICT (rule_key, person) DO NOTHING RETURNING rule_key""",
            (person, officer, text_hash, versions),
        ).fetchall()
    note_law_events(connection, "law_confirmed", noted, officer=officer, facts={"text": text_hash.hex()})
    return len(noted)
