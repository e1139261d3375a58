"""Public lists across subjects: the lists (名单) and the disclosures (双公示), filtered by the address, and as CSV."""

import csv
import io
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from limu.front import rules, words
from limu.front.reply import Visit, opened, public_page, times_of
from limu.front.site import NOT_KEPT, next_page, show
from limu.page import site as page
from limu.publication import queries as publication
from limu.publication.rules import Wanted

PAGE = 20
COUNTED = 1001
EXPORTED = 10_000
BATCH = 500
FILTERS = ("item", "authority", "region", "status", "year", "from", "until", "sort")
# Characters with which a spreadsheet would begin to reckon.
RECKONED = ("=", "+", "-", "@", "\t", "\r")


@public_page
def lists(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Lists of organisations in serious breach and abnormal lists, each entry with its basis and term (名单)."""
    return listing(request, visit, items=rules.LISTS, template="front/lists.html")


@public_page
def disclosure(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Permits and penalties, filtered by item, deciding body, region and day (双公示)."""
    return listing(request, visit, items=rules.DISCLOSED, template="front/disclosure.html")


def listing(request: HttpRequest, visit: Visit, *, items: tuple[str, ...], template: str) -> HttpResponse:
    """A list of public records with its filters in the address."""
    try:
        wanted = wanted_of(request, items)
    except ValueError:
        return page.misput(request, _("日期应写成 2026-11-23，年份应写成 2026，行政区划代码应为二至六位数字。"))
    after = request.GET.get("after") or None
    found = publication.latest_public(visit.connection, wanted, limit=PAGE, after=after, **visit.times)
    # A list that ends on its first page has been counted.
    count = (
        publication.count_public(visit.connection, wanted, most=COUNTED, **visit.times)
        if after or found.after
        else len(found.records)
    )
    context = {
        "choices": [(code, visit.name_of(code)) for code in items if code in visit.items],
        "statuses": [(code, words.say(words.STATUSES, code)) for code in words.STATUSES],
        "asked": {key: request.GET.get(key, "") for key in FILTERS},
        "is_filtered": any(request.GET.get(key) for key in FILTERS if key != "sort"),
        "rows": [show(row, visit=visit) for row in found.records],
        "count": min(count, COUNTED - 1),
        "is_more": count >= COUNTED,
        "export": f"{request.path}.csv?{request.GET.urlencode()}",
        "exported": EXPORTED,
        "more": next_page(request, found.after),
        "today": visit.today,
    }
    response = render(request, template, context)
    response["X-Robots-Tag"] = NOT_KEPT
    return response


def wanted_of(request: HttpRequest, items: tuple[str, ...]) -> Wanted:
    """Read the filters of the address; one that cannot be read raises ValueError."""
    chosen, year = request.GET.get("item", ""), request.GET.get("year", "").strip()
    region, status = request.GET.get("region", "").strip(), request.GET.get("status", "")
    if region and not (region.isascii() and region.isdigit() and 2 <= len(region) <= 6):
        raise ValueError(region)
    first, last = (date(int(year), 1, 1), date(int(year), 12, 31)) if year else (None, None)
    return Wanted(
        items=(chosen,) if chosen in items else items,
        authority=request.GET.get("authority", "").strip() or None,
        region=region.rstrip("0") or None,
        status=status if status in words.STATUSES else None,
        decided_from=day(request, "from") or first,
        decided_until=day(request, "until") or last,
        oldest_first=request.GET.get("sort") == "oldest",
    )


def day(request: HttpRequest, name: str) -> date | None:
    """Read a day of the address; an empty one is none, a broken one raises ValueError."""
    text = request.GET.get(name, "").strip()
    return date.fromisoformat(text) if text else None


def export(items: tuple[str, ...], name: str) -> Callable[[HttpRequest], Any]:
    """Make the CSV door of a list: the same filters, rows judged batch by batch, nothing kept anywhere."""

    def answer(request: HttpRequest) -> Any:
        if request.method not in ("GET", "HEAD"):
            return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
        try:
            wanted = wanted_of(request, items)
            as_of, known_at = times_of(request)
        except ValueError:
            return page.misput(request, _("日期应写成 2026-11-23，年份应写成 2026，行政区划代码应为二至六位数字。"))
        times = {"as_of": as_of, "known_at": known_at}
        response = StreamingHttpResponse(
            lines(wanted, times, origin=request.build_absolute_uri("/r/")), content_type="text/csv; charset=utf-8"
        )
        response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
        response["Cache-Control"] = "no-store"
        response["X-Robots-Tag"] = NOT_KEPT
        return response

    return answer


def lines(wanted: Wanted, times: dict[str, Any], *, origin: str) -> Iterator[str]:
    """Write the rows of an export; each batch is read anew under today's visibility and holds no connection between."""
    yield "\ufeff" + line(rules.HEADS)
    after, written = None, 0
    while written < EXPORTED:
        with opened() as connection:
            state = publication.register_version(connection)
            visit = Visit(connection, state.today, state.changed_at, times["as_of"], times["known_at"])
            found = publication.latest_public(connection, wanted, limit=BATCH, after=after, **times)
            rows = [line(cells(record, visit, origin=origin)) for record in found.records]
        yield "".join(rows)
        written, after = written + len(rows), found.after
        if after is None:
            return


def cells(record: publication.PublicRecord, visit: Visit, *, origin: str) -> tuple[str, ...]:
    """One record as cells: what its page shows in its head, and the address of the page."""
    until = rules.period_of(record.shown_from, record.shown_until, visit.today).last_on
    return (
        record.subject_name,
        record.subject_uscc,
        visit.name_of(record.item),
        record.document_number or "",
        record.authority or "",
        record.decided_on.isoformat() if record.decided_on else "",
        words.say(words.SEVERITIES, record.severity or ""),
        record.shown_from.isoformat(),
        until.isoformat() if until else "长期",
        record.citation,
        record.department_name,
        "是" if record.is_disputed else "",
        f"{origin}{record.id}",
    )


def line(values: tuple[str, ...]) -> str:
    """Write a line of CSV (RFC 4180) in which no cell begins a formula."""
    written = io.StringIO()
    csv.writer(written).writerow([f"'{text}" if text.startswith(RECKONED) else text for text in values])
    return written.getvalue()


lists_export = export(rules.LISTS, "lists")
disclosure_export = export(rules.DISCLOSED, "disclosure")

ROBOTS = """User-agent: *
Disallow: /search
Disallow: /api/
Disallow: /s/
Disallow: /r/
Disallow: /lists
Disallow: /disclosure
Disallow: /verify
Disallow: /account/
Disallow: /dept
Disallow: /ops
Allow: /
"""


def robots(request: HttpRequest) -> HttpResponse:
    """Tell robots what they may keep: law, catalogue and guidance; nothing that ends (decision 0011)."""
    del request
    return HttpResponse(ROBOTS, content_type="text/plain; charset=utf-8")
