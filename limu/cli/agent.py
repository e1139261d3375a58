"""`limu agent`: the two proofs that bind an agent to an organisation (decision 0013)."""

from datetime import datetime
from typing import Annotated

import typer

from limu.account.store import put_login
from limu.agent import actions
from limu.agent.rules import LONGEST, SCOPES
from limu.city.seven import QINGHE
from limu.cli.frame import fail, running_connection, say
from limu.department.actions import acting_officer
from limu.department.rules import Officer, Refusal
from limu.department.store import all_departments
from limu.wire.accounts import open_accounts
from limu.wire.clock import register_today
from limu.wire.database import Connection, Database
from limu.wire.passwords import hash_password

agent_app = typer.Typer(help="经办人：查验证照、密封信函。", no_args_is_help=True)
By = Annotated[str, typer.Option("--as", help="办理账号（信用中心办理员）")]


@agent_app.command("invite")
def invite(
    uscc: str,
    person: Annotated[str, typer.Argument(help="经办人姓名")],
    licence: Annotated[str, typer.Option(help="查验的证照：登记机关和核准日期")],
    until: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="授权截止日期")],
    by: By,
    scope: Annotated[list[str] | None, typer.Option(help="权限 read、repair、objection，可重复；默认全部")] = None,
) -> None:
    """查验营业执照和授权书后受理，打印一次窗口码。"""
    with running_connection("app") as connection:
        made = actions.invite(
            connection, officer=_acting(connection, by), uscc=uscc, person_name=person, licence=licence,
            scopes=tuple(scope or SCOPES), expires_on=until.date(),
        )  # fmt: skip
        if isinstance(made, Refusal):
            fail(made)
        connection.commit()
    say(f"受理号 {made[0].number}，窗口码 {made[1]}（只显示这一次，交给来人）")


@agent_app.command("letter")
def letter(number: str, to: Annotated[str, typer.Option(help="登记的住所")], by: By) -> None:
    """由另一名办理员制作密封信函，打印一次信函码。"""
    with running_connection("app") as connection:
        made = actions.seal_letter(connection, officer=_acting(connection, by), number=number, to=to)
        if isinstance(made, Refusal):
            fail(made)
        connection.commit()
    say(f"受理号 {made[0].number}，信函码 {made[1]}（只显示这一次，密封后寄往 {to}）")


@agent_app.command("end")
def end(
    code: Annotated[str, typer.Argument(help="经办人的账号，如 my.k3f8w2hq")],
    reason: Annotated[str, typer.Option(help="原因和查验的证照")],
    by: By,
) -> None:
    """应单位的要求终止一名经办人的权限，即时生效。"""
    with running_connection("app") as connection:
        done = actions.end_at_counter(connection, code, officer=_acting(connection, by), reason=reason)
        if isinstance(done, Refusal):
            fail(done)
        connection.commit()
    say(f"{done.person_name}（{done.code}）的经办权限已终止，已通知 {done.subject_name} 的经办人。")


def open_demonstration_agent(database: Database, *, password: str) -> str | None:
    """Give the first named organisation of a demonstration its agent; the account, None where it has one."""
    open_accounts(database)
    with database.connect("app") as app:
        centre = next(one for one in all_departments(app) if one.is_centre)
        code = actions.open_demonstration_agent(
            app, uscc=QINGHE[0], person_name="示例经办人", expires_on=register_today(app) + LONGEST,
            department=centre.id,
        )  # fmt: skip
    if code is not None:
        with database.connect("account") as logins:
            put_login(logins, code=code, name="示例经办人", hashed=hash_password(password))
    return code


def _acting(connection: Connection, by: str) -> Officer:
    officer = acting_officer(connection, code=by, department=None, act="bind_agent")
    if isinstance(officer, Refusal):
        fail(officer)
    assert isinstance(officer, Officer)
    return officer


def register(app: typer.Typer) -> None:
    """Add the noun."""
    app.add_typer(agent_app, name="agent")
