"""Own entries into serious lists in the portal: what is intended or decided, the own statement, the documents."""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

from limu.case.actions import store_document
from limu.case.queries import days_between
from limu.case.store_letter import letters_about
from limu.department.rules import Refusal
from limu.front.desk_lists import hearing_days
from limu.front.portal import leave_trace
from limu.front.portal_cases import acting, documents_in
from limu.front.portal_door import NOT_AUTHORISED, takes_applications
from limu.front.queries_papers import paper_of
from limu.listing import actions_own, rules, rules_hearing, store, store_exit, store_own
from limu.listing.rules import Entry
from limu.page.portal import Portal, portal_page, show_my
from limu.reactions_listing import withdraw_own_hearing
from limu.reactions_repair import apply_for_repair
from limu.repair.actions import Applied, Item
from limu.repair.rules import NO_COMMITMENT
from limu.repair.store import find_entry as find_repairable
from limu.wire.files import FileStore
from limu.wire.home import find_home
from limu.wire.lawbook import current_book

PROMISE = "所提交的材料真实、合法、有效，已经纠正违法行为并履行法定义务；隐瞒情况或者提供虚假材料的，依法承担责任。"

SAID: Final[dict[str, tuple[Callable[..., str | Refusal], str]]] = {
    "hearing": (actions_own.ask_hearing, "wish"), "hearing_withdraw": (withdraw_own_hearing, "back"),
}  # fmt: skip
"""What the subject may say beside its statement, and under which name a refused text stays in its form."""


@portal_page("read")
def entries(request: HttpRequest, portal: Portal) -> HttpResponse:
    """List every list the organisation is to stand on, stands on or stood on, with what comes next."""
    leave_trace(portal, "own list entries: list")
    of = {one.id: one for one in store.entries(portal.connection, subject=portal.agent.subject)}
    shown = store_own.shown_of_subject(portal.connection, portal.agent.subject)
    rows = [(one, of[one["id"]], of[one["id"]].state(portal.today)) for one in shown if one["id"] in of]
    return show_my(request, portal, "front/my_lists.html", rows=rows)


@portal_page("read")
def entry_page(request: HttpRequest, portal: Portal, entry: UUID) -> HttpResponse:
    """Show an entry with its reasons, its documents and its measures; take the own statement until it is decided."""
    found = actions_own.own_entry(portal.connection, entry, agent=acting(portal))
    if found is None:
        raise Http404
    leave_trace(portal, f"own list entry {entry}")
    if request.method != "POST":
        return _entry(request, portal, found)
    if request.POST.get("step") == "repair":
        return _repair(request, portal, found)
    if not portal.may("objection"):
        raise Http404
    text, step = request.POST.get("text", ""), request.POST.get("step", "")
    take, kept = SAID.get(step, (actions_own.state_own, "text"))
    done = take(portal.connection, entry, agent=acting(portal), text=text)
    if isinstance(done, Refusal):
        return _entry(request, portal, found, refusal=done, **{kept: text})
    told = f"已收到你单位的陈述申辩，编号 {done}。决定人会在决定前看到。"
    if step == "hearing":
        told = f"已收到你单位的听证申请，编号 {done}。听证举行之前不作出列入决定。"
    if step == "hearing_withdraw":
        told = f"已撤回听证申请，编号 {done}。听证终止，告知书在“文书”中。"
    messages.success(request, told)
    return HttpResponseRedirect(f"/my/lists/{entry}")


def _repair(request: HttpRequest, portal: Portal, found: Entry) -> HttpResponse:
    """Apply for the repair of an entry that rests on no record: a case of the body that decided, as for a record."""
    if not portal.may("repair"):
        raise Http404
    made = _applied(request, portal, found)
    if isinstance(made, Refusal):
        return _entry(request, portal, found, refusal=made)
    messages.success(request, f"提交成功。受理编号 {made.number}，由作出列入决定的单位办理。")
    return HttpResponseRedirect(f"/my/cases/{made.cases[0].id}")


