"""The deciding body's desk for objections and repairs: what waits, the case page, the steps, the second person."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

from limu.access.actions import open_ticket, open_tickets
from limu.access.rules import Purpose
from limu.access.store import spend_ticket
from limu.case import actions as cases
from limu.case import queries, store
from limu.case.rules import KINDS, OUTCOMES, ROLES, Case, CaseKind, Step
from limu.case.rules_clock import ClockFace, run_clock
from limu.department.rules import Refusal, reach_of
from limu.department.store import enter
from limu.front.portal_cases import documents_in
from limu.law.book import LawBook
from limu.ledger.store import ended_by, find_record
from limu.ledger.store_removal import Removal, open_removals
from limu.objection import actions as objections
from limu.objection.rules import CORRECTIONS
from limu.page.paging import paged, place_of
from limu.page.signed import Desk, officer_page, show
from limu.reactions_objection import confirm_objection
from limu.reactions_repair import confirm_repair
from limu.record.event import EVENT_LABELS
from limu.repair import actions as repairs
from limu.repair import queries as repair_queries
from limu.repair.rules import Ground, ground_line
from limu.repair.store import waits_above
from limu.terms.uscc import clean_uscc
from limu.wire.aside import aside
from limu.wire.database import Connection
from limu.wire.files import FileHash, FileStore, StoredFileError
from limu.wire.home import find_home
from limu.wire.lawbook import calendar_under, current_book

DONE = {
    "accept": "已受理。", "gaps": "已一次性告知补正。", "stop": "计时已暂停。", "resume": "计时已恢复。",
    "extend": "期限已延长。", "propose": "办理意见已提交，由本单位另一人确认。",
}  # fmt: skip


def leave_trace(desk: Desk, *, subject: UUID | None, scope: str, purpose: Purpose = "deciding_body") -> None:
    """Write down who reads what is not public, committed before it is read (trust.md 5.1)."""
    ticket = open_ticket(aside, officer=desk.officer, purpose=purpose, subject=subject, scope=scope)
    if isinstance(ticket, Refusal):
        raise Http404
    spend_ticket(desk.connection, ticket)
    # Spending enters the reader's own rows; the page goes on with the reach of its act.
    enter(desk.connection, department=desk.officer.department, reach=reach_of(desk.officer, desk.act))


def leave_traces(
    desk: Desk, subjects: Iterable[UUID | None], *, scope: str, purpose: Purpose = "deciding_body"
) -> None:
    """The same for a list: every subject on it can see that it was read, committed before the list leaves."""
    whose = sorted({one for one in subjects if one is not None}, key=str)
    if not whose:
        return
    refused = open_tickets(
        aside, officer=desk.officer, purpose=purpose, subjects=whose, scope=scope
    )  # fmt: skip
    if refused is not None:
        raise Http404


@officer_page("work_cases")
def listed(request: HttpRequest, desk: Desk) -> HttpResponse:
    """List the body's cases with their clocks: open ones first, the oldest at the top."""
    leave_trace(desk, subject=None, scope="own cases: list")
    book = current_book(desk.connection)
    cases_shown = page_of_cases(request, desk, book, department=desk.officer.department)
    leave_traces(desk, (one.case.subject for one in cases_shown["rows"]), scope="own cases: list")
    missing = repair_queries.missing_by_body(desk.connection).get(desk.officer.department, 0)
    return show(
        request, desk, "front/cases.html", missing=missing, place="dept", here="异议和修复",
        withdrawals=_withdrawals(desk, book), **cases_shown,
    )  # fmt: skip


def page_of_cases(request: HttpRequest, desk: Desk, book: LawBook, *, department: UUID | None) -> dict[str, Any]:
    """A page of the cases that wait, or of those that are decided; the kind and the place stand in the address."""
    asked = request.GET.get("kind", "")
    kind: CaseKind | None = "objection" if asked == "objection" else "repair" if asked == "repair" else None
    is_open, place = request.GET.get("state") != "done", place_of(request)
    found = queries.listed(
        desk.connection, book, today=desk.today, department=department, kind=kind, is_open=is_open, limit=place.limit,
        skip=place.skip,
    )  # fmt: skip
    pages = paged(request, found, place)
    total = found[0].total if found else 0
    return {"rows": pages.rows, "pages": pages, "total": total, "is_open": is_open, "kind": kind or "", "kinds": KINDS}


