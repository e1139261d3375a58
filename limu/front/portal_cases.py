"""Objections and cases of an organisation: object, follow with clock and time line, supplement, withdraw, appeal."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

from limu import reactions_objection, reactions_repair
from limu.case import actions, queries
from limu.case import store as case_store
from limu.case.rules import DOCUMENT_BYTES, ROLES, TOO_LARGE, Agent, Case, Document, Step
from limu.department.rules import Refusal
from limu.department.store import all_departments
from limu.front.portal import Line, leave_trace, line_of, running_of
from limu.front.portal_door import NOT_AUTHORISED, takes_applications
from limu.objection.queries import reliances_of_case
from limu.objection.rules import ANSWERS, REASONS
from limu.page.portal import Portal, portal_page, show_my
from limu.repair.actions import UNSIGNED, Applied, refused_for, repairable_of
from limu.repair.rules import ground_line
from limu.repair.rules_draft import look_at, sign, write_commitment
from limu.wire.database import Connection
from limu.wire.files import FileStore
from limu.wire.home import find_home
from limu.wire.lawbook import current_book


def documents_in(
    request: HttpRequest, connection: Connection, name: str, *, role: str, is_looked_at: bool = False
) -> tuple[Document, ...] | Refusal:
    """Encrypt and keep the files of one field; a proof is first looked at for what it is."""
    files, kept = FileStore(find_home(), "cases"), []
    for file in request.FILES.getlist(name):
        # One byte beyond the limit is enough to know; a file of gigabytes is not taken into memory.
        content = file.read(DOCUMENT_BYTES + 1)
        if len(content) > DOCUMENT_BYTES:
            return TOO_LARGE
        look = look_at(content) if is_looked_at or role == "performance_proof" else None
        if isinstance(look, Refusal):
            return Refusal(look.code, f"{file.name}：{look.message}", look.cure)
        one = actions.store_document(files, content, role=role, name=file.name or "材料", held_by=connection)
        if isinstance(one, Refusal):
            return one
        kept.append(one)
    return tuple(kept)


def acting(portal: Portal) -> Agent:
    """The agent as a case knows it."""
    return Agent(portal.agent.subject, portal.agent.person_name)


@portal_page("objection")
def objection(request: HttpRequest, portal: Portal, record: UUID) -> HttpResponse:
    """Object to an own record; the mark appears at once, and stops use where the link is in doubt."""
    leave_trace(portal, f"own record {record}: objection")
    line = line_of(portal, record)
    if request.method != "POST":
        return _form(request, portal, line)
    documents = documents_in(request, portal.connection, "evidence", role="evidence")
    made = documents if isinstance(documents, Refusal) else reactions_objection.open_objection(
        portal.connection, actor=acting(portal), record=record, reason=request.POST.get("reason", ""),
        text=request.POST.get("text", ""), documents=documents,
    )  # fmt: skip
    if isinstance(made, Refusal):
        return _form(request, portal, line, refusal=made)
    messages.success(request, f"提交成功。异议编号 {made.number}。")
    return HttpResponseRedirect(f"/my/cases/{made.id}")


def _form(request: HttpRequest, portal: Portal, line: Line, *, refusal: Refusal | None = None) -> HttpResponse:
    return show_my(
        request, portal, "front/my_objection.html", status=422 if refusal else 200, line=line, one=line.one,
        reasons=REASONS, refusal=refusal, chosen=request.POST.get("reason", request.GET.get("reason", "")),
        text=request.POST.get("text", ""),
    )  # fmt: skip


@portal_page("read")
def cases_page(request: HttpRequest, portal: Portal) -> HttpResponse:
    """List the cases of the organisation with the clock that presses most."""
    book = current_book(portal.connection)
    found = queries.listed(portal.connection, book, today=portal.today, subject=portal.agent.subject)
    return show_my(request, portal, "front/my_cases.html", cases=found)


@portal_page("read")
def case_page(request: HttpRequest, portal: Portal, case: UUID) -> HttpResponse:
    """Show a case with its clocks and their days, its time line and letters; supplement, withdraw, appeal."""
    found = case_store.find_case(portal.connection, case)
    if found is None or found.subject != portal.agent.subject:
        raise Http404
    if request.method != "POST":
        return _case(request, portal, found)
    if not portal.may(found.kind):
        raise Http404
    done = _step(request, portal, found)
    if isinstance(done, Refusal):
        return _case(request, portal, found, refusal=done)
    if isinstance(done, Applied):
        return HttpResponseRedirect(f"/my/applications/{done.application}?done=1")
    messages.success(request, f"已提交，现为“{done.state_word}”。")
    return HttpResponseRedirect(f"/my/cases/{case}")


def _step(request: HttpRequest, portal: Portal, case: Case) -> Case | Applied | Refusal:
    agent, text = acting(portal), request.POST.get("text", "")
    role = "performance_proof" if case.kind == "repair" else "evidence"
    documents = documents_in(request, portal.connection, "file", role=role)
    if isinstance(documents, Refusal):
        return documents
    step = request.POST.get("step", "")
    if step == "withdraw":
        return reactions_repair.withdraw_case(portal.connection, case.id, agent=agent)
    if step == "appeal":
        return actions.appeal(portal.connection, case.id, agent=agent, reason=text)
    if step == "supplement":
        return actions.supplement(portal.connection, case.id, agent=agent, text=text, documents=documents)
    if step == "resubmit":
        signed = _signed_anew(request, portal, case) if takes_applications() else NOT_AUTHORISED
        if isinstance(signed, Refusal):
            return signed
        book, dropped = current_book(portal.connection), _dropped(request, portal, case)
        return reactions_repair.resubmit(
            portal.connection, book, case.id, agent=agent, documents=(*documents, *signed), dropped=dropped
        )
    raise Http404


def _signed_anew(request: HttpRequest, portal: Portal, case: Case) -> tuple[Document, ...] | Refusal:
    """The commitment, where the agent signs it once more with the application that is handed in again."""
    if request.POST.get("commitment") != "yes":
        return ()
    text = sign(_commitment(portal, case), by=portal.agent.person_name, on=portal.today)
    files = FileStore(find_home(), "cases")
    made = actions.store_document(
        files, text.encode(), role="commitment", name="信用承诺书.txt", held_by=portal.connection
    )
    return made if isinstance(made, Refusal) else (made,)


def _commitment(portal: Portal, case: Case) -> str:
    one = repairable_of(portal.connection, case)
    number = (one.document_number or "") if one else ""
    return write_commitment((portal.agent.subject_name, portal.agent.uscc), (number,))


def _dropped(request: HttpRequest, portal: Portal, case: Case) -> frozenset[UUID]:
    """The earlier proofs that are not to go along; the commitment always does."""
    kept = request.POST.getlist("keep")
    papers = case_store.documents_of(portal.connection, case.id)
    return frozenset(key for key, one, _ in papers if one.role == "performance_proof" and str(key) not in kept)


def _told(steps: tuple[Step, ...]) -> tuple[str, list[str]]:
    """The reason of the last decision, and its grounds, each with its place and the next step."""
    last = next((step for step in reversed(steps) if step.kind == "confirm"), None)
    return (last.reason, [ground_line(ground) for ground in last.body.get("grounds", [])]) if last else ("", [])


def _case(request: HttpRequest, portal: Portal, case: Case, *, refusal: Refusal | None = None) -> HttpResponse:
    file = queries.file_of(portal.connection, current_book(portal.connection), case, today=portal.today)
    may_act, is_done = portal.may(case.kind), any(step.kind == "appeal" for step in file.steps)
    notices = reliances_of_case(portal.connection, case.id) if case.kind == "objection" else ()
    relied = [(one, ANSWERS.get(one.outcome or "", "")) for one in notices if one.subject == portal.agent.subject]
    # Handed in again, the earlier case leads to the one that runs.
    again = running_of(portal).get(case.record) if case.record and not case.is_open else None
    may_appeal = case.state in ("refused", "not_accepted", "kept", "corrected") and not is_done
    is_refused = case.state in ("refused", "not_accepted")
    reason, grounds = _told(file.steps) if is_refused else ("", [])
    codes = refused_for(portal.connection, case.id) if is_refused else frozenset()
    # What became an objection is decided there; there is nothing to hand in again.
    is_ours = reactions_repair.NOT_OURS not in codes
    may_resubmit = may_act and again is None and case.kind == "repair" and is_refused and is_ours
    is_unsigned = may_resubmit and UNSIGNED in codes
    return show_my(
        request, portal, "front/my_case.html", status=422 if refusal else 200, case=case, file=file, refusal=refusal,
        relied=relied,
        text=request.POST.get("text", ""), may_appeal=may_act and may_appeal, roles=ROLES,
        grounds=grounds, reason=reason, pledge=_commitment(portal, case) if is_unsigned else "",
        gaps=[step for step in file.steps if step.kind == "ask_gaps"] if case.state == "gaps" else [],
        body=next((one.name for one in all_departments(portal.connection) if one.id == case.department), ""),
        may_withdraw=may_act and case.is_open and case.state != "appealed",
        may_supplement=may_act and case.state == "gaps",
        may_resubmit=may_resubmit, again=again,
    )  # fmt: skip
