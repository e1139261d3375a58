"""The forms of allauth in the words of the house; labels stand above the fields, not inside."""

from typing import Any

from allauth.account.forms import LoginForm
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm


class SignInForm(LoginForm):  # type: ignore[misc]
    """The account is called 账号."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = "账号"


class FactorForm(AuthenticateForm):  # type: ignore[misc]
    """One field takes either code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = "动态口令或恢复代码"


class EnrolForm(ActivateTOTPForm):  # type: ignore[misc]
    """The first code of a new authenticator proves that it was read rightly."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = "动态口令"


class PasskeyForm(AddWebAuthnForm):  # type: ignore[misc]
    """A key that stands in for the password must ask for finger, face or PIN."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = "名称"
        if "passwordless" in self.fields:
            self.fields["passwordless"].label = "可代替密码登录"
            self.fields["passwordless"].help_text = "勾选后只凭此密钥即可登录；密钥会要求指纹、面容或 PIN。"
