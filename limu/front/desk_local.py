"""本地措施: a measure of one place with its article; the law's own check refuses it, or two people confirm it."""

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from limu.department.rules import Refusal
from limu.department.store import region_of
from limu.front import words
from limu.law.measure import ACTS
from limu.law.statute import LawFault
from limu.measure import rules_local
from limu.measure.actions_local import add_local, confirm_local, locals_of
from limu.measure.rules_local import LocalMeasure
from limu.page.signed import Desk, officer_page, show
from limu.wire.lawbook import current_book

TEXTS = ("measure", "ground", "body", "title", "rank", "issuer", "from_on", "article", "summary", "address")
TEXT_BYTES = 10 << 20


@officer_page("confirm_law")
def local_measures(request: HttpRequest, desk: Desk) -> HttpResponse:
    """List the measures of this place, register one, confirm one against the official text."""
    if request.method != "POST":
        return _page(request, desk)
    if key := request.POST.get("confirm", ""):
        return _confirm(request, desk, key)
    done = add_local(
        desk.connection, _stated(request), officer=desk.officer,
        region=region_of(desk.connection, desk.officer.department),
    )  # fmt: skip
    if not isinstance(done, str):
        return _page(request, desk, faults=(done,) if isinstance(done, Refusal) else done)
    messages.success(request, "已登记。两人各自对照同一份正式文本核对之前，这一措施不适用。")
    return HttpResponseRedirect("/ops/local-measures")


def _stated(request: HttpRequest) -> LocalMeasure:
    said = {name: request.POST.get(name, "").strip() for name in TEXTS}
    day = said.pop("from_on")
    acts = tuple(act for act in request.POST.getlist("acts") if act in ACTS)
    try:
        return LocalMeasure(**said, acts=acts, from_on=date.fromisoformat(day))
    except ValueError:
        return LocalMeasure(**said, acts=acts, from_on=None)


def _confirm(request: HttpRequest, desk: Desk, key: str) -> HttpResponse:
    file = request.FILES.get("text")
    text = file.read() if file is not None and (file.size or 0) <= TEXT_BYTES else b""
    if refusal := confirm_local(desk.connection, key, officer=desk.officer, text=text):
        return _page(request, desk, faults=(refusal,))
    messages.success(request, "已登记您的核对。两人核对同一份正式文本后，这一措施才适用。")
    return HttpResponseRedirect("/ops/local-measures")


def _page(request: HttpRequest, desk: Desk, *, faults: tuple[Refusal | LawFault, ...] = ()) -> HttpResponse:
    book = current_book(desk.connection)
    measures = [one for one in book.measures() if one.targets and one.effect in ("reduces_rights", "management")]
    said = {name: request.POST.get(name, "") for name in TEXTS}
    return show(
        request, desk, "front/ops_local.html", status=422 if faults else 200, faults=faults, said=said,
        chosen=request.POST.getlist("acts"), acts=ACTS, ranks=rules_local.RANKS,
        measures=[(one, words.say(words.EFFECTS, one.effect)) for one in measures],
        lists=[one for one in book.lists() if one.rule], grounds=book.grounds(),
        found=[(one, "、".join(ACTS[act] for act in one.rule.acts)) for one in locals_of(desk.connection, book)],
    )  # fmt: skip
