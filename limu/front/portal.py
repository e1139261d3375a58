"""The portal of an organisation (企业服务): its credit, every own record, who read it, who acts for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

from limu.access.actions_own import open_own, spend_own
from limu.agent import store as agents_store
from limu.agent.actions import end_by_agent
from limu.case import queries as cases
from limu.case import store as case_store
from limu.case.store_letter import letters_to_subject
from limu.catalogue.store import find_item
from limu.department.rules import Refusal
from limu.front import store_portal
from limu.front.queries_portal import offers_to, receivers_of
from limu.ledger import store as ledger
from limu.listing import queries as listing
from limu.measure.queries import measures_on
from limu.measure.rules import Applied
from limu.objection.queries_declaration import declarations_of
from limu.page.paging import paged, place_of
from limu.page.portal import Portal, portal_page, show_my
from limu.publication import store_desk
from limu.publication.queries_desk import OwnRecord, record_of_subject, records_of_subject
from limu.record.event import EVENT_LABELS
from limu.repair import store_draft
from limu.repair.actions_draft import Filler, own_draft, remind
from limu.repair.queries import Prospect, prospects
from limu.repair.rules_draft import MOST_RECORDS
from limu.wire.aside import aside
from limu.wire.lawbook import current_book


@dataclass(frozen=True, slots=True)
class Line:
    """One own record as the portal shows it."""

    one: OwnRecord
    item: str
    authority: str
    prospect: Prospect | None
    measures: tuple[Applied, ...]
    is_reminded: bool
    case: UUID | None


def leave_trace(portal: Portal, scope: str) -> None:
    """Write down that the subject reads its own closed data, committed before it is read."""
    ticket = open_own(aside, agent=portal.agent, scope=scope)
    spend_own(portal.connection, ticket, agent=portal.agent)


def running_of(portal: Portal) -> dict[UUID, UUID]:
    """The open case of each own record whose repair is under way."""
    found = case_store.cases(portal.connection, subject=portal.agent.subject, kind="repair", is_open=True)
    return {one.record: one.id for one, _ in found if one.record}


def lines_of(portal: Portal, found: Sequence[OwnRecord]) -> list[Line]:
    """Gather what belongs to some own records: words, repair, and the measures that rest on each."""
    book, subject, ids = current_book(portal.connection), portal.agent.subject, [one.id for one in found]
    known = prospects(portal.connection, book, subject, today=portal.today, records=ids)
    repairable = {one.one.record: one for one in known}
    measures = measures_on(portal.connection, subject, ids, book=book, on=portal.today)
    running, wished = running_of(portal), store_draft.reminders_of(portal.connection, subject)
    words = store_desk.names_of(portal.connection, subject, ids)
    return [
        Line(
            one,
            *words.get(one.id, (one.item, "")),
            repairable.get(one.id),
            tuple(m for m in measures if m.ground == one.id),
            one.id in wished,
            running.get(one.id),
        )
        for one in found
    ]


def line_of(portal: Portal, record: UUID) -> Line:
    """One own record with what belongs to it; another's is not there."""
    found = record_of_subject(portal.connection, portal.agent.subject, record, today=portal.today)
    if found is None:
        raise Http404
    return lines_of(portal, (found,))[0]


@portal_page("read")
def home(request: HttpRequest, portal: Portal) -> HttpResponse:
    """One look: what is public, what can be repaired, what waits, what the agents were told."""
    leave_trace(portal, "own records: overview")
    book, subject, running = current_book(portal.connection), portal.agent.subject, running_of(portal)
    adverse = prospects(portal.connection, book, subject, today=portal.today, limit=MOST_RECORDS + 1)
    wished = store_draft.reminders_of(portal.connection, subject)
    due = prospects(portal.connection, book, subject, today=portal.today, records=tuple(wished)) if wished else ()
    waiting = cases.listed(
        portal.connection, book, today=portal.today, subject=portal.agent.subject, is_open=True
    )  # fmt: skip
    return show_my(
        request, portal, "front/my_home.html", may_repair=portal.may("repair"),
        adverse=adverse[:MOST_RECORDS], is_more=len(adverse) > MOST_RECORDS,
        public=store_desk.count_public(portal.connection, subject, today=portal.today), waiting=waiting,
        ready=[one for one in adverse[:MOST_RECORDS] if one.can_apply and one.one.record not in running],
        readers=agents_store.readers_of(portal.connection, portal.agent.subject),
        notices=agents_store.notices_of(portal.connection, portal.agent.subject, limit=3),
        unopened=[one for one in letters_to_subject(portal.connection, portal.agent.subject) if not one.served_on],
        lists=listing.open_of_subject(portal.connection, portal.agent.subject, on=portal.today),
        due=[one for one in due if one.can_apply],
        offers=offers_to(portal.connection, portal.agent.uscc, book=book, on=portal.today),
        draft=own_draft(portal.connection, portal.agent.id) if portal.may("repair") else None,
    )  # fmt: skip


