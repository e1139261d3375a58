"""What was said under emergency access: its statements, read from the log of the database's server (trust.md 1.7)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from limu.wire.database import Database
from limu.wire.roles import EMERGENCY

SERVER_LOG = "postgres.log"
MOST = 500
_LINE = re.compile(r"(\S+ \S+) UTC \[\d+\] (\S+)@(\S+) LOG:  (?:statement|execute [^:]*): (.*)")


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement as it came to the server."""

    at: datetime
    text: str


def statements(database: Database, *, since: datetime, until: datetime) -> tuple[Statement, ...] | None:
    """List what emergency access asked between two instants; None where the server's log is not ours to read.

    The embedded server's log lies in the home, with the one before it; a server of somebody else's keeps its own."""
    if database.server is None:
        return None
    log = database.home.log / SERVER_LOG
    told = [one for path in (log.with_suffix(".log.1"), log) if path.exists() for one in _read(path, database.name)]
    return tuple(one for one in told if since <= one.at <= until)[: MOST + 1]


def _read(log: Path, name: str) -> Iterator[Statement]:
    found: tuple[datetime, list[str]] | None = None
    with log.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            if found is not None and line.startswith("\t"):
                found[1].append(line.strip())
                continue
            if found is not None:
                yield Statement(found[0], "\n".join(found[1]))
                found = None
            one = _LINE.match(line)
            if one is not None and (one[2], one[3]) == (EMERGENCY, name):
                found = datetime.fromisoformat(one[1]).replace(tzinfo=UTC), [one[4].rstrip("\n")]
    if found is not None:
        yield Statement(found[0], "\n".join(found[1]))
