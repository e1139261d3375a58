"""同步看板 and 偏差登记: did every change reach everyone, and which copies are wrong."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect

from limu.feed import store_board as board
from limu.feed import store_holder, store_serve
from limu.feed.rules import KIND_WORDS
from limu.page.paging import PAGE, paged, place_of
from limu.page.rules_charts import Chart
from limu.page.signed import Desk, officer_page, show

SHOWN = {"changes": "停止与变更", "late": "逾期未确认", "all": "全部"}
DEVIATION_WORDS = {
    "differs": "内容不一致", "missing": "副本缺少", "withdrawn": "已停止公示仍保留", "stale": "公众反映的陈旧副本",
}  # fmt: skip


@officer_page("read_holders")
def propagation(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Every change by every holder: when it had it, how long it took, who is late."""
    shown = request.GET.get("show", "changes")
    shown = shown if shown in SHOWN else "changes"
    before = request.GET.get("before", "")
    at = int(before) if before.isascii() and before.isdigit() and len(before) < 18 else None
    holders = [one for one in store_holder.all_holders(desk.connection) if one.state in ("active", "paused")]
    lines = board.changes(desk.connection, holders, shown=shown, before=at, limit=PAGE)
    summary = board.summary(desk.connection)
    return show(
        request, desk, "feed/propagation.html", holders=holders, shown=shown,
        lines=[(one, KIND_WORDS.get(one.kind, one.kind), zip(holders, one.cells, strict=True)) for one in lines[:PAGE]],
        choices=SHOWN, summary=summary, chart=_chart(summary),
        before=lines[PAGE - 1].timepoint if len(lines) > PAGE else None,
    )  # fmt: skip


def _chart(summary: list[dict[str, Any]]) -> Chart:
    late = sum(bool(row["late"]) for row in summary)
    return Chart(
        "propagation", "近 30 天的变更到达各接收单位",
        f"{len(summary)} 个接收单位中 {late} 个有逾期未确认的变更。", "接收单位",
        (("已确认", "good"), ("等待", "plain"), ("逾期", "bad")),
        tuple((row["name"], (row["acknowledged"], row["waiting"], row["late"])) for row in summary), is_flat=True,
    )  # fmt: skip


@officer_page("read_holders")
def deviations(request: HttpRequest, desk: Desk) -> HttpResponse:
    """List the copies that were found to be wrong."""
    place = place_of(request)
    pages = paged(request, store_serve.deviations(desk.connection, limit=place.limit, skip=place.skip), place)
    told = [(row, DEVIATION_WORDS.get(row["kind"], row["kind"])) for row in pages.rows]
    return show(request, desk, "feed/deviations.html", rows=told, pages=pages, may_edit=desk.may("edit_holders"))


@officer_page("edit_holders")
def close(request: HttpRequest, desk: Desk, deviation: UUID) -> HttpResponse:
    """Close a ticket with what became of it."""
    if not board.deviation_exists(desk.connection, deviation):
        raise Http404
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    outcome = request.POST.get("outcome", "").strip()[:200]
    if outcome:
        board.close_deviation(desk.connection, deviation, officer=desk.officer.id, outcome=outcome)
    return HttpResponseRedirect("/ops/deviations")
