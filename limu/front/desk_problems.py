"""问题派发: rows turned away by rule and department, sent to the department with a day, and how much is mended."""

from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from limu.department.rules import Refusal
from limu.department.store import all_departments
from limu.front.desk_batches import rule_words
from limu.intake import store_dispatch as store
from limu.intake.actions_dispatch import dispatch
from limu.intake.rules_dispatch import Dispatch, DueStanding, Problem, standing_of
from limu.page.paging import cut
from limu.page.signed import Desk, officer_page, show
from limu.terms.days import Calendar, add_working_days
from limu.wire.lawbook import current_calendar

LOOKED_BACK: Final = timedelta(days=90)
MOST: Final = 2_000


def _asked(request: HttpRequest, today: date) -> dict[str, Any]:
    try:
        since = date.fromisoformat(request.GET.get("since", ""))
    except ValueError:
        since = today - LOOKED_BACK
    try:
        department = UUID(request.GET.get("department", ""))
    except ValueError:
        department = None
    return {"since": since, "department": department, "rule": request.GET.get("rule", "")}


@officer_page("read_problems")
def problems(request: HttpRequest, desk: Desk) -> HttpResponse:
    """List problems by rule, department and item, and what was sent."""
    return _shown(request, desk)


@officer_page("dispatch_problems")
def send(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Send the chosen problems to their departments."""
    if request.method != "POST":
        return _shown(request, desk)
    picked = set(request.POST.getlist("pick"))
    found = store.problems(desk.connection, since=desk.today - LOOKED_BACK * 8, limit=MOST)
    days, note = request.POST.get("days", "").strip(), request.POST.get("note", "")
    made = dispatch(
        desk.connection, officer=desk.officer, problems=[one for one in found if one.key in picked], days=days,
        note=note, today=desk.today,
    )  # fmt: skip
    if isinstance(made, Refusal):
        return _shown(request, desk, refusal=made, picked=picked, days=days, note=note)
    messages.success(request, f"已派发 {made} 项，有关单位在“待办”中可以看到期限。")
    return HttpResponseRedirect("/ops/problems")


def _shown(
    request: HttpRequest, desk: Desk, *, refusal: Refusal | None = None, picked: set[str] | None = None,
    days: str = "", note: str = "",
) -> HttpResponse:  # fmt: skip
    asked = _asked(request, desk.today)
    found = store.problems(desk.connection, **asked, limit=MOST)
    sent = store.dispatches(desk.connection, is_open=True, limit=MOST)
    done = store.dispatches(desk.connection, is_open=False, limit=20)
    open_keys = {(one.department, one.item, one.rule): one for one in sent}
    pages, sent_pages = cut(request, found), cut(request, sent, name="sent", at="sent")
    rows = [_row(one, open_keys.get((one.department, one.item, one.rule))) for one in pages.rows]
    count = settings.LIMU_DISPATCH_DAYS
    calendar = current_calendar(desk.connection)
    due = add_working_days(desk.today, count, calendar=calendar)
    return show(
        request, desk, "front/ops_problems.html", status=422 if refusal else 200, rows=rows, asked=asked,
        is_filtered=bool(asked["department"] or asked["rule"] or request.GET.get("since")),
        rules=[(code, rule_words(code)[0]) for code in sorted({one.rule for one in found} | {asked["rule"]} - {""})],
        departments=all_departments(desk.connection),
        sent=[(one, *_told(one, desk, calendar)) for one in sent_pages.rows], sent_pages=sent_pages, pages=pages,
        total=len(found), query=request.GET.urlencode(),
        closed=[(one, *_told(one, desk, calendar)) for one in done],
        may_send=desk.may("dispatch_problems"), refusal=refusal, picked=picked or set(), note=note,
        days=days or settings.LIMU_DISPATCH_DAYS, due=due, usual_days=count,
    )  # fmt: skip


def _row(one: Problem, sent: Dispatch | None) -> dict[str, Any]:
    return {"one": one, "wrong": rule_words(one.rule)[0], "sent": sent}


def _told(one: Dispatch, desk: Desk, calendar: Calendar) -> tuple[str, DueStanding]:
    return rule_words(one.rule)[0], standing_of(one, today=desk.today, calendar=calendar)
