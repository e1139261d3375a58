"""The window (信用核查): what the law allows against one subject at one act; comply or explain; the slip."""

from typing import Any
from uuid import UUID

import segno
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

from limu.department.rules import Refusal
from limu.front.desk_cases import leave_traces
from limu.front.desk_check_offline import give_pass
from limu.law.measure import ACTS
from limu.measure import store_offline, store_window
from limu.measure.actions import sync_law
from limu.measure.actions_window import Moment, answer_check, check_subject
from limu.measure.rules_overreach import REASONS
from limu.measure.rules_window import Check, Used
from limu.measure.tasks import enter_all
from limu.page.paging import paged, place_of
from limu.page.signed import Desk, officer_page, show
from limu.subject import queries as subjects
from limu.subject.queries import SearchResult
from limu.terms.uscc import clean_uscc, is_valid_uscc
from limu.wire.clock import register_clock
from limu.wire.database import pool
from limu.wire.home import find_home
from limu.wire.lawbook import current_book

CANDIDATES, RECENT = 10, 8
# The acts an officer meets at a window, as the closed list of item 12 names them.
ACT_CHOICES = tuple(ACTS.items())


@officer_page("check_measures")
def window(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Find the subject and name the act; a code is checked at once, a name yields candidates only (promise 4)."""
    given = request.POST if request.method == "POST" else request.GET
    text, act = given.get("q", "").strip()[:100], given.get("act", "")
    if request.method != "POST":
        # What was answered while the register was away is entered before anything else is shown.
        enter_all(pool("app").connection, find_home(), department=desk.officer.department)
        return give_pass(request, _form(request, desk, text=text, act=act), desk)
    if not is_valid_uscc(clean_uscc(text)):
        found = subjects.search(desk.connection, text, limit=CANDIDATES) if text else None
        return _form(request, desk, text=text, act=act, found=found)
    book = current_book(desk.connection)
    sync_law(desk.connection, book)
    checked = check_subject(
        desk.connection, text, act=act, officer=desk.officer, connect=pool("app").connection,
        when=Moment(desk.today, register_clock(desk.connection).now()),
    )  # fmt: skip
    if isinstance(checked, Refusal):
        return _form(request, desk, text=text, act=act, refusal=checked)
    return HttpResponseRedirect(f"/dept/check/{checked.id}")


def _form(
    request: HttpRequest, desk: Desk, *, text: str, act: str, found: SearchResult | None = None,
    refusal: Refusal | None = None,
) -> HttpResponse:  # fmt: skip
    recent = store_window.recent_checks(desk.connection, department=desk.officer.department, limit=RECENT)
    return show(
        request, desk, "front/dept_check.html", text=text, act=act, found=found, refusal=refusal, acts=ACT_CHOICES,
        recent=[(one, ACTS.get(one["act"], "")) for one in recent], status=422 if refusal else 200,
        offline=[
            (one, ACTS.get(one["act"], ""))
            for one in store_offline.recent(desk.connection, department=desk.officer.department, limit=RECENT)
        ],
    )  # fmt: skip


@officer_page("check_measures")
def checked(request: HttpRequest, desk: Desk, check: UUID) -> HttpResponse:
    """Show what the law allows, each measure with its article; the body says for each: used, or why not."""
    if (again := store_offline.find_again(desk.connection, check)) is not None:
        return HttpResponseRedirect(f"/dept/check/{again}")
    found = _found(desk, check)
    if request.method != "POST":
        _leave_trace_of_later_look(desk, found)
        return _result(request, desk, found)
    done = answer_check(desk.connection, check, request.POST.dict(), officer=desk.officer)
    faults = [one for one in done if isinstance(one, Refusal)]
    if faults:
        return _result(request, desk, found, faults=faults, form=request.POST)
    messages.success(request, "已保存。可以打印核查单。")
    return HttpResponseRedirect(f"/dept/check/{check}")


def _result(
    request: HttpRequest, desk: Desk, found: Check, *, faults: list[Refusal] | None = None, form: Any = None
) -> HttpResponse:
    answered = store_window.uses_of(desk.connection, found.id)
    rows = [
        (
            one,
            answered.get(one.key),
            form.get(f"use:{one.key}", "") if form else "",
            form.get(f"reason:{one.key}", "") if form else "",
        )
        for one in found.allowed
    ]
    return show(
        request, desk, "front/dept_checked.html", check=found, act=ACTS[found.act], rows=rows, faults=faults or [],
        is_answered=bool(answered) or not found.allowed, status=422 if faults else 200,
        is_disputed=any(one.is_disputed for one in found.allowed),
        repeated=store_offline.repeated_by(desk.connection, found.id), is_superseded=_is_superseded(desk, found),
    )  # fmt: skip


@officer_page("check_measures")
def slip(request: HttpRequest, desk: Desk, check: UUID) -> HttpResponse:
    """Lay the check out for the printer: number, what was allowed, what was done, and a code that verifies it."""
    found = _found(desk, check)
    _leave_trace_of_later_look(desk, found)
    answered = store_window.uses_of(desk.connection, check)
    uses = [Used(one, *answered[one.key]) for one in found.allowed if one.key in answered]
    if len(uses) < len(found.allowed):
        return HttpResponseRedirect(f"/dept/check/{check}")
    address = request.build_absolute_uri(f"/verify?number={found.number}&tail={found.tail}")
    code = segno.make(address, error="m").svg_inline(scale=3, border=2, omitsize=False)
    return show(
        request, desk, "front/dept_slip.html", check=found, act=ACTS[found.act], uses=uses, code=code,
        address=address, is_superseded=_is_superseded(desk, found),
        is_disputed=any(one.allowed.is_disputed for one in uses),
    )  # fmt: skip


@officer_page("read_overreach")
def overreach(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show per body how measures are used, and every use beyond scope, basis or time, with the reason."""
    place = place_of(request)
    pages = paged(request, store_window.overreach(desk.connection, limit=place.limit, skip=place.skip), place)
    subjects = (one["subject"] for one in pages.rows)
    leave_traces(desk, subjects, scope="measures beyond the law", purpose="overreach_watch")
    rows = [
        (one, ACTS.get(one["act"], one["act"]), [REASONS[code] for code in one["reasons"]]) for one in pages.rows
    ]  # fmt: skip
    counts = store_window.use_counts(desk.connection)
    return show(request, desk, "front/ops_overreach.html", rows=rows, counts=counts, pages=pages)


def _leave_trace_of_later_look(desk: Desk, found: Check) -> None:
    """A kept answer that somebody else opens, or on another day, is a read of its own."""
    if found.checked_on != desk.today or found.person != desk.officer.person:
        leave_traces(desk, (found.subject,), scope=ACTS[found.act], purpose="window_check")


def _is_superseded(desk: Desk, found: Check) -> bool:
    """Tell whether today's answer is another: what was printed then may not be acted on any more."""
    now = store_window.verify(desk.connection, found.number, found.tail)
    return now is not None and not now.is_as_then


def _found(desk: Desk, check: UUID) -> Check:
    found = store_window.find_check(desk.connection, check)
    if found is None:
        raise Http404
    return found
