"""The matching desk (匹配复核): rows beside candidates, by keyboard or plain forms, with undo and a second person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect, QueryDict

from limu import reactions
from limu.access.actions import open_ticket
from limu.access.store import spend_ticket
from limu.department.rules import Refusal, reach_of
from limu.department.store import all_departments
from limu.front.desk_cases import leave_traces
from limu.linking import actions_review as actions
from limu.linking import store_review
from limu.linking.actions import Judgement
from limu.linking.queries_review import Case, Waiting, find_case, subject_of_code, waiting
from limu.linking.rules import RowFacts
from limu.linking.rules_review import without_persons
from limu.linking.store_review import MOST_ALIKE, Judged
from limu.page.signed import Desk, officer_page, show
from limu.terms.uscc import clean_uscc
from limu.wire.clock import midnight
from limu.wire.database import pool

PAGE: Final = 20
AGES: Final = (1, 3, 7, 30)
UNDO_WORDS: Final = ("判断有误", "误按", "有新的材料")
WORDS: Final[Mapping[str, str]] = {
    "linked": "已关联", "not_linked": "不关联", "undone": "撤销判定", "waiting": "待关联",
}  # fmt: skip
NO_SUCH_CODE = Refusal("S-404", "登记库中没有这个统一社会信用代码。", "请核对代码。")


def leave_trace(desk: Desk, scope: str) -> None:
    """Write down that an officer looks at rows of other departments, committed before they are read."""
    ticket = open_ticket(
        pool("app").connection, officer=desk.officer, purpose="matching_review", subject=None, scope=scope
    )
    if isinstance(ticket, Refusal):
        raise Http404
    spend_ticket(desk.connection, ticket, reach=reach_of(desk.officer, desk.act))


@officer_page("judge_link")
def matching(request: HttpRequest, desk: Desk) -> HttpResponse:
    """List rows that wait for a subject, the oldest first; the filter stands in the address."""
    asked: dict[str, Any] = {
        "department": _uuid(request.GET.get("department", "")), "days": _days(request.GET.get("days", "")),
        "wished": request.GET.get("wished") == "1",
    }  # fmt: skip
    leave_trace(desk, "matching: list")
    rows, more = waiting(
        desk.connection, department=asked["department"], until=_before(desk, asked["days"]), wished=asked["wished"],
        after=request.GET.get("after", ""), limit=PAGE,
    )  # fmt: skip
    done = _done(request, desk)
    kept = _kept(request.GET, "department", "days", "wished")
    return show(
        request, desk, "front/ops_matching.html", rows=rows, more=more, asked=asked, ages=AGES, done=done,
        many=len(store_review.same_act(desk.connection, done.id)) if done else 0, undo_words=UNDO_WORDS,
        departments=all_departments(desk.connection), filter=kept, is_filtered=any(asked.values()), most=MOST_ALIKE,
        place=_kept(request.GET, "department", "days", "wished", "after"), **_opened(request, desk, rows, more=more),
    )  # fmt: skip


def _opened(request: HttpRequest, desk: Desk, rows: Sequence[Waiting], *, more: str) -> dict[str, Any]:
    """The row in work, the one asked for or the first, with the ways to its neighbours and back to the next one."""
    if not rows:
        return {"case": None}
    asked = _uuid(request.GET.get("open", ""))
    at = next((at for at, row in enumerate(rows) if row.id == asked), 0)
    here = _kept(request.GET, "department", "days", "wished", "after")
    following = _opening(here, rows[at + 1].id) if at + 1 < len(rows) else ""
    case = find_case(desk.connection, rows[at].id, second_at=settings.LIMU_LINK_SECOND_AT)
    _leave_traces_of_candidates(desk, case)
    return {
        "case": case,
        "opened": rows[at].id, "back": following or here, "following": following,
        "previous": _opening(here, rows[at - 1].id) if at else "",
        "next_page": _with(_kept(request.GET, "department", "days", "wished"), "after", more) if more else "",
    }  # fmt: skip


def _leave_traces_of_candidates(desk: Desk, case: Case | None) -> None:
    """Who may be meant is shown with numbers and addresses that are not public: each can see that it was looked at."""
    subjects = (one.known.subject for one in case.candidates) if case else ()
    leave_traces(desk, subjects, scope="matching: candidates", purpose="matching_review")


def _opening(place: str, pending: UUID) -> str:
    return _with(place, "open", str(pending))


def _with(place: str, name: str, value: str) -> str:
    kept = QueryDict(place, mutable=True)
    kept[name] = value
    return kept.urlencode()


def _done(request: HttpRequest, desk: Desk) -> Judged | None:
    done = _uuid(request.GET.get("done", ""))
    return store_review.find_judged(desk.connection, done, today=desk.today) if done else None


def _before(desk: Desk, days: int | None) -> datetime | None:
    return midnight(desk.today - timedelta(days=days)) if days else None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _days(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 5 else None


def _kept(query: QueryDict, *names: str) -> str:
    kept = QueryDict(mutable=True)
    for name in names:
        if value := query.get(name):
            kept[name] = value
    return kept.urlencode()


def _back(request: HttpRequest, **more: object) -> HttpResponse:
    """Go back to the list as it was filtered, never anywhere else."""
    kept = QueryDict(
        _kept(QueryDict(request.POST.get("back", "")), "department", "days", "wished", "after", "open"), mutable=True
    )
    for name, value in more.items():
        kept[name] = str(value)
    return HttpResponseRedirect(f"/ops/matching?{kept.urlencode()}" if kept else "/ops/matching")


@dataclass(frozen=True, slots=True)
class Said:
    """What a form on a row says: the verdict, the subject chosen or named by its code, and the reason."""

    verdict: str
    subject: UUID | None
    uscc: str
    reason: str

    @property
    def kept(self) -> dict[str, Any]:
        """The input, as the page shows it again."""
        return {"chosen": self.subject, "uscc": self.uscc, "reason": self.reason}


def _said(request: HttpRequest, desk: Desk) -> Said | Refusal:
    told = request.POST or request.GET
    code = clean_uscc(told.get("uscc", ""))
    subject = subject_of_code(desk.connection, code) if code else _uuid(told.get("subject", ""))
    return (
        NO_SUCH_CODE
        if code and subject is None
        else Said(told.get("verdict", ""), subject, code, told.get("reason", ""))
    )


def _case(desk: Desk, pending: UUID, also: UUID | None = None) -> Case:
    found = find_case(desk.connection, pending, second_at=settings.LIMU_LINK_SECOND_AT, also=also)
    if found is None:
        raise Http404
    return found


@officer_page("judge_link")
def case_page(request: HttpRequest, desk: Desk, pending: UUID) -> HttpResponse:
    """Show one row: beside its candidates, the judgement that waits, and all that was judged of it."""
    _case(desk, pending)
    leave_trace(desk, f"matching: row {pending}")
    return _shown(request, desk, pending)


def _shown(
    request: HttpRequest, desk: Desk, pending: UUID, *, refusal: Refusal | None = None, said: Said | None = None
) -> HttpResponse:
    wish = store_review.open_wish(desk.connection, pending)
    case = _case(desk, pending, also=wish.subject if wish else said.subject if said else None)
    _leave_traces_of_candidates(desk, case)
    history = [_told(one) for one in store_review.history(desk.connection, pending, today=desk.today)]
    wished = next((one for one in case.candidates if wish and one.known.subject == wish.subject), None)
    kept = said.kept if said else {"reason": request.POST.get("reason", ""), "uscc": request.POST.get("uscc", "")}
    return show(
        request, desk, "front/ops_case.html", status=422 if refusal else 200, case=case, wish=wish, wished=wished,
        is_own_wish=wish is not None and wish.asked_person == desk.officer.person, history=history, refusal=refusal,
        undo_words=UNDO_WORDS, back=request.POST.get("back", ""), most=MOST_ALIKE, **kept,
    )  # fmt: skip


def _told(one: Judged) -> dict[str, Any]:
    stated = without_persons(RowFacts(str(one.evidence.get("name", "")))).name
    told = [f"报送名称“{stated}”" if stated else "", f"登记名称“{one.subject_name}”" if one.subject_name else ""]
    told.append(str(one.evidence.get("waited_for", "")))
    return {
        "judged": one, "word": WORDS[one.verdict], "subject_name": one.subject_name, "uscc": one.uscc,
        "before": WORDS.get(str(one.evidence.get("before", "waiting")), "待关联"),
        "after": WORDS.get(str(one.evidence.get("after", one.verdict)), ""),
        "evidence": "；".join(part for part in told if part) if one.verdict != "undone" else "",
        "can_undo": one.verdict != "undone" and not one.is_undone,
    }  # fmt: skip


@officer_page("judge_link")
def judge(request: HttpRequest, desk: Desk, pending: UUID) -> HttpResponse:
    """Judge one row: linked at once, waiting for another person, or nobody of the candidates."""
    _case(desk, pending)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    said = _said(request, desk)
    if isinstance(said, Refusal):
        return _shown(request, desk, pending, refusal=said)
    if said.verdict != "not_linked" and said.subject is None:
        return _shown(request, desk, pending, refusal=actions.NO_CHOICE, said=said)
    made = actions.judge_or_wait(
        desk.connection, pending=pending, subject=None if said.verdict == "not_linked" else said.subject,
        officer=desk.officer, reason=said.reason, second_at=settings.LIMU_LINK_SECOND_AT, judge=reactions.judge_link,
    )  # fmt: skip
    if isinstance(made, Refusal):
        return _refused(request, desk, pending, refusal=made, said=said)
    if isinstance(made, Judgement):
        return _back(request, done=made.id)
    messages.success(request, "已记下您的判定，等待另一名工作人员确认后才会关联。")
    return HttpResponseRedirect(f"/ops/matching/{pending}")


def _refused(
    request: HttpRequest, desk: Desk, pending: UUID, *, refusal: Refusal, said: Said | None = None
) -> HttpResponse:
    # What the refused act began is taken back before the page is read.
    desk.connection.rollback()
    leave_trace(desk, f"matching: row {pending}")
    return _shown(request, desk, pending, refusal=refusal, said=said)


@officer_page("judge_link")
def settle(request: HttpRequest, desk: Desk, pending: UUID) -> HttpResponse:
    """Confirm a first judgement as the second person, or send it back."""
    _case(desk, pending)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    is_agreed = request.POST.get("decision") == "agree"
    made = actions.settle(
        desk.connection, pending=pending, officer=desk.officer, is_agreed=is_agreed, judge=reactions.judge_link
    )
    if isinstance(made, Refusal):
        return _refused(request, desk, pending, refusal=made)
    if isinstance(made, Judgement):
        return _back(request, done=made.id)
    messages.success(request, "已退回，该行仍待关联。")
    return HttpResponseRedirect(f"/ops/matching/{pending}")


@officer_page("judge_link")
def alike(request: HttpRequest, desk: Desk, pending: UUID) -> HttpResponse:
    """Preview the rows that say the same and have the same candidates, and judge them by one act."""
    case = _case(desk, pending)
    said = _said(request, desk)
    if isinstance(said, Refusal):
        return _shown(request, desk, pending, refusal=said)
    if "look" in request.POST:
        # Chosen in a form: its token goes into no address.
        kept = {name: request.POST.get(name, "") for name in ("subject", "reason", "uscc", "back")}
        return HttpResponseRedirect(f"/ops/matching/{pending}/alike?{urlencode(kept)}")
    if request.method != "POST":
        leave_trace(desk, f"matching: rows like {pending}")
        return _alike(request, desk, case, said=said)
    made = actions.judge_alike(
        desk.connection, pending=pending, subject=None if said.verdict == "not_linked" else said.subject,
        officer=desk.officer, reason=said.reason, second_at=settings.LIMU_LINK_SECOND_AT, judge=reactions.judge_link,
    )  # fmt: skip
    if isinstance(made, Refusal) or not made.done:
        refusal = made if isinstance(made, Refusal) else (*made.refused, actions.NONE_WAITS)[0]
        desk.connection.rollback()
        leave_trace(desk, f"matching: rows like {pending}")
        return _alike(request, desk, case, said=said, refusal=refusal)
    if made.refused:
        messages.warning(request, f"{len(made.refused)} 行没有办理：{made.refused[0].message}")
    return _back(request, done=made.done[0].id)


def _alike(request: HttpRequest, desk: Desk, case: Case, *, said: Said, refusal: Refusal | None = None) -> HttpResponse:
    shown = find_case(desk.connection, case.id, second_at=settings.LIMU_LINK_SECOND_AT, also=said.subject) or case
    subject = next((one for one in shown.candidates if one.known.subject == said.subject), None)
    return show(
        request, desk, "front/ops_alike.html", status=422 if refusal else 200, case=case, subject=subject,
        rows=store_review.alike(desk.connection, case.id), reason=said.reason, refusal=refusal, most=MOST_ALIKE,
        back=(request.POST or request.GET).get("back", ""),
    )  # fmt: skip


@officer_page("judge_link")
def undo(request: HttpRequest, desk: Desk, judgement: UUID) -> HttpResponse:
    """Undo a judgement: the record leaves the public page at once and the row waits again."""
    found = store_review.find_judged(desk.connection, judgement, today=desk.today)
    if found is None:
        raise Http404
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    reason = request.POST.get("reason", "")
    made = actions.undo_act(
        desk.connection, judgement=judgement,
        undo=lambda one: reactions.undo_link(desk.connection, judgement=one, officer=desk.officer, reason=reason),
    )  # fmt: skip
    if isinstance(made, Refusal):
        return _refused(request, desk, found.pending, refusal=made)
    rows = f" {len(made)} 行" if len(made) > 1 else ""
    messages.success(request, f"已撤销{rows}，回到待关联；公示已立即停止。")
    return HttpResponseRedirect(f"/ops/matching/{found.pending}")
