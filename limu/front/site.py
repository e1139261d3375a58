"""The first pages of the public site: home, search, and a subject's public file."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext_noop as mark

from limu.front import rules, words
from limu.front.reply import Visit, public_page
from limu.page import site as page
from limu.page.frame import LANGUAGES
from limu.publication import queries as publication
from limu.publication.rules import Wanted
from limu.record.item import Item
from limu.subject import queries as subjects

QUERY_LIMIT = 100
# Records end; a search engine's copy would not (decision 0011).
NOT_KEPT = "noindex, noarchive"
HITS = 20
# Filters of the search choose among the best matches, so that the work of a question stays bounded.
LOOKED_THROUGH = 100
LATEST = 6
RECORDS_A_SECTION = 20
USCC = re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}")

# Services of the home page (ux.md 5.1), in order: key of the section, its title, its one line.
SERVICES = (
    ("credit", mark("查信用"), mark("公开信息查询")),
    ("verify", mark("验核查单"), mark("核验真伪")),
    ("repair", mark("办修复"), mark("申请信用修复")),
    ("objection", mark("提异议"), mark("认为信息有误")),
    ("progress", mark("查进度"), mark("查询办理进度")),
    ("pledge", mark("信用承诺"), mark("承诺与履行")),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A public record as a page lists it: with its item's name and its term measured for today."""

    record: Any
    item_name: str
    period: rules.Period
    tone: str
    labels: Mapping[str, str]

    @property
    def severity(self) -> str:
        """The severity class in words, or nothing for records that have none."""
        return words.say(words.SEVERITIES, self.record.severity or "")


@dataclass(frozen=True, slots=True)
class Section:
    """The records of one item under a tab, with the address of the rest."""

    item: str
    name: str
    count: int
    shown: tuple[Shown, ...]
    more: str


def show(record: Any, *, visit: Visit) -> Shown:
    """Prepare a record for a list."""
    return Shown(
        record=record,
        item_name=visit.name_of(record.item),
        period=rules.period_of(record.shown_from, record.shown_until, visit.today),
        tone=rules.SEVERITY_TONES.get(record.severity or "", ""),
        labels=labels_of(visit.items.get(record.item)),
    )


def labels_of(item: Item | None) -> dict[str, str]:
    """Call number, authority and day as the item calls them; in another language by their general names."""
    called = {column: words.say(words.COLUMNS, column) for column in words.COLUMNS}
    if item and get_language() == LANGUAGES[0]:
        called |= {column: field.label for column in called if (field := item.field_for(column))}
    return called


