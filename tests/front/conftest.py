"""A region in a database of its own, and a visitor without cookies before it."""

import os
from collections.abc import Iterator

import django
import pytest

from limu.wire import database as wire
from limu.wire.database import Database
from tests.front import town

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "limu.settings")


@pytest.fixture
def region(own_database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """The region of ux.md 5.7 on 2026-11-23, in a database for this test alone."""
    django.setup()
    from django.conf import settings  # noqa: PLC0415 - settings need the run's home

    from limu.front import reply  # noqa: PLC0415

    monkeypatch.setattr(settings, "LIMU_RATE_PER_MINUTE", 0)
    monkeypatch.setattr(reply, "SHELF", reply.Shelf())
    wire.pool.cache_clear()
    town.build(own_database)
    yield own_database
    wire.pool("web").close()
    wire.pool.cache_clear()


@pytest.fixture
def visitor(region: Database) -> "django.test.Client":
    """A visitor before the region's public site."""
    from django.test import Client  # noqa: PLC0415

    return Client()
