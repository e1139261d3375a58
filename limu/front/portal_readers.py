"""谁查过我: every read of an organisation's data that is not public, and a question about one of them."""

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

from limu.access.actions_question import ask
from limu.access.rules_question import LONGEST
from limu.access.store_question import find_reading
from limu.agent import store as agents_store
from limu.department.rules import Refusal
from limu.page.paging import PAGE
from limu.page.portal import Portal, portal_page, show_my

OWN = 50
"""The newest looks of its own that a page tells."""


@portal_page("read")
def readers(request: HttpRequest, portal: Portal) -> HttpResponse:
    """Tell who read what is not public: when, for which body, for which purpose, on which basis (谁查过我)."""
    before = _instant(request.GET.get("before", ""))
    subject = portal.agent.subject
    found = agents_store.readers_of(portal.connection, subject, limit=PAGE + 1, before=before)
    own = agents_store.readers_of(portal.connection, subject, limit=OWN, by_agents=True)
    return show_my(
        request, portal, "front/my_readers.html", before=before, others=found[:PAGE], own=own,
        older=found[PAGE - 1]["opened_at"].isoformat() if len(found) > PAGE else "",
    )  # fmt: skip


def _instant(text: str) -> datetime | None:
    """An instant of the address; one that cannot be read begins with the newest."""
    try:
        at = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        return None
    return at if at.tzinfo else None


@portal_page("read")
def reading(request: HttpRequest, portal: Portal, ticket: UUID) -> HttpResponse:
    """Show one read, take a question about it to the centre, and show what was answered."""
    found = find_reading(portal.connection, ticket, subject=portal.agent.subject)
    if found is None:
        raise Http404
    if request.method != "POST":
        return show_my(request, portal, "front/my_reading.html", one=found, longest=LONGEST)
    text = request.POST.get("text", "")
    done = ask(portal.connection, ticket, agent=portal.agent, text=text)
    if isinstance(done, Refusal):
        return show_my(
            request, portal, "front/my_reading.html", status=422, one=found, longest=LONGEST, refusal=done, text=text
        )  # fmt: skip
    messages.success(request, "已送信用中心，由没有参与这次查询的监督员或者审计员答复。")
    return HttpResponseRedirect(f"/my/readers/{ticket}")
