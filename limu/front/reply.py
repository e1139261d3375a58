"""Answer a public page: one connection, today's visibility, and a copy kept only as long as the register stands still.

A kept copy is found by register version, day, address, language and edition. Each request asks the register for its
version first, so a withdrawal is seen by the very next request: a copy of an older version can no longer be found."""

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, wraps
from typing import Any, Concatenate, ParamSpec, TypeAlias
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from psycopg import Connection, Error

from limu.front import queries
from limu.front import rules as front_rules
from limu.law.book import LawBook
from limu.page import frame, site
from limu.page.doors import DECISION, MACHINE_PREFIX, OPEN_PREFIX
from limu.page.guard import Answer
from limu.publication import queries as publication
from limu.record.item import Item
from limu.wire import clock, database
from limu.wire.lawbook import current_book, current_calendar

P = ParamSpec("P")
Rows: TypeAlias = Connection[Any]

KEPT_BYTES = 64 * 1024 * 1024
UNTRACKED = ("lang", "view")
READING = ("GET", "HEAD")
A_MOMENT = 0.05
"""Seconds for which a version that was read need not be asked for again by the same request."""


# Not slotted: the book is read when a page first asks for it, and kept for the rest of the visit.
@dataclass(frozen=True)
class Visit:
    """What a page may lean on: an open connection of the public role, the day, the last change, the times asked for."""

    connection: Rows
    today: date
    changed_at: datetime
    as_of: date | None
    known_at: datetime | None

    @cached_property
    def book(self) -> LawBook:
        """The law this deployment decides by, with the confirmations of its officers."""
        return current_book(self.connection)

    @cached_property
    def items(self) -> dict[str, Item]:
        """The catalogue in force today, by code, in its order."""
        return {item.code: item for item in queries.items(self.connection, on=self.today)}

    @cached_property
    def newest_at(self) -> datetime | None:
        """When data last came in."""
        return publication.newest_intake(self.connection)

    @cached_property
    def is_late(self) -> bool:
        """Whether no data came in for longer than the law gives for putting a decision online."""
        newest = self.newest_at
        if newest is None:
            return False
        promised, calendar = self.book.deadline("publication", on=self.today), current_calendar(self.connection)
        on = newest.astimezone(clock.SHANGHAI).date()
        return front_rules.is_late(on, self.today, promised=promised, calendar=calendar)

    def name_of(self, code: str) -> str:
        """The name of an item; its code where the catalogue no longer holds it."""
        return self.items[code].name if code in self.items else code

    @property
    def times(self) -> dict[str, Any]:
        """The two times as the queries take them; neither can bring back what has ended."""
        return {"as_of": self.as_of, "known_at": self.known_at}


class Shelf:
    """Finished pages of this process, the least recently used thrown out first."""

    def __init__(self, capacity: int = KEPT_BYTES) -> None:
        self._pages: OrderedDict[str, HttpResponse] = OrderedDict()
        self._size = 0
        self._capacity = capacity
        self._lock = threading.Lock()

    def find(self, tag: str) -> HttpResponse | None:
        """Find a page by its tag and build a fresh answer from it."""
        with self._lock:
            kept = self._pages.get(tag)
            if kept is None:
                return None
            self._pages.move_to_end(tag)
        return HttpResponse(kept.content, status=kept.status_code, headers=dict(kept.headers))

    def keep(self, tag: str, page: HttpResponse) -> None:
        """Keep a finished page under its tag."""
        with self._lock:
            if tag in self._pages:
                return
            self._pages[tag] = HttpResponse(page.content, status=page.status_code, headers=dict(page.headers))
            self._size += len(page.content)
            while self._size > self._capacity and self._pages:
                _tag, dropped = self._pages.popitem(last=False)
                self._size -= len(dropped.content)


SHELF = Shelf()

View: TypeAlias = Callable[Concatenate[HttpRequest, Visit, P], HttpResponse]


