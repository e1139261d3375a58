"""What the worker does for the intake: large files that a desk left to it."""

from typing import Any
from uuid import UUID

from limu.catalogue.store import find_item
from limu.department.store import enter, find_officer
from limu.intake import store
from limu.intake.actions import Means, Sending, submit_file
from limu.intake.actions_desk import opened
from limu.intake.desk import EntryFactory, own_department
from limu.intake.rules import Order
from limu.intake.rules_mapping import stored_mapping
from limu.wire.clock import register_today
from limu.wire.database import Connection, connect
from limu.wire.files import FileHash, FileStore
from limu.wire.home import find_home
from limu.wire.lawbook import current_book


def enter_submission(_: Connection, body: dict[str, Any], *, entry_factory: EntryFactory) -> None:
    """Enter a queued file on a connection of its own, since it commits chunk by chunk; repeated, it goes on.

    A file that is gone leaves the submission as it is; one that cannot be read marks it so."""
    with connect("app") as connection:
        enter(connection, department=UUID(body["department"]))
        queued = store.find_submission(connection, UUID(body["submission"]))
        assert queued is not None
        officer, today = find_officer(connection, queued.officer_code), register_today(connection)
        item = find_item(connection, queued.item, on=today)
        assert officer is not None
        assert item is not None
        law, department = current_book(connection), own_department(connection, officer)
        connection.commit()
        files = FileStore(find_home())
        with opened(files, FileHash(queued.file_hash.hex()), body["name"]) as path:
            assert path is not None
            sending = Sending(officer, queued.department, item, path, stored_mapping(body["mapping"]), queued.intent)
            means = Means(files, entry_factory(department, item, law=law, today=today))
            submit_file(connection, sending, order=Order(today, 0), means=means)
