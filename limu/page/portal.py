"""The door of every page of an organisation's agent: who is it, may they, and the rows of their own subject alone."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from limu.agent import store
from limu.agent.rules import Account, may
from limu.page.doors import MY_DOORS
from limu.page.signed import drawn, guarded
from limu.wire.clock import SHANGHAI, Clock
from limu.wire.database import Connection, pool

Parameters = ParamSpec("Parameters")
Answer = Callable[Concatenate[HttpRequest, Parameters], HttpResponse]
View = Callable[Concatenate[HttpRequest, "Portal", Parameters], HttpResponse]


@dataclass(frozen=True, slots=True)
class Portal:
    """Where an agent works for the length of one request; row-level security opens the own subject and nothing else."""

    agent: Account
    connection: Connection
    today: date

    def may(self, scope: str) -> bool:
        """Tell whether this agent may do another thing, to show or hide its button."""
        return may(self.agent, scope, on=self.today)


def agent_of(request: HttpRequest) -> Account | None:
    """Tell which agent is signed in."""
    if not request.user.is_authenticated:
        return None
    with pool("app").connection() as connection:
        found = store.find_agent(connection, request.user.get_username())
    return found[0] if found else None


def portal_page(scope: str) -> Callable[[View[Parameters]], Answer[Parameters]]:
    """Make a view a door for one scope of an agent: `view(request, portal, **parts of the address)`.

    Nobody signed in: to the sign-in. An officer, an agent without the scope, what does not exist: one and the same 404.
    An agent whose authority ended is told that, and nothing else.

    Commits when the answer is below 400, else rolls back."""

    def door(view: View[Parameters]) -> Answer[Parameters]:
        @wraps(view)
        def answered(request: HttpRequest, /, *args: Parameters.args, **kwargs: Parameters.kwargs) -> HttpResponse:
            return guarded(
                request, lambda: _within(request, scope, lambda portal: view(request, portal, *args, **kwargs))
            )

        answered.scope = scope  # type: ignore[attr-defined]
        return answered

    return door


def _within(request: HttpRequest, scope: str, work: Callable[[Portal], HttpResponse]) -> HttpResponse:
    with pool("app").connection() as connection:
        found = store.find_agent(connection, request.user.get_username())
        if found is None:
            raise Http404
        if not found[0].is_active or found[1] > found[0].expires_on:
            ended = next(one for one in store.agents_of(connection, found[0].subject) if one.id == found[0].id)
            return render(request, "page/agent_ended.html", {"agent": ended}, status=403)
        if not may(found[0], scope, on=found[1]):
            raise Http404
        response = work(Portal(found[0], connection, found[1]))
        if response.status_code >= 400:
            connection.rollback()
        return response


def show_my(request: HttpRequest, portal: Portal, template: str, *, status: int = 200, **values: Any) -> HttpResponse:
    """Render a page of the portal in the frame of signed pages; one with errors is answered with status 422."""
    agent, at = portal.agent, Clock().now().astimezone(SHANGHAI)
    mark = f"{agent.person_name} {agent.code} {at:%Y-%m-%d %H:%M}"
    menu = [door for door in MY_DOORS if door.menu and portal.may(door.act.removeprefix("my:"))]
    # The page of which this one is a part: the longest address of the menu that it begins with.
    here = max((door.path for door in menu if f"{request.path}/".startswith(f"/{door.path}/")), key=len, default="")
    framed = {
        "desk_officer": {"person_name": agent.person_name, "department_name": agent.subject_name, "code": agent.code},
        "desk_menu": {"my": menu},
        "desk_here": here,
        "desk_demonstration": settings.LIMU_RUNS_AS == "demonstration",
        "desk_watermark": mark,
        "desk_watermark_image": drawn(mark),
        "portal": portal,
    }
    return render(request, template, {**framed, **values}, status=status)
