"""The window while the register cannot be reached: a dated cache, said on every page, and nothing adverse by it alone.

Sessions lie in the register too, so an officer who has opened the window carries a pass: signed, bound to that session,
ended by the session's own times, and good only for an account that the department's cache knows."""

import hashlib
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import segno
from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.csrf import csrf_protect

from limu.account.guard import OPENED
from limu.account.rules import why_ended
from limu.department.rules import NOT_THERE, Refusal
from limu.law.measure import ACTS
from limu.measure.actions_offline import cache_hours, check_offline, find_waiting, stand
from limu.measure.rules_offline import Offline, Standing
from limu.page.guard import Answer
from limu.page.signed import Desk, drawn, watermark
from limu.wire.clock import SHANGHAI, Clock
from limu.wire.database import is_reachable
from limu.wire.home import find_home

PREFIX: Final = "/dept/check"
COOKIE: Final = "limu_window"
SALT: Final = "limu.window"
NO_PASS = Refusal(
    "M-122",
    "登记库暂时无法访问，无法确认您的身份。",
    "登录后打开过本页的，停机期间才能按缓存核查。请稍后重试；急需办理的，请向认定单位书面核实。",
)
IN_REGISTER = Refusal(
    "M-123", "这一页的内容在登记库中，暂时无法显示。", "停机期间只能逐个按代码核查；其余请在服务恢复后办理。"
)


def first(answer: Answer) -> Answer:
    """Middleware: where the register cannot be reached the window answers by its cache; every other page as ever."""

    def answered(request: HttpRequest) -> HttpResponseBase:
        if not request.path.startswith(PREFIX) or is_reachable():
            return answer(request)
        response = window(request)
        response["Cache-Control"] = "no-store"
        return response

    return answered


def give_pass(request: HttpRequest, response: HttpResponse, desk: Desk) -> HttpResponse:
    """Hand an officer at the window what the window knows them by, should the register go away."""
    return _hand(response, {
        "code": desk.officer.code, "department": str(desk.officer.department),
        "opened": request.session.get(OPENED) or Clock().now().isoformat(), "session": _session_of(request),
    })  # fmt: skip


def _hand(response: HttpResponse, told: dict[str, str]) -> HttpResponse:
    told = told | {"seen": Clock().now().isoformat()}
    response.set_cookie(
        COOKIE, signing.dumps(told, salt=SALT), path="/dept", httponly=True, samesite="Lax",
        secure=bool(settings.SESSION_COOKIE_SECURE),
    )  # fmt: skip
    return response


def _session_of(request: HttpRequest) -> str:
    return hashlib.sha256(request.COOKIES.get(settings.SESSION_COOKIE_NAME, "").encode()).hexdigest()


def _pass_of(request: HttpRequest) -> dict[str, str] | None:
    try:
        told: dict[str, str] = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT)
        times = {name: datetime.fromisoformat(told[name]) for name in ("opened", "seen")}
    except (signing.BadSignature, KeyError, ValueError):
        return None
    # The window has no other session: who signed out, or was away too long, is nobody here either.
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or told["session"] != _session_of(request):
        return None
    ended = why_ended(opened_at=times["opened"], seen_at=times["seen"], now=Clock().now())
    return told if ended is None else None


@csrf_protect
def window(request: HttpRequest) -> HttpResponse:
    """Answer at the degraded window, to an officer whom it knows."""
    told = _pass_of(request)
    if told is None:
        return _refused(request, NO_PASS)
    standing = stand(find_home(), UUID(told["department"]), code=told["code"], hours=cache_hours())
    if isinstance(standing, Refusal):
        return _refused(request, NO_PASS if standing == NOT_THERE else standing)
    return _hand(_answered(request, standing), told)


def _answered(request: HttpRequest, standing: Standing) -> HttpResponse:
    rest = request.path.removeprefix(PREFIX).strip("/")
    if not rest:
        return _form(request, standing)
    try:
        found = find_waiting(find_home(), UUID(rest.removesuffix("/slip")), department=standing.officer.department)
    except ValueError:
        found = None
    if found is None:
        return _show(request, standing, "front/dept_offline.html", status=503, refusal=IN_REGISTER, acts=())
    return _told(request, standing, found, is_slip=rest.endswith("/slip"))


def _form(request: HttpRequest, standing: Standing) -> HttpResponse:
    text, act = request.POST.get("q", "").strip()[:100], request.POST.get("act", "")
    refusal = None
    if request.method == "POST":
        made = check_offline(find_home(), text, act=act, standing=standing)
        if isinstance(made, Offline):
            return HttpResponseRedirect(f"{PREFIX}/{made.id}")
        refusal = made
    return _show(
        request, standing, "front/dept_offline.html", status=422 if refusal else 200, refusal=refusal, text=text,
        act=act, acts=tuple(ACTS.items()),
    )  # fmt: skip


def _told(request: HttpRequest, standing: Standing, found: Offline, *, is_slip: bool) -> HttpResponse:
    address = request.build_absolute_uri(f"/verify?number={found.number}&tail={found.tail}")
    code = segno.make(address, error="m").svg_inline(scale=3, border=2, omitsize=False) if is_slip else ""
    return _show(
        request, standing, "front/dept_offline_slip.html" if is_slip else "front/dept_offline_told.html", check=found,
        act_label=ACTS[found.act], address=address, code=code,
        is_disputed=any(one.is_disputed for one in found.allowed),
    )  # fmt: skip


def _show(request: HttpRequest, standing: Standing, template: str, *, status: int = 200, **values: Any) -> HttpResponse:
    at = standing.at.astimezone(SHANGHAI)
    told = watermark(standing.officer, at)
    return render(request, template, {
        "cache": standing.cache, "officer": standing.officer, "hours": cache_hours(),
        "desk_officer": standing.officer, "desk_offline": True,
        "desk_watermark": told, "desk_watermark_image": drawn(told), **values,
    }, status=status)  # fmt: skip


def _refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    page = render(request, "front/dept_offline.html", {"refusal": refusal, "acts": (), "cache": None}, status=503)
    page["Retry-After"] = "60"
    return page
