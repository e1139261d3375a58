"""质效评估 at both desks: the centre makes and publishes a year, a department sees its own and says what it thinks."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

from limu.assessment import actions, store
from limu.assessment.queries import columns_of, edition_of, levels_chart, lines_of
from limu.assessment.rules import Assessment, overall
from limu.catalogue.store import all_items
from limu.department.rules import Refusal
from limu.page.signed import Desk, officer_page, show


def _names(desk: Desk) -> dict[str, str]:
    return {item.code: item.name for item in all_items(desk.connection, on=desk.today)}


@officer_page("make_assessment")
def years(request: HttpRequest, desk: Desk) -> HttpResponse:
    """List the years, and make one."""
    refusal = None
    if request.method == "POST":
        asked = request.POST.get("year", "")
        year = int(asked) if asked.isdecimal() and len(asked) == 4 else 0
        made = (
            actions.make_year(desk.connection, officer=desk.officer, year=year, today=desk.today)
            if 2000 <= year <= desk.today.year else actions.NOTHING
        )  # fmt: skip
        if not isinstance(made, Refusal):
            messages.success(request, f"已生成 {year} 年度 {made} 个部门的评估，请各部门提出意见。")
            return HttpResponseRedirect(f"/ops/assessment/{year}")
        refusal = made
    found = [(year, store.of_year(desk.connection, year)) for year in store.years(desk.connection)]
    return show(
        request, desk, "assessment/years.html", status=422 if refusal else 200, years=found, refusal=refusal,
        usual=request.POST.get("year") or desk.today.year, edition=edition_of(),
    )  # fmt: skip


@officer_page("make_assessment")
def year_page(request: HttpRequest, desk: Desk, year: int) -> HttpResponse:
    """Show a year, department by department, and publish it by two people."""
    found = store.of_year(desk.connection, year)
    if not found:
        raise Http404
    refusal = None
    if request.method == "POST":
        refusal = actions.publish_year(desk.connection, officer=desk.officer, year=year, today=desk.today)
        if refusal is None:
            is_out = store.of_year(desk.connection, year)[0].published_at is not None
            messages.success(request, "已公布。" if is_out else "已提请公布，由另一名办理员公布。")
            return HttpResponseRedirect(f"/ops/assessment/{year}")
    return show(
        request, desk, "assessment/year.html", status=422 if refusal else 200, year=year, refusal=refusal,
        indicators=edition_of(found[0].edition).indicators, first=found[0],
        rows=[(one, overall(one.figures), columns_of(one)) for one in found],
        is_own=found[0].proposed_person == desk.officer.person, chart=levels_chart(found),
        unheard=None if found[0].proposed_at else actions.unheard(found, today=desk.today),
    )  # fmt: skip


@officer_page("make_assessment")
def department_page(request: HttpRequest, desk: Desk, year: int) -> HttpResponse:
    """Show one department's year with the facts behind each number."""
    wanted = request.GET.get("department", "")
    found = store.of_year(desk.connection, year)
    one = next((one for one in found if wanted in ("", one.uscc)), None)
    if one is None:
        raise Http404
    return show(
        request, desk, "assessment/department.html", one=one, overall=overall(one.figures), may_comment=False,
        lines=lines_of(one, store.facts_of(desk.connection, one.id), _names(desk)), is_centre=True,
    )  # fmt: skip


@officer_page("read_tasks")
def own(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show a department its own years, the newest in full."""
    found = store.of_department(desk.connection, desk.officer.department)
    asked = request.GET.get("year", "")
    one = next((one for one in found if str(one.year) == asked), found[0] if found else None)
    return _own(request, desk, found, one=one)


def _own(
    request: HttpRequest, desk: Desk, found: tuple[Assessment, ...], *, one: Assessment | None,
    refusal: Refusal | None = None,
) -> HttpResponse:  # fmt: skip
    if one is None:
        return show(request, desk, "assessment/own_empty.html")
    return show(
        request, desk, "assessment/department.html", status=422 if refusal else 200, one=one, found=found,
        overall=overall(one.figures), refusal=refusal, is_centre=False,
        lines=lines_of(one, store.facts_of(desk.connection, one.id), _names(desk)),
        may_comment=desk.may("comment_assessment") and one.proposed_at is None, text=request.POST.get("comment"),
    )  # fmt: skip


@officer_page("comment_assessment")
def comment(request: HttpRequest, desk: Desk, assessment: UUID) -> HttpResponse:
    """Take a department's word on its own figures."""
    found = store.of_department(desk.connection, desk.officer.department)
    one = next((one for one in found if one.id == assessment), None)
    if one is None:
        raise Http404
    if request.method != "POST":
        return _own(request, desk, found, one=one)
    text = request.POST.get("comment", "")
    refusal = actions.comment(desk.connection, officer=desk.officer, assessment=assessment, text=text)
    if refusal is not None:
        return _own(request, desk, found, one=one, refusal=refusal)
    messages.success(request, "意见已提交，随评估一并公布。")
    return HttpResponseRedirect(f"/dept/assessment?year={one.year}")
