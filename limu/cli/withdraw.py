"""`limu withdraw`: end a record everywhere, by two people."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import typer

from limu.cli.frame import emit, err, fail, running_connection
from limu.cli.second import Second, second_officer
from limu.department import actions
from limu.department.rules import Refusal, reach_of
from limu.department.store import enter
from limu.reactions import withdraw_record


def withdraw(
    record: UUID,
    by: Annotated[str, typer.Option("--as", help="办理账号。")],
    second: Second,
    reason: Annotated[str, typer.Option(help="理由。")],
    citation: Annotated[str, typer.Option(help="依据的文书或条款。")],
    *,
    revoked_on: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="原决定被撤销、变更或者确认违法、无效之日；报送有误的不填。"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """停止公示一条记录：原决定被撤销，或者报送有误。"""
    with running_connection("app") as connection:
        first = actions.acting_officer(connection, code=by, department=None, act="withdraw")
        if isinstance(first, Refusal):
            fail(first)
        other = second_officer(connection, second, act="withdraw")
        enter(connection, department=first.department, reach=reach_of(first, "withdraw"))
        refusal = withdraw_record(
            connection, record=record, officer=first, second=other,
            kind="record_revoked" if revoked_on else "record_withdrawn", reason=reason, citation=citation,
            revoked_on=revoked_on.date() if revoked_on else None,
        )  # fmt: skip
        if refusal is not None:
            fail(refusal)
        connection.commit()
    if as_json:
        emit({"record": record, "state": "ended"})
    else:
        err.print("已停止公示。")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("withdraw")(withdraw)
