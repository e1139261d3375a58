"""What a deciding body must serve, and what it must answer: repair notices, letters, corrected links."""

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

from limu.case import store, store_letter
from limu.case.queries import days_between
from limu.case.store_letter import WAYS, Way
from limu.department.rules import Refusal
from limu.front.desk_cases import leave_trace, leave_traces
from limu.objection import actions as objections
from limu.objection import queries as objection_queries
from limu.objection.rules import ANSWERS
from limu.page.paging import Pages, paged, place_of
from limu.page.signed import Desk, officer_page, show
from limu.reactions_objection import serve_letter
from limu.repair import actions as repairs
from limu.repair import queries as repair_queries
from limu.wire.lawbook import current_book

# How a body serves a letter; in the portal the addressee opens it.
SERVED_BY: dict[Way, str] = {way: word for way, word in WAYS.items() if way != "portal"}


@officer_page("serve_notice")
def notices(request: HttpRequest, desk: Desk) -> HttpResponse:
    """List what is not recorded as served, repair notices and letters, and record the service of some."""
    leave_trace(desk, subject=None, scope="own decisions: repair notices")
    refusal = _served(request, desk) if request.method == "POST" else None
    if request.method == "POST" and refusal is None:
        messages.success(request, "已登记送达。")
        return HttpResponseRedirect("/dept/notices")
    due, letters = _unserved(request, desk)
    book = current_book(desk.connection)
    rows = [(one, repairs.notice_of(book, one, on=desk.today)) for one in due.rows]
    subjects = [*(one.subject for one in due.rows), *(one.subject for one in letters.rows)]
    leave_traces(desk, subjects, scope="own letters: list")
    names = store.subject_names(desk.connection, subjects)
    return show(
        request, desk, "front/notices.html", status=422 if refusal else 200, refusal=refusal, said=request.POST,
        rows=[(one, notice, *names.get(one.subject, ("", ""))) for one, notice in rows], ways=SERVED_BY,
        letters=[(one, names.get(one.subject, ("", ""))[1]) for one in letters.rows], due=due, written=letters,
        chosen=request.POST.getlist("record") + request.POST.getlist("letter"),
    )  # fmt: skip


def _unserved(request: HttpRequest, desk: Desk) -> tuple[Pages, Pages]:
    """A page of decisions without a served repair notice, and a page of letters that nobody has received."""
    own, due, letters = desk.officer.department, place_of(request, "due"), place_of(request, "letters")
    found = repair_queries.missing_notices(desk.connection, own, limit=due.limit, skip=due.skip)
    written = store_letter.unserved_of(desk.connection, own, limit=letters.limit, skip=letters.skip)
    return paged(request, found, due, at="due"), paged(request, written, letters, at="letters")


def _served(request: HttpRequest, desk: Desk) -> Refusal | None:
    try:
        on = date.fromisoformat(request.POST.get("on", ""))
        records = [UUID(one) for one in request.POST.getlist("record")]
        letters = [UUID(one) for one in request.POST.getlist("letter")]
    except ValueError:
        return Refusal("X-303", "送达日期没有填写。", "请按 年-月-日 填写送达回证上的日期。")
    if not records and not letters:
        return Refusal("X-304", "没有选择决定。", "请勾选与告知书一并送达的决定。")
    way = next((one for one in SERVED_BY if one == request.POST.get("way", "")), None)
    if way is None:
        return Refusal("X-305", "没有选择送达方式。", "请选择送达方式。")
    book = current_book(desk.connection)
    for record in records:
        done = repairs.serve_notice(desk.connection, book, record, officer=desk.officer, on=on, way=way)
        if isinstance(done, Refusal):
            return done
    for letter in letters:
        served = serve_letter(desk.connection, letter, by=desk.officer, on=on, way=way)
        if isinstance(served, Refusal):
            return served
    return None


@officer_page("answer_reliance")
def reliance(request: HttpRequest, desk: Desk) -> HttpResponse:
    """List the notices of corrected links that this body must answer, and take its answers."""
    leave_trace(desk, subject=None, scope="reliance notices", purpose="reliance_review")
    refusal = None
    if request.method == "POST":
        refusal = _answered(request, desk)
        if refusal is None:
            messages.success(request, "已答复，主体可以看到。")
            return HttpResponseRedirect("/dept/reliance")
    place = place_of(request)
    found = objection_queries.reliances_to(
        desk.connection, desk.officer.department, limit=place.limit, skip=place.skip
    )  # fmt: skip
    pages = paged(request, found, place)
    leave_traces(desk, (one.subject for one in pages.rows), scope="reliance notices", purpose="reliance_review")
    names = store.subject_names(desk.connection, [one.subject for one in pages.rows])
    return show(
        request, desk, "front/reliance.html", status=422 if refusal else 200, refusal=refusal, said=request.POST,
        rows=[(one, *names.get(one.subject, ("", "")), one.answer_by is not None and one.answered_on is None
               and one.answer_by < desk.today, days_between(desk.connection, one.notified_on, one.answer_by))
              for one in pages.rows],
        answers=ANSWERS, pages=pages,
    )  # fmt: skip


def _answered(request: HttpRequest, desk: Desk) -> Refusal | None:
    try:
        notice = UUID(request.POST.get("notice", ""))
    except ValueError as wrong:
        raise Http404 from wrong
    done = objections.answer_reliance(
        desk.connection, notice, officer=desk.officer, outcome=request.POST.get("outcome", ""),
        text=request.POST.get("text", ""),
    )  # fmt: skip
    return done if isinstance(done, Refusal) else None
