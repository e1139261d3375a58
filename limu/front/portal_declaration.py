"""主体声明: an organisation says something of its own beside one of its records, and takes it back."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

from limu.department.rules import Refusal
from limu.front.desk_cases import file_of
from limu.front.portal import Line, leave_trace, line_of
from limu.front.portal_cases import acting, documents_in
from limu.objection import actions_declaration as declarations
from limu.objection.queries_declaration import declarations_of
from limu.objection.rules_declaration import LONGEST, MOST_PROOFS, Declaration, refuse_text
from limu.objection.store_declaration import find_proof, proofs_of
from limu.page.portal import Portal, portal_page, show_my
from limu.reactions_declaration import withdraw_declaration


@portal_page("objection")
def declaration(request: HttpRequest, portal: Portal, record: UUID) -> HttpResponse:
    """Write a declaration, see how it stands, take it back."""
    leave_trace(portal, f"own record {record}: declaration")
    line = line_of(portal, record)
    if request.method != "POST":
        return _form(request, portal, line)
    if request.POST.get("step") == "withdraw":
        done, told = withdraw_declaration(portal.connection, record, agent=acting(portal)), "已撤回，即时生效。"
    else:
        text, told = request.POST.get("text", ""), "已提交，核对后公示。"
        done = _declared(request, portal, record, text=text)
    if isinstance(done, Refusal):
        return _form(request, portal, line, refusal=done)
    messages.success(request, told)
    return HttpResponseRedirect(f"/my/records/{record}/declaration")


def _declared(request: HttpRequest, portal: Portal, record: UUID, *, text: str) -> Declaration | Refusal:
    # What cannot be shown is told before a file is taken in.
    if refusal := refuse_text(text):
        return refusal
    proofs = documents_in(request, portal.connection, "proof", role="evidence", is_looked_at=True)
    if isinstance(proofs, Refusal):
        return proofs
    return declarations.declare(portal.connection, record, agent=acting(portal), text=text, proofs=proofs)


@portal_page("objection")
def proof(_: HttpRequest, portal: Portal, *, record: UUID, paper: UUID) -> HttpResponse:
    """Hand the organisation a proof of its own declaration."""
    found = find_proof(portal.connection, paper)
    if found is None or found.subject != portal.agent.subject or found.record != record:
        raise Http404
    leave_trace(portal, f"own record {record}: declaration")
    return file_of(found.file_hash, name=found.name)


def _form(request: HttpRequest, portal: Portal, line: Line, *, refusal: Refusal | None = None) -> HttpResponse:
    found = declarations_of(portal.connection, line.one.id)
    proofs = proofs_of(portal.connection, [one.id for one in found])
    return show_my(
        request, portal, "front/my_declaration.html", status=422 if refusal else 200, line=line, one=line.one,
        refusal=refusal, found=[(one, proofs.get(one.id, ())) for one in found], most=MOST_PROOFS,
        text=request.POST.get("text", ""), longest=LONGEST, can_end=any(one.can_end for one in found),
        is_waiting=any(one.standing == "waiting" for one in found),
    )  # fmt: skip
