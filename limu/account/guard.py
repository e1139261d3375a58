"""What stands before every signed page: the end of the session, and the second factor of guarded roles."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.cache import patch_vary_headers

from limu.account.rules import ENDED, needs_second_factor, why_ended
from limu.account.store import Means
from limu.page.guard import POLICY
from limu.page.signed import SIGNED_PREFIXES, officer_of, to_sign_in
from limu.wire.clock import Clock

OPENED, SEEN, FACTOR = "opened_at", "seen_at", "second_factor"
OUTSIDE = "/account/outside/"
ENROL = "/account/2fa/totp/activate/"
# A look at a page is written down at most this often: reading must not cost a write each time.
NOTED_EVERY = timedelta(minutes=1)


def begin(request: HttpRequest) -> None:
    """Start the session's two clocks at sign-in."""
    now = Clock().now().isoformat()
    request.session[OPENED] = request.session[SEEN] = now


def means_of(request: HttpRequest) -> Means:
    """Tell by what the account was opened: its first means counts."""
    methods: list[dict[str, Any]] = request.session.get(AUTHENTICATION_METHODS_SESSION_KEY, [])
    first = methods[0]["method"] if methods else "password"
    if first == "socialaccount":
        return "oidc"
    return "passkey" if first == "mfa" else "password"


class Guard:
    """End sessions in time, keep signed pages out of every cache, and send the guarded to enrol a factor."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request of a signed page; every other passes untouched."""
        if not request.path.startswith(SIGNED_PREFIXES):
            return self._answer(request)
        ended = self._ended(request)
        response = ended or self._answer(request)
        response["Cache-Control"] = "no-store"
        if request.path.startswith(OUTSIDE):
            response["Content-Security-Policy"] = _policy_towards_providers()
        patch_vary_headers(response, ("Cookie",))
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], *_arguments: Any
    ) -> HttpResponse | None:
        """Send an officer who must have a second factor and has none to the page where one is enrolled."""
        if not hasattr(view, "act") or request.session.get(FACTOR) or not request.user.is_authenticated:
            return None
        officer = officer_of(request)
        if officer is None or not needs_second_factor(officer.roles, mode=settings.LIMU_RUNS_AS):
            return None
        if is_mfa_enabled(request.user, ("totp", "webauthn")):
            request.session[FACTOR] = True
            return None
        messages.warning(request, "您的角色必须使用第二验证。请先绑定动态口令验证器，或在安全设置中登记通行密钥。")
        return HttpResponseRedirect(ENROL)

    def _ended(self, request: HttpRequest) -> HttpResponse | None:
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.user.is_authenticated:
            return None
        now = Clock().now()
        opened_at, seen_at = (_instant(request, name) for name in (OPENED, SEEN))
        if opened_at and seen_at:
            ending = why_ended(opened_at=opened_at, seen_at=seen_at, now=now)
            if ending is None:
                if now - seen_at >= NOTED_EVERY:
                    request.session[SEEN] = now.isoformat()
                return None
        else:
            ending = "whole"
        author = request.user.get_username()
        logout(request)
        messages.warning(request, ENDED[ending])
        return to_sign_in(request, author=author)


def _policy_towards_providers() -> str:
    # A browser holds the way on from a form to the form's own rule: it must name the provider (CSP 3, 6.4.1).
    apps = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
    parts = (urlsplit(app["settings"]["server_url"]) for app in apps)
    origins = " ".join(f"{part.scheme}://{part.netloc}" for part in parts)
    return POLICY.replace("form-action 'self'", f"form-action 'self' {origins}".rstrip())


def _instant(request: HttpRequest, name: str) -> datetime | None:
    text = request.session.get(name)
    return datetime.fromisoformat(text) if text else None
