"""A site that holders can reach by a socket, and holders who may."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from socketserver import ThreadingMixIn
from uuid import uuid4
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest

from limu.client.http import Site
from limu.department.rules import Department, Officer, Refusal
from limu.feed import actions_holder
from limu.feed.actions import tell
from limu.feed.rules_holder import Holder, Wish
from limu.wire.database import Database
from tests import people, standing


class Quiet(WSGIRequestHandler):
    """Says nothing of what was asked."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name above us
        """Keep silent."""


class Threaded(ThreadingMixIn, WSGIServer):
    """A thread for each request, as the real server has."""

    daemon_threads = True


@dataclass(frozen=True, slots=True)
class Town:
    """A database with an open site, a centre with two people, and its address."""

    database: Database
    origin: str
    asker: Officer
    confirmer: Officer

    def tell(self) -> int:
        """Let the writer tell what is committed."""
        with self.database.connect("sequencer", autocommit=True) as sequencer:
            return tell(sequencer)

    def holder(self, name: str = "示例银行", **scope: object) -> tuple[Holder, str]:
        """Add a holder by two people and return its token."""
        wish = Wish(name, "科技部 010-0000000", "协议〔2026〕1号", standing.TODAY.replace(year=2020),
                    standing.TODAY.replace(year=2022), **scope)  # type: ignore[arg-type] # fmt: skip
        with self.database.connect("app") as connection:
            day = connection.execute("SELECT limu.register_today() AS d").fetchone()
            assert day is not None
            wish = Wish(**{**{f: getattr(wish, f) for f in wish.__slots__}, "from_on": day["d"],
                           "until_on": day["d"].replace(year=day["d"].year + 1)})  # fmt: skip
            made = actions_holder.ask_holder(
                connection, officer=self.asker, wish=wish, reason="签订协议",
                known=(frozenset({"penalty"}), frozenset({"facts", "authority", "document_number", "subject_name"})),
            )  # fmt: skip
            assert not isinstance(made, Refusal), made
            act = connection.execute("SELECT id FROM limu.feed_holder_act WHERE holder = %s", (made[0].id,)).fetchone()
            assert act is not None
            done = actions_holder.settle_act(connection, officer=self.confirmer, act=act["id"], is_agreed=True)
            assert done is None
        self.tell()
        return made

    def site(self, token: str) -> Site:
        """Reach the feed as a holder does."""
        return Site(self.origin, token, patience=60)


@pytest.fixture
def town(own_database: Database) -> Iterator[Town]:
    with people.doors_open(own_database):
        from django.core.wsgi import get_wsgi_application  # noqa: PLC0415 - settings need the run's home

        with own_database.connect("app") as connection:
            centre: Department = people.department_of(connection, 90, is_centre=True)
            asker = people.officer_in(connection, centre, f"ask.{uuid4().hex[:6]}", "centre_officer")
            confirmer = people.officer_in(connection, centre, f"con.{uuid4().hex[:6]}", "confirmer")
        server = make_server("127.0.0.1", 0, get_wsgi_application(), Threaded, Quiet)
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield Town(own_database, f"http://127.0.0.1:{server.server_port}", asker, confirmer)
        finally:
            server.shutdown()
            server.server_close()
            thread.join(30)
