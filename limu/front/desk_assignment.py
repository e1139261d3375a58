"""分配归集任务: let a department file a published item from a day on; one person asks, another agrees."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

from limu.catalogue import store, store_assignment, store_ending
from limu.catalogue.actions_assignment import ask_assignment, settle_assignment
from limu.catalogue.rules_assignment import Assignment, Typed, first_period, shared_lists
from limu.catalogue.rules_schedule import schedule_of
from limu.department.rules import Refusal
from limu.department.store import all_departments, list_keepers
from limu.page.paging import paged, place_of
from limu.page.signed import Desk, officer_page, show
from limu.wire.lawbook import current_book, current_calendar


@officer_page("assign_item")
def assign(request: HttpRequest, desk: Desk) -> HttpResponse:
    """List what waits and what was settled, and take a new wish; what is refused comes back as typed."""
    if request.method != "POST":
        return _form(request, desk, Typed(request.GET.get("item", ""), request.GET.get("department", "")))
    post = request.POST
    typed = Typed(
        post.get("item", ""), post.get("department", ""), post.get("since", ""), post.get("due_day", "").strip(),
        post.getlist("months"), post.get("basis", ""), post.getlist("lists"),
    )  # fmt: skip
    done = ask_assignment(desk.connection, typed, by=desk.officer, today=desk.today)
    if isinstance(done, Refusal):
        return _form(request, desk, typed, refusal=done)
    messages.success(request, "分配申请已提交，由另一人确认后，该单位的归集任务中就有这一事项。")
    return HttpResponseRedirect(f"/ops/assignments/{done}")


def _form(request: HttpRequest, desk: Desk, typed: Typed, *, refusal: Refusal | None = None) -> HttpResponse:
    place = place_of(request)
    pages = paged(
        request, store_assignment.assignments(desk.connection, limit=place.limit, skip=place.skip), place, at="list"
    )  # fmt: skip
    items = store.newest_items(desk.connection)
    chosen = next((one for one in items if one.code == typed.item), None)
    shared, names = shared_lists(current_book(desk.connection)), {one.code: one.name for one in items}
    keepers = list_keepers(desk.connection)
    usual = schedule_of(chosen.frequency if chosen else "")
    return show(
        request, desk, "front/ops_assign.html", status=422 if refusal else 200, refusal=refusal, typed=typed,
        items=items, departments=[one for one in all_departments(desk.connection) if not one.is_centre],
        since=typed.since or max(desk.today, chosen.in_force_from if chosen else desk.today).isoformat(),
        due_day=typed.due_day or usual.due_day, months=range(1, 13), pages=pages, chosen=chosen,
        endings=store_ending.waiting(desk.connection),
        shared=[{"one": one, "item": names.get(one.item, ""), "keepers": keepers.get(one.code, ())} for one in shared],
        picked=list(typed.months) if refusal else [str(one) for one in usual.months],
    )  # fmt: skip


@officer_page("assign_item")
def assignment_page(request: HttpRequest, desk: Desk, assignment: UUID) -> HttpResponse:
    """Show a wish with the first day it brings, and let another person agree or send it back."""
    found = store_assignment.find_assignment(desk.connection, assignment)
    if found is None:
        raise Http404
    if request.method != "POST":
        return _shown(request, desk, found)
    is_agreed = request.POST.get("decision") == "agree"
    done = settle_assignment(desk.connection, assignment, by=desk.officer, is_agreed=is_agreed)
    if isinstance(done, Refusal):
        return _shown(request, desk, found, refusal=done)
    if not is_agreed:
        messages.success(request, "已退回，没有分配。")
        return HttpResponseRedirect("/ops/assign")
    messages.success(request, f"已分配，{found.department_name}在“归集任务”中可以看到。")
    return HttpResponseRedirect(f"/ops/assignments/{assignment}")


def _shown(request: HttpRequest, desk: Desk, found: Assignment, *, refusal: Refusal | None = None) -> HttpResponse:
    item: Any = store.find_item(desk.connection, found.wish.item, on=max(desk.today, found.wish.since))
    lists = [one for one in shared_lists(current_book(desk.connection)) if one.code in found.wish.lists]
    first = first_period(found.wish, calendar=current_calendar(desk.connection))
    return show(
        request, desk, "front/ops_assignment.html", status=422 if refusal else 200, one=found, wish=found.wish,
        refusal=refusal, item=item, lists=lists, first=first,
        is_own=found.asked_person == desk.officer.person, may_read=desk.may("read_collection"),
    )  # fmt: skip
