"""The second of two people at the command line: another account that may do this, and proves who it is.

In a register of record the second person types password and one-time code under the same lock as at the sign-in page.
A demonstration and a test take the account's name, as they do for the first."""

import os
from typing import Annotated

import typer

from limu.cli.frame import fail
from limu.cli.language import told
from limu.department import store as departments
from limu.department.actions import acting_officer
from limu.department.rules import NOT_THERE, Officer, Refusal, authorise
from limu.wire.accounts import open_accounts
from limu.wire.database import Connection, Database, current_database
from limu.wire.home import find_home
from limu.wire.mode import read_mode

Second = Annotated[str, typer.Option(help="确认账号，须为另一人；正式环境中由其本人输入密码和动态口令。")]


def second_officer(connection: Connection, code: str, *, act: str) -> Officer:
    """Find who confirms; in production only one who has proved to be this officer goes on."""
    found = acting_officer(connection, code=code, department=None, act=act)
    if isinstance(found, Refusal):
        fail(found)
    if refusal := authorise(found, act, found.department):
        fail(refusal)
    if needs_proof():
        database = current_database()
        open_accounts(database)
        proved(database, code)
    return found


def needs_proof() -> bool:
    """Whether names alone are not enough here."""
    return read_mode(find_home(), os.environ) == "production"


def proved(database: Database, code: str) -> Officer:
    """Ask for password and TOTP of an account; only the one who holds both goes on."""
    from limu.account.proof import prove  # noqa: PLC0415 - Django must have been started

    with database.connect("app") as connection:
        officer = departments.find_officer(connection, code)
    if officer is None or not officer.is_active:
        fail(NOT_THERE)
    password = typer.prompt(told(f"{code} 的密码"), hide_input=True, err=True)
    factor = typer.prompt(told(f"{code} 的动态口令（没有则直接回车）"), default="", show_default=False, err=True)
    if refusal := prove(database, officer, password=password, code=factor.strip()):
        fail(refusal)
    return officer
