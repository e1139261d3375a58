"""Bringing the law book into the tables on which the database's own refusals stand. Never commits."""

from typing import Any

from psycopg import Connection

from limu.law.book import LawBook
from limu.measure import store
from limu.measure.rules import rows_of


def sync_law(connection: Connection[Any], book: LawBook) -> bool:
    """Load the book's measures, lists and grounds unless this very edition is there; tells whether it loaded."""
    rows = rows_of(book)
    if store.edition(connection) == rows.digest:
        return False
    store.load_law(connection, rows)
    return True
