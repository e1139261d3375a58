"""Proving at the command line who one is: password and second factor, under the same lock as the sign-in page."""

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import get_user_model

from limu.account import store
from limu.account.rules import needs_second_factor
from limu.department.rules import Officer, Refusal
from limu.wire.database import Connection, Database
from limu.wire.passwords import hash_password

FAILED = Refusal("A-106", "账号、密码或者动态口令不对。", "请核对后重试；连续失败 5 次将锁定 15 分钟。")
LOCKED = Refusal("A-107", "失败次数过多，账号已锁定 15 分钟。", "请稍后再试。")
NO_CODE = Refusal("A-108", "该账号没有绑定动态口令，不能在命令行证明身份。", "请登录 /account/ 绑定；或在页面上同意。")
WHERE = "命令行"


def prove(database: Database, officer: Officer, *, password: str, code: str) -> Refusal | None:
    """Say why someone has not proved to be this officer; None: proved. Each try is noted, as at the page.

    Django must have been started on this database (wire/accounts.open_accounts)."""
    with database.connect("account") as logins:
        if store.failures_since(logins, officer.code) >= store.LOCK_AFTER:
            return LOCKED
        refusal = _judge(officer, password=password, code=code)
        _note(logins, officer, succeeded=refusal is None)
    return refusal


def _judge(officer: Officer, *, password: str, code: str) -> Refusal | None:
    user = get_user_model().objects.filter(username=officer.code, is_active=True).first()
    if user is None:
        hash_password(password)  # As slow as a comparison, so that an account is not found by the clock.
        return FAILED
    if not user.check_password(password):
        return FAILED
    factor = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
    if factor is None:
        return NO_CODE if needs_second_factor(officer.roles, mode=settings.LIMU_RUNS_AS) else None
    return None if factor.wrap().validate_code(code) else FAILED


def _note(logins: Connection, officer: Officer, *, succeeded: bool) -> None:
    store.note_sign_in(logins, username=officer.code, means="password", network=WHERE, succeeded=succeeded)
    logins.commit()
