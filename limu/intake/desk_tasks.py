"""What the department has to file, how it reports that there was nothing, and the templates it fills in."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from limu.catalogue.queries_schema import NEEDS, dictionary
from limu.catalogue.queries_template import template_id
from limu.department.rules import Refusal
from limu.intake.actions import submit_nil
from limu.intake.desk import due_items, own_item
from limu.intake.queries_tasks import tasks
from limu.page.signed import Desk, officer_page, show
from limu.wire.database import connect


@officer_page("read_tasks")
def overview(request: HttpRequest, desk: Desk) -> HttpResponse:
    """List what the department has to file, the most pressing first."""
    every = tasks(desk.connection, today=desk.today, department=desk.officer.department, with_ended=True)
    found = [task for task in every if not task.is_ended]
    late = [task for task in found if task.standing.light == "overdue"]
    unknown = sorted({task.standing.period.due.year for task in found if task.standing.period.is_provisional})
    return show(
        request, desk, "intake/tasks.html", tasks=found, late=late, unknown_years=unknown,
        may_submit=desk.may("submit"), may_nil=desk.may("submit_nil"), today=desk.today,
        ended=[task for task in every if task.is_ended],
    )  # fmt: skip


@officer_page("submit_nil")
def nil(request: HttpRequest, desk: Desk, code: str) -> HttpResponse:
    """Ask whether there really was nothing, then report it (零报告)."""
    item = own_item(desk, code)
    found = tasks(desk.connection, today=desk.today, department=desk.officer.department)
    task = next(one for one in found if one.item.code == code)
    if request.method != "POST":
        return show(request, desk, "intake/nil.html", task=task, item=item)
    with connect("app") as connection:
        answer = submit_nil(
            connection, officer=desk.officer, department=desk.officer.department, item=item, today=desk.today
        )
    if isinstance(answer, Refusal):
        return show(request, desk, "intake/nil.html", status=422, task=task, item=item, refusal=answer)
    messages.success(request, f"{item.name}：已零报告。")
    return HttpResponseRedirect("/dept/tasks")


@officer_page("read_tasks")
def templates(request: HttpRequest, desk: Desk) -> HttpResponse:
    """List the templates of the department's items, each with its version and number."""
    items = [(item, template_id(item)) for item in due_items(desk).values()]
    return show(request, desk, "intake/templates.html", items=items, may_submit=desk.may("submit"))


@officer_page("read_tasks")
def dictionary_page(request: HttpRequest, desk: Desk, code: str) -> HttpResponse:
    """Show the dictionary of an item by how much each field is asked for; what is looked for stands in the address."""
    item, asked = own_item(desk, code), request.GET.get("q", "").strip()
    found = [row for row in dictionary(item) if row.has(asked)]
    groups = [(need, [row for row in found if row.need == need]) for need in NEEDS.values()]
    return show(
        request, desk, "intake/dictionary.html", item=item, groups=[one for one in groups if one[1]], asked=asked,
        total=len(found), whole=f"/dept/templates/{code}",
    )  # fmt: skip
