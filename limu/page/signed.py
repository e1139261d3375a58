"""The door of every signed page: who is it, may they, and one transaction for what they do."""

import logging
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.html import escape

from limu.department import store
from limu.department.rules import ACTS, Officer, authorise, reach_of
from limu.page import kept, site
from limu.page.doors import SIGNED_PREFIXES, Door, doors_of
from limu.wire.clock import SHANGHAI, Clock
from limu.wire.database import Connection, holds_nul, pool

__all__ = ["SIGNED_PREFIXES", "Desk", "at_hand", "officer_named", "officer_of", "officer_page", "show", "to_sign_in"]

Parameters = ParamSpec("Parameters")
Answer = Callable[Concatenate[HttpRequest, Parameters], HttpResponse]
View = Callable[Concatenate[HttpRequest, "Desk", Parameters], HttpResponse]
LOG = logging.getLogger("limu.page")


@dataclass(frozen=True, slots=True)
class Desk:
    """Where an officer works for the length of one request: nothing is committed before the page has succeeded.

    The connection is the application's role with row-level security open for this act. What must be durable on its
    own (a reading ticket, a step of the intake) takes a connection of its own: `pool("app").connection`."""

    officer: Officer
    connection: Connection
    today: date
    number: str
    act: str

    def may(self, act: str) -> bool:
        """Tell whether this officer may do another act for the own department, to show or hide its button."""
        return authorise(self.officer, act, self.officer.department) is None


def officer_named(code: str) -> Officer | None:
    """Find an active officer by account."""
    with pool("app").connection() as connection:
        officer = store.find_officer(connection, code)
    return officer if officer is not None and officer.is_active else None


def officer_of(request: HttpRequest) -> Officer | None:
    """Tell who is signed in; an officer whose account was closed is nobody from that moment on."""
    if not request.user.is_authenticated:
        return None
    # Asked while a page holds its connection: it waits for no second one where the page has asked already.
    kept: dict[str, Officer | None] = request.__dict__.get("limu_officer", {})
    if (code := request.user.get_username()) in kept:
        return kept[code]
    with pool("app").connection() as connection:
        return _present(request, connection)


def _present(request: HttpRequest, connection: Connection) -> Officer | None:
    # Read once for each request, so a change of role or a closed account holds from the next one on (ASVS 8.3.2).
    kept: dict[str, Officer | None] = request.__dict__.setdefault("limu_officer", {})
    code = request.user.get_username()
    if code not in kept:
        officer = store.find_officer(connection, code)
        kept[code] = officer if officer is not None and officer.is_active else None
    return kept[code]


@contextmanager
def at_hand(request: HttpRequest) -> Iterator[Connection]:
    """The connection of the page in work; one of the pool's where no page holds any."""
    kept: Connection | None = request.__dict__.get("limu_connection")
    if kept is not None:
        yield kept
        return
    with pool("app").connection() as connection:
        yield connection


def officer_page(act: str) -> Callable[[View[Parameters]], Answer[Parameters]]:
    """Make a view a door for one act of the table ACTS: `view(request, desk, **parts of the address)`.

    Nobody signed in: to the sign-in. Not allowed, and `raise Http404` for what does not exist: one and the same 404.
    Commits when the answer is below 400, else rolls back; a failure answers with its number and keeps the input."""
    known = ACTS[act]

    def door(view: View[Parameters]) -> Answer[Parameters]:
        @wraps(view)
        def answered(request: HttpRequest, /, *args: Parameters.args, **kwargs: Parameters.kwargs) -> HttpResponse:
            return guarded(request, lambda: _within(request, act, lambda desk: view(request, desk, *args, **kwargs)))

        answered.act = act  # type: ignore[attr-defined]
        assert known
        return answered

    return door


def guarded(request: HttpRequest, work: Callable[[], HttpResponse]) -> HttpResponse:
    """Answer at any signed door: nobody goes to the sign-in, what is not there or not allowed is one 404."""
    if not request.user.is_authenticated:
        return to_sign_in(request)
    try:
        return work()
    except Http404:
        return site.not_there(request)
    except Exception as failure:
        if holds_nul(failure):
            return site.malformed(request)
        LOG.exception("signed page failed", extra={"request": request})
        return site.broken_at_desk(request, kept=kept.typed_in(request))


