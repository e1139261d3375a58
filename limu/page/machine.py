"""What doors for machines share: a key's share of the service, and a refusal as a problem (RFC 9457)."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse

from limu.department.rules import Refusal
from limu.page.guard import Share, Shares, share_now
from limu.page.site import too_many
from limu.page.speech import in_language
from limu.wire.clock import Clock

KEY_SHARE = 10
"""A key may ask so many times as often as a stranger: ten times a second by default (trust.md 1.5)."""

SHARES = Shares()


def beyond_share(request: HttpRequest, key: UUID) -> HttpResponse | None:
    """Take one of a key's requests; the answer where it has to wait."""
    share = key_share()
    if share.per_minute > 0 and (seconds := SHARES.wait(key.hex, share, at=Clock().now().timestamp())):
        return too_many(request, seconds)
    return None


def key_share() -> Share:
    """What one key may ask for."""
    return share_now().times(KEY_SHARE)


def dressed(response: HttpResponse) -> HttpResponse:
    """Put on what every answer to a key says: it is nobody else's, and how much a key may ask."""
    response["Cache-Control"] = "no-store"
    response["RateLimit-Policy"] = f'"key";q={key_share().per_minute};w=60'
    return response


def problem(request: HttpRequest, refusal: Refusal, *, status: int) -> JsonResponse:
    """A refusal in the desk's words, with its code and cure."""
    told, cure = in_language(refusal.message), in_language(refusal.cure)
    response = JsonResponse(
        {
            "type": f"/developers#{refusal.code}",
            "title": told,
            "status": status,
            "detail": in_language(f"{refusal.message}{refusal.cure}"),
            "code": refusal.code,
            "request_id": getattr(request, "number", ""),
            "errors": [{"code": refusal.code, "message": told, "fix": cure}],
        },
        status=status,
        content_type="application/problem+json",
        json_dumps_params={"ensure_ascii": False},
    )
    response["Cache-Control"] = "no-store"
    if status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="limu"'
    if status == 409:
        response["Retry-After"] = "2"
    return response
