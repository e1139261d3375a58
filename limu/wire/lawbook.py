"""The law a deployment decides by: the newest pack it took in (else the packaged texts), with its confirmations."""

from functools import lru_cache
from typing import Any

import psycopg
import psycopg.rows

from limu.law.book import LawBook
from limu.wire.statutes import read_law_texts


class BrokenLawError(Exception):
    """The law texts of this deployment do not hold together; `limu law check` says where."""

    def __str__(self) -> str:
        """Say what to do, since this reaches an operator."""
        return str(self.__doc__)


def current_book(connection: "psycopg.Connection[Any]") -> LawBook:
    """Return the book in force in this deployment; a new confirmation gives a new book, the rest is remembered."""
    with connection.cursor(row_factory=psycopg.rows.scalar_row) as cursor:
        confirmed = cursor.execute("SELECT rule_key FROM shown.law_confirmed").fetchall()
    return _book(frozenset(confirmed))


@lru_cache(maxsize=4)
def _book(confirmations: frozenset[str]) -> LawBook:
    read = LawBook.from_texts(read_law_texts(), confirmations=confirmations)
    if not isinstance(read, LawBook):
        raise BrokenLawError
    return read