def _within(request: HttpRequest, act: str, work: Callable[[Desk], HttpResponse]) -> HttpResponse:
    with pool("app").connection() as connection:
        officer = _present(request, connection)
        if officer is None or authorise(officer, act, officer.department) is not None:
            raise Http404
        today = store.enter_today(connection, department=officer.department, reach=reach_of(officer, act))
        desk = Desk(officer, connection, today, str(getattr(request, "number", "")), act)
        request.__dict__["limu_connection"] = connection
        try:
            response = work(desk)
        finally:
            del request.__dict__["limu_connection"]
        if response.status_code >= 400:
            connection.rollback()
        return response


def to_sign_in(request: HttpRequest, *, author: str = "") -> HttpResponse:
    """Send someone to the sign-in and back to this page afterwards; a form of ours waits for its author meanwhile."""
    typed = kept.typed_in(request) if kept.is_own(request) else None
    back = request.get_full_path() if request.method in ("GET", "HEAD") else request.path
    response = HttpResponseRedirect(_sign_in(back))
    if typed is not None and kept.keep(request, response, typed, author=author):
        response["Location"] = _sign_in(kept.ADDRESS)
        messages.info(request, "您刚才填写的内容已保留，没有提交；登录后请核对，再重新提交。")
    response["Cache-Control"] = "no-store"
    return response


def _sign_in(back: str) -> str:
    return f"/account/login/?{urlencode({'next': back})}"


def stale(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form without its token (Django's hook); one of our own pages comes back to whoever typed it."""
    del reason
    if not kept.is_own(request):
        return site.stale(request, kept=None)
    if request.path.startswith(SIGNED_PREFIXES) and not request.user.is_authenticated:
        return to_sign_in(request)
    return site.stale(request, kept=kept.typed_in(request))


def show(request: HttpRequest, desk: Desk, template: str, *, status: int = 200, **values: Any) -> HttpResponse:
    """Render a page that extends `page/desk.html`: it gets the officer, the menu and the watermark besides.

    A form that comes back with its errors is answered with status 422: then nothing is committed."""
    return render(request, template, framed(request, desk.officer, values), status=status)


def framed(request: HttpRequest, officer: Officer, values: dict[str, Any]) -> dict[str, Any]:
    """Add what the frame of a signed page needs."""
    at, menu = Clock().now().astimezone(SHANGHAI), _menu(officer)
    return {
        "desk_officer": officer,
        "desk_menu": menu,
        "desk_here": request.path.strip("/"),
        "desk_within": _within_menu(request, menu),
        "desk_demonstration": settings.LIMU_RUNS_AS == "demonstration",
        "desk_watermark": watermark(officer, at),
        "desk_watermark_image": drawn(watermark(officer, at)),
        **values,
    }


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context processor: the pages of one's own account, which are allauth's views, stand in the same frame."""
    if not request.path.startswith("/account/") or request.__dict__.get("limu_failed"):
        return {}
    if (officer := officer_of(request)) is None:
        return {}
    return framed(request, officer, {})


def watermark(officer: Officer, at: datetime) -> str:
    """Name who looks and when, for the ground of every signed page (等保: 水印)."""
    return f"{officer.person_name} {officer.code} {at:%Y-%m-%d %H:%M}"


def drawn(text: str) -> str:
    """Draw a watermark as a picture that fills the page: words of its paleness are no text of the page (WCAG 1.4.3)."""
    svg = (
        "<svg xmlns='http://www.w3.org/2000/svg' width='100%' height='100%'><defs><pattern id='w' width='420'"
        " height='220' patternUnits='userSpaceOnUse' patternTransform='rotate(-20)'>"
        f"<text x='8' y='110' font-size='16' font-family='sans-serif'>{escape(text)}</text></pattern></defs>"
        "<rect width='100%' height='100%' fill='url(#w)'/></svg>"
    )
    return f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}"


def _menu(officer: Officer) -> dict[str, list[Door]]:
    menu: dict[str, list[Door]] = {}
    for door in doors_of(officer):
        menu.setdefault(door.desk, []).append(door)
    return menu


def _within_menu(request: HttpRequest, menu: dict[str, list[Door]]) -> str:
    """The entry of the menu under which a page lies that is no entry itself."""
    paths = [door.path for doors in menu.values() for door in doors if door.path != door.desk]
    return max((path for path in paths if request.path.startswith(f"/{path}/")), key=len, default="")
