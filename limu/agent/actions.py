"""Binding an agent by two proofs (decision 0013). Never commits; the codes are told once and kept as hashes alone."""

import os
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from psycopg import Connection

from limu.agent import rules, store
from limu.agent.rules import Account, Invitation
from limu.department.rules import Officer, Refusal, authorise
from limu.department.store import enter
from limu.terms.uscc import clean_uscc

_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def draw_code(length: int = 12) -> str:
    """Draw a code of letters that cannot be mistaken for each other, in groups of four."""
    drawn = "".join(_LETTERS[byte % 32] for byte in os.urandom(length))
    return "-".join(drawn[place : place + 4] for place in range(0, length, 4))


def invite(
    connection: Connection[Any], *, officer: Officer, uscc: str, person_name: str, licence: str,
    scopes: tuple[str, ...], expires_on: date,
) -> tuple[Invitation, str] | Refusal:  # fmt: skip
    """First proof: the licence was seen at the counter; returns the counter code, to be handed over once."""
    if refusal := authorise(officer, "bind_agent", officer.department):
        return refusal
    enter(connection, department=officer.department, reach="centre")
    today = store.register_today(connection)
    found = store.find_subject(connection, clean_uscc(uscc))
    refusal = rules.refuse_invitation(
        person_name=person_name, licence=licence, scopes=scopes, expires_on=expires_on, on=today
    )
    if found is None or refusal is not None:
        return refusal or rules.NO_SUBJECT
    code, salt = draw_code(), os.urandom(16)
    one = Invitation(
        uuid4(), f"JB{today:%Y%m%d}-{draw_code(8).replace('-', '')}", found[0], person_name.strip(), scopes, expires_on,
        officer.person, salt, rules.digest(code, salt), None, None, today + rules.CODE_DAYS, 0, None,
    )  # fmt: skip
    store.insert_invitation(connection, one, licence=licence.strip(), officer=officer.id)
    store.insert_notice(
        connection, one.subject,
        f"窗口受理了为 {one.person_name} 开通经办权限的申请 {one.number}；不是本单位办理的，请联系信用中心。",
    )  # fmt: skip
    return one, code


def seal_letter(
    connection: Connection[Any], *, officer: Officer, number: str, to: str
) -> tuple[Invitation, str] | Refusal:
    """Second proof: another person seals the letter to the registered address; returns the code that it bears."""
    if refusal := authorise(officer, "bind_agent", officer.department):
        return refusal
    enter(connection, department=officer.department, reach="centre")
    found = store.find_invitation(connection, number)
    if found is None or not to.strip():
        return rules.SEALED
    if found.checker == officer.person:
        return rules.SAME_PERSON
    code, salt = draw_code(), os.urandom(16)
    is_first = store.note_letter(
        connection, found.id, officer=officer.id, to=to.strip(), salt=salt, digest=rules.digest(code, salt)
    )
    return (found, code) if is_first else rules.SEALED


def join(
    connection: Connection[Any], *, number: str, counter: str, letter: str, passwords: tuple[str, str]
) -> Account | Refusal:
    """Open the account of an agent who gives both proofs; a failed try is counted, so the caller commits it."""
    if len(passwords[0]) < rules.SHORTEST_PASSWORD or passwords[0] != passwords[1]:
        return rules.WEAK
    found, today = store.find_invitation(connection, number.strip().upper()), store.register_today(connection)
    if found is None:
        return rules.NOT_PROVED
    if not rules.is_proved(found, counter=counter, letter=letter, on=today):
        store.note_try(connection, found)
        return rules.NOT_PROVED
    if not store.use_invitation(connection, found):
        return rules.NOT_PROVED
    code = _open(connection, found.subject, named=(found.person_name, found.scopes, found.expires_on), by=found.id)
    made = store.find_agent(connection, code)
    assert made is not None
    store.insert_notice(
        connection, found.subject, f"{found.person_name} 已开通经办权限：{made[0].scope_words}，至 {found.expires_on}。"
    )
    return made[0]


def end_by_agent(connection: Connection[Any], agent: str, *, by: Account, reason: str) -> Account | Refusal:
    """End an agent of the same organisation at once, or oneself; all who act for it are told."""
    found = next((one for one in store.agents_of(connection, by.subject) if str(one.id) == agent), None)
    if refusal := rules.refuse_ending(found, by=by, reason=reason):
        return refusal
    assert found is not None
    store.end_agent(connection, found, by=by, officer=None, reason=reason.strip())
    _tell_end(connection, found, by="本人" if found.id == by.id else by.person_name, reason=reason)
    return found


def end_at_counter(connection: Connection[Any], code: str, *, officer: Officer, reason: str) -> Account | Refusal:
    """End an agent at once for an organisation that asked for it at the counter, its licence seen."""
    if refusal := authorise(officer, "bind_agent", officer.department):
        return refusal
    enter(connection, department=officer.department, reach="centre")
    found = store.find_agent(connection, code)
    if refusal := rules.refuse_ending(found[0] if found else None, by=None, reason=reason):
        return refusal
    assert found is not None
    store.end_agent(connection, found[0], by=None, officer=officer.id, reason=reason.strip())
    _tell_end(connection, found[0], by=f"{officer.department_name}（窗口）", reason=reason)
    return found[0]


def _tell_end(connection: Connection[Any], account: Account, *, by: str, reason: str) -> None:
    store.insert_notice(
        connection, account.subject,
        f"{account.person_name}（{account.code}）的经办权限已由{by}终止，即时生效。原因：{reason.strip()}",
    )  # fmt: skip


def open_demonstration_agent(
    connection: Connection[Any], *, uscc: str, person_name: str, expires_on: date, department: UUID
) -> str | None:
    """Give an organisation of a demonstration its agent; the code of the account, None where it has one."""
    enter(connection, department=department, reach="centre")
    found = store.find_subject(connection, uscc)
    if found is None or store.agents_of(connection, found[0]):
        return None
    return _open(connection, found[0], named=(person_name, tuple(rules.SCOPES), expires_on), by=None)


def _open(
    connection: Connection[Any], subject: UUID, *, named: tuple[str, tuple[str, ...], date], by: UUID | None
) -> str:
    code = f"my.{draw_code(8).replace('-', '').lower()}"
    name, scopes, until = named
    account = Account(
        uuid4(), code, subject, "", "", name, scopes, until, True, store.register_now(connection)
    )  # fmt: skip
    store.insert_agent(connection, account, invitation=by)
    return code
