"""Pages about the site itself: what it is and is not, how to use it by machine."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from limu.front import rules
from limu.front.reply import Visit, public_page
from limu.front.site_law import tell_term
from limu.publication import queries as publication
from limu.publication.rules import Wanted

PENALTY = "penalty"
SEVERITIES = ("minor", "general", "serious")


@public_page
def about(request: HttpRequest, visit: Visit) -> HttpResponse:
    """What this site is, what it refuses, and how each service works; periods are those of the law in force today."""
    terms = [
        rule
        for severity in SEVERITIES
        for rule in visit.book.term_table()
        if rule.severity == severity and rule.minimum and PENALTY in rule.items and rule.is_in_force(visit.today)
        and not (rule.region or rule.fields)
    ]  # fmt: skip
    deadlines = [visit.book.deadline(act, on=visit.today) for act in ("repair_acceptance", "repair_decision")]
    context = {
        "terms": [(rule.key, tell_term(rule)) for rule in terms],
        "deadlines": [one for one in deadlines if one is not None],
    }
    return render(request, "front/about.html", context)


@public_page
def developers(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The JSON interface in words, with examples that can be pasted, its limits and errors."""
    newest = publication.latest_public(visit.connection, Wanted(rules.DISCLOSED), limit=1).records
    context = {
        "origin": request.build_absolute_uri("/").rstrip("/"),
        "example": newest[0].subject_uscc if newest else "91990100MA0000001G",
        "today": visit.today,
    }
    return render(request, "front/developers.html", context)