def public_page(view: Callable[Concatenate[HttpRequest, Visit, P], HttpResponse]) -> Callable[..., HttpResponse]:
    """Make a public page of a view: read-only, conditional, kept by register version, never beyond the day."""

    @wraps(view)
    def answer(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.method not in READING:
            return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
        try:
            as_of, known_at = times_of(request)
        except ValueError:
            return site.misput(request, _("日期应写成 2026-11-23，时刻应写成 2026-11-23T09:00:00+08:00。"))
        with opened() as connection:
            asked = asked_before(request)
            state = asked or publication.register_version(connection)
            tag = tag_of(request, state.tag)
            # A copy that was laid down since may hold what has been withdrawn since: only a new question finds one.
            kept = None if asked else kept_answer(request, tag)
            if kept is not None:
                return kept
            visit = Visit(connection, state.today, state.changed_at, as_of, known_at)
            request.visit = visit  # type: ignore[attr-defined] # templates cite the law by it
            page = view(request, visit, *args, **kwargs)
            if page.status_code == 200:
                SHELF.keep(tag, page)
            return dressed(page, tag)

    return answer


def kept_first(answer: Answer) -> Answer:
    """Middleware: what the open interface answered and keeps is given before sessions and addresses are looked at.

    It stands behind the share of the service, and asks the register for its version as every page does. What is not
    kept goes its whole way, and is kept under the version of which none was; so does what was asked while the register
    went away, for there it is asked once more."""

    def answered(request: HttpRequest) -> HttpResponseBase:
        kept = _kept_now(request) if request.method in READING and _is_open(request.path) else None
        return kept or answer(request)

    return answered


def _is_open(path: str) -> bool:
    return path.startswith(OPEN_PREFIX) and not path.startswith(MACHINE_PREFIX) and not path.endswith(DECISION)


def _kept_now(request: HttpRequest) -> HttpResponse | None:
    try:
        with opened() as connection:
            at, state = time.monotonic(), publication.register_version(connection)
        kept = kept_answer(request, tag_of(request, state.tag))
    except Error as failure:
        if not database.is_lost(failure):
            raise
        return None
    if kept is None:
        request.register_version = state, at  # type: ignore[attr-defined] # read before any data of the page is
        return None
    kept.setdefault("Content-Length", str(len(kept.content)))
    return kept


def asked_before(request: HttpRequest) -> publication.RegisterVersion | None:
    """The register's version that was asked for this request a moment ago, and of which nothing was kept.

    Who has waited since, for a connection or a session, asks anew."""
    asked: tuple[publication.RegisterVersion, float] | None = getattr(request, "register_version", None)
    return asked[0] if asked and time.monotonic() - asked[1] < A_MOMENT else None


@contextmanager
def opened() -> Iterator[Rows]:
    """Lend a connection of the public role: reads alone, each whole, so that no transaction stands around them."""
    with database.pool("web").connection() as connection:
        connection.autocommit = True
        yield connection


def kept_answer(request: HttpRequest, tag: str) -> HttpResponse | None:
    """Answer from what the visitor or the shelf holds for this very state, if either holds it."""
    if tag in request.META.get("HTTP_IF_NONE_MATCH", ""):
        return dressed(HttpResponseNotModified(), tag)
    page = SHELF.find(tag)
    return dressed(page, tag) if page else None


def times_of(request: HttpRequest) -> tuple[date | None, datetime | None]:
    """Read `as_of` (a day) and `known_at` (an instant with zone); anything else raises ValueError."""
    as_of = request.GET.get("as_of")
    known_at = request.GET.get("known_at")
    instant = datetime.fromisoformat(known_at.replace(" ", "+")) if known_at else None
    if instant is not None and instant.tzinfo is None:
        raise ValueError(known_at)
    return (date.fromisoformat(as_of) if as_of else None), instant


def tag_of(request: HttpRequest, state: str) -> str:
    """Name the state of a page: register version and day, address, language and edition."""
    query = sorted((key, value) for key, value in request.GET.items() if key not in UNTRACKED)
    parts = (state, request.path, urlencode(query), frame.language_of(request), str(frame.is_elder(request)))
    return f'"{hashlib.sha256(chr(10).join(parts).encode()).hexdigest()[:32]}"'


def dressed(page: HttpResponse, tag: str) -> HttpResponse:
    """Put on the headers by which copies are kept, asked after, and let go."""
    if page.status_code not in (200, 304):
        page.setdefault("Cache-Control", "no-store")
        return page
    page["ETag"] = tag
    # A copy may be kept and is asked after every time: what was repaired a second ago is nowhere shown again.
    page["Cache-Control"] = "public, no-cache"
    page["Vary"] = "Cookie"
    return page
