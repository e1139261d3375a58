"""What the pages of the department's desk share: its items, and the sealed name of a file that waits."""

from collections.abc import Callable
from datetime import date
from typing import Final, Protocol

from django.core import signing
from django.http import Http404

from limu.catalogue import store as catalogue
from limu.catalogue.store_schedule import Owned, owned_items
from limu.department.rules import Department, Officer
from limu.department.store import all_departments
from limu.intake.actions_ahead import Entry
from limu.intake.actions_desk import Held
from limu.intake.rules import Submission
from limu.intake.store_lists import item_for
from limu.law.book import LawBook
from limu.page.signed import Desk
from limu.record.item import Item
from limu.wire.database import Connection
from limu.wire.files import FileHash

SALT: Final = "limu.upload"
SEALED_SECONDS: Final = 2 * 24 * 3600
WORKBOOK: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class EntryFactory(Protocol):
    """What follows when rows are entered (limu.reactions.entry_factory); this room does not know (house.md 3)."""

    def __call__(
        self, department: Department, item: Item, *, law: LawBook, today: date
    ) -> Callable[[Submission], Entry]:
        """Return what makes the entry for a submission."""


def own_items(desk: Desk) -> dict[str, Item]:
    """The items in force that the officer's department files or filed before, by code."""
    return owned_and_items(desk)[1]


def owned_and_items(desk: Desk) -> tuple[tuple[Owned, ...], dict[str, Item]]:
    """What the officer's department has to file or had, with the items in force among them, by code."""
    owned = owned_items(desk.connection, department=desk.officer.department)
    return owned, _items(desk, {one.item for one in owned})


def due_items(desk: Desk) -> dict[str, Item]:
    """The items in force that the officer's department files today, by code."""
    owned = owned_items(desk.connection, department=desk.officer.department)
    return _items(desk, {one.item for one in owned if one.until is None or one.until > desk.today})


def _items(desk: Desk, codes: set[str]) -> dict[str, Item]:
    return {
        item.code: item_for(desk.connection, item, department=desk.officer.department)
        for item in catalogue.all_items(desk.connection, on=desk.today)
        if item.code in codes
    }


def own_item(desk: Desk, code: str) -> Item:
    """The item of a code that the department files today; anything else is not there."""
    found = due_items(desk).get(code)
    if found is None:
        raise Http404
    return found


def own_department(connection: Connection, officer: Officer) -> Department:
    """The officer's department."""
    return next(one for one in all_departments(connection) if one.id == officer.department)


def seal(officer: Officer, item: str, held: Held) -> str:
    """Name a waiting file in an address: nobody but the department that sent it can make or read the name."""
    return signing.dumps([item, held.file, held.name], salt=_salt(officer), compress=True)


def unseal(officer: Officer, token: str) -> tuple[str, Held]:
    """Read a sealed name back; another department's, a forged and an old one are not there."""
    try:
        item, file, name = signing.loads(token, salt=_salt(officer), max_age=SEALED_SECONDS)
    except (signing.BadSignature, ValueError, TypeError) as wrong:
        raise Http404 from wrong
    return item, Held(FileHash(file), name)


def _salt(officer: Officer) -> str:
    return f"{SALT}.{officer.department}"
