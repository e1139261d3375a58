"""One database for the module's tests: each brings rows of its own."""

from collections.abc import Iterator

import pytest

from limu.upward import store
from limu.wire.database import Database
from tests.standing import Standing, stand


@pytest.fixture(scope="module")
def shared(template: Database) -> Iterator[Database]:
    from tests.conftest import _clone  # noqa: PLC0415 - the module's own clone, shared by its tests

    with _clone(template) as clone, pytest.MonkeyPatch.context() as patch:
        patch.setenv("LIMU_DATABASE_NAME", clone.name)
        yield clone


@pytest.fixture(scope="module")
def standing(shared: Database) -> Standing:
    with shared.connect("app") as connection:
        made = stand(connection)
        store.set_channel(connection, is_open=True, officer=made.clerk.id)
    return made
