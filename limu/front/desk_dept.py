"""The department's queue, what waits for a subject, and how well the department files."""

from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse

from limu.case.queries import Listed, listed
from limu.front.desk_batches import rule_words
from limu.front.queries_charts import quality_chart
from limu.intake import store, store_desk, store_dispatch, store_mending
from limu.intake.desk import own_items, owned_and_items
from limu.intake.queries_quality import quality_of
from limu.intake.queries_tasks import tasks
from limu.intake.rules_desk import batch_state, told_of_batch
from limu.intake.rules_dispatch import Dispatch, DueStanding, standing_of
from limu.law.book import LawBook
from limu.ledger import store_removal
from limu.linking.queries_waiting import count_waiting, waiting_rows
from limu.objection.queries import reliances_to
from limu.page.signed import Desk, officer_page, show
from limu.record.item import Item
from limu.terms.days import Calendar
from limu.upward.queries import returned
from limu.wire.lawbook import calendar_under, current_book

RECENT = 5
PAGE = 20


@officer_page("open_dept")
def home(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show what waits today: tasks near or over their day, rows to mend, rows without a subject, wishes to decide."""
    own, may_read = desk.officer.department, desk.may("read_batches")
    owned, items = owned_and_items(desk)
    book = current_book(desk.connection)
    days = calendar_under(desk.connection, book)
    found = tasks(
        desk.connection, today=desk.today, department=own, owned=owned, items=items, calendar=days
    ) if may_read else ()  # fmt: skip
    pressing = [task for task in found if not task.standing.filed and task.standing.light != "normal"]
    mend = store_desk.open_problems(desk.connection, department=own, item="", limit=RECENT) if may_read else ()
    back = returned(desk.connection, department=own, limit=RECENT) if may_read else ()
    recent = store.list_submissions(desk.connection, most=RECENT) if may_read else ()
    sent = _dispatched(desk, days) if may_read else []
    wishes = store_removal.open_removals(desk.connection, department=own) if may_read else ()
    corrections = store_mending.open_corrections(desk.connection, department=own) if may_read else ()
    return show(
        request, desk, "front/dept_home.html", pressing=pressing, tasks=found, corrections=corrections,
        reminded=[task for task in found if task.reminded_on],
        mend=[(one, _name(items, one.item)) for one in mend], back=[(one, _name(items, one.item)) for one in back],
        wishes=wishes, sent=sent, cases=_cases(desk, book), may_read=may_read, reliance=_reliance(desk),
        waiting=count_waiting(desk.connection) if may_read else 0,
        may_submit=desk.may("submit"), may_confirm=desk.may("confirm_removal"),
        recent=[(one, _name(items, one.item), batch_state(one), told_of_batch(one)) for one in recent],
    )  # fmt: skip


def _cases(desk: Desk, book: LawBook) -> tuple[Listed, ...]:
    """Objections and repairs that wait for this body, the soonest due first; numbers and clocks alone."""
    if not desk.may("work_cases"):
        return ()
    found = listed(desk.connection, book, today=desk.today, department=desk.officer.department, is_open=True)
    return tuple(sorted(found, key=_due)[:RECENT])


def _reliance(desk: Desk) -> tuple[int, date | None]:
    """How many corrected links this body still has to review, and the first day by which it must have answered."""
    if not desk.may("answer_reliance"):
        return 0, None
    found = [one for one in reliances_to(desk.connection, desk.officer.department) if one.answered_on is None]
    return len(found), min((one.answer_by for one in found if one.answer_by), default=None)


def _due(one: Listed) -> date:
    return one.clock.due_on if one.clock and one.clock.due_on else date.max


def _dispatched(desk: Desk, calendar: Calendar) -> list[tuple[Dispatch, str, DueStanding]]:
    """Problems that the centre sent to this department, the soonest due first."""
    return [
        (one, rule_words(one.rule)[0], standing_of(one, today=desk.today, calendar=calendar))
        for one in store_dispatch.dispatches(desk.connection, department=desk.officer.department, is_open=True)
    ]


def _name(items: dict[str, Item], code: str) -> str:
    return items[code].name if code in items else code


@officer_page("read_batches")
def pending(request: HttpRequest, desk: Desk) -> HttpResponse:
    """List the department's rows that wait for a subject, with the reasons and the candidates."""
    found, more = waiting_rows(desk.connection, after=request.GET.get("after", ""), limit=PAGE)
    items = own_items(desk)
    rows = [(one, _name(items, one.item)) for one in found]
    return show(request, desk, "front/dept_pending.html", rows=rows, more=more, may_submit=desk.may("submit"))


@officer_page("read_tasks")
def quality(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show how well the department filed in the last year: counts, and working days from decision to receipt."""
    since = desk.today - timedelta(days=365)
    items = own_items(desk)
    found = quality_of(desk.connection, department=desk.officer.department, since=since, today=desk.today)
    rows = [(one, _name(items, one.counts.item)) for one in found]
    return show(
        request, desk, "front/dept_quality.html", rows=rows, since=since, today=desk.today, chart=quality_chart(rows)
    )
