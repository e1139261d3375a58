"""The pages of one's own account, and the list of addresses under /account/ with what we leave out of allauth's."""

import logging
from collections.abc import Callable
from functools import wraps

from allauth.account import views
from allauth.account.adapter import get_adapter
from allauth.mfa.base import views as factors
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from allauth.socialaccount import views as outside
from allauth.socialaccount.providers.openid_connect import views as oidc
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from requests import RequestException

from limu.account import store
from limu.account.rules import needs_second_factor
from limu.department.rules import ROLES
from limu.page import kept, site
from limu.page.doors import DESKS, doors_of
from limu.page.portal import agent_of
from limu.page.signed import framed, officer_of, to_sign_in
from limu.wire.database import pool

LOG = logging.getLogger("limu.account")


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Show who one is here, where one may go, and how the account is guarded."""
    officer = officer_of(request)
    if officer is None and agent_of(request) is not None:
        return HttpResponseRedirect("/my")
    if officer is None:
        return to_sign_in(request)
    with pool("account").connection() as connection:
        tries = store.sign_ins_of(connection, officer.code)
    values = {
        "roles": [ROLES[role] for role in officer.roles],
        "desks": {key: DESKS[key] for door in doors_of(officer) for key in (door.desk,)},
        "tries": tries,
        "must_guard": needs_second_factor(officer.roles, mode=settings.LIMU_RUNS_AS),
    }
    return render(request, "account/home.html", framed(request, officer, values))


@login_required
def kept_form(request: HttpRequest) -> HttpResponse:
    """Hand back what somebody typed before the session ended; a POST gives it up."""
    typed = kept.kept_for(request, request.user.get_username())
    if typed is not None and request.method != "POST":
        return render(request, "account/kept.html", {"kept": typed})
    response = HttpResponseRedirect(get_adapter().get_login_redirect_url(request))
    kept.forget(request, response)
    return response


def nothing(request: HttpRequest, **parts: str) -> HttpResponse:
    """Answer at allauth's addresses that we do not offer: no sign-up, no e-mail, no reset by oneself."""
    del parts
    return site.missing(request)


def reaching(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Say of an outside identity provider that does not answer that it does not; it is no failure of this site."""

    @wraps(view)
    def answered(request: HttpRequest, **parts: str) -> HttpResponse:
        try:
            return view(request, **parts)
        except RequestException as failure:
            LOG.warning("identity provider cannot be reached: %s", type(failure).__name__)
            return site.provider_away(request)

    return answered


PATTERNS = [
    path("", home, name="account_home"),
    path("kept/", kept_form, name="account_kept"),
    path("login/", views.login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("password/change/", views.password_change, name="account_change_password"),
    path("2fa/", factors.index, name="mfa_index"),
    path("2fa/authenticate/", factors.authenticate, name="mfa_authenticate"),
    path("2fa/reauthenticate/", factors.reauthenticate, name="mfa_reauthenticate"),
    path("2fa/totp/activate/", totp.activate_totp, name="mfa_activate_totp"),
    path("2fa/totp/deactivate/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("2fa/recovery-codes/", recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("2fa/recovery-codes/generate/", recovery.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("2fa/recovery-codes/download/", recovery.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("2fa/webauthn/", passkeys.list_webauthn, name="mfa_list_webauthn"),
    path("2fa/webauthn/add/", passkeys.add_webauthn, name="mfa_add_webauthn"),
    path("2fa/webauthn/login/", passkeys.login_webauthn, name="mfa_login_webauthn"),
    path("2fa/webauthn/reauthenticate/", passkeys.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("2fa/webauthn/keys/<int:pk>/remove/", passkeys.remove_webauthn, name="mfa_remove_webauthn"),
    path("2fa/webauthn/keys/<int:pk>/edit/", passkeys.edit_webauthn, name="mfa_edit_webauthn"),
    path("outside/", outside.connections, name="socialaccount_connections"),
    path("outside/login/cancelled/", outside.login_cancelled, name="socialaccount_login_cancelled"),
    path("outside/login/error/", outside.login_error, name="socialaccount_login_error"),
    path("outside/<str:provider_id>/login/", reaching(oidc.login), name="openid_connect_login"),
    path("outside/<str:provider_id>/login/callback/", reaching(oidc.callback), name="openid_connect_callback"),
    path("signup/", nothing, name="account_signup"),
    path("password/set/", nothing, name="account_set_password"),
    path("email/", nothing, name="account_email"),
    path("outside/signup/", nothing, name="socialaccount_signup"),
]
