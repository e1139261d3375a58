"""Where allauth asks us: who may sign in, what is noted, how factors are kept."""

from functools import cache
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from cryptography.fernet import Fernet
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse

from limu.account import guard, store
from limu.account.rules import derive_key, needs_second_factor
from limu.page.doors import doors_of
from limu.page.portal import agent_of
from limu.page.rules import network_of
from limu.page.signed import officer_named
from limu.wire.clock import SHANGHAI
from limu.wire.database import pool
from limu.wire.home import find_home
from limu.wire.keys import key

SAID = {
    "mfa/messages/totp_activated.txt": "动态口令已启用。",
    "mfa/messages/totp_deactivated.txt": "动态口令已停用。",
    "mfa/messages/webauthn_added.txt": "通行密钥已登记。",
    "mfa/messages/webauthn_removed.txt": "通行密钥已移除。",
    "mfa/messages/recovery_codes_generated.txt": "已生成新的恢复代码，以前的随即作废。",
    "socialaccount/messages/account_connected.txt": "已绑定，之后可以用这个外部身份登录。",
    "socialaccount/messages/account_disconnected.txt": "已解除绑定，不能再用这个外部身份登录。",
    "socialaccount/messages/account_connected_other.txt": "这个外部身份已经与另一个账号绑定。",
}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are opened by a security administrator; every try to sign in is noted."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": "账号或密码不对。",
        "too_many_login_attempts": "失败次数过多，账号已锁定 15 分钟。请稍后再试，或联系本单位的安全管理员。",
        "account_inactive": "账号已停用。请联系本单位的安全管理员。",
        "incorrect_password": "当前密码不对。",
        "enter_current_password": "请输入当前密码。",
        "rate_limited": "操作过于频繁，请稍后再试。",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse: nobody makes an account for himself."""
        del request
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Go to the first desk whose own first page this officer may open."""
        if agent_of(request) is not None:
            return "/my"
        officer = officer_named(request.user.get_username())
        desks = [door.path for door in doors_of(officer) if door.path == door.desk] if officer else []
        return f"/{desks[0]}" if desks else "/account/"

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Note a wrong password."""
        with pool("account").connection() as connection:
            store.note_sign_in(
                connection,
                username=str(credentials.get("username", "")),
                means="password",
                network=network_of(self.get_client_ip(request)),
                succeeded=False,
            )

    def post_login(self, request: HttpRequest, user: Any, **told: Any) -> HttpResponse:
        """Note the sign-in, begin the session's clock, and tell when this account was last used."""
        response: HttpResponse = super().post_login(request, user, **told)
        network = network_of(self.get_client_ip(request))
        with pool("account").connection() as connection:
            last = store.last_sign_in(connection, user.get_username())
            store.note_sign_in(
                connection,
                username=user.get_username(),
                means=guard.means_of(request),
                network=network,
                succeeded=True,
            )
        guard.begin(request)
        messages.info(request, _told_of(last))
        return response

    def add_message(self, request: HttpRequest, level: int, *args: Any, **kwargs: Any) -> None:
        """Say allauth's messages in the words of our pages; not those that say what the page shows anyway."""
        template = kwargs.get("message_template") or (args[0] if args else "")
        if own := SAID.get(template):
            messages.add_message(request, level, own)
        elif template not in ("account/messages/logged_in.txt", "account/messages/logged_out.txt"):
            super().add_message(request, level, *args, **kwargs)


def _told_of(last: store.LastSignIn | None) -> str:
    if last is None:
        return "这是本账号第一次登录。"
    at = last.at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
    failed = f"；此后有 {last.failures} 次登录失败，如非本人操作请立即修改密码" if last.failures else ""
    return f"上次登录：{at}，来自 {last.network}{failed}。"


@cache
def _cipher() -> Fernet:
    return Fernet(derive_key(key(find_home(), "factors")))


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets of second factors are kept encrypted (GB/T 39786-2021 8.4 e); guarded roles keep one factor."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "动态口令不对，请输入验证器当前显示的 6 位数字。",
        "cannot_delete_authenticator": "您的角色必须保留一种第二验证，不能停用最后一个。",
    }

    def encrypt(self, text: str) -> str:
        """Encrypt one secret with this installation's key."""
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Read one secret back."""
        return _cipher().decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Any) -> bool:
        """Refuse the last factor of someone who must have one."""
        officer = officer_named(authenticator.user.get_username())
        if officer is None or not needs_second_factor(officer.roles, mode=settings.LIMU_RUNS_AS):
            return True
        kinds = ("totp", "webauthn")
        return bool(authenticator.user.authenticator_set.filter(type__in=kinds).exclude(pk=authenticator.pk).exists())


class IdentityAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """An outside identity opens an account only when its officer has connected the two, signed in."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Refuse: an unknown identity makes no account."""
        del request, sociallogin
        return False
