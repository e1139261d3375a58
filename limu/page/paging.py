"""A long list page by page: what a page reads of it, the ways to its neighbours, and its place in the address."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest

PAGE: Final = 20
"""Rows of a page: read through on a phone without losing the place."""
DEEPEST: Final = 10_000
"""Nobody leafs on from there; whoever needs a row so deep narrows the list by its filter."""
UNKEPT: Final = ("lang", "view", "done", "open")


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a list a page begins: so many rows are left out before it; `name` is its word in the address."""

    name: str
    skip: int
    size: int

    @property
    def limit(self) -> int:
        """How many rows to read: one more than the page shows tells whether there are more."""
        return self.size + 1


@dataclass(frozen=True, slots=True)
class Pages:
    """One page of a list: its rows, their numbers, and the addresses of its neighbours, empty where there is none."""

    rows: tuple[Any, ...]
    first: int
    before: str
    after: str

    @property
    def last(self) -> int:
        """The number of the last row."""
        return self.first + len(self.rows) - 1

    @property
    def is_beyond(self) -> bool:
        """Whether the list has rows, though none so far down."""
        return not self.rows and bool(self.before)


def place_of(request: HttpRequest, name: str = "skip", *, size: int = PAGE) -> Place:
    """Read from the address where a list is opened; what is no number opens its beginning."""
    text = request.GET.get(name, "")
    skip = int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0
    return Place(name, min(skip, DEEPEST), size)


def paged(request: HttpRequest, found: Sequence[Any], place: Place, *, at: str = "") -> Pages:
    """Make a page of what was read from a place on; `at` names the list where a page has several."""
    # Behind the end there is no page before either: back to the beginning.
    back = max(place.skip - place.size, 0) if found else 0
    before = _address(request, place, back, at=at) if place.skip else ""
    is_more = len(found) > place.size and place.skip < DEEPEST
    after = _address(request, place, place.skip + place.size, at=at) if is_more else ""
    return Pages(tuple(found[: place.size]), place.skip + 1, before, after)


def cut(request: HttpRequest, every: Sequence[Any], *, name: str = "skip", size: int = PAGE, at: str = "") -> Pages:
    """Make a page of a list that is short enough to be at hand as a whole."""
    place = place_of(request, name, size=size)
    return paged(request, every[place.skip : place.skip + place.limit], place, at=at)


def _address(request: HttpRequest, place: Place, skip: int, *, at: str) -> str:
    kept = [(key, value) for key, value in request.GET.items() if value and key not in (*UNKEPT, place.name)]
    query = urlencode([*kept, *([(place.name, skip)] if skip else [])])
    return f"{request.path}{f'?{query}' if query else ''}{f'#{at}' if at else ''}"