@portal_page("read")
def records(request: HttpRequest, portal: Portal) -> HttpResponse:
    """List every own record, also those that are not public."""
    leave_trace(portal, "own records: list")
    place = place_of(request)
    found = records_of_subject(
        portal.connection, portal.agent.subject, today=portal.today, limit=place.limit, skip=place.skip
    )
    pages = paged(request, found, place)
    return show_my(request, portal, "front/my_records.html", lines=lines_of(portal, pages.rows), pages=pages)


@portal_page("read")
def record_page(request: HttpRequest, portal: Portal, record: UUID) -> HttpResponse:
    """Show one own record: content, state, conditions of repair with articles, measures, history."""
    leave_trace(portal, f"own record {record}")
    line, stored = line_of(portal, record), ledger.find_record(portal.connection, record)
    if stored is None:
        raise Http404
    if request.method == "POST":
        return _remind(request, portal, record)
    item = find_item(portal.connection, stored.item, on=portal.today)
    content = {**stored.content, **stored.closed}
    fields = [(field.label, content[field.code]) for field in item.fields if content.get(field.code)] if item else []
    found = ledger.events_of(portal.connection, subject=stored.subject, record=record)
    events = [(event, EVENT_LABELS[event.kind]) for event in found]
    return show_my(
        request, portal, "front/my_record.html", line=line, one=line.one, fields=fields, events=events,
        may_object=line.one.can_end and portal.may("objection"), may_repair=portal.may("repair"),
        may_declare=portal.may("objection"), declared=next(iter(declarations_of(portal.connection, record)), None),
        receivers=receivers_of(portal.connection, stored), slips=store_portal.slips_on(portal.connection, record),
    )  # fmt: skip


def _remind(request: HttpRequest, portal: Portal, record: UUID) -> HttpResponse:
    """Set or drop the reminder, and go back to where it was asked for."""
    agent, is_wanted = portal.agent, request.POST.get("remind") == "on"
    filler = Filler(agent.id, agent.subject, (agent.subject_name, agent.uscc), agent.person_name)
    if isinstance(remind(portal.connection, filler, record, is_wanted=is_wanted), Refusal):
        raise Http404
    messages.success(request, "已设置到期提醒，到期后在“我的信用”提示。" if is_wanted else "已取消到期提醒。")
    return HttpResponseRedirect("/my/records" if request.POST.get("back") == "list" else f"/my/records/{record}")


@portal_page("read")
def agents(request: HttpRequest, portal: Portal) -> HttpResponse:
    """Show who acts for the organisation, for what, until when, and what they were told; end one of them at once."""
    subject, refusal = portal.agent.subject, None
    said = {name: request.POST.get(name, "") for name in ("agent", "reason")}
    if request.method == "POST":
        done = end_by_agent(portal.connection, said["agent"], by=portal.agent, reason=said["reason"])
        if not isinstance(done, Refusal):
            messages.success(request, f"{done.person_name}的经办权限已终止，即时生效。")
            return HttpResponseRedirect("/my/agents")
        refusal = done
    return show_my(
        request, portal, "front/my_agents.html", status=422 if refusal else 200, refusal=refusal, said=said,
        agents=agents_store.agents_of(portal.connection, subject),
        notices=agents_store.notices_of(portal.connection, subject),
    )  # fmt: skip
