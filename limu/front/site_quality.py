"""数据质量公开: what departments reported, the published assessments by year, and what is needed to recompute them."""

import io
import json

import polars as pl
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from limu.assessment import store
from limu.assessment.queries import columns_of, edition_of, levels_chart, lines_of
from limu.assessment.rules import Fact, overall
from limu.front.reply import Visit, public_page
from limu.page import site
from limu.publication import queries as publication

FACT_COLUMNS = ("year", "uscc", "department_name", "item", "kind", "from_on", "until_on", "working_days", "rows")


@public_page
def quality(request: HttpRequest, visit: Visit) -> HttpResponse:
    """What every department reported and what became of it: counts only, never rows; and the years assessed."""
    rows = [(row, visit.name_of(row.item)) for row in publication.quality_by_department(visit.connection)]
    return render(request, "front/quality.html", {"rows": rows, "years": store.public_years(visit.connection)})


@public_page
def year(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    """A published year: every department by name, every indicator, no ranking."""
    found = store.public_of_year(visit.connection, number)
    if not found:
        return site.missing(request)
    edition = edition_of(found[0].edition)
    rows = [(one, overall(one.figures), columns_of(one)) for one in found]
    values = {"year": number, "rows": rows, "edition": edition, "chart": levels_chart(found)}
    return render(request, "front/quality_year.html", values)


@public_page
def department(request: HttpRequest, visit: Visit, *, number: int, uscc: str) -> HttpResponse:
    """One department's year with the facts behind each number."""
    one = next((one for one in store.public_of_year(visit.connection, number) if one.uscc == uscc), None)
    if one is None:
        return site.missing(request)
    rows = store.public_facts(visit.connection, number, uscc=uscc)
    facts = tuple(Fact(**{name: row[name] for name in Fact.__dataclass_fields__}) for row in rows)
    names = {code: item.name for code, item in visit.items.items()}
    values = {"one": one, "lines": lines_of(one, facts, names), "overall": overall(one.figures)}
    return render(request, "front/quality_department.html", values)


@public_page
def download(request: HttpRequest, visit: Visit, *, number: int, form: str) -> HttpResponse:
    """The facts of a published year as CSV or Parquet, and the formula as JSON."""
    found = store.public_of_year(visit.connection, number)
    if not found or form not in ("facts.csv", "facts.parquet", "formula.json"):
        return site.missing(request)
    if form == "formula.json":
        text = json.dumps(edition_of(found[0].edition).as_json(), ensure_ascii=False, indent=2)
        return HttpResponse(text, content_type="application/json; charset=utf-8")
    frame = pl.DataFrame(store.public_facts(visit.connection, number), infer_schema_length=None).select(FACT_COLUMNS)
    if form == "facts.csv":
        answer = HttpResponse(frame.write_csv(), content_type="text/csv; charset=utf-8")
    else:
        target = io.BytesIO()
        frame.write_parquet(target)
        answer = HttpResponse(target.getvalue(), content_type="application/vnd.apache.parquet")
    answer["Content-Disposition"] = f'attachment; filename="quality-{number}-{form}"'
    return answer
