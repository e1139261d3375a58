"""The first page of the credit centre's desk: what is wrong now, and the rows behind every number."""

from django.http import Http404, HttpRequest, HttpResponse

from limu.front.desk_batches import rule_words
from limu.front.queries_watch import sheet_of, watches
from limu.page.signed import Desk, officer_page, show
from limu.wire.clock import register_now


@officer_page("open_ops")
def centre(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Tell what is wrong now; where all is well, what was looked at."""
    found = watches(
        desk.connection, today=desk.today, may=desk.may, words=lambda code: rule_words(code)[0].removesuffix("。")
    )
    wrong = [one for one in found if not one.is_well]
    return show(
        request, desk, "front/ops.html", wrong=wrong, well=[one for one in found if one.is_well],
        at=register_now(desk.connection), number=len(found),
    )  # fmt: skip


@officer_page("read_running")
def rows(request: HttpRequest, desk: Desk, what: str) -> HttpResponse:
    """Show the rows behind a number."""
    sheet = sheet_of(desk.connection, what, today=desk.today)
    if sheet is None:
        raise Http404
    return show(request, desk, "front/ops_rows.html", sheet=sheet)