def _applied(request: HttpRequest, portal: Portal, found: Entry) -> Applied | Refusal:
    if not takes_applications():
        return NOT_AUTHORISED
    if request.POST.get("commitment") != "yes":
        return NO_COMMITMENT
    proofs = documents_in(request, portal.connection, "proof", role="performance_proof")
    if isinstance(proofs, Refusal):
        return proofs
    agent, files = portal.agent, FileStore(find_home(), "cases")
    promise = (
        f"信用承诺书\n{agent.subject_name}（{agent.uscc}）就列入 {found.id} 承诺：{PROMISE}\n"
        f"签署人：{agent.person_name}（账号 {agent.code}） {portal.today}\n"
    )
    signed = store_document(
        files, promise.encode(), role="commitment", name="信用承诺书.txt", held_by=portal.connection
    )
    if isinstance(signed, Refusal):
        return signed
    return apply_for_repair(
        portal.connection, current_book(portal.connection), actor=acting(portal),
        items=(Item(found.id, proofs, is_entry=True),), documents=(signed,),
    )  # fmt: skip


def _entry(
    request: HttpRequest, portal: Portal, found: Entry, *, refusal: Refusal | None = None, text: str = "",
    wish: str = "", back: str = "",
) -> HttpResponse:  # fmt: skip
    one = next(
        one for one in store_own.shown_of_subject(portal.connection, portal.agent.subject) if one["id"] == found.id
    )
    steps = [(step, rules.STEPS[step["kind"]]) for step in _steps(portal, found)]
    is_open = found.decided_on is None and found.exited_on is None
    repairable = find_repairable(portal.connection, found.id) if portal.may("repair") else None
    return show_my(
        request, portal, "front/my_list.html", status=422 if refusal else 200, one=one, entry=found, steps=steps,
        state=found.state(portal.today), refusal=refusal, text=text, may_state=is_open and portal.may("objection"),
        wish=wish, back=back, may_withdraw_hearing=portal.may("objection")
        and rules_hearing.refuse_withdrawal(found, text="", is_own=True) is None,
        is_last_day_over=found.hearing_until is not None and portal.today > found.hearing_until,
        may_ask_hearing=portal.may("objection")
        and rules_hearing.refuse_request(found, text="", on=portal.today) is None,
        statements=[step for step, _ in steps if step["kind"] == "statement"], most=rules.STATEMENT_CHARACTERS,
        window_days=days_between(portal.connection, found.noticed_on or portal.today, found.statement_until),
        hearing_days=hearing_days(portal.connection, found),
        measures=store_exit.measures_of(portal.connection, found.list),
        measure_state=rules.measure_state(found, on=portal.today), promise=PROMISE,
        repairable=repairable if repairable and repairable.decision != "ended" else None,
        repair_from=repairable.list_earliest_on if repairable else None,
    )  # fmt: skip


def _steps(portal: Portal, found: Entry) -> list[dict[str, Any]]:
    """The steps a subject sees: a decision to enter is read when it is served, not before."""
    steps = store_exit.steps_at_desk(portal.connection, found.id)
    return [step for step in steps if step["kind"] != "decision" or found.served_on is not None]


@portal_page("read")
def paper_page(request: HttpRequest, portal: Portal, *, entry: UUID, paper: UUID) -> HttpResponse:
    """Open the document of a step; a letter that was not served yet is signed for first (portal_letters)."""
    found = actions_own.own_entry(portal.connection, entry, agent=acting(portal))
    if found is None:
        raise Http404
    leave_trace(portal, f"own list entry {entry}: document")
    one = paper_of(_steps(portal, found), letters_about(portal.connection, entry), paper)
    if one is None:
        raise Http404
    shown = next(x for x in store_own.shown_of_subject(portal.connection, portal.agent.subject) if x["id"] == entry)
    return show_my(
        request, portal, "front/my_list_paper.html", paper=one, one=shown, entry=found,
        body_name=shown["department_name"],
    )  # fmt: skip
