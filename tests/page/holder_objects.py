"""Makers of a holder, an act on one, and a ticket, for the matrix."""

from uuid import uuid4

from limu.department.rules import Officer
from limu.feed import store_holder
from limu.feed.actions_copy import report_copy
from limu.feed.rules_holder import Wish, token_hash
from limu.wire.database import Database
from tests import standing

Parts = dict[str, str]
TODAY = standing.TODAY


def holder_of(database: Database, officer: Officer) -> Parts:
    """A holder that waits for a second person; all officers see the same one."""
    return {"holder": _made(database, officer)["holder"]}


def act_of(database: Database, officer: Officer) -> Parts:
    """What was asked for it."""
    return {"holder_act": _made(database, officer)["act"]}


def deviation_of(database: Database, officer: Officer) -> Parts:
    """A report of a stale copy."""
    del officer
    with database.connect("app") as connection:
        found = connection.execute("SELECT id FROM limu.feed_deviation LIMIT 1").fetchone()
        if found is None:
            report_copy(connection, record=uuid4(), place="https://copies.example/1", today=TODAY)
            found = connection.execute("SELECT id FROM limu.feed_deviation LIMIT 1").fetchone()
    assert found is not None
    return {"deviation": str(found["id"])}


def _made(database: Database, officer: Officer) -> Parts:
    with database.connect("app") as connection:
        found = connection.execute("SELECT id, holder FROM limu.feed_holder_act LIMIT 1").fetchone()
        if found is None:
            wish = Wish("示例银行", "科技部", "协议1号", TODAY, TODAY.replace(year=2027))
            holder, act = uuid4(), uuid4()
            store_holder.insert_holder(connection, holder, wish, hashed=token_hash("示例"))
            store_holder.insert_act(connection, act, holder=holder, kind="add", reason="签约", officer=officer.id)
            return {"holder": str(holder), "act": str(act)}
    return {"holder": str(found["holder"]), "act": str(found["id"])}
