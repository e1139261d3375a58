"""A running site on a real database, and a real browser before it."""

import os
import shutil
import threading
from collections.abc import Iterator
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from limu.wire import database as wire
from limu.wire.database import Database
from tests import people
from tests.conftest import _clone
from tests.front import town
from tests.journeys import desks

# As patient as a click: what a page says a little later on a machine busy with much else is said all the same. Who
# finds it waits no longer for that.
expect.set_options(timeout=30_000)


class Server(ThreadingMixIn, WSGIServer):
    """Several requests at a time, as a browser makes them."""

    daemon_threads = True


class Quiet(WSGIRequestHandler):
    """No line on stderr for each request."""

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def site(template: Database) -> Iterator[str]:
    """The address of the public site of the region of ux.md 5.7, on 2026-11-23."""
    with _clone(template) as clone, pytest.MonkeyPatch.context() as patch:
        patch.setenv("LIMU_DATABASE_NAME", clone.name)
        patch.setenv("DJANGO_SETTINGS_MODULE", "limu.settings")
        patch.setenv("LIMU_RATE_PER_MINUTE", "0")
        wire.pool.cache_clear()
        town.build(clone)
        from django.conf import settings  # noqa: PLC0415 - settings need the run's home
        from django.core.wsgi import get_wsgi_application  # noqa: PLC0415

        application = get_wsgi_application()
        patch.setattr(settings, "LIMU_RATE_PER_MINUTE", 0)
        server = make_server("127.0.0.1", 0, application, server_class=Server, handler_class=Quiet)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        server.server_close()
        wire.pool("web").close()
        wire.pool.cache_clear()


@pytest.fixture(scope="module")
def desk_site(template: Database) -> Iterator[tuple[str, Database]]:
    """The same region with its officers able to sign in: the address, and the database behind it."""
    with _clone(template) as clone, pytest.MonkeyPatch.context() as patch:
        patch.setenv("LIMU_DATABASE_NAME", clone.name)
        town.build(clone)
        with people.doors_open(clone):
            desks.staff(clone)
            from django.db import connections  # noqa: PLC0415 - settings need the run's home

            # Each request has a thread of its own here; its connection must not outlive it.
            patch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)
            from django.core.wsgi import get_wsgi_application  # noqa: PLC0415 - beside its neighbour

            application = get_wsgi_application()
            server = make_server("127.0.0.1", 0, application, server_class=Server, handler_class=Quiet)
            threading.Thread(target=server.serve_forever, daemon=True).start()
            yield f"http://127.0.0.1:{server.server_port}", clone
            server.shutdown()
            server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, or the one that LIMU_CHROMIUM names."""
    path = os.environ.get("LIMU_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    assert path, "no Chromium: install Debian's package chromium, or name one in LIMU_CHROMIUM"
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield opened
        opened.close()
