"""Two desks of repair: the centre's intake of applications, and a body's word that a decision was performed."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

from limu.case.store import subject_names
from limu.department.rules import Refusal
from limu.department.store import all_departments
from limu.front.desk_cases import leave_trace, leave_traces
from limu.page.paging import PAGE, paged, place_of
from limu.page.signed import Desk, officer_page, show
from limu.repair import actions, queries
from limu.repair.actions_draft import verify_performance


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as wrong:
        raise Http404 from wrong


@officer_page("forward_repair")
def intake(request: HttpRequest, desk: Desk) -> HttpResponse:
    """List applications with the bodies their cases went to; taking one in tells the subject, and holds nothing up."""
    leave_trace(desk, subject=None, scope="repair applications: intake", purpose="case_watch")
    refusal = None
    if request.method == "POST":
        done = actions.forward(desk.connection, _uuid(request.POST.get("application", "")), officer=desk.officer)
        if not isinstance(done, Refusal):
            bodies = len({one.department for one in done})
            messages.success(request, f"已受理，{len(done)} 件分送 {bodies} 个认定单位。")
            return HttpResponseRedirect("/ops/repairs")
        refusal = done
    is_waiting, place = request.GET.get("state") != "done", place_of(request)
    found, total = queries.intake(desk.connection, is_waiting=is_waiting, limit=place.limit, skip=place.skip)
    pages = paged(request, found, place)
    subjects = (case.subject for one in pages.rows for case in one.cases)
    leave_traces(desk, subjects, scope="repair applications: intake", purpose="case_watch")
    names = {one.id: one.short_name for one in all_departments(desk.connection)}
    rows = [(one, [(case, names.get(case.department, "—")) for case in one.cases]) for one in pages.rows]
    return show(
        request, desk, "front/ops_repairs.html", status=422 if refusal else 200, refusal=refusal, rows=rows,
        pages=pages, total=total, is_waiting=is_waiting,
    )  # fmt: skip


@officer_page("handle_case")
def performance(request: HttpRequest, desk: Desk) -> HttpResponse:
    """List the body's decisions and take its word, with evidence, that one was performed or was not after all."""
    leave_trace(desk, subject=None, scope="own decisions: performance")
    refusal = None
    if request.method == "POST":
        is_performed = request.POST.get("say") == "performed"
        refusal = verify_performance(
            desk.connection, _uuid(request.POST.get("record", "")), officer=desk.officer, is_performed=is_performed,
            evidence=request.POST.get("evidence", ""),
        )  # fmt: skip
        if refusal is None:
            messages.success(request, "已登记，主体申请修复时无需再上传证明。" if is_performed else "已撤销核验登记。")
            return HttpResponseRedirect("/dept/performance")
    text = request.GET.get("q", "").strip()[:80]
    place = place_of(request, size=PAGE // 2)
    found = queries.decisions_of(
        desk.connection, desk.officer.department, text=text, limit=place.limit, skip=place.skip
    )  # fmt: skip
    pages = paged(request, found, place)
    leave_traces(desk, (one.subject for one in pages.rows), scope="own decisions: performance")
    names = subject_names(desk.connection, [one.subject for one in pages.rows])
    return show(
        request, desk, "front/performance.html", status=422 if refusal else 200, refusal=refusal, said=request.POST,
        text=text, rows=[(one, *names.get(one.subject, ("", "")), str(one.record)) for one in pages.rows], pages=pages,
    )  # fmt: skip