@public_page
def home(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The home page: one search box, the services, what was published last, and when data last came in."""
    shower = partial(show, visit=visit)
    columns = [
        (title, address, tuple(shower(record) for record in latest(visit, items)))
        for title, address, items in (
            (words.say(words.TABS, "penalties"), "/disclosure?item=penalty", ("penalty", "penalty_summary")),
            (words.say(words.TABS, "permits"), "/disclosure?item=permit", ("permit",)),
            (words.say(words.TABS, "lists"), "/lists", rules.LISTS),
        )
    ]
    context = {
        "services": SERVICES,
        "columns": [column for column in columns if column[2]],
        "updated_at": visit.changed_at,
    }
    response = render(request, "front/home.html", context)
    response["X-Robots-Tag"] = "noarchive, nosnippet"
    return response


def latest(visit: Visit, items: tuple[str, ...]) -> tuple[Any, ...]:
    """The newest public records of some items."""
    return tuple(publication.latest_public(visit.connection, Wanted(items), limit=LATEST, **visit.times).records)


def code_in(text: str) -> str | None:
    """Recognise a pasted unified code in any case, in full width, with blanks between."""
    folded = re.sub(r"[\s\u3000-]+", "", text.translate(NARROW)).upper()
    return folded if USCC.fullmatch(folded) else None


NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}


@public_page
def search(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Search results with the reason of each match; a valid code leads straight to its subject."""
    text = request.GET.get("q", "").strip()[:QUERY_LIMIT]
    code = code_in(text)
    if code and subjects.find_subject(visit.connection, code):
        return HttpResponseRedirect(f"/s/{code}")
    region, status = request.GET.get("region", "").strip()[:6], request.GET.get("status", "")
    is_filtered = bool(region or status)
    result = subjects.search(visit.connection, text, limit=LOOKED_THROUGH if is_filtered else HITS) if text else None
    if result is not None and result.exact_uscc:
        return HttpResponseRedirect(f"/s/{result.exact_uscc}")
    hits = () if result is None else result.hits
    listed = [hit for hit in hits if rules.is_hit(hit.region, hit.status, region=region, status=status)][:HITS]
    context = {
        "text": text,
        "result": result,
        "shown": listed,
        "disputed": publication.disputed_among(visit.connection, (hit.uscc for hit in listed)),
        "hits": HITS,
        "region": region,
        "status": status,
        "statuses": [(code, words.say(words.STATUSES, code)) for code in words.STATUSES],
        "is_filtered": is_filtered,
        "looked_through": min(LOOKED_THROUGH, len(hits)),
    }
    return render(request, "front/search.html", context)


@public_page
def subject(request: HttpRequest, visit: Visit, uscc: str) -> HttpResponse:
    """A subject's public file (主体公开档案): who it is, and under tabs what is public about it today."""
    code = code_in(uscc)
    if code and code != uscc:
        return HttpResponseRedirect(f"/s/{code}")
    found = subjects.find_subject(visit.connection, code) if code else None
    if found is None:
        return page.missing(request)
    counts = publication.public_counts_of(visit.connection, found.id, **visit.times)
    if is_closed(visit, found):
        return page.cancelled(request)
    tabs = rules.lay_tabs(counts)
    opened = rules.open_tab(tabs, request.GET.get("tab", ""))
    section = partial(section_of, visit, request, found.id)
    context = {
        "subject": found,
        "tabs": tabs,
        "opened": opened,
        "opened_label": words.say(words.TABS, opened.key),
        "sections": [section(item=item, count=counts[item]) for item in wanted_items(request, opened)],
        "today": visit.today,
        "times": {key: value for key, value in visit.times.items() if value},
    }
    response = render(request, "front/subject.html", context)
    response["X-Robots-Tag"] = NOT_KEPT
    return response


def is_closed(visit: Visit, found: subjects.PublicSubject) -> bool:
    """Whether a file is closed: the organisation is cancelled and nothing is public today, whatever time is asked."""
    return found.status == "cancelled" and not publication.public_counts_of(visit.connection, found.id)


def wanted_items(request: HttpRequest, opened: rules.Tab) -> tuple[str, ...]:
    """One item when the visitor pages through it, else all items of the tab."""
    item = request.GET.get("item", "")
    return (item,) if item in opened.items else opened.items


def section_of(visit: Visit, request: HttpRequest, subject_id: UUID, *, item: str, count: int) -> Section:
    """Read one section of a tab."""
    after = request.GET.get("after") if request.GET.get("item") == item else None
    found = publication.public_records_of(
        visit.connection, subject_id, item=item, limit=RECORDS_A_SECTION, after=after, **visit.times
    )
    return Section(
        item=item,
        name=visit.name_of(item),
        count=count,
        shown=tuple(show(record, visit=visit) for record in found.records),
        more=next_page(request, found.after, tab=rules.tab_of(item), item=item),
    )


def next_page(request: HttpRequest, cursor: str | None, **fixed: str) -> str:
    """Address the next page of a list, keeping the filters; empty when there is none."""
    if not cursor:
        return ""
    kept = {key: value for key, value in request.GET.items() if key not in ("lang", "view")}
    return f"{request.path}?{urlencode(kept | fixed | {'after': cursor})}"
