"""Copies in public: how fast each holder follows, and a form for whoever met a copy that should be gone."""

import re
from urllib.parse import urlsplit
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from limu.department.rules import Refusal
from limu.feed.actions_copy import report_copy
from limu.feed.rules_holder import is_address
from limu.feed.store_board import summary
from limu.front.reply import opened
from limu.page.guard import Share, Shares, address_of
from limu.page.rules import network_of
from limu.page.site import too_many
from limu.publication import queries as publication
from limu.wire.clock import Clock, register_today
from limu.wire.database import pool

SHARES = Shares()
REPORTS = Share(per_minute=1, burst=5, per_day=20)
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def propagation(request: HttpRequest) -> HttpResponse:
    """Say of each holder how many changes it was told, how fast it acknowledged, how often late."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
    with opened() as connection:
        rows = summary(connection)
    response = render(request, "front/propagation.html", {"rows": rows})
    response["Cache-Control"] = "no-cache"
    return response


def report(request: HttpRequest) -> HttpResponse:
    """Take a report of a stale copy: which record, where; who reports is not asked and not kept."""
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponse(status=405, headers={"Allow": "GET, HEAD, POST"})
    if request.method != "POST":
        return _form(request)
    wait = SHARES.wait(network_of(address_of(request)), REPORTS, at=Clock().now().timestamp())
    if wait:
        return too_many(request, wait)
    record, place = _record(request.POST.get("record", "")), request.POST.get("place", "").strip()
    if refusal := _why_not(record, place):
        return _form(request, refusal=refusal)
    with pool("app").connection() as connection:
        today = register_today(connection)
        number = report_copy(connection, record=record, place=_address(place), today=today)
    return _form(request, number=number)


def _why_not(record: UUID | None, place: str) -> Refusal | None:
    if record is None:
        return Refusal("S-120", _("没有写明是哪一条信息。"), _("请填写信息的网址或者编号，网址形如 /r/…。"))
    if not is_address(place):
        return Refusal("S-121", _("副本的网址无法识别。"), _("请填写以 http:// 或者 https:// 开头的网址。"))
    with opened() as connection:
        found = publication.find_public_record(connection, record)
    if found is None:
        return Refusal("S-122", _("没有这一条信息。"), _("请核对编号。"))
    if not isinstance(found, publication.Ended):
        return Refusal("S-123", _("该信息仍在公示期内，副本并未过期。"), _("如内容有误，请由信息主体提出异议。"))
    return None


def _record(text: str) -> UUID | None:
    found = ID.search(text.lower())
    return UUID(found[0]) if found else None


def _address(place: str) -> str:
    # What follows a question mark may name somebody; where the copy stands does not need it.
    parts = urlsplit(place)
    return f"{parts.scheme}://{parts.netloc}{parts.path}"[:300]


def _form(request: HttpRequest, *, refusal: Refusal | None = None, number: str = "") -> HttpResponse:
    values = {"refusal": refusal, "number": number, "typed": request.POST if refusal else request.GET}
    response = render(request, "front/report_copy.html", values, status=422 if refusal else 200)
    response["Cache-Control"] = "no-store"
    return response
