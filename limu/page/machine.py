"""What doors for machines share: a key's share of the service, and a refusal as a problem (RFC 9457)."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse

from limu.department.rules import Refusal
from limu.page.guard import HEADERS, Share, Shares, share_now
from limu.page.site import too_many
from limu.page.speech import in_language
from limu.wire.clock import Clock

KEY_SHARE = 10
"""A key may ask so many times as often as a stranger: ten times a second by default (trust.md 1.5)."""

SHARES = Shares()


def beyond_share(request: HttpRequest, key: UUID) -> HttpResponse | None:
    """Take one of a key's requests; the answer where it has to wait."""
    seconds = _wait(key)
    return too_many(request, seconds) if seconds else None


def has_share(key: UUID) -> bool:
    """Take one of a key's requests, if one is left."""
    return not _wait(key)


def _wait(key: UUID) -> int:
    share = key_share()
    return SHARES.wait(key.hex, share, at=Clock().now().timestamp()) if share.per_minute > 0 else 0


def key_share() -> Share:
    """What one key may ask for."""
    return share_now().times(KEY_SHARE)


def dressed(response: HttpResponse) -> HttpResponse:
    """Put on what every answer to a key says: it is nobody else's, and how much a key may ask."""
    for name, value in _dress().items():
        response[name] = value
    return response


def _dress() -> dict[str, str]:
    return {"Cache-Control": "no-store", "RateLimit-Policy": f'"key";q={key_share().per_minute};w=60'}


def bare(environ: Mapping[str, Any], number: str) -> Iterator[tuple[str, str]]:
    """Headers of an answer to a key that is given before Django: those that its middleware would put on."""
    yield from _dress().items()
    yield from HEADERS.items()
    yield "X-Request-Id", number
    if settings.SECURE_HSTS_SECONDS and environ.get("HTTP_X_FORWARDED_PROTO") == "https":
        yield "Strict-Transport-Security", f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains"


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
