"""The region of ux.md 5.7 in a database, and a visitor without cookies before its public site."""

import os
from collections.abc import Iterator

import django
import pytest

from limu.wire import database as wire
from limu.wire.database import Database
from tests.conftest import _clone
from tests.front import town

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "limu.settings")


@pytest.fixture(scope="session")
def standing(template: Database) -> Iterator[Database]:
    """The region on 2026-11-23, for tests that only look."""
    with _clone(template) as clone:
        town.build(clone)
        yield clone


@pytest.fixture
def region(own_database: Database) -> Database:
    """The region in a database for this test alone, which may change it."""
    town.build(own_database)
    return own_database


@pytest.fixture
def visitor(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator["django.test.Client"]:
    """A visitor before the site of the test's own region if it has one, else of the standing one."""
    database = request.getfixturevalue("region" if "region" in request.fixturenames else "standing")
    django.setup()
    from django.conf import settings  # noqa: PLC0415 - settings need the run's home
    from django.test import Client  # noqa: PLC0415

    from limu.front import reply  # noqa: PLC0415

    monkeypatch.setenv("LIMU_DATABASE_NAME", database.name)
    monkeypatch.setattr(settings, "LIMU_RATE_PER_MINUTE", 0)
    monkeypatch.setattr(reply, "SHELF", reply.Shelf())
    wire.pool.cache_clear()
    yield Client()
    wire.pool("web").close()
    wire.pool.cache_clear()
