"""What surrounds every request: its number, its language, its share of the service, its security headers."""

import gzip
import re
import threading
import time
import uuid
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias, cast

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.request import split_domain_port, validate_host
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers

from limu.page import frame, rules, site
from limu.page.doors import DECISION, MACHINE_PREFIX, SIGNED_PREFIXES
from limu.wire.database import holds_nul, is_lost, look_through

Answer: TypeAlias = Callable[[HttpRequest], HttpResponseBase]

NETWORKS_REMEMBERED = 20_000
DESK_SHARE = 20
NUMBER = re.compile(r"[A-Za-z0-9-]{8,64}")
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; script-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
PRESSED_TYPES = ("text/", "application/json", "application/problem+json", "application/schema+json", "image/svg+xml")
TAKES_GZIP = re.compile(r"\bgzip\b(?!\s*;\s*q=0(?:\.0*)?(?:,|$))")
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class Press:
    """Answers of this process in gzip, kept by address and entity tag, so that each state is pressed once."""

    def __init__(self, capacity: int = 32 * 1024 * 1024) -> None:
        self._kept: OrderedDict[tuple[str, str], bytes] = OrderedDict()
        self._size = 0
        self._capacity = capacity
        self._lock = threading.Lock()

    def press(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Press a text answer for a client that takes gzip; anything else goes on as it is."""
        if response.status_code != 200 or not response.get("Content-Type", "").startswith(PRESSED_TYPES):
            return response
        patch_vary_headers(response, ("Accept-Encoding",))
        taken = request.META.get("HTTP_ACCEPT_ENCODING", "")
        if response.has_header("Content-Encoding") or not TAKES_GZIP.search(taken):
            return response
        return self._pressed(request, response)

    def _pressed(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        tag = response.get("ETag", "")
        zipped = self._find((request.path, tag)) if tag else None
        if zipped is None:
            whole = b"".join(response) if isinstance(response, StreamingHttpResponse) else response.content  # type: ignore[attr-defined]
            zipped = gzip.compress(whole, compresslevel=6, mtime=0)
            if tag:
                self._keep((request.path, tag), zipped)
        pressed = HttpResponse(zipped, status=200, headers=dict(response.headers))
        response.close()
        pressed.cookies = response.cookies
        pressed["Content-Encoding"] = "gzip"
        pressed["Content-Length"] = str(len(zipped))
        if tag and not tag.startswith("W/"):
            pressed["ETag"] = f"W/{tag}"
        return pressed

    def _find(self, key: tuple[str, str]) -> bytes | None:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def _keep(self, key: tuple[str, str], zipped: bytes) -> None:
        with self._lock:
            if key in self._kept:
                return
            self._kept[key] = zipped
            self._size += len(zipped)
            while self._size > self._capacity:
                self._size -= len(self._kept.popitem(last=False)[1])


PRESS = Press()


def number_of(given: str) -> str:
    """Keep the number that a proxy gave a request, or give it one."""
    return given if NUMBER.fullmatch(given) else uuid.uuid4().hex[:12]


def is_our_host(host: str) -> bool:
    """Tell whether a request names one of our hosts, as Django's get_host would."""
    name, _ = split_domain_port(host)
    return bool(name) and validate_host(name, settings.ALLOWED_HOSTS)


def number_requests(answer: Answer) -> Answer:
    """Give every request a number (问题编号) that the visitor can read out and the operator can find."""

    def numbered(request: HttpRequest) -> HttpResponseBase:
        request.number = number_of(request.META.get("HTTP_X_REQUEST_ID", ""))  # type: ignore[attr-defined]
        response = PRESS.press(request, answer(request))
        response["X-Request-Id"] = request.number  # type: ignore[attr-defined]
        for name, value in HEADERS.items():
            response.setdefault(name, value)
        return response

    return numbered


def come_back(answer: Answer) -> Answer:
    """Answer a reader once more when the database went away and is back: a restart is no error on every page.

    A text with a NUL, which no person types and no column holds, is a malformed request and no fault of ours."""

    def answered(request: HttpRequest) -> HttpResponseBase:
        return answer(request)

    answered.process_exception = _once_more  # type: ignore[attr-defined]
    return answered


def _once_more(request: HttpRequest, failure: Exception) -> HttpResponseBase | None:
    if holds_nul(failure):
        raise BadRequest from failure
    if request.method not in ("GET", "HEAD") or not is_lost(failure) or "limu_again" in request.__dict__:
        return None
    request.__dict__["limu_again"] = True
    look_through()
    match = request.resolver_match
    assert match is not None
    return cast("HttpResponseBase", match.func(request, *match.args, **match.kwargs))


def speak_language(answer: Answer) -> Answer:
    """Answer in the visitor's language and remember what was chosen by address."""

    def spoken(request: HttpRequest) -> HttpResponseBase:
        language = frame.language_of(request)
        with translation.override(language):
            response = answer(request)
        response.setdefault("Content-Language", "zh-Hans" if language == "zh-hans" else language)
        _remember(request, response)
        return response

    return spoken


def _remember(request: HttpRequest, response: HttpResponseBase) -> None:
    for parameter, cookie, allowed in (
        ("lang", frame.LANGUAGE_COOKIE, frame.LANGUAGES),
        ("view", frame.VIEW_COOKIE, ("elder", "standard")),
    ):
        wanted = request.GET.get(parameter, "").lower()
        if wanted in allowed:
            response.set_cookie(
                cookie, wanted, max_age=frame.COOKIE_SECONDS, samesite="Lax", httponly=True, secure=request.is_secure()
            )


@dataclass(frozen=True, slots=True)
class Share:
    """What one network may ask for: so many a minute with a burst, and so many in a day (trust.md 1.5)."""

    per_minute: int
    burst: int
    per_day: int

    def times(self, factor: int) -> "Share":
        """Return a share so many times as large."""
        return Share(self.per_minute * factor, self.burst * factor, self.per_day * factor)


class Shares:
    """The buckets of this process, the least recently seen network forgotten first."""

    def __init__(self) -> None:
        self._buckets: OrderedDict[str, tuple[rules.Bucket, rules.Bucket | None]] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, network: str, share: Share, *, at: float) -> int:
        """Take one token for a network and tell the seconds it must wait."""
        with self._lock:
            minute, day = self._buckets.get(network, (None, None))
            minute, seconds = rules.take(minute, at=at, per_minute=share.per_minute, burst=share.burst)
            if not seconds:
                day, seconds = rules.take(day, at=at, per_minute=share.per_day / 1440, burst=share.per_day)
            self._buckets[network] = minute, day
            self._buckets.move_to_end(network)
            if len(self._buckets) > NETWORKS_REMEMBERED:
                self._buckets.popitem(last=False)
            return seconds


