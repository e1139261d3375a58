"""Bytes into a COPY in one breath: while the server reads, this thread holds no lock of the interpreter.

psycopg gives a socket what it takes at a time, some 200 kB, and must have the interpreter's lock to go on each time;
beside threads that work, the server then stands still for a fifth of its time. Over a local socket, which carries
neither TLS nor GSS, the messages of COPY (PostgreSQL manual, Message Formats, CopyData) are written by one call of
the system that blocks; anywhere else psycopg writes."""

import os
from collections.abc import Sequence
from typing import Any

from psycopg import Cursor, OperationalError
from psycopg.copy import LibpqWriter

PIECE = 1 << 16
MOST = 1 << 9
"""Messages handed over at a time: two buffers each, and the system takes 1,024 (IOV_MAX)."""


def copy_bytes(cursor: Cursor[Any], statement: Any, *parts: bytes | memoryview) -> None:
    """Run a COPY … FROM STDIN with these bytes, one part after another."""
    is_local = cursor.connection.info.host.startswith("/") and os.name == "posix"
    with cursor.copy(statement, writer=Pourer(cursor) if is_local else None) as copy:
        for part in parts:
            copy.write(memoryview(part))


class Pourer(LibpqWriter):
    """Writes into a COPY past libpq, whose buffer is empty since the server answered that it will copy."""

    def write(self, data: Any) -> None:
        """Write all of it; what breaks off in the middle of a message leaves nothing but to hang up."""
        try:
            os.set_blocking(self._pgconn.socket, True)
            try:
                _pour(self._pgconn.socket, memoryview(data))
            finally:
                os.set_blocking(self._pgconn.socket, False)
        except OSError as lost:
            self.connection.close()
            raise OperationalError("the server closed the connection in the middle of a COPY") from lost
        except BaseException:
            self.connection.close()
            raise


def _pour(socket: int, view: memoryview) -> None:
    pieces = [view[start : start + PIECE] for start in range(0, len(view), PIECE)]
    for first in range(0, len(pieces), MOST):
        _write_all(socket, [part for piece in pieces[first : first + MOST] for part in (_head(piece), piece)])


def _head(piece: memoryview) -> bytes:
    return b"d" + (len(piece) + 4).to_bytes(4, "big")


def _write_all(socket: int, parts: Sequence[bytes | memoryview]) -> None:
    left = list(parts)
    while left:
        written = os.writev(socket, left)
        done = 0
        while done < len(left) and written >= len(left[done]):
            written -= len(left[done])
            done += 1
        left = left[done:]
        if written:
            left[0] = memoryview(left[0])[written:]
