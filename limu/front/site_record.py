"""Records in public: one record with its term, its articles, its relief; the lists; the two disclosures (双公示)."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from limu.front import rules
from limu.front.reply import Visit, public_page
from limu.front.site import NOT_KEPT, show
from limu.objection import queries_declaration as declarations
from limu.page import site as page
from limu.publication import queries as publication
from limu.record.item import Item, is_shown


@dataclass(frozen=True, slots=True)
class Line:
    """One field of a record as the page prints it."""

    label: str
    text: str
    is_long: bool


LONG = 18
HEAD_COLUMNS = ("document_number", "authority", "decided_on", "severity", "party_name", "party_uscc")


@public_page
def record(request: HttpRequest, visit: Visit, record_id: UUID) -> HttpResponse:
    """One record, citable: what was decided, by whom, shown until when and by which article, and how to contest it."""
    found = publication.find_public_record(visit.connection, record_id, **visit.times)
    if found is None:
        return page.missing(request)
    if isinstance(found, publication.Ended):
        return page.ended(request)
    item = visit.items.get(found.item)
    context = {
        "shown": show(found, visit=visit),
        "lines": lines_of(found, item),
        "routes": rules.relief_for(found.item, found.authority or "", book=visit.book, on=visit.today),
        "is_adverse": item.adverse if item else True,
        "declared": declarations.shown_of(visit.connection, found.id),
        "today": visit.today,
    }
    response = render(request, "front/record.html", context)
    response["X-Robots-Tag"] = NOT_KEPT
    return response


def lines_of(found: Any, item: Item | None) -> tuple[Line, ...]:
    """List the public fields of a record in the catalogue's order, short ones first; unknown fields stay out."""
    if item is None:
        return ()
    lines, told = [], set(HEAD_COLUMNS)
    for field in item.fields:
        wanted = is_shown(field, found.subject_uscc) and field.column not in told
        text = text_of(found, field.column, field.code) if wanted else ""
        if text:
            # Two fields of an item may feed one column (a fine in yuan or in ten thousands): it is told once.
            told |= {field.column} if field.column else set()
            label = _("罚款金额") if field.column == "fine_fen" else field.label
            lines.append(Line(label, text, len(text) > LONG))
    return tuple(sorted(lines, key=lambda line: line.is_long))


def text_of(found: Any, column: str | None, code: str) -> str:
    """Write one value of a record for reading: money in yuan with thousands, days in ISO form."""
    value = getattr(found, column, None) if column else None
    if value is None or value == ():
        return str(found.content.get(code, "") or "")
    if column == "fine_fen":
        return _("%(yuan)s 元") % {"yuan": f"{value / 100:,.2f}"}
    return "、".join(value) if isinstance(value, (tuple, list)) else str(value)
