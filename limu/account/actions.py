"""Opening, renewing and closing the login of an officer; the officer himself is a row of the department room."""

from typing import Any

from psycopg import Connection

from limu.account import store
from limu.department import store as departments
from limu.department.rules import NOT_THERE, Officer, Refusal, authorise


def set_password(
    app: Connection[Any], accounts: Connection[Any], *, by: Officer | None, code: str, hashed: str
) -> Officer | Refusal:
    """Give an officer a new password (its hash); who lost a device loses the old factors with it.

    Only `limu init` and `limu demo` act without an officer."""
    officer = _target(app, by=by, act="set_password", code=code)
    if isinstance(officer, Refusal):
        return officer
    if not officer.is_active:
        return Refusal("D-107", f"账号 {code} 已停用。", "停用的账号不再启用；请另开账号。")
    store.put_login(accounts, code=code, name=officer.person_name, hashed=hashed)
    return officer


def forget_factors(app: Connection[Any], accounts: Connection[Any], *, by: Officer, code: str) -> Officer | Refusal:
    """Take an officer's second factors away after a device was lost; a new one is enrolled at the next sign-in."""
    officer = _target(app, by=by, act="set_password", code=code)
    if isinstance(officer, Officer):
        store.forget_factors(accounts, code)
    return officer


def close_officer(app: Connection[Any], accounts: Connection[Any], *, by: Officer, code: str) -> Officer | Refusal:
    """Close an account for good, at once for every open page; its acts keep its name (GB/T 22239-2019 8.1.4.2)."""
    officer = _target(app, by=by, act="close_officer", code=code)
    if isinstance(officer, Refusal):
        return officer
    if officer.person == by.person:
        return Refusal("D-108", "不能停用自己的账号。", "请由另一位安全管理员办理。")
    departments.close_officer(app, officer.id)
    store.close_login(accounts, code)
    return officer


def _target(app: Connection[Any], *, by: Officer | None, act: str, code: str) -> Officer | Refusal:
    officer = departments.find_officer(app, code)
    if officer is None:
        return NOT_THERE
    if by is not None and (refusal := authorise(by, act, officer.department)):
        return refusal
    return officer
