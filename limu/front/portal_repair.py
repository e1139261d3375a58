"""修复申请: one application for many records of many bodies: records, conditions, materials, commitment, submit."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from limu.case.actions import store_document
from limu.case.rules import Document
from limu.department.rules import Refusal
from limu.front.portal import leave_trace
from limu.front.portal_cases import acting, documents_in
from limu.page.portal import Portal, portal_page, show_my
from limu.reactions_repair import apply_for_repair
from limu.repair.actions import Applied, Item
from limu.repair.queries import Prospect, prospects
from limu.wire.files import FileStore
from limu.wire.home import find_home
from limu.wire.lawbook import current_book


@portal_page("repair")
def repair(request: HttpRequest, portal: Portal) -> HttpResponse:
    """Choose records, see their conditions, bring the proofs, sign the commitment, submit: one receipt for all."""
    leave_trace(portal, "own records: repair")
    book = current_book(portal.connection)
    found = prospects(portal.connection, book, portal.agent.subject, today=portal.today)
    if request.method != "POST":
        return _form(request, portal, found)
    chosen = [one for one in found if str(one.one.record) in request.POST.getlist("record")]
    faults = _faults(request, chosen)
    if faults:
        return _form(request, portal, found, faults=faults)
    items: list[Item] = []
    for one in chosen:
        proofs = documents_in(request, f"proof-{one.one.record}", role="performance_proof")
        if isinstance(proofs, Refusal):
            return _form(request, portal, found, faults=[(f"proof-{one.one.record}", proofs)])
        items.append(Item(one.one.record, proofs))
    signed = store_document(
        FileStore(find_home(), "cases"), _commitment(portal, chosen).encode(), role="commitment", name="信用承诺书.txt"
    )
    made: Applied | Refusal = signed if isinstance(signed, Refusal) else _apply(portal, tuple(items), signed)
    if isinstance(made, Refusal):
        return _form(request, portal, found, faults=[("records", made)])
    messages.success(request, f"提交成功。受理编号 {made.number}，共 {len(made.cases)} 条，由各认定单位分别办理。")
    return HttpResponseRedirect("/my/cases")


def _apply(portal: Portal, items: tuple[Item, ...], signed: Document) -> Applied | Refusal:
    book = current_book(portal.connection)
    return apply_for_repair(portal.connection, book, actor=acting(portal), items=items, documents=(signed,))


def _faults(request: HttpRequest, chosen: list[Prospect]) -> list[tuple[str, Refusal]]:
    if not chosen:
        return [("records", Refusal("X-124", "没有选择要修复的信息。", "请至少选择一条。"))]
    faults = [
        (
            f"proof-{one.one.record}",
            Refusal("X-126", f"{one.one.document_number or '所选信息'}：没有提交证明。", "请上传缴款凭证等证明。"),
        )
        for one in chosen
        if not request.FILES.getlist(f"proof-{one.one.record}")
    ]
    if request.POST.get("commitment") != "yes":
        faults.append(("commitment", Refusal("X-125", "没有签署信用承诺书。", "请阅读承诺并勾选签署。")))
    return faults


def _commitment(portal: Portal, chosen: list[Prospect]) -> str:
    numbers = "、".join(one.one.document_number or "（无文号）" for one in chosen)
    agent = portal.agent
    return (
        f"信用承诺书\n{agent.subject_name}（{agent.uscc}）就 {numbers} 承诺：所提交的材料真实、合法、有效，"
        f"已经纠正违法行为并履行法定义务；隐瞒情况或者提供虚假材料的，依法承担责任。\n"
        f"签署人：{agent.person_name}（账号 {agent.code}） {portal.today}\n"
    )


def _form(
    request: HttpRequest, portal: Portal, found: tuple[Prospect, ...], *,
    faults: list[tuple[str, Refusal]] | None = None,
) -> HttpResponse:  # fmt: skip
    chosen: set[UUID | str] = set(request.POST.getlist("record") or request.GET.getlist("record"))
    lines = [(one, str(one.one.record) in chosen) for one in found]
    return show_my(
        request, portal, "front/my_repair.html", status=422 if faults else 200, lines=lines, faults=faults or [],
        is_signed=request.POST.get("commitment") == "yes", bodies=sorted({one.one.authority for one in found}),
        is_ready=any(one.can_apply for one in found),
    )  # fmt: skip
