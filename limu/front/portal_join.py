"""Opening an agent's account with the two codes: the one of the counter and the one of the sealed letter."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from limu.account.store import put_login
from limu.agent.actions import join
from limu.department.rules import Refusal
from limu.wire.database import pool
from limu.wire.passwords import hash_password

NAMES = ("number", "counter", "letter", "first", "second")


def join_page(request: HttpRequest) -> HttpResponse:
    """Take both codes and a password; a failed try is counted and said to be nothing more than that."""
    said = {name: request.POST.get(name, "").strip() for name in NAMES}
    if request.method != "POST":
        return render(request, "front/my_join.html", {"said": said})
    with pool("app").connection() as connection:
        made = join(
            connection, number=said["number"], counter=said["counter"], letter=said["letter"],
            passwords=(said["first"], said["second"]),
        )  # fmt: skip
        if not isinstance(made, Refusal):
            with pool("account").connection() as logins:
                put_login(logins, code=made.code, name=made.person_name, hashed=hash_password(said["first"]))
    if isinstance(made, Refusal):
        return render(request, "front/my_join.html", {"said": said, "refusal": made}, status=422)
    messages.success(request, f"账号已开通：{made.code}，请记下，用它和刚才的密码登录。")
    return HttpResponseRedirect("/account/login/?next=/my")
