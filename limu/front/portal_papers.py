"""What an organisation keeps of its cases: the receipt of an application, letters, and its own documents."""

from urllib.parse import quote
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string

from limu.case import queries, store
from limu.case.rules import Case
from limu.case.rules_clock import ClockFace
from limu.case.store_letter import Letter, find_letter
from limu.department.rules import Refusal
from limu.department.store import all_departments
from limu.front.desk_cases import hand_out
from limu.front.portal_cases import acting
from limu.page.portal import Portal, portal_page, show_my
from limu.reactions_objection import serve_letter
from limu.wire.lawbook import calendar_under, current_book


def own_case(portal: Portal, case: UUID) -> Case:
    """A case of the own organisation, or nothing there."""
    found = store.find_case(portal.connection, case)
    if found is None or found.subject != portal.agent.subject:
        raise Http404
    return found


@portal_page("read")
def application(request: HttpRequest, portal: Portal, application: UUID) -> HttpResponse:
    """Tell what became of an application: its number, by when it is answered and why, and what happens next."""
    cases = store.cases_of_application(portal.connection, application)
    if not cases or cases[0].subject != portal.agent.subject:
        raise Http404
    names = {one.id: one.name for one in all_departments(portal.connection)}
    answers = [(one, names.get(one.department, "—"), _answer(portal, one)) for one in cases]
    dues = [clock.due_on for _, _, clock in answers if clock is not None and clock.due_on is not None]
    return show_my(
        request, portal, "front/my_application.html", answers=answers, due=max(dues, default=None),
        clock=next((clock for _, _, clock in answers if clock is not None and clock.due_on == max(dues)), None),
        number=store.application_number(portal.connection, application), is_new=request.GET.get("done") == "1",
        is_repair=cases[0].kind == "repair",
    )  # fmt: skip


def _answer(portal: Portal, case: Case) -> ClockFace | None:
    """The clock by which the subject is answered: the last of those that run from the application on."""
    book = current_book(portal.connection)
    days = calendar_under(portal.connection, book)
    steps = store.steps_of(portal.connection, case.id)
    clocks = queries.clocks_of(portal.connection, case, steps, book=book, days=days, today=portal.today)
    return clocks[-1] if clocks else None


@portal_page("read")
def document(_: HttpRequest, portal: Portal, *, case: UUID, paper: UUID) -> HttpResponse:
    """Hand the organisation one of the documents of its own case."""
    return hand_out(portal.connection, own_case(portal, case), paper)


@portal_page("read")
def letter(request: HttpRequest, portal: Portal, letter: UUID) -> HttpResponse:
    """Hand out a letter as a file of its own; opened for the first time, it is served (站内送达)."""
    found = find_letter(portal.connection, letter)
    if found is None or found.subject != portal.agent.subject:
        raise Http404
    if found.served_on is None:
        served = serve_letter(portal.connection, letter, by=acting(portal), on=portal.today, way="portal")
        found = found if isinstance(served, Refusal) else served
    return _as_file(request, portal, found)


def _as_file(request: HttpRequest, portal: Portal, letter: Letter) -> HttpResponse:
    issuer = next((one.name for one in all_departments(portal.connection) if one.id == letter.department), "")
    case = store.find_case(portal.connection, letter.case_file) if letter.case_file else None
    page = render_to_string(
        "front/letter_file.html", {"letter": letter, "issuer": issuer, "agent": portal.agent, "case": case}, request
    )
    answer = HttpResponse(page, content_type="text/html; charset=utf-8")
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(f'{letter.title} {letter.number}.html')}"
    return answer
