"""Whether a slip in one's hand is genuine: by its number and the tail of its digest together (ux.md J9)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from limu.front.reply import opened
from limu.law.measure import ACTS
from limu.measure.store_window import verify

READING = ("GET", "HEAD")


def verify_page(request: HttpRequest) -> HttpResponse:
    """Say that a slip was made here, when and by whom, and whether it still holds or is superseded; no content."""
    if request.method not in READING:
        return HttpResponse(status=405, headers={"Allow": ", ".join(READING)})
    number = request.GET.get("number", "").strip().upper()[:32]
    tail = request.GET.get("tail", "").strip().lower()[:16]
    found = None
    if number and tail:
        with opened() as connection:
            found = verify(connection, number, tail)
    context = {
        "number": number, "tail": tail, "found": found, "was_asked": bool(number or tail),
        "act": ACTS.get(found.act, "") if found else "",
    }  # fmt: skip
    # A slip says something about today: nobody on the way may keep the answer.
    page = render(request, "front/verify.html", context)
    page["Cache-Control"] = "no-store"
    return page
