"""What may be asked of the trail, by those who watch over it; the look itself is in the trail before."""

import base64
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Connection

from limu.access import store_trail
from limu.access.store_trail import Asked, Read


def trail(connection: Connection[Any], asked: Asked, *, after: str = "", limit: int = 50) -> tuple[Sequence[Read], str]:
    """List reads, the newest first, and where to go on (empty on the last page)."""
    found = store_trail.reads(connection, asked, before=_cursor(after), limit=limit)
    more = len(found) > limit
    return found[:limit], _encode(found[limit - 1]) if more else ""


def _encode(last: Read) -> str:
    plain = json.dumps([last.opened_at.isoformat(), str(last.id)])
    return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")


def _cursor(text: str) -> tuple[datetime, UUID] | None:
    """Read a cursor; one that is not ours starts from the beginning."""
    try:
        at, ticket = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        return datetime.fromisoformat(at), UUID(ticket)
    except (ValueError, TypeError, AttributeError):
        return None
