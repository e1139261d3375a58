"""The public site as JSON (OpenAPI 3.1): the same queries, the same visibility, problem+json, cursors, ETags."""

from dataclasses import asdict
from functools import partial
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Query
from ninja.errors import HttpError, ValidationError

from limu.catalogue.rules import definition_of
from limu.front import schemas
from limu.front.reply import Visit, public_page
from limu.front.site import code_in, is_closed
from limu.front.site_law import tell
from limu.objection import queries_declaration as declarations
from limu.objection.store_declaration import Shown
from limu.page import site as page
from limu.publication import queries as publication
from limu.record.item import is_shown as shown
from limu.subject import queries as subjects

api = NinjaAPI(
    title="Limu public interface",
    version="1",
    description="Public credit information of organisations; every answer is judged by today's visibility.",
    docs_url=None,
    urls_namespace="public-v1",
)


def answer(written: Any, *, links: str = "") -> HttpResponse:
    """Write an answer; days and instants in ISO form, money in fen."""
    response = JsonResponse(written, json_dumps_params={"ensure_ascii": False}, safe=False)
    if links:
        response["Link"] = f'<{links}>; rel="next"'
    return response


@api.get("/search", response=schemas.Found, tags=["subjects"], summary="Search organisations; never persons")
def search(request: HttpRequest, asked: Query[schemas.Asked]) -> HttpResponse:
    """Search organisations with the exact total and the reason of each match."""

    @public_page
    def told(request: HttpRequest, visit: Visit) -> HttpResponse:
        del request
        text = code_in(asked.q) or asked.q
        result = subjects.search(visit.connection, text, limit=asked.limit)
        disputed = publication.disputed_among(visit.connection, (hit.uscc for hit in result.hits))
        hits = [asdict(hit) | {"has_disputed": hit.uscc in disputed} for hit in result.hits]
        return answer(
            {
                "total": result.total,
                "is_total_exact": result.is_total_exact,
                "refused_person": result.refused_person,
                "answered_as": result.answered_as,
                "hits": hits,
            }
        )

    return told(request)


@api.get("/subjects/{uscc}", response=schemas.Subject, tags=["subjects"], summary="One organisation")
def subject(request: HttpRequest, uscc: str) -> HttpResponse:
    """Basic information of an organisation and how much is public about it today."""

    @public_page
    def told(request: HttpRequest, visit: Visit) -> HttpResponse:
        found = find(visit, uscc)
        if found is None:
            return page.missing(request)
        if is_closed(visit, found):
            return page.cancelled(request)
        counts = publication.public_counts_of(visit.connection, found.id, **visit.times)
        return answer(asdict(found) | {"counts": dict(counts)})

    return told(request)


@api.get("/subjects/{uscc}/records", response=schemas.Records, tags=["records"], summary="Its public records")
def records(request: HttpRequest, uscc: str, page_of: Query[schemas.PageOf]) -> HttpResponse:
    """Records of an organisation that are public today, newest first, page by page."""

    @public_page
    def told(request: HttpRequest, visit: Visit) -> HttpResponse:
        found = find(visit, uscc)
        if found is None:
            return page.missing(request)
        if page_of.cursor and not publication.is_cursor(page_of.cursor):
            return page.misput(request, _("翻页标记无法识别。"))
        read = partial(publication.public_records_of, visit.connection, found.id, **visit.times)
        rows = read(item=page_of.item, limit=page_of.limit, after=page_of.cursor)
        follow = next_address(request, rows.after)
        said = declarations.shown_among(visit.connection, found.id)
        told = [record_of(row, visit, declared=said.get(row.id)) for row in rows.records]
        return answer({"records": told, "next": follow or None}, links=follow)

    return told(request)


@api.get("/records/{record_id}", response=schemas.Record, tags=["records"], summary="One record, or 410 when it ended")
def record(request: HttpRequest, record_id: UUID) -> HttpResponse:
    """One record that is public today; 410 without content when its publication has ended."""

    @public_page
    def told(request: HttpRequest, visit: Visit) -> HttpResponse:
        found = publication.find_public_record(visit.connection, record_id, **visit.times)
        if found is None:
            return page.missing(request)
        if isinstance(found, publication.Ended):
            return page.ended(request)
        return answer(record_of(found, visit, declared=declarations.shown_of(visit.connection, found.id)))

    return told(request)


@api.get("/catalogue", tags=["catalogue"], summary="Items that may be collected")
def catalogue(request: HttpRequest) -> HttpResponse:
    """All items with class, basis and publicity."""

    @public_page
    def told(request: HttpRequest, visit: Visit) -> HttpResponse:
        del request
        brief = ("code", "version", "name", "class_number", "class_name", "publicity", "frequency", "basis")
        return answer({"items": [{key: getattr(item, key) for key in brief} for item in visit.items.values()]})

    return told(request)


@api.get("/catalogue/{item}", tags=["catalogue"], summary="One item with its fields")
def catalogue_item(request: HttpRequest, item: str) -> HttpResponse:
    """The definition of an item, field by field."""

    @public_page
    def told(request: HttpRequest, visit: Visit) -> HttpResponse:
        found = visit.items.get(item)
        return answer(definition_of(found)) if found else page.missing(request)

    return told(request)


@api.get("/law/rules", tags=["law"], summary="Rules with their articles and our confidence in them")
def rules(request: HttpRequest) -> HttpResponse:
    """Every rule of this edition: what it says, which articles carry it, how sure we are."""

    @public_page
    def told(request: HttpRequest, visit: Visit) -> HttpResponse:
        del request
        spoken = [tell(rule, visit) for rule in visit.book.rules()]
        return answer(
            {
                "rules": [
                    {
                        "key": one.rule.key,
                        "kind": one.kind,
                        "text": one.text,
                        "citations": [visit.book.in_words(key) for key in one.rule.citations],
                        "confidence": one.confidence,
                        "is_confirmed": one.is_confirmed,
                        "from": one.rule.from_on,
                        "until": one.rule.until_on,
                    }
                    for one in spoken
                ]
            }
        )

    return told(request)


def find(visit: Visit, uscc: str) -> Any:
    """Find a subject by a code in any case."""
    code = code_in(uscc)
    return subjects.find_subject(visit.connection, code) if code else None


def record_of(found: Any, visit: Visit, *, declared: Shown | None) -> dict[str, Any]:
    """Write a record with the fields its item makes public and no others, and what its subject says to it."""
    item = visit.items.get(found.item)
    public = {field.code for field in item.fields if shown(field, found.subject_uscc)} if item else set()
    written = asdict(found) | {"declaration": asdict(declared) if declared else None}
    written["content"] = {code: text for code, text in found.content.items() if code in public}
    return written


def next_address(request: HttpRequest, cursor: str | None) -> str:
    """The absolute address of the next page."""
    if not cursor:
        return ""
    kept = {key: value for key, value in request.GET.items() if key != "cursor"}
    return request.build_absolute_uri(f"{request.path}?{urlencode(kept | {'cursor': cursor})}")


@api.exception_handler(ValidationError)
def misput(request: HttpRequest, fault: ValidationError) -> HttpResponse:
    """Say which parameter cannot be read."""
    places = "、".join(".".join(str(part) for part in error["loc"][1:]) for error in fault.errors)
    return page.misput(request, _("参数不正确：%(places)s。") % {"places": places})


@api.exception_handler(HttpError)
def refused(request: HttpRequest, fault: HttpError) -> HttpResponse:
    """Any other refusal of the framework, as a problem."""
    return page.fault(request, page.Fault(fault.status_code, str(fault), "", ""))
