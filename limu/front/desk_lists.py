"""严重失信主体名单 at the desk: an entry from its basis to its exit, every step a dated document (law.md 4.2)."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

from limu import reactions_listing
from limu.access.actions import read_traced
from limu.case.queries import days_between
from limu.case.rules_clock import CountedDay
from limu.case.store_letter import letters_about
from limu.department.rules import Refusal
from limu.front.desk_cases import leave_traces
from limu.front.desk_lists_steps import SERVED_BY, STEPS, Taken, way_in
from limu.front.queries_papers import paper_of
from limu.front.rules import leniency_for
from limu.listing import queries, rules, rules_hearing, store, store_exit
from limu.listing.actions import Case, Document, Proposed
from limu.listing.rules import Entry
from limu.measure.actions import sync_law
from limu.page.paging import paged, place_of
from limu.page.signed import Desk, officer_page, show
from limu.repair.store import repairable_of
from limu.wire.aside import aside
from limu.wire.database import Connection
from limu.wire.lawbook import current_book, current_calendar

NOTICE = "告知拟列入的事实、理由、依据和惩戒措施，以及陈述申辩的权利。"
FIELDS = ("kind", "uscc", "facts", "evidence", "number", "text", "way")


def _leave_trace(desk: Desk, *, subject: UUID | None, scope: str) -> None:
    refused = read_traced(
        aside, desk.connection, officer=desk.officer, act=desk.act, purpose="list_entry",
        subject=subject, scope=scope,
    )  # fmt: skip
    if refused is not None:
        raise Http404


@officer_page("list_state")
def entries(request: HttpRequest, desk: Desk) -> HttpResponse:
    """List the body's entries, each with its state, its next step, and until when the subject may state its case."""
    _leave_trace(desk, subject=None, scope="own list entries: list")
    place = place_of(request)
    found = store_exit.shown_of_department(
        desk.connection, desk.officer.department, limit=place.limit, skip=place.skip
    )  # fmt: skip
    pages = paged(request, found, place)
    subjects = (shown["subject"] for shown in pages.rows)
    leave_traces(desk, subjects, scope="own list entries: list", purpose="list_entry")
    of = store.entries_of(desk.connection, [shown["id"] for shown in pages.rows])
    rows = [(shown, of[shown["id"]].state(desk.today), _next(shown, of[shown["id"]], desk)) for shown in pages.rows]
    return show(
        request, desk, "front/dept_lists.html", rows=rows, pages=pages, may_propose=desk.may("list_propose"),
    )  # fmt: skip


def _is_undecided(entry: Entry) -> bool:
    return entry.decided_on is None and entry.exited_on is None


def _next(shown: dict[str, Any], entry: Entry, desk: Desk) -> str:
    return "移出申请待另一人确认" if shown["is_wished"] else entry.next_step(desk.today)


@officer_page("list_propose")
def new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Propose an entry: the list with its basis, the subject, facts and evidence; the notice opens the window."""
    sync_law(desk.connection, current_book(desk.connection))
    said = {name: request.POST.get(name, "").strip() for name in FIELDS}
    if request.method != "POST":
        return _form(request, desk, said={**said, "kind": request.GET.get("kind", ""), "text": NOTICE})
    done = _propose(desk, said)
    if isinstance(done, Refusal):
        return _form(request, desk, said=said, refusal=done)
    messages.success(request, f"已登记拟列入告知，陈述申辩期至 {done.statement_until}。期满后由另一人决定。")
    return HttpResponseRedirect(f"/dept/lists/{done.entry}")


def _propose(desk: Desk, said: dict[str, str]) -> Proposed | Refusal:
    if not said["kind"]:
        return rules.NO_BASIS
    if not (said["number"] and said["text"]):
        return rules.NO_DOCUMENT
    return reactions_listing.propose_entry(
        desk.connection, officer=desk.officer, kind=said["kind"], uscc=said["uscc"],
        case=Case(said["facts"], said["evidence"]), notice=Document(said["number"], said["text"]), way=way_in(said),
    )  # fmt: skip


def _form(request: HttpRequest, desk: Desk, *, said: dict[str, str], refusal: Refusal | None = None) -> HttpResponse:
    kinds = queries.kinds(desk.connection)
    kept = store.kept_lists(desk.connection, desk.officer.department)
    ours = [one for one in kinds if one.code in kept]
    return show(
        request, desk, "front/dept_list_new.html", status=422 if refusal else 200, refusal=refusal, said=said,
        ways=SERVED_BY, kinds=[one for one in ours if one.is_confirmed],
        unready=[one for one in ours if not one.is_confirmed], others=len(kinds) - len(ours),
    )  # fmt: skip


@officer_page("list_state")
def entry_page(request: HttpRequest, desk: Desk, entry: UUID) -> HttpResponse:
    """Show an entry's documents in order, and take its next step from whoever may take it."""
    found = store.find_entry(desk.connection, entry)
    if found is None or found.department != desk.officer.department:
        raise Http404
    _leave_trace(desk, subject=found.subject, scope=f"list entry {entry}")
    if request.method != "POST":
        return _entry(request, desk, found)
    said = {name: str(text).strip() for name, text in request.POST.items()}
    take = STEPS.get(said.get("step", ""))
    done = take(desk, found, said) if take else rules.NO_DOCUMENT
    if isinstance(done, Taken):
        messages.success(request, done.told)
        return HttpResponseRedirect(f"/dept/lists/{entry}")
    return _entry(request, desk, found, said=said, refusal=done)


