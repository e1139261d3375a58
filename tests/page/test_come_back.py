"""The database goes away under a running site and comes back: a reader meets no error page for it."""

import pytest
from django.db import connection
from django.test import Client
from django.urls import clear_url_caches, get_resolver

from limu.wire import database as wire
from limu.wire import lawbook
from limu.wire.database import Database, NoDatabaseError, is_lost, pool
from tests.people import doors_open


def _end_sessions(database: Database, role: str) -> int:
    with database.connect("admin", autocommit=True) as admin:
        row = admin.execute(
            "SELECT count(pg_terminate_backend(pid, 5000)) AS n FROM pg_stat_activity"
            " WHERE datname = current_database() AND usename = %s",
            (role,),
        ).fetchone()
    return int(row["n"]) if row else 0


@pytest.mark.parametrize("path", ["/", "/api/v1/catalogue", "/lists"])
def test_a_page_is_answered_though_its_connections_are_gone(own_database: Database, path: str) -> None:
    with doors_open(own_database):
        client = Client(raise_request_exception=False)
        assert client.get(path).status_code == 200
        with pool("web").connection(), pool("web").connection():
            pass
        assert _end_sessions(own_database, "limu_web") >= 1

        assert client.get(path, {"x": "not kept"}).status_code == 200


@pytest.mark.parametrize("path", ["/", "/dept", "/account/", "/api/v1/catalogue?x=1"])
def test_while_there_is_no_database_a_visitor_is_told_so_and_when_to_come_back(
    own_database: Database, path: str
) -> None:
    with doors_open(own_database), pytest.MonkeyPatch.context() as gone:
        gone.setattr(wire, "current_database", _no_database)
        gone.setitem(connection.settings_dict, "PORT", "1")
        connection.close()
        wire.pool.cache_clear()
        client = Client(raise_request_exception=False)
        client.cookies["limu_session"] = "a" * 32

        answer = client.get(path)

    assert answer.status_code == 503
    assert answer["Retry-After"] == "60"
    assert "登记库暂时无法访问" in answer.content.decode()
    assert ("frame-account" in answer.content.decode()) == (path == "/"), "who has signed in is not asked to"


def test_what_every_page_needs_is_loaded_before_the_first_visitor(own_database: Database) -> None:
    with doors_open(own_database):
        from limu.wsgi import load  # noqa: PLC0415 - settings need the run's home

        clear_url_caches()
        lawbook._BOOKS.clear()
        load()

        assert "url_patterns" in get_resolver().__dict__
        assert len(lawbook._BOOKS) == 1


def test_a_web_server_starts_while_there_is_no_database(own_database: Database) -> None:
    with doors_open(own_database), pytest.MonkeyPatch.context() as gone:
        from limu.wsgi import load  # noqa: PLC0415 - settings need the run's home

        gone.setattr(wire, "current_database", _no_database)
        wire.pool.cache_clear()
        lawbook._BOOKS.clear()
        load()

        assert not lawbook._BOOKS


def _no_database() -> Database:
    raise NoDatabaseError


def test_a_statement_that_failed_for_its_own_sake_is_not_asked_again(own_database: Database) -> None:
    with own_database.connect("web") as web:
        web.execute("SET statement_timeout = '20ms'")
        with pytest.raises(Exception, match="timeout") as slow:
            web.execute("SELECT pg_sleep(2)")

    assert not is_lost(slow.value)
    assert not is_lost(ValueError())
