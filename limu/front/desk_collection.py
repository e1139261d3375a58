"""归集监控: what every department has to file and how it stands, reminders to who is late, and the schedules."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect

from limu.catalogue.rules_schedule import LIGHTS
from limu.catalogue.store_ending import endings_of
from limu.catalogue.store_schedule import changes_of, reminders
from limu.department.rules import Department, Refusal
from limu.department.store import all_departments
from limu.front.queries_charts import filing_chart
from limu.intake import store_desk
from limu.intake.actions_collection import Wanted, change_schedule, remind
from limu.intake.queries_tasks import LOOKED_BACK, Task, tasks
from limu.page.signed import Desk, officer_page, show
from limu.record.item import Item

HEADS: Final = (
    "单位", "事项", "事项代码", "期间自", "截止", "状态", "说明", "本期报送", "收到", "入库", "需修改", "待关联",
    "催报日期", "催报人",
)  # fmt: skip
DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r")
FILED_SHOWN = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address filters by."""

    department: str
    item: str
    light: str

    @property
    def is_filtered(self) -> bool:
        """Whether anything is left out."""
        return bool(self.department or self.item or self.light)

    def fits(self, task: Task) -> bool:
        """Whether a task is shown."""
        light = "filed" if task.standing.filed else task.standing.light
        return (
            (not self.department or str(task.department) == self.department)
            and (not self.item or task.item.code == self.item)
            and (not self.light or light == self.light)
        )


def _asked(request: HttpRequest) -> Asked:
    return Asked(*(request.GET.get(name, "") for name in ("department", "item", "light")))


