"""公示审核与到期: what is public, ends soon, has ended or is withheld, and how the law leads to each term."""

from typing import get_args
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse

from limu.access.actions import read_traced
from limu.catalogue.store import all_items, find_version
from limu.front.desk_cases import leave_traces
from limu.ledger import store as ledger
from limu.page.paging import paged, place_of
from limu.page.signed import Desk, officer_page, show
from limu.publication import store_watch
from limu.publication.queries_desk import SHOWN_WORDS
from limu.publication.queries_watch import derive
from limu.publication.store_watch import View
from limu.terms.days import parse_day
from limu.wire.aside import aside
from limu.wire.lawbook import current_book

DAYS = 30
VIEWS: dict[View, str] = {"ending": "即将到期", "ended": "已到期", "coming": "待公示", "withheld": "不公示"}
EMPTY: dict[View, tuple[str, str]] = {
    "ending": (
        "今后 30 天没有到期的记录",
        "公示期将满的记录会按到期日列在这里；到期当日零时起自动停止公示，无需办理。",
    ),
    "ended": ("最近 30 天没有到期的记录", "公示期已满的记录会按到期日列在这里；它们不再对外显示。"),
    "coming": ("没有等待开始公示的记录", "公示起始日在以后的记录会列在这里。"),
    "withheld": ("没有不公示的记录", "缺少公示要素、没有可以适用的规则或者依法不予公示的记录会按原因列在这里。"),
}
DECISIONS = {"published": "公示", "withheld": "不公示", "ended": "终止公示"}


def _trace(desk: Desk, scope: str, *, subject: UUID | None = None) -> None:
    refused = read_traced(
        aside, desk.connection, officer=desk.officer, act=desk.act, purpose="publication_review",
        scope=scope, subject=subject,
    )  # fmt: skip
    if refused:
        raise Http404


@officer_page("read_publication")
def overview(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show one of four views: counted by day or by reason, and the records behind a count."""
    asked = request.GET.get("view", "ending")
    view: View = asked if asked in get_args(View) else "ending"  # type: ignore[assignment] # compared just now
    picked = request.GET.get("picked", "").strip()
    if view != "withheld":
        day = parse_day(picked)
        picked = day.isoformat() if day else ""
    place = place_of(request)
    _trace(desk, f"publication: {view} {picked}".strip()[:200])
    found = store_watch.rows(
        desk.connection, view, today=desk.today, days=DAYS, picked=picked, skip=place.skip, limit=place.size
    )  # fmt: skip
    pages = paged(request, found, place)
    if view != "ending":
        # What is public today may be read by anybody; everything else is a read that its subject can see.
        subjects = (row["subject"] for row in pages.rows)
        leave_traces(desk, subjects, scope=f"publication: {view}", purpose="publication_review")
    names = {item.code: item.name for item in all_items(desk.connection, on=desk.today)}
    return show(
        request, desk, "front/ops_publication.html", view=view, views=VIEWS.items(), picked=picked,
        counts=store_watch.counts(desk.connection, view, today=desk.today, days=DAYS),
        rows=[(row, names.get(row["item"], row["item"])) for row in pages.rows], pages=pages, empty=EMPTY[view],
    )  # fmt: skip


@officer_page("read_publication")
def derivation(request: HttpRequest, desk: Desk, record: UUID) -> HttpResponse:
    """Show from which day and by which article a record's term is counted, and every state it has had."""
    stored = ledger.find_record(desk.connection, record)
    if stored is None:
        raise Http404
    _trace(desk, f"record {record}", subject=stored.subject)
    item = find_version(desk.connection, stored.item, version=stored.item_version)
    states = store_watch.states_of(desk.connection, subject=stored.subject, record=record)
    facts = store_watch.facts_of(desk.connection, subject=stored.subject, record=record)
    now = states[0] if states else None
    law = current_book(desk.connection)
    content = stored.content
    public = [
        (field.label, content[field.code]) for field in item.fields if field.is_public and content.get(field.code)
    ]
    return show(
        request, desk, "front/ops_derivation.html", record=stored, item=item, facts=facts, now=now,
        told=derive(desk.connection, stored, item=item, law=law, stored=now, today=desk.today), public=public,
        held=[field.label for field in item.fields if not field.is_public],
        states=[(state, DECISIONS[state["decision"]]) for state in states], words=SHOWN_WORDS,
    )  # fmt: skip
