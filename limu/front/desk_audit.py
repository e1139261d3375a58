"""审计与追溯: the trail of reads, the log and its proofs, emergency access; for auditor and supervisor."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect

from limu.access import actions_emergency, store_emergency, store_trail
from limu.access.actions import read_traced
from limu.access.queries import trail as trail_of
from limu.access.store_trail import Asked
from limu.audit import queries as audit
from limu.audit import store as audit_store
from limu.department.rules import Refusal
from limu.department.store import all_officers
from limu.ledger import store as ledger
from limu.page.paging import PAGE, paged, place_of
from limu.page.signed import Desk, officer_page, show
from limu.record.event import EVENT_LABELS
from limu.terms.uscc import clean_uscc
from limu.wire.aside import aside
from limu.wire.database import current_database
from limu.wire.said import MOST, statements

# A log up to this size is recomputed while the page waits; a longer one by the worker.
AT_ONCE = 50_000
ENDINGS = {"ended": "到时收回", "closed": "提前收回", "found_open": "事后收回"}


def _trace(desk: Desk, scope: str, *, subject: UUID | None = None, act: str = "") -> None:
    refused = read_traced(
        aside, desk.connection, officer=desk.officer, act=act or desk.act, purpose="trail", scope=scope,
        subject=subject,
    )  # fmt: skip
    if refused:
        raise Http404


@officer_page("read_trail")
def trail(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show who read what, when, for which purpose; each look at it is the newest line of it."""
    given = {name: request.GET.get(name, "").strip() for name in ("officer", "uscc", "purpose", "day", "after")}
    day, refusal = _day(given["day"])
    asked = Asked(given["officer"], clean_uscc(given["uscc"]), given["purpose"], day)
    stated = "、".join(f"{name}={text}" for name, text in given.items() if text and name != "after")
    _trace(desk, f"trail: {stated or 'all'}"[:200])
    found, more = trail_of(desk.connection, asked, after=given["after"], limit=PAGE)
    return show(
        request, desk, "front/ops_audit.html", status=422 if refusal else 200, refusal=refusal,
        found=() if refusal else found, more="" if refusal else more, asked=given,
        purposes=store_trail.purposes(desk.connection), is_filtered=bool(stated),
        readers=store_trail.readers_of(desk.connection, asked.uscc) if asked.uscc else (),
        may_replay=desk.may("replay_shown"),
    )  # fmt: skip


def _day(text: str) -> tuple[date | None, Refusal | None]:
    try:
        return (date.fromisoformat(text) if text else None), None
    except ValueError:
        return None, Refusal("A-110", f"日期“{text}”不能识别。", "请写成 2026-11-24 的样子。")


@officer_page("read_trail")
def log(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show the head of the log and what recomputations found; a POST recomputes it from the events."""
    head = audit.last_head(desk.connection)
    size = head.size if head else 0
    if request.method == "POST":
        _trace(desk, "log: recompute")
        if size > AT_ONCE:
            audit_store.queue_check(desk.connection, department=desk.officer.department, officer=desk.officer.id)
            messages.info(request, f"日志有 {size} 个事件，已交后台重算；完成后结果列在下面。")
        else:
            found = audit.recompute(desk.connection)
            audit_store.insert_check(desk.connection, found, officer=desk.officer.id)
        return HttpResponseRedirect("/ops/audit/log")
    return show(
        request, desk, "front/ops_log.html", head=head, size=size, root=head.root.hex() if head else "",
        waiting=audit_store.waiting_count(desk.connection), checks=audit_store.checks(desk.connection),
        may_replay=desk.may("replay_shown"),
    )  # fmt: skip


@officer_page("read_trail")
def record_page(request: HttpRequest, desk: Desk, record: UUID) -> HttpResponse:
    """Show what happened to a record, each event with its leaf and its way to the root; nothing of its content."""
    stored = ledger.find_record(desk.connection, record)
    if stored is None:
        raise Http404
    _trace(desk, f"record {record}", subject=stored.subject)
    names = {officer.id: officer.code for officer in all_officers(desk.connection)}
    places = {
        place.event: place
        for place in audit.places_of(desk.connection, subject=stored.subject, record=record)
    }  # fmt: skip
    events = [
        (
            event,
            EVENT_LABELS[event.kind],
            "、".join(names.get(one, "—") for one in event.officers),
            places.get(event.id),
        )
        for event in ledger.events_of(desk.connection, subject=stored.subject, record=record)
    ]
    head = audit.last_head(desk.connection)
    return show(
        request, desk, "front/ops_audit_record.html", record=record, stored=stored, events=events, head=head,
        root=head.root.hex() if head else "",
    )  # fmt: skip


@officer_page("read_emergency")
def emergencies(request: HttpRequest, desk: Desk) -> HttpResponse:
    """List openings of emergency access and what waits for a second person; a POST takes note of all of them."""
    if request.method == "POST" and desk.may("read_trail"):
        store_emergency.note_seen(desk.connection, desk.officer.id)
        return HttpResponseRedirect("/ops/emergency")
    return _emergencies(request, desk, said=_said(desk, request.GET.get("said", "")))


def _said(desk: Desk, wanted: str) -> dict[str, Any] | None:
    """The statements of one opening, for who reviews it; the look at them leaves its own trace."""
    found = store_emergency.find(desk.connection, wanted) if wanted and desk.may("read_trail") else None
    if found is None or found.opened_at is None or found.ends_at is None:
        return None
    _trace(desk, f"emergency {found.id}: statements", act="read_trail")
    told = statements(current_database(), since=found.opened_at, until=found.closed_at or found.ends_at)
    return {
        "one": found, "told": told and told[:MOST], "is_cut": told is not None and len(told) > MOST, "most": MOST,
    }  # fmt: skip


@officer_page("second_emergency")
def answer(request: HttpRequest, desk: Desk, asked: UUID) -> HttpResponse:
    """Agree as the second person, or decline."""
    if store_emergency.find_request(desk.connection, asked) is None:
        raise Http404
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    done = actions_emergency.answer_emergency(
        desk.connection, second=desk.officer, request=asked, is_agreed=request.POST.get("answer") == "agree"
    )
    if isinstance(done, Refusal):
        return _emergencies(request, desk, refusal=done)
    told = "已同意，计时开始。" if request.POST.get("answer") == "agree" else "已拒绝。"
    messages.success(request, f"{told}监督员和审计员已收到通知。")
    return HttpResponseRedirect("/ops/emergency")


def _emergencies(
    request: HttpRequest, desk: Desk, *, refusal: Refusal | None = None, said: dict[str, Any] | None = None
) -> HttpResponse:
    place = place_of(request)
    pages = paged(request, store_emergency.newest(desk.connection, limit=place.limit, skip=place.skip), place)
    found = [(one, ENDINGS.get(one.why, "")) for one in pages.rows]
    unseen = store_emergency.unseen(desk.connection, desk.officer.id) if desk.may("read_trail") else []
    return show(
        request, desk, "front/ops_emergency.html", status=422 if refusal else 200, refusal=refusal, found=found,
        pages=pages, waiting=store_emergency.waiting_requests(desk.connection), may_answer=desk.may("second_emergency"),
        is_open=store_emergency.is_open(desk.connection), unseen=unseen, said=said, may_read=desk.may("read_trail"),
    )  # fmt: skip
