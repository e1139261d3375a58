"""Adding departments and accounts, and finding who acts."""

import re
from typing import Any
from uuid import UUID, uuid4

from psycopg import Connection

from limu.department import store
from limu.department.rules import ADMINISTRATIONS, NOT_THERE, ROLES, Department, Officer, Refusal, authorise
from limu.terms.uscc import clean_uscc, diagnose_uscc

CODE = re.compile(r"[a-z][a-z0-9._-]{1,62}")


def add_department(
    connection: Connection[Any],
    *,
    officer: Officer | None,
    uscc: str,
    name: str,
    region: str,
    short_name: str = "",
    is_centre: bool = False,
) -> Department | Refusal:
    """Add a department under its unified code. Only `limu init` and `limu seed` act without an officer."""
    if officer is not None and (refusal := authorise(officer, "add_department", officer.department)):
        return refusal
    code = clean_uscc(uscc)
    fault = diagnose_uscc(code)
    if fault is not None and not fault.is_warning:
        return Refusal("G-101", f"部门的统一社会信用代码有误：{fault.message}", fault.cure)
    if store.find_department(connection, code) is not None:
        return Refusal("G-102", f"统一社会信用代码 {code} 的部门已经存在。", "如需修改名称，请联系系统管理员。")
    department = Department(uuid4(), code, name, short_name or name, region, is_centre)
    store.insert_department(connection, department)
    return department


def add_officer(
    connection: Connection[Any],
    *,
    by: Officer | None,
    code: str,
    person_name: str,
    department: Department,
    roles: tuple[str, ...],
    person: UUID | None = None,
    is_demonstration: bool = False,
) -> Officer | Refusal:
    """Open an account for a person; a person who has one already is named by `person`."""
    if by is not None and (refusal := authorise(by, "add_officer", department.id)):
        return refusal
    unknown = [role for role in roles if role not in ROLES]
    if unknown or not roles:
        return Refusal("G-103", f"没有这些角色：{'、'.join(unknown) or '（空）'}。", f"可选：{'、'.join(ROLES)}。")
    if refusal := why_misnamed(code):
        return refusal
    if store.find_officer(connection, code) is not None:
        return Refusal("D-104", f"账号 {code} 已经存在。", "请换一个账号名。")
    held = store.roles_of_person(connection, person) if person else frozenset()
    if len(ADMINISTRATIONS & (held | frozenset(roles))) > 1:
        cure = "审计员、安全管理员、系统管理员须由不同的人担任，一人的几个账号合并计算。"
        return Refusal("D-114", "同一人不能担任三种管理角色中的两种。", cure)
    officer = Officer(
        uuid4(), code, person or uuid4(), person_name, department.id, department.name, department.is_centre, roles, True
    )
    store.insert_officer(connection, officer, is_demonstration=is_demonstration)
    return officer


def why_misnamed(code: str) -> Refusal | None:
    """Say what is wrong with the name of an account; the database holds the same rule."""
    if CODE.fullmatch(code):
        return None
    cure = "请用小写字母开头，只含小写字母、数字、点、下划线、短横，2 至 63 个字符。"
    return Refusal("D-113", f"账号“{code}”不合规则。", cure)


def acting_officer(
    connection: Connection[Any], *, code: str | None, department: Department | None, act: str
) -> Officer | Refusal:
    """Find who acts: the named account, or the only account of the department that may do this act."""
    if code is not None:
        named = store.find_officer(connection, code)
        return named if named is not None and named.is_active else NOT_THERE
    if department is None:
        return Refusal("D-105", "没有说明由谁办理。", "请用 --as 指定账号。")
    able = [o for o in store.officers_of(connection, department.id) if authorise(o, act, department.id) is None]
    if len(able) == 1:
        return able[0]
    names = "、".join(o.code for o in able) or "（无）"
    return Refusal(
        "D-106", f"部门“{department.name}”能办理此事的账号有 {len(able)} 个：{names}。", "请用 --as 指定账号。"
    )
