"""The form of the sign-in page, in the words of the house."""

from typing import Any

from allauth.account.forms import LoginForm


class SignInForm(LoginForm):  # type: ignore[misc]
    """Allauth's form; the account is called 账号, and labels stand above the fields, not inside."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = "账号"
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
