"""Letters to an organisation: what was written to it, and the opening that counts as service (送达)."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

from limu.case import store_letter
from limu.department.rules import Refusal
from limu.department.store import all_departments
from limu.front.portal_cases import acting
from limu.page.portal import Portal, portal_page, show_my
from limu.reactions_objection import serve_letter


@portal_page("read")
def letters(request: HttpRequest, portal: Portal) -> HttpResponse:
    """List the letters to the organisation, those that nobody has opened yet first."""
    found = store_letter.letters_to_subject(portal.connection, portal.agent.subject)
    names = {one.id: one.name for one in all_departments(portal.connection)}
    rows = sorted(((one, names.get(one.department, "")) for one in found), key=lambda one: one[0].served_on is not None)
    return show_my(request, portal, "front/my_letters.html", letters=rows)


@portal_page("read")
def letter_page(request: HttpRequest, portal: Portal, letter: UUID) -> HttpResponse:
    """Show a letter; one that was not served is opened by the agent's own act, and that is its service."""
    found = store_letter.find_letter(portal.connection, letter)
    if found is None or found.subject != portal.agent.subject:
        raise Http404
    if request.method != "POST":
        names = {one.id: one.name for one in all_departments(portal.connection)}
        return show_my(request, portal, "front/my_letter.html", letter=found, sender=names.get(found.department, ""))
    # Opened twice at once: served once, and shown to both.
    done = serve_letter(portal.connection, letter, by=acting(portal), on=portal.today, way="portal")
    if not isinstance(done, Refusal):
        messages.success(request, "已签收。")
    return HttpResponseRedirect(f"/my/letters/{letter}")
