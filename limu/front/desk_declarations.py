"""主体声明 at the centre: look for personal data before the words of a subject are shown, and for nothing else."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

from limu.access.actions import read_traced
from limu.department.rules import Refusal
from limu.front.desk_cases import file_of, leave_traces
from limu.objection.queries_declaration import waiting
from limu.objection.rules_declaration import GROUNDS
from limu.objection.store_declaration import find_proof, proofs_of
from limu.page.paging import paged, place_of
from limu.page.signed import Desk, officer_page, show
from limu.reactions_declaration import review_declaration
from limu.wire.aside import aside


@officer_page("review_declaration")
def declarations(request: HttpRequest, desk: Desk) -> HttpResponse:
    """List what waits, oldest first; let one through, or refuse it on a ground of the closed list."""
    refused = read_traced(
        aside, desk.connection, officer=desk.officer, act=desk.act, purpose="case_watch",
        scope="declarations: list",
    )  # fmt: skip
    if refused:
        raise Http404
    refusal = _reviewed(request, desk) if request.method == "POST" else None
    if request.method == "POST" and refusal is None:
        messages.success(request, "已办理，主体可以看到。")
        return HttpResponseRedirect("/ops/declarations")
    place = place_of(request)
    pages = paged(request, waiting(desk.connection, limit=place.limit, skip=place.skip), place)
    leave_traces(desk, (one.subject for one in pages.rows), scope="declarations: list", purpose="case_watch")
    proofs = proofs_of(desk.connection, [one.id for one in pages.rows])
    return show(
        request, desk, "front/ops_declarations.html", status=422 if refusal else 200, refusal=refusal,
        rows=[(one, proofs.get(one.id, ())) for one in pages.rows], pages=pages, grounds=GROUNDS, said=request.POST,
    )  # fmt: skip


@officer_page("review_declaration")
def proof(_: HttpRequest, desk: Desk, paper: UUID) -> HttpResponse:
    """Hand out a proof that came with a declaration, to who looks it through."""
    found = find_proof(desk.connection, paper)
    if found is None:
        raise Http404
    leave_traces(desk, (found.subject,), scope=f"declaration {found.declaration}: proof", purpose="case_watch")
    return file_of(found.file_hash, name=found.name)


def _reviewed(request: HttpRequest, desk: Desk) -> Refusal | None:
    try:
        declaration = UUID(request.POST.get("declaration", ""))
    except ValueError as wrong:
        raise Http404 from wrong
    done = review_declaration(
        desk.connection, declaration, officer=desk.officer, is_shown=request.POST.get("decision") == "show",
        ground=request.POST.get("ground", ""), note=request.POST.get("note", ""),
    )  # fmt: skip
    return done if isinstance(done, Refusal) else None
