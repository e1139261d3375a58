"""查询疑问 at the centre: questions of subjects about reads of their data, answered by who did not read."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

from limu.access.actions import read_traced
from limu.access.actions_question import reply
from limu.access.rules_question import LONGEST_REPLY
from limu.access.store_question import questions
from limu.department.rules import Refusal
from limu.front.desk_cases import leave_traces
from limu.page.paging import paged, place_of
from limu.page.signed import Desk, officer_page, show
from limu.wire.aside import aside


@officer_page("answer_reading")
def readings(request: HttpRequest, desk: Desk) -> HttpResponse:
    """List what was asked, open ones first, each with who had read what and why; answer one."""
    refused = read_traced(
        aside, desk.connection, officer=desk.officer, act=desk.act, purpose="trail",
        scope="questions about reads: list",
    )  # fmt: skip
    if refused:
        raise Http404
    refusal = _replied(request, desk) if request.method == "POST" else None
    if request.method == "POST" and refusal is None:
        messages.success(request, "已答复，主体可以看到。")
        return HttpResponseRedirect("/ops/readings")
    place = place_of(request)
    pages = paged(request, questions(desk.connection, limit=place.limit, skip=place.skip), place)
    leave_traces(desk, (one.subject for one in pages.rows), scope="questions about reads: list", purpose="trail")
    return show(
        request, desk, "front/ops_readings.html", status=422 if refusal else 200, refusal=refusal, rows=pages.rows,
        pages=pages, said=request.POST, most=LONGEST_REPLY, person=desk.officer.person,
    )  # fmt: skip


def _replied(request: HttpRequest, desk: Desk) -> Refusal | None:
    try:
        ticket = UUID(request.POST.get("ticket", ""))
    except ValueError as wrong:
        raise Http404 from wrong
    done = reply(desk.connection, ticket, officer=desk.officer, text=request.POST.get("text", ""))
    return done if isinstance(done, Refusal) else None
