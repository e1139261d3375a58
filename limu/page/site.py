"""Pages for when something is not there, has ended, is too much, or broke: what happened, what to do, which number."""

import sys
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from limu.page.kept import Typed
from limu.page.speech import in_language
from limu.wire.database import is_away

API_PREFIX = "/api/"
DESK_PREFIXES = ("/dept", "/ops")


@dataclass(frozen=True, slots=True)
class Fault:
    """What a visitor is told when a page cannot be shown."""

    status: int
    title: str
    told: str
    advice: str
    wait_seconds: int = 0


def fault(request: HttpRequest, what: Fault, *, kept: Typed | None = None) -> HttpResponse:
    """Answer with a fault, as a page to a person and as a problem (RFC 9457) to a machine."""
    # The frame of a page that failed asks nobody anything: what it would ask may be what failed.
    request.__dict__["limu_failed"] = what.status >= 500
    if request.path.startswith(API_PREFIX):
        response: HttpResponse = problem(request, what)
    else:
        response = render(request, "page/fault.html", {"fault": what, "kept": kept}, status=what.status)
    response["X-Robots-Tag"] = "noindex"
    response["Cache-Control"] = "no-store"
    if what.wait_seconds:
        response["Retry-After"] = str(what.wait_seconds)
    return response


def problem(request: HttpRequest, what: Fault) -> JsonResponse:
    """Write a fault in the form of RFC 9457."""
    return JsonResponse(
        {
            "type": "about:blank",
            "title": in_language(what.title),
            "status": what.status,
            "detail": in_language(f"{what.told}{what.advice}"),
            "request_id": getattr(request, "number", ""),
        },
        status=what.status,
        content_type="application/problem+json",
        json_dumps_params={"ensure_ascii": False},
    )


def missing(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that there is nothing at this address; also the answer to what is none of the visitor's business."""
    del exception
    if request.path.startswith(DESK_PREFIXES):
        return not_there(request)
    told, advice = _("这个地址没有内容，可能是地址输入有误。"), _("请核对地址，或回到首页重新查询。")
    what = Fault(404, _("未找到该页面"), told, advice)
    return fault(request, what)


def not_there(request: HttpRequest) -> HttpResponse:
    """Answer what may not be opened and what does not exist alike: in status, words and headers (trust.md 3.6)."""
    what = Fault(404, "没有这一对象，或者您没有办理的权限", "请核对编号。", "如需权限，请联系本单位的安全管理员。")
    return fault(request, what)


def broken_at_desk(request: HttpRequest, *, kept: Typed | None) -> HttpResponse:
    """Own up to a failure of a signed page, and hand back what was typed so that it can be sent again (500)."""
    if is_away(sys.exc_info()[1]):
        return away(request, kept=kept)
    advice = "请稍后重试；如仍然如此，请告知下面的问题编号。"
    if kept:
        advice = "您填写的内容保留在下面，可稍后重新提交；如仍然如此，请告知问题编号。"
    what = Fault(500, "操作没有完成", "我们的服务出了问题，您的操作没有生效，也没有错。", advice)
    return fault(request, what, kept=kept)


def stale(request: HttpRequest, *, kept: Typed | None) -> HttpResponse:
    """Refuse a form without its token: it stood open too long, or came from another site (403)."""
    told, advice = _("页面停留时间过长，或者登录状态已变化。"), _("请返回上一页，刷新后重新提交。")
    if kept is not None:
        advice = _("您填写的内容保留在下面，请核对后重新提交。")
    return fault(request, Fault(403, _("提交没有生效"), told, advice), kept=kept)


def ended(request: HttpRequest) -> HttpResponse:
    """Say that a publication has ended, and not one word of what it was (410)."""
    what = Fault(
        410,
        _("该信息已停止公示"),
        _("公示期已满，或者已经修复、更正、撤销。停止公示的信息不再向公众提供。"),
        _("如您是信息主体，可凭身份向公共信用信息主管部门查询本单位的历史记录。"),
    )
    return fault(request, what)


def cancelled(request: HttpRequest) -> HttpResponse:
    """Say that an organisation is cancelled and nothing of it is public any more; not even its name (410)."""
    what = Fault(
        410,
        _("该主体已注销，没有正在公示的信息"),
        _("注销登记之前的公示信息均已到期或者停止公示，不再向公众提供。"),
        _("登记状态可在查信用中查到；历史信息可由有权机关依法查询。"),
    )
    return fault(request, what)


def misput(request: HttpRequest, told: str) -> HttpResponse:
    """Say what in the address cannot be understood (400)."""
    return fault(request, Fault(400, _("请求无法理解"), told, _("请修改后重试。")))


def refused(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that the page is not for this visitor and whom to ask (403)."""
    del exception
    told, advice = _("该页面仅向有权人员开放。"), _("如需权限，请联系本单位管理员。")
    return fault(request, Fault(403, _("您没有查看该内容的权限"), told, advice))


def malformed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's hook for a request it cannot read (400)."""
    del exception
    return misput(request, _("请求的格式不正确。"))


def broken(request: HttpRequest) -> HttpResponse:
    """Own up to our fault with the number under which it can be found (500)."""
    if is_away(sys.exc_info()[1]):
        return away(request)
    told, advice = _("我们的服务出了问题，您的操作没有错。"), _("请稍后重试；如仍然如此，请告知下面的问题编号。")
    return fault(request, Fault(500, _("页面暂时无法显示"), told, advice))


def away(request: HttpRequest, *, kept: Typed | None = None) -> HttpResponse:
    """Say that the register cannot be reached and that it is not the visitor's fault (503)."""
    told = _("服务正在恢复，您的操作没有生效，也没有错。")
    advice = _("请一分钟后重试。")
    if request.path.startswith("/dept"):
        advice += _("窗口的信用核查可以按缓存办理，请打开“信用核查”。")
    return fault(request, Fault(503, _("登记库暂时无法访问"), told, advice, wait_seconds=60), kept=kept)


def provider_away(request: HttpRequest) -> HttpResponse:
    """Say that the outside identity provider does not answer, and how to sign in without it (503)."""
    told, advice = "对方没有回答，您的操作没有错。", "请稍后再试，或者用账号和密码登录。"
    return fault(request, Fault(503, "统一身份认证暂时连不上", told, advice, wait_seconds=60))


def too_many(request: HttpRequest, seconds: int) -> HttpResponse:
    """Ask for patience and name the seconds (429)."""
    told = _("查询过于频繁，请 %(seconds)s 秒后再试。") % {"seconds": seconds}
    what = Fault(429, _("查询过于频繁"), told, _("如需批量数据，请使用开放接口与数据快照。"), wait_seconds=seconds)
    return fault(request, what)