def _withdrawals(desk: Desk, book: LawBook) -> list[tuple[Removal, ClockFace]]:
    """Decisions that fell and wait for the second person, each with the days the law leaves (行政处罚法 48)."""
    found = open_removals(desk.connection, department=desk.officer.department)
    wishes = [one for one in found if one.kind == "record_revoked"]
    region = store.region_of(desk.connection, desk.officer.department) if wishes else ""
    rule = book.deadline("withdrawal", on=desk.today, region=region) if wishes else None
    if rule is None:
        return []
    days = calendar_under(desk.connection, book)
    return [
        (one, run_clock(book, rule, start=one.revoked_on or one.asked_on, today=desk.today, calendar=days))
        for one in wishes
    ]


def own_case(desk: Desk, case: UUID) -> Case:
    """The case of the officer's own body, or nothing there."""
    found = store.find_case(desk.connection, case)
    if found is None or found.department != desk.officer.department:
        raise Http404
    return found


@officer_page("work_cases")
def case_page(request: HttpRequest, desk: Desk, case: UUID) -> HttpResponse:
    """Show one case whole, with what this officer may do now."""
    found = own_case(desk, case)
    leave_trace(desk, subject=found.subject, scope=f"case {found.number}")
    return render_case(request, desk, found)


def render_case(
    request: HttpRequest, desk: Desk, case: Case, *, refusal: Refusal | None = None, place: str = "dept"
) -> HttpResponse:
    """Render the case page; after a refusal with everything that was typed."""
    book = current_book(desk.connection)
    file = queries.file_of(desk.connection, book, case, today=desk.today)
    record = find_record(desk.connection, case.record) if case.record else None
    said = request.POST if refusal else {}
    ended = ended_by(desk.connection, subject=case.subject, record=case.record) if case.record else None
    return show(
        request, desk, "front/case.html", status=422 if refusal else 200, file=file, case=case, record=record,
        ended=ended, ended_word=EVENT_LABELS[ended[0]] if ended else "",
        conditions=_conditions(desk, case, file.documents), refusal=refusal, place=place, roles=ROLES, kinds=KINDS,
        grounds=[_offered(one, said) for one in book.refusals()], outcomes=OUTCOMES[case.kind],
        corrections=CORRECTIONS, said=said, proposal=_proposal(file.steps), is_stopped=_is_stopped(file.steps),
        has_gaps=any(one.kind == "ask_gaps" for one in file.steps), is_own=case.proposed_by == desk.officer.person,
        is_author=case.kind == "objection" and case.author == desk.officer.person,
        is_extended=any(one.kind == "extend" for one in file.steps),
        waits_above=place == "ops" and waits_above(desk.connection, case.id),
    )  # fmt: skip


def _offered(one: Any, said: Any) -> tuple[Any, bool, str]:
    chosen = said.getlist("ground") if hasattr(said, "getlist") else []
    return one, one.code in chosen, said.get(f"detail_{one.code}", "")


def _conditions(desk: Desk, case: Case, documents: Any) -> tuple[Any, ...]:
    one = repairs.repairable_of(desk.connection, case) if case.kind == "repair" else None
    if one is None:
        return ()
    roles = frozenset(document.role for _, document, _ in documents)
    return repairs.checked(desk.connection, current_book(desk.connection), one, roles=roles)


def _proposal(steps: tuple[Step, ...]) -> tuple[Step, list[str]] | None:
    found = next((one for one in reversed(steps) if one.kind == "propose"), None)
    return (found, [ground_line(one) for one in found.body.get("grounds", [])]) if found else None


def _is_stopped(steps: tuple[Step, ...]) -> bool:
    return next((one.kind == "stop" for one in reversed(steps) if one.kind in ("stop", "resume")), False)


@officer_page("handle_case")
def step(request: HttpRequest, desk: Desk, case: UUID) -> HttpResponse:
    """Make one step: accept, name the gaps, set the clock, or propose how the case ends."""
    found = own_case(desk, case)
    if request.method != "POST":
        return HttpResponseRedirect(f"/dept/cases/{case}")
    kind = request.POST.get("step", "")
    done = _step(desk, found, kind, request=request)
    if isinstance(done, Refusal):
        return render_case(request, desk, found, refusal=done)
    messages.success(request, DONE.get(kind, "已办理。"))
    return HttpResponseRedirect(f"/dept/cases/{case}")


