"""A second connection for who holds one already: what it commits stands, whatever becomes of the first."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from psycopg_pool import PoolTimeout

from limu.wire.database import Connection, connect, pool
from limu.wire.roles import Role

PATIENCE_SECONDS: Final = 0.1


@contextmanager
def aside(role: Role = "app") -> Iterator[Connection]:
    """Lend a connection beside the one in hand: a pooled one, or one of its own where none is free.

    Opening one costs more than a page's statements do. And who holds a connection may not wait for another: where all
    are held by such, they would wait for each other. Leaves by commit, or by rollback after an exception."""
    shared = pool(role)
    try:
        lent = shared.getconn(timeout=PATIENCE_SECONDS)
    except PoolTimeout:
        with connect(role) as own:
            yield own
        return
    try:
        with lent:
            yield lent
    finally:
        shared.putconn(lent)
