"""The catalogue in public: what may be collected and why, field by field, with template and schema to take away."""

from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from limu.front import queries
from limu.front.reply import Visit, public_page
from limu.page import site as page
from limu.record.item import CLASS_NAMES, Field, Item


@public_page
def catalogue(request: HttpRequest, visit: Visit) -> HttpResponse:
    """All items by class of the national catalogue (信息目录)."""
    del visit
    ordered = sorted(queries.items(), key=lambda item: item.class_number)
    held = {number: list(group) for number, group in groupby(ordered, key=lambda item: item.class_number)}
    classes = [(number, name, held.get(number, [])) for number, name in CLASS_NAMES.items()]
    return render(request, "front/catalogue.html", {"classes": classes, "count": len(ordered)})


@public_page
def item(request: HttpRequest, visit: Visit, code: str) -> HttpResponse:
    """One item's data dictionary: basis, frequency, and for each field what it holds and who may see it."""
    del visit
    found = queries.find_item(code)
    if found is None:
        return page.missing(request)
    return render(request, "front/item.html", {"item": found})


@public_page
def schema(request: HttpRequest, visit: Visit, code: str) -> HttpResponse:
    """The item as JSON Schema (2020-12), generated from the same definition as the checks."""
    del visit
    found = queries.find_item(code)
    if found is None:
        return page.missing(request)
    response = JsonResponse(schema_of(found), json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Type"] = "application/schema+json"
    return response


def schema_of(item: Item) -> dict[str, Any]:
    """Write an item as JSON Schema; headers of a file are titles, codes are names."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:limu:item:{item.code}:{item.version}",
        "title": item.name,
        "description": item.description,
        "type": "object",
        "properties": {field.code: property_of(field) for field in item.fields},
        "required": [field.code for field in item.fields if field.required == "accept"],
        "additionalProperties": False,
    }


FORMATS: dict[str, dict[str, Any]] = {
    "day": {"type": "string", "format": "date"},
    "uscc": {"type": "string", "pattern": "^[0-9A-HJ-NPQRTUWXY]{18}$"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "amount_wan": {"type": "number", "minimum": 0},
    "amount_yuan": {"type": "number", "minimum": 0},
}


def property_of(field: Field) -> dict[str, Any]:
    """Write one field as a JSON Schema property."""
    written: dict[str, Any] = {"title": field.label, **FORMATS.get(field.kind, {"type": "string"})}
    if field.length and written["type"] == "string":
        written["maxLength"] = field.length
    if field.codelist and field.kind == "code":
        written["enum"] = list(field.codelist)
    return written | {name: text for name, text in (("description", field.description),) if text}