def _step(desk: Desk, case: Case, kind: str, *, request: HttpRequest) -> Case | Refusal:
    post = request.POST
    reason, citation = post.get("reason", ""), post.get("citation", "")
    if kind == "accept":
        return cases.accept(desk.connection, case.id, officer=desk.officer)
    if kind == "gaps":
        return cases.ask_gaps(desk.connection, case.id, officer=desk.officer, reason=reason)
    if kind in ("stop", "resume", "extend"):
        return cases.set_clock(
            desk.connection, case.id, officer=desk.officer, step=kind, reason=reason, citation=citation
        )
    outcome = post.get("outcome", "")
    if case.kind == "objection":
        return _propose_objection(desk, case, request, outcome=outcome)
    grounds = tuple(Ground(code, post.get(f"detail_{code}", "")) for code in post.getlist("ground"))
    return repairs.propose(
        desk.connection, current_book(desk.connection), case.id, officer=desk.officer, outcome=outcome, reason=reason,
        grounds=grounds,
    )  # fmt: skip


def _propose_objection(desk: Desk, case: Case, request: HttpRequest, *, outcome: str) -> Case | Refusal:
    post = request.POST
    papers = documents_in(request, desk.connection, "evidence", role="evidence")
    if isinstance(papers, Refusal):
        return papers
    done = objections.propose(
        desk.connection, case.id, officer=desk.officer, outcome=outcome, reason=post.get("reason", ""),
        citation=post.get("citation", ""), correction=post.get("correction", ""),
        right_uscc=clean_uscc(post.get("right_uscc", "")),
    )  # fmt: skip
    if isinstance(done, Case):
        cases.add_documents(desk.connection, done, papers, by=desk.officer.person_name)
    return done


@officer_page("confirm_case")
def confirm(request: HttpRequest, desk: Desk, case: UUID) -> HttpResponse:
    """Let a second person see the letters as they would go out, and confirm or send back."""
    found = own_case(desk, case)
    leave_trace(desk, subject=found.subject, scope=f"case {found.number}: confirmation")
    if request.method != "POST":
        return _confirmation(request, desk, found)
    if request.POST.get("decision") == "return":
        done = cases.send_back(desk.connection, case, officer=desk.officer, reason=request.POST.get("reason", ""))
    else:
        done = _confirmed(desk, found)
    if isinstance(done, Refusal):
        return _confirmation(request, desk, found, refusal=done)
    messages.success(request, f"已办理，现为“{done.state_word}”。")
    return HttpResponseRedirect(f"/dept/cases/{case}")


def _confirmed(desk: Desk, case: Case) -> Case | Refusal:
    book = current_book(desk.connection)
    decide = confirm_repair if case.kind == "repair" else confirm_objection
    return decide(desk.connection, book, case.id, officer=desk.officer)


def _confirmation(request: HttpRequest, desk: Desk, case: Case, *, refusal: Refusal | None = None) -> HttpResponse:
    """Rehearse the decision and roll it back: the letters shown are the letters that would go out."""
    letters: tuple[Any, ...] = ()
    with desk.connection.transaction(force_rollback=True):
        outcome = _confirmed(desk, case)
        if isinstance(outcome, Case):
            file = queries.file_of(desk.connection, current_book(desk.connection), outcome, today=desk.today)
            letters = file.letters
    blocked = outcome if isinstance(outcome, Refusal) else None
    steps = store.steps_of(desk.connection, case.id)
    return show(
        request, desk, "front/case_confirm.html", status=422 if refusal else 200, case=case, letters=letters,
        blocked=blocked, refusal=refusal or blocked, proposal=_proposal(steps), outcomes=OUTCOMES[case.kind],
        said=request.POST, may_correct=desk.may("confirm_correction"),
    )  # fmt: skip


@officer_page("work_cases")
def document(_: HttpRequest, desk: Desk, *, case: UUID, paper: UUID) -> HttpResponse:
    """Hand out one document of a case, decrypted for this answer alone."""
    return hand_out(desk.connection, own_case(desk, case), paper)


def hand_out(connection: Connection, case: Case, paper: UUID) -> HttpResponse:
    """Decrypt a document and send it as a file to keep; a browser must not run what a stranger uploaded."""
    found = next((one for key, one, _ in store.documents_of(connection, case.id) if key == paper), None)
    if found is None:
        raise Http404
    return file_of(found.file_hash, name=found.name)


def file_of(file_hash: str, *, name: str) -> HttpResponse:
    """A stored file as one to keep."""
    try:
        content = FileStore(find_home(), "cases").open(FileHash(file_hash))
    except StoredFileError as gone:
        raise Http404 from gone
    answer = HttpResponse(content, content_type="application/octet-stream")
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
