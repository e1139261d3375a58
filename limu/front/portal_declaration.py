"""主体声明: an organisation says something of its own beside one of its records, and takes it back."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

from limu.department.rules import Refusal
from limu.front.portal import Line, leave_trace, lines_of
from limu.front.portal_cases import acting
from limu.objection import actions_declaration as declarations
from limu.objection.queries_declaration import declarations_of
from limu.objection.rules_declaration import LONGEST
from limu.page.portal import Portal, portal_page, show_my
from limu.reactions_declaration import withdraw_declaration


@portal_page("objection")
def declaration(request: HttpRequest, portal: Portal, record: UUID) -> HttpResponse:
    """Write a declaration, see how it stands, take it back."""
    leave_trace(portal, f"own record {record}: declaration")
    line = next((one for one in lines_of(portal) if one.one.id == record), None)
    if line is None:
        raise Http404
    if request.method != "POST":
        return _form(request, portal, line)
    if request.POST.get("step") == "withdraw":
        done, told = withdraw_declaration(portal.connection, record, agent=acting(portal)), "已撤回，即时生效。"
    else:
        text, told = request.POST.get("text", ""), "已提交，核对后公示。"
        done = declarations.declare(portal.connection, record, agent=acting(portal), text=text)
    if isinstance(done, Refusal):
        return _form(request, portal, line, refusal=done)
    messages.success(request, told)
    return HttpResponseRedirect(f"/my/records/{record}/declaration")


def _form(request: HttpRequest, portal: Portal, line: Line, *, refusal: Refusal | None = None) -> HttpResponse:
    found = declarations_of(portal.connection, line.one.id)
    return show_my(
        request, portal, "front/my_declaration.html", status=422 if refusal else 200, line=line, one=line.one,
        refusal=refusal, found=found, text=request.POST.get("text", ""), longest=LONGEST,
        can_end=any(one.can_end for one in found), is_waiting=any(one.standing == "waiting" for one in found),
    )  # fmt: skip
