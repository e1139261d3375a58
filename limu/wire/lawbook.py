"""The law a deployment decides by: the newest pack it took in (else the packaged texts), with its confirmations."""

import json
import tomllib
from functools import lru_cache
from typing import Any
from uuid import UUID

import psycopg
import psycopg.rows

from limu.law.book import LawBook
from limu.law.pack import rule_versions
from limu.wire.home import Home, find_home
from limu.wire.statutes import Document, read_law_texts


class BrokenLawError(Exception):
    """The law texts of this deployment do not hold together; `limu law check` says where."""

    def __str__(self) -> str:
        """Say what to do, since this reaches an operator."""
        return str(self.__doc__)


def current_book(connection: "psycopg.Connection[Any]") -> LawBook:
    """Return the book in force in this deployment; a new confirmation gives a new book, the rest is remembered."""
    with connection.cursor(row_factory=psycopg.rows.scalar_row) as cursor:
        confirmed = cursor.execute("SELECT rule_key FROM shown.law_confirmed").fetchall()
    return _book(frozenset(confirmed), _installed_pack(find_home()))


def installed_texts(home: Home | None = None) -> dict[str, Document]:
    """The texts of the pack taken in last, else those that ship; a pack was proved when it was taken in."""
    found = _installed_pack(home or find_home())
    return _pack_texts(found) if found else read_law_texts()


def _installed_pack(home: Home) -> str:
    """Path of the pack that `limu law update` stored last; its name is its hash, so the content never changes."""
    current = home.root / "law" / "current.json"
    if not current.exists():
        return ""
    return str(current.with_name(json.loads(current.read_text("utf-8"))["pack"]))


@lru_cache(maxsize=4)
def _pack_texts(path: str) -> dict[str, Document]:
    with open(path, encoding="utf-8") as file:  # noqa: PTH123 - the path is the cache's key
        parts: dict[str, str] = json.load(file)["parts"]
    return {
        name.removeprefix("law/"): tomllib.loads(text)
        for name, text in parts.items()
        if name.startswith("law/") and name.endswith(".toml")
    }


@lru_cache(maxsize=4)
def _book(confirmed: frozenset[str], pack: str) -> LawBook:
    texts = _pack_texts(pack) if pack else read_law_texts()
    # A confirmation that carries the mark of a rule's content (key#mark) is void once the content has changed.
    keys = frozenset(key for key, version in rule_versions(texts).items() if {key, version} & confirmed)
    read = LawBook.from_texts(texts, confirmations=keys)
    if not isinstance(read, LawBook):
        raise BrokenLawError
    return read


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
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO limu.law_confirmation (rule_key, person, officer, text_hash)
               SELECT rule_key, %s, %s, %s FROM unnest(%s::text[]) AS rule_key
               ON CONFLICT (rule_key, person) DO NOTHING""",
            (person, officer, text_hash, versions),
        )
        return cursor.rowcount
