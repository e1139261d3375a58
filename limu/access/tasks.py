"""What the worker does for emergency access: end what has passed its limit, whoever opened it."""

from limu.access import store_emergency as store
from limu.wire.database import Connection, Database
from limu.wire.emergency import kill


def end_overdue(database: Database, app: Connection) -> int:
    """Take the role's rights away and end its sessions when an opening is past its limit; tells how many sessions.

    Its rows have been closed to it since the limit anyway (limu.emergency_is_open)."""
    with app.transaction():
        if not store.overdue(app):
            return 0
    ended = kill(database)
    with app.transaction():
        store.close_open(app, "ended")
    return ended
