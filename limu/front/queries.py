"""What several public pages read together: the catalogue by code, and the law as this edition ships it."""

from functools import cache

from limu.catalogue import queries as catalogue
from limu.law.book import LawBook, packaged_book
from limu.record.item import Item
from limu.wire.statutes import read_law_texts


def items() -> tuple[Item, ...]:
    """The catalogue in force, ordered by class and code."""
    return catalogue.shipped_items()


def find_item(code: str) -> Item | None:
    """The newest version of an item."""
    return catalogue.find_shipped_item(code)


def item_names() -> dict[str, str]:
    """The catalogue's names by item code."""
    return {item.code: item.name for item in items()}


@cache
def book() -> LawBook:
    """The law of this edition."""
    return packaged_book(read_law_texts())


def cite(key: str) -> str:
    """Write a citation for reading: 《instrument》article; a key that resolves to nothing is shown as it is."""
    return book().cite(key) if book().article(key) else key
