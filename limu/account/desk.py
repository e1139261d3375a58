"""用户与权限: the security administrator opens, renews and closes the accounts of officers."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed

from limu.account import actions, store
from limu.department import actions as department_actions
from limu.department import store as departments
from limu.department.rules import ROLES, Department, Officer, Refusal
from limu.page.paging import paged, place_of
from limu.page.signed import Desk, officer_page, show
from limu.wire.database import pool
from limu.wire.passwords import draw_password, hash_password


@dataclass(frozen=True, slots=True)
class Line:
    """One account as the list shows it."""

    officer: Officer
    roles: str
    login: store.Login | None


@officer_page("read_officers")
def officers(request: HttpRequest, desk: Desk) -> HttpResponse:
    """List the accounts, found by account, name or department; the address holds what was asked."""
    asked = request.GET.get("q", "").strip()
    place = place_of(request)
    found, total = departments.officers_like(desk.connection, asked, limit=place.limit, skip=place.skip)
    pages = paged(request, found, place)
    with pool("account").connection() as connection:
        logins = store.logins(connection, [officer.code for officer in pages.rows])
    lines = [Line(officer, _roles(officer), logins.get(officer.code)) for officer in pages.rows]
    return show(
        request, desk, "account/officers.html", lines=lines, asked=asked, may_add=desk.may("add_officer"),
        pages=pages, total=total,
    )  # fmt: skip


@officer_page("read_officers")
def officer(request: HttpRequest, desk: Desk, code: str) -> HttpResponse:
    """Show one account: who, which roles, how it signs in, when it last did."""
    return _page(request, desk, _found(desk, code))


@officer_page("set_password")
def password(request: HttpRequest, desk: Desk, code: str) -> HttpResponse:
    """Draw a new password and tell it once; on request the second factors go with the old one."""
    found = _found(desk, code)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    drawn = draw_password()
    with pool("account").connection() as logins:
        done = actions.set_password(desk.connection, logins, by=desk.officer, code=code, hashed=hash_password(drawn))
        if isinstance(done, Officer) and request.POST.get("forget"):
            done = actions.forget_factors(desk.connection, logins, by=desk.officer, code=code)
    if isinstance(done, Refusal):
        return _page(request, desk, found, refusal=done)
    return _page(request, desk, found, drawn=drawn)


@officer_page("close_officer")
def close(request: HttpRequest, desk: Desk, code: str) -> HttpResponse:
    """Close an account at once and for good, after its name has been typed on a page of its own."""
    found = _found(desk, code)
    if request.method != "POST" or request.POST.get("again") is None:
        return _closing(request, desk, found)
    if request.POST["again"].strip() != code:
        refusal = Refusal("D-115", "输入的账号与要停用的账号不一致。", "请核对后重新输入；账号没有停用。")
        return _closing(request, desk, found, refusal=refusal)
    with pool("account").connection() as logins:
        done = actions.close_officer(desk.connection, logins, by=desk.officer, code=code)
    if isinstance(done, Refusal):
        return _page(request, desk, found, refusal=done)
    return _page(request, desk, _found(desk, code))


@officer_page("add_officer")
def new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Open an account for a person of a department, and tell its first password once."""
    offered = departments.all_departments(desk.connection)
    if request.method != "POST":
        return _form(request, desk, offered)
    other = departments.find_officer(desk.connection, request.POST.get("same", "").strip())
    where = next((d for d in offered if str(d.id) == request.POST.get("department")), None)
    if refusal := _why_not(request, where=where, other=other):
        return _form(request, desk, offered, refusal=refusal)
    assert where
    drawn = draw_password()
    added = department_actions.add_officer(
        desk.connection,
        by=desk.officer,
        code=request.POST.get("code", "").strip(),
        person_name=other.person_name if other else request.POST.get("person", "").strip(),
        department=where,
        roles=tuple(request.POST.getlist("role")),
        person=other.person if other else None,
    )
    if isinstance(added, Officer):
        with pool("account").connection() as logins:
            done = actions.set_password(
                desk.connection, logins, by=desk.officer, code=added.code, hashed=hash_password(drawn)
            )
        if isinstance(done, Officer):
            return _page(request, desk, done, drawn=drawn)
        added = done
    return _form(request, desk, offered, refusal=added)


def _why_not(request: HttpRequest, *, where: Department | None, other: Officer | None) -> Refusal | None:
    if where is None:
        return Refusal("D-111", "没有选择部门。", "请选择账号所属的部门。")
    if request.POST.get("same", "").strip() and other is None:
        return Refusal("D-110", f"没有账号 {request.POST['same']}。", "请填写同一人已有的账号，或者留空。")
    if other is None and not request.POST.get("person", "").strip():
        return Refusal("D-112", "没有填写使用人姓名。", "请填写姓名；一个账号只由一个人使用。")
    return department_actions.why_misnamed(request.POST.get("code", "").strip())


def _found(desk: Desk, code: str) -> Officer:
    found = departments.find_officer(desk.connection, code)
    if found is None:
        raise Http404
    return found


def _roles(officer: Officer) -> str:
    return "、".join(ROLES[role] for role in officer.roles)


def _page(
    request: HttpRequest, desk: Desk, found: Officer, *, drawn: str = "", refusal: Refusal | None = None
) -> HttpResponse:
    with pool("account").connection() as connection:
        login = store.logins(connection, [found.code]).get(found.code)
        tries = store.sign_ins_of(connection, found.code)
    return show(
        request,
        desk,
        "account/officer.html",
        status=422 if refusal else 200,
        line=Line(found, _roles(found), login),
        tries=tries,
        drawn=drawn,
        refusal=refusal,
        may_renew=desk.may("set_password"),
        may_close=desk.may("close_officer"),
    )


def _closing(request: HttpRequest, desk: Desk, found: Officer, *, refusal: Refusal | None = None) -> HttpResponse:
    return show(
        request,
        desk,
        "account/close.html",
        status=422 if refusal else 200,
        line=Line(found, _roles(found), None),
        refusal=refusal,
        typed=request.POST.get("again", ""),
    )


def _form(
    request: HttpRequest, desk: Desk, offered: tuple[Department, ...], *, refusal: Refusal | None = None
) -> HttpResponse:
    return show(
        request,
        desk,
        "account/new.html",
        status=422 if refusal else 200,
        departments=offered,
        roles=ROLES,
        refusal=refusal,
        typed=request.POST,
        chosen=request.POST.getlist("role"),
    )
