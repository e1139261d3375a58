"""Pages about the site itself: quality figures by department, what it is and is not, how to use it by machine."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from limu.front.reply import Visit, public_page
from limu.publication import queries as publication


@public_page
def quality(request: HttpRequest, visit: Visit) -> HttpResponse:
    """What every department reported and what became of it: counts only, never rows (数据质量公开)."""
    rows = [(row, visit.name_of(row.item)) for row in publication.quality_by_department(visit.connection)]
    return render(request, "front/quality.html", {"rows": rows})


@public_page
def about(request: HttpRequest, visit: Visit) -> HttpResponse:
    """What this site is, what it refuses, and how each service works."""
    del visit
    return render(request, "front/about.html")


@public_page
def developers(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The JSON interface in words, with its limits and errors."""
    del visit
    return render(request, "front/developers.html")