@officer_page("read_collection")
def collection(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show the matrix of items and departments with their lights; the filter stands in the address."""
    every, asked = tasks(desk.connection, today=desk.today), _asked(request)
    found = [task for task in every if asked.fits(task)]
    departments = {one.id: one for one in all_departments(desk.connection)}
    late = [task for task in every if task.standing.light == "overdue"]
    years = sorted({task.standing.period.due.year for task in every if task.standing.period.is_provisional})
    return show(
        request, desk, "front/ops_collection.html", asked=asked, lights={**LIGHTS, "filed": "已报送"},
        departments=_columns(every, departments), items=_items(every), matrix=_matrix(found, departments),
        columns=_columns(found, departments), total=len(found), counts=_counts(every), late=late,
        unreminded=sum(task.reminded_on is None for task in late), unknown_years=years,
        late_departments=_columns(late, departments), may_remind=desk.may("send_reminder"),
        may_assign=desk.may("assign_item"), query=request.GET.urlencode(), today=desk.today,
        chart=filing_chart(every, list(departments.values())),
    )  # fmt: skip


def _columns(found: Sequence[Task], departments: dict[UUID, Department]) -> list[Department]:
    there = {task.department for task in found}
    return [one for one in departments.values() if one.id in there]


def _items(found: Sequence[Task]) -> list[Item]:
    return sorted({task.item.code: task.item for task in found}.values(), key=lambda one: (one.class_number, one.code))


def _matrix(
    found: Sequence[Task], departments: dict[UUID, Department]
) -> list[tuple[Item, list[tuple[Department, Task | None]]]]:
    by_cell = {(task.item.code, task.department): task for task in found}
    columns = _columns(found, departments)
    return [(item, [(one, by_cell.get((item.code, one.id))) for one in columns]) for item in _items(found)]


def _counts(every: Sequence[Task]) -> list[tuple[str, str, int]]:
    told = [("overdue", "逾期"), ("near", "临期"), ("normal", "正常"), ("filed", "已报送")]
    return [(key, word, sum(Asked("", "", key).fits(task) for task in every)) for key, word in told]


@officer_page("read_collection")
def table(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Hand out the same as a table for Excel; no cell begins as a formula does."""
    asked = _asked(request)
    names = {one.id: one.name for one in all_departments(desk.connection)}
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(HEADS)
    for task in tasks(desk.connection, today=desk.today):
        if asked.fits(task):
            writer.writerow([_plain(cell) for cell in _line(task, names)])
    response = HttpResponse("\ufeff" + stream.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="collection-{desk.today:%Y%m%d}.csv"'
    return response


def _line(task: Task, names: dict[UUID, str]) -> tuple[object, ...]:
    period = task.standing.period
    return (
        names.get(task.department, ""), task.item.name, task.item.code, period.first, period.due,
        task.standing.light_word, task.standing.told, task.standing.filed_word or "未报送", task.received,
        task.accepted, task.refused, task.unlinked, task.reminded_on or "", task.reminded_by,
    )  # fmt: skip


def _plain(cell: object) -> str:
    text = str(cell)
    return f"'{text}" if text.startswith(DANGEROUS) else text


@officer_page("send_reminder")
def send(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Remind one department, or all that are late, of what they are late with (催报)."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    asked = Asked(request.POST.get("department", ""), request.POST.get("item", ""), "")
    found = [task for task in tasks(desk.connection, today=desk.today) if asked.fits(task)]
    made = remind(desk.connection, officer=desk.officer, tasks=found)
    if isinstance(made, Refusal):
        messages.warning(request, f"{made.message}{made.cure}")
    else:
        messages.success(request, f"已催报 {made} 项，有关单位在“待办”和“归集任务”中可以看到。")
    if asked.department and asked.item:
        return HttpResponseRedirect(f"/ops/collection/{asked.department}/{asked.item}")
    return HttpResponseRedirect("/ops/collection?light=overdue")


@officer_page("read_collection")
def cell(request: HttpRequest, desk: Desk, *, department: UUID, code: str) -> HttpResponse:
    """Show one cell: the period, what was filed, who was reminded, and the schedule with its changes."""
    return _cell(request, desk, department=department, code=code)


@officer_page("edit_schedule")
def schedule(request: HttpRequest, desk: Desk, *, department: UUID, code: str) -> HttpResponse:
    """Change by when a department files an item, with the basis."""
    if request.method != "POST":
        return _cell(request, desk, department=department, code=code)
    wanted = Wanted(
        request.POST.get("due_day", "").strip(), request.POST.getlist("months"), request.POST.get("basis", "")
    )
    made = change_schedule(desk.connection, officer=desk.officer, department=department, item=code, wanted=wanted)
    if isinstance(made, Refusal):
        return _cell(request, desk, department=department, code=code, refusal=made, wanted=wanted)
    messages.success(request, "报送周期已调整，并记录了依据。")
    return HttpResponseRedirect(f"/ops/collection/{department}/{code}")


def _cell(
    request: HttpRequest, desk: Desk, *, department: UUID, code: str, refusal: Refusal | None = None,
    wanted: Wanted | None = None,
) -> HttpResponse:  # fmt: skip
    owner = next((one for one in all_departments(desk.connection) if one.id == department), None)
    found = tasks(desk.connection, today=desk.today, department=department, with_ended=True)
    task = next((one for one in found if one.item.code == code), None)
    if owner is None or task is None:
        raise Http404
    filed = [
        one
        for one in store_desk.filed_since(desk.connection, desk.today - FILED_SHOWN, department=department)
        if one.item == code
    ]
    told = [
        one
        for one in reminders(desk.connection, sent_from=desk.today - LOOKED_BACK)
        if (one.department, one.item) == (department, code)
    ]
    values: dict[str, Any] = {"due_day": task.schedule.due_day, "chosen": task.schedule.months, "basis": ""}
    if wanted is not None:
        months = [int(one) for one in wanted.months if one.isdecimal()]
        values = {"due_day": wanted.due_day, "chosen": months, "basis": wanted.basis}
    return show(
        request, desk, "front/ops_cell.html", status=422 if refusal else 200, task=task, owner=owner,
        filed=filed[::-1], reminders=told, changes=changes_of(desk.connection, item=code, department=department),
        months=range(1, 13), refusal=refusal, may_remind=desk.may("send_reminder"),
        may_edit=desk.may("edit_schedule") and not task.is_ended, may_end=desk.may("assign_item"),
        endings=endings_of(desk.connection, item=code, department=department), **values,
    )  # fmt: skip
