"""终止报送: end that a department files an item, from a day on; one person asks, another agrees."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

from limu.catalogue import store_ending
from limu.catalogue.actions_ending import Typed, ask_ending, settle_ending
from limu.catalogue.rules_ending import Ending
from limu.department.rules import Refusal
from limu.department.store import all_departments
from limu.intake.queries_tasks import Task, tasks
from limu.page.signed import Desk, officer_page, show


@officer_page("assign_item")
def ask(request: HttpRequest, desk: Desk, *, department: UUID, code: str) -> HttpResponse:
    """Take a wish that a task end; what is refused comes back as typed."""
    task = _task(desk, department, code)
    typed = Typed(code, department, request.POST.get("until", ""), request.POST.get("basis", ""))
    refusal = None
    if request.method == "POST":
        done = ask_ending(desk.connection, typed, by=desk.officer, today=desk.today)
        if not isinstance(done, Refusal):
            messages.success(request, "终止申请已提交，由另一人确认后生效。")
            return HttpResponseRedirect(f"/ops/endings/{done}")
        refusal = done
    return show(
        request, desk, "front/ops_end.html", status=422 if refusal else 200, refusal=refusal, typed=typed, task=task,
        owner=next(one for one in all_departments(desk.connection) if one.id == department),
    )  # fmt: skip


@officer_page("assign_item")
def ending_page(request: HttpRequest, desk: Desk, ending: UUID) -> HttpResponse:
    """Show a wish with what is open at the task, and let another person agree or send it back."""
    found = store_ending.find_ending(desk.connection, ending)
    if found is None:
        raise Http404
    if request.method != "POST":
        return _shown(request, desk, found)
    is_agreed = request.POST.get("decision") == "agree"
    done = settle_ending(desk.connection, ending, by=desk.officer, is_agreed=is_agreed, today=desk.today)
    if isinstance(done, Refusal):
        return _shown(request, desk, found, refusal=done)
    if is_agreed:
        messages.success(request, f"已确认，{found.department_name}在“归集任务”中可以看到终止日和依据。")
    else:
        messages.success(request, "已退回，仍由该单位报送。")
    return HttpResponseRedirect(f"/ops/endings/{ending}")


def _shown(request: HttpRequest, desk: Desk, found: Ending, *, refusal: Refusal | None = None) -> HttpResponse:
    return show(
        request, desk, "front/ops_ending.html", status=422 if refusal else 200, one=found, refusal=refusal,
        task=_task(desk, found.department, found.item), is_own=found.asked_person == desk.officer.person,
        may_read=desk.may("read_collection"),
    )  # fmt: skip


def _task(desk: Desk, department: UUID, code: str) -> Task:
    found = tasks(desk.connection, today=desk.today, department=department, with_ended=True)
    task = next((one for one in found if one.item.code == code), None)
    if task is None:
        raise Http404
    return task