def share_now() -> Share:
    """The share as the operator has set it; none at all when the rate is zero."""
    return Share(
        per_minute=int(getattr(settings, "LIMU_RATE_PER_MINUTE", rules.RATE_PER_MINUTE)),
        burst=int(getattr(settings, "LIMU_RATE_BURST", rules.BURST)),
        per_day=int(getattr(settings, "LIMU_RATE_PER_DAY", rules.PER_DAY)),
    )


def share_service(answer: Answer) -> Answer:
    """Hold every network to its share of the public pages (trust.md 1.5); static files are free."""
    shares = Shares()

    def shared(request: HttpRequest) -> HttpResponseBase:
        share = share_now()
        if share.per_minute <= 0 or request.path.startswith(settings.STATIC_URL):
            return answer(request)
        network = rules.network_of(address_of(request))
        if request.path.startswith(SIGNED_PREFIXES):
            # A whole office works behind one address; tries to sign in are held by the lock.
            network, share = f"desk {network}", share.times(DESK_SHARE)
        elif request.path.startswith(MACHINE_PREFIX) or request.path.endswith(DECISION):
            # Each key has a share of its own (limu/page/machine.py); this holds those who try keys.
            network, share = f"machine {network}", share.times(DESK_SHARE)
        seconds = shares.wait(network, share, at=time.monotonic())
        return site.too_many(request, seconds) if seconds else answer(request)

    return shared


def address_of(request: HttpRequest) -> str:
    """The last hop we trust: a proxy's header only when the operator names one."""
    header = str(getattr(settings, "LIMU_CLIENT_ADDRESS_HEADER", ""))
    forwarded = request.headers.get(header, "") if header else ""
    return forwarded.rsplit(",", 1)[-1] or str(request.META.get("REMOTE_ADDR", ""))
