"""The credit centre's view of objections and repairs: clocks of every body, missing notices, appeals, receipts."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

from limu.case import store
from limu.case.rules import STATES, Case
from limu.department.rules import Refusal
from limu.department.store import all_departments
from limu.front.desk_cases import hand_out, leave_trace, leave_traces, page_of_cases, render_case
from limu.objection import queries as objection_queries
from limu.page.paging import cut
from limu.page.signed import Desk, officer_page, show
from limu.reactions_objection import settle_appeal
from limu.repair import actions as repairs
from limu.repair import queries as repair_queries
from limu.upward.queries import above_of
from limu.wire.lawbook import current_book


@officer_page("watch_cases")
def listed(request: HttpRequest, desk: Desk) -> HttpResponse:
    """List every body's cases with their clocks, what was sent up and waits for its receipt, and the statistics."""
    leave_trace(desk, subject=None, scope="cases: list", purpose="case_watch")
    book = current_book(desk.connection)
    cases_shown = page_of_cases(request, desk, book, department=None)
    leave_traces(
        desk, (one.case.subject for one in cases_shown["rows"]), scope="cases: list", purpose="case_watch"
    )  # fmt: skip
    names = {one.id: one.short_name for one in all_departments(desk.connection)}
    missing = repair_queries.missing_by_body(desk.connection)
    board = cut(request, repair_queries.board(desk.connection), name="above", at="above")
    above = above_of(desk.connection, board.rows)
    unanswered = cut(request, objection_queries.unanswered(desk.connection), name="unanswered", at="unanswered")
    return show(
        request, desk, "front/cases.html", place="ops", here="异议和修复", names=names,
        board_pages=board,
        board=[(one | {"word": STATES[one["state"]]}, above.get(one["number"])) for one in board.rows],
        statistics=objection_queries.statistics(desk.connection, today=desk.today, book=book),
        missing_rows=_most_first(names, missing), unanswered=unanswered,
        today=desk.today, **cases_shown,
    )  # fmt: skip


def _most_first(names: dict[UUID, str], missing: dict[UUID, int]) -> list[tuple[str, int]]:
    return sorted(((names.get(body, "—"), count) for body, count in missing.items()), key=lambda one: -one[1])


def _found(desk: Desk, case: UUID) -> Case:
    found = store.find_case(desk.connection, case)
    if found is None:
        raise Http404
    return found


@officer_page("watch_cases")
def case_page(request: HttpRequest, desk: Desk, case: UUID) -> HttpResponse:
    """Show one case as the deciding body sees it; the centre decides nothing on it."""
    found = _found(desk, case)
    leave_trace(
        desk, subject=found.subject, scope=f"case {found.number}", purpose="case_watch"
    )  # fmt: skip
    return render_case(request, desk, found, place="ops")


@officer_page("watch_cases")
def document(_: HttpRequest, desk: Desk, *, case: UUID, paper: UUID) -> HttpResponse:
    """Hand out one document."""
    return hand_out(desk.connection, _found(desk, case), paper)


@officer_page("settle_appeal")
def appeal(request: HttpRequest, desk: Desk, case: UUID) -> HttpResponse:
    """Answer an appeal: back to the body for a new decision by other people, or dismissed with the way to court."""
    found = _found(desk, case)
    if request.method != "POST":
        return HttpResponseRedirect(f"/ops/cases/{case}")
    done = settle_appeal(
        desk.connection, case, officer=desk.officer, is_upheld=request.POST.get("decision") == "uphold",
        reason=request.POST.get("reason", ""),
    )  # fmt: skip
    return _answered(request, desk, found, done=done, told="申诉已答复。")


@officer_page("receive_case")
def receipt(request: HttpRequest, desk: Desk, case: UUID) -> HttpResponse:
    """Take the receipt of the platform above for what was granted here."""
    found = _found(desk, case)
    if request.method != "POST":
        return HttpResponseRedirect(f"/ops/cases/{case}")
    done = repairs.take_receipt(desk.connection, case, officer=desk.officer, number=request.POST.get("number", ""))
    return _answered(request, desk, found, done=done, told="已登记上级平台的回执。")


def _answered(request: HttpRequest, desk: Desk, case: Case, *, done: Case | Refusal, told: str) -> HttpResponse:
    if isinstance(done, Refusal):
        return render_case(request, desk, case, refusal=done, place="ops")
    messages.success(request, told)
    return HttpResponseRedirect(f"/ops/cases/{case.id}")
