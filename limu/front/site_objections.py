"""异议统计: how each body dealt with objections, for everybody, as a page and as CSV; counts alone, never a subject."""

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from limu.front.reply import Visit, public_page
from limu.front.site_lists import line
from limu.objection.queries import statistics
from limu.objection.rules import Statistic

HEADS = (
    "部门", "收到", "办结", "办理工作日中位数", "成立", "成立比例（%）", "逾期办结", "逾期未办结", "逾期比例（%）",
)  # fmt: skip


def percent(share: float | None) -> str:
    """A share as a percentage with one decimal; a dash where there is nothing to share."""
    return "—" if share is None else f"{100 * share:.1f}"


def days(median: float | None) -> str:
    """A median of working days, without a decimal where there is none."""
    return "—" if median is None else f"{median:g}"


@public_page
def objections(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Objections by body: how many, how fast, how many were right, how many late."""
    found = statistics(visit.connection, today=visit.today)
    rows = [(one, days(one.median_days), percent(one.share_upheld), percent(one.share_late)) for one in found]
    return render(request, "front/quality_objections.html", {"rows": rows, "today": visit.today})


@public_page
def objections_csv(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The same as CSV."""
    del request
    text = "".join(_lines(statistics(visit.connection, today=visit.today)))
    answer = HttpResponse("\ufeff" + text, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="objections.csv"'
    return answer


def _lines(found: Iterable[Statistic]) -> Iterable[str]:
    yield line(HEADS)
    for one in found:
        yield line(
            (one.department, str(one.opened), str(one.decided), days(one.median_days), str(one.upheld),
             percent(one.share_upheld), str(one.late), str(one.overdue), percent(one.share_late))
        )  # fmt: skip
