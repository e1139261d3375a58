"""Reliance notices over HTTP, for holders with a token: which record was not its subject's, and what they answer."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse

from limu.case.store import subject_names
from limu.department.rules import Refusal
from limu.feed.api import Unfit, held, object_in
from limu.feed.rules_holder import Holder
from limu.objection import actions as objections
from limu.objection.queries import reliances_to_holder
from limu.objection.rules import ANSWERS
from limu.objection.store import Reliance
from limu.page import site
from limu.page.site import Fault
from limu.wire.database import Connection


@held("GET", "POST")
def reliance(request: HttpRequest, connection: Connection, holder: Holder) -> HttpResponse:
    """List the notices of this holder with the day by which to answer; a POST answers one of them, once."""
    if request.method == "POST":
        told = object_in(request)
        try:
            notice, outcome, text = UUID(told["notice"]), str(told["outcome"]), str(told["text"])
        except (KeyError, ValueError, TypeError, AttributeError):
            raise Unfit("请给出 notice、outcome 和 text。") from None
        done = objections.answer_as_holder(connection, notice, holder=holder.name, outcome=outcome, text=text)
        if isinstance(done, Refusal):
            status = 404 if done.code == "A-404" else 409 if done.code == "O-302" else 422
            refused: HttpResponse = site.problem(request, Fault(status, done.message, "", done.cure))
            return refused
        return _json({"notice": told_of(done, connection)})
    found = reliances_to_holder(connection, holder.name)
    return _json({"notices": [told_of(one, connection) for one in found], "outcomes": ANSWERS})


def told_of(one: Reliance, connection: Connection) -> dict[str, Any]:
    """A notice as a holder reads it: the record by id, the organisation it did not concern, nothing of its content."""
    uscc, name = subject_names(connection, [one.subject]).get(one.subject, ("", ""))
    return {
        "id": str(one.id), "record": str(one.record), "uscc": uscc, "name": name,
        "notified_on": one.notified_on.isoformat(), "last_given_at": one.last_read_at.isoformat(),
        "answer_by": one.answer_by.isoformat() if one.answer_by else None, "outcome": one.outcome, "text": one.text,
    }  # fmt: skip


def _json(told: dict[str, Any]) -> HttpResponse:
    return JsonResponse(told, json_dumps_params={"ensure_ascii": False})
