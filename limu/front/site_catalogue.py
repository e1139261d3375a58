"""The catalogue in public: what may be collected and why, field by field, with template and schema to take away."""

from itertools import groupby

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header

from limu.catalogue.queries_schema import json_schema
from limu.catalogue.queries_template import make_template
from limu.front import queries
from limu.front.reply import Visit, public_page
from limu.page import site as page
from limu.record.item import CLASS_NAMES

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@public_page
def catalogue(request: HttpRequest, visit: Visit) -> HttpResponse:
    """All items by class of the national catalogue (信息目录)."""
    ordered = sorted(visit.items.values(), key=lambda item: item.class_number)
    held = {number: list(group) for number, group in groupby(ordered, key=lambda item: item.class_number)}
    classes = [(number, name, held.get(number, [])) for number, name in CLASS_NAMES.items()]
    return render(request, "front/catalogue.html", {"classes": classes, "count": len(ordered)})


@public_page
def item(request: HttpRequest, visit: Visit, code: str) -> HttpResponse:
    """One item's data dictionary: basis, frequency, and for each field what it holds and who may see it."""
    found = visit.items.get(code)
    if found is None:
        return page.missing(request)
    versions = queries.versions_of(visit.connection, code)
    groups = [
        (need, [field for field in found.fields if field.required == need]) for need in ("accept", "publish", "no")
    ]
    labels = {field.code: field.label for field in found.fields}
    key = [labels.get(code, code) for code in found.natural_key]
    told = {
        "item": found,
        "key": key,
        "versions": versions,
        "today": visit.today,
        "groups": [one for one in groups if one[1]],
    }
    return render(request, "front/item.html", told)


@public_page
def schema(request: HttpRequest, visit: Visit, code: str) -> HttpResponse:
    """The item as JSON Schema (2020-12), generated from the same definition as the checks."""
    found = visit.items.get(code)
    if found is None:
        return page.missing(request)
    response = JsonResponse(json_schema(found), json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Type"] = "application/schema+json"
    return response


@public_page
def template(request: HttpRequest, visit: Visit, code: str) -> HttpResponse:
    """The workbook in which departments report this item, made from its definition."""
    found = visit.items.get(code)
    if found is None:
        return page.missing(request)
    response = HttpResponse(make_template(found), content_type=WORKBOOK)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=f"{found.name}.xlsx")
    return response