def _entry(
    request: HttpRequest, desk: Desk, found: Entry, *, said: dict[str, str] | None = None,
    refusal: Refusal | None = None,
) -> HttpResponse:  # fmt: skip
    shown = store_exit.shown_of_entry(desk.connection, found.id, department=desk.officer.department)
    kind = store.find_kind(desk.connection, found.list)
    if shown is None or kind is None:
        raise Http404
    steps = store_exit.steps_at_desk(desk.connection, found.id)
    wish = store_exit.open_wish(desk.connection, found.id)
    region = store.find_region(desk.connection, found.department)
    earliest = rules_hearing.earliest_hearing(kind, desk.today, current_calendar(desk.connection))
    return show(
        request, desk, "front/dept_list_entry.html", status=422 if refusal else 200, refusal=refusal, said=said or {},
        entry=found, one=shown, kind=kind, state=found.state(desk.today), next_step=_next(shown, found, desk),
        steps=[(step, rules.STEPS[step["kind"]], rules.EXITS.get(step["exit_kind"] or "")) for step in steps],
        statements=[step for step in steps if step["kind"] == "statement"],
        minutes=[step for step in steps if step["kind"] == "hearing_minutes"], wish=wish, exits=rules.EXITS,
        wish_word=rules.EXITS[wish.exit_kind] if wish else "",
        is_own_wish=wish is not None and wish.asked_person == desk.officer.person, exit_by_two=rules.EXIT_BY_TWO,
        undecided=rules_hearing.refuse_entering(found, person=desk.officer.person, on=desk.today),
        may_ask_hearing=rules_hearing.refuse_request(found, text="", on=desk.today) is None,
        may_withdraw_hearing=rules_hearing.refuse_withdrawal(found, text="", is_own=False) is None,
        may_fix_hearing=found.hearing_asked_on is not None and found.heard_on is None and _is_undecided(found),
        no_minutes=rules_hearing.refuse_minutes(found, person=desk.officer.person, on=desk.today),
        earliest=earliest, notice_days=days_between(desk.connection, desk.today, earliest - timedelta(days=1)),
        measures=store_exit.measures_of(desk.connection, found.list),
        measure_state=rules.measure_state(found, on=desk.today),
        window_days=days_between(desk.connection, found.noticed_on or desk.today, found.statement_until),
        hearing_days=hearing_days(desk.connection, found),
        lenient=leniency_for(region, book=current_book(desk.connection), on=desk.today),
        standing=len(repairable_of(desk.connection, found.subject)), may_decide=desk.may("list_decide"),
        is_running=_is_running(found, desk), ways=SERVED_BY,
        unserved=[letter for letter in letters_about(desk.connection, found.id)
                  if letter.subject == found.subject and letter.served_on is None],
    )  # fmt: skip


@officer_page("list_state")
def paper_page(request: HttpRequest, desk: Desk, *, entry: UUID, paper: UUID) -> HttpResponse:
    """Show the document of one step, with its letter and the service of it, ready to print."""
    found = store.find_entry(desk.connection, entry)
    shown = store_exit.shown_of_entry(desk.connection, entry, department=desk.officer.department)
    if found is None or found.department != desk.officer.department or shown is None:
        raise Http404
    _leave_trace(desk, subject=found.subject, scope=f"list entry {entry}: document")
    one = paper_of(store_exit.steps_at_desk(desk.connection, entry), letters_about(desk.connection, entry), paper)
    if one is None:
        raise Http404
    return show(
        request, desk, "front/dept_list_paper.html", paper=one, one=shown, entry=found,
        body_name=desk.officer.department_name,
    )  # fmt: skip


def hearing_days(connection: Connection, found: Entry) -> tuple[CountedDay, ...]:
    """The days within which a hearing can be asked for, where the rule of the list gives one."""
    if found.hearing_until is None or found.noticed_on is None:
        return ()
    return days_between(connection, found.noticed_on, found.hearing_until)


def _is_running(found: Entry, desk: Desk) -> bool:
    return found.served_on is not None and found.is_open(desk.today)
