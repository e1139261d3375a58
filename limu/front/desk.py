"""The first page of the credit centre's desk: what is wrong now, and the rows behind every number."""

from collections.abc import Sequence

from django.http import Http404, HttpRequest, HttpResponse

from limu.department.store import all_departments
from limu.front.desk_batches import rule_words
from limu.front.queries_charts import filing_chart, intake_chart
from limu.front.queries_watch import sheet_of, watches
from limu.intake.queries_tasks import Task, tasks
from limu.page.paging import cut
from limu.page.rules_charts import Chart
from limu.page.signed import Desk, officer_page, show
from limu.wire.clock import register_now
from limu.wire.lawbook import calendar_under, current_book


@officer_page("open_ops")
def centre(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Tell what is wrong now; where all is well, what was looked at."""
    book = current_book(desk.connection)
    days = calendar_under(desk.connection, book)
    filed = tasks(desk.connection, today=desk.today, calendar=days) if desk.may("read_collection") else ()
    found = watches(
        desk.connection, today=desk.today, may=desk.may, book=book, filed=filed,
        words=lambda code: rule_words(code)[0].rstrip("。."),
    )  # fmt: skip
    wrong = [one for one in found if not one.is_well]
    return show(
        request, desk, "front/ops.html", wrong=wrong, well=[one for one in found if one.is_well],
        at=register_now(desk.connection), number=len(found), charts=_charts(desk, filed),
    )  # fmt: skip


def _charts(desk: Desk, filed: Sequence[Task]) -> list[Chart]:
    came = [intake_chart(desk.connection, today=desk.today)] if desk.may("read_running") else []
    return [*came, filing_chart(filed, all_departments(desk.connection))] if filed else came


@officer_page("read_running")
def rows(request: HttpRequest, desk: Desk, what: str) -> HttpResponse:
    """Show the rows behind a number."""
    sheet = sheet_of(desk.connection, what, today=desk.today)
    if sheet is None:
        raise Http404
    return show(request, desk, "front/ops_rows.html", sheet=sheet, pages=cut(request, sheet.rows))
