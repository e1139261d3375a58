"""`limu incentives`: what a subject qualifies for, and what is missing for the rest (Opinion item 11)."""

from typing import Annotated

import typer

from limu.cli.frame import emit, fail, running_connection, table
from limu.department.rules import Refusal
from limu.front.queries_portal import named_offers
from limu.measure import queries
from limu.wire.clock import register_today
from limu.wire.lawbook import current_book


def incentives(
    uscc: Annotated[str, typer.Argument(help="统一社会信用代码。")],
    *,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """列出守信激励措施：符合哪些，其余还缺什么。"""
    with running_connection("app") as connection:
        book, today = current_book(connection), register_today(connection)
        found = queries.incentives_for(connection, uscc, book=book, on=today)
    if isinstance(found, Refusal):
        fail(found)
    if as_json:
        emit(list(found))
        return
    rows = [
        (
            line.offer.incentive,
            line.offer.provider,
            "符合" if line.offer.qualifies else "不符合",
            "、".join(line.missing),
            "、".join(line.in_the_way),
            line.offer.until_on,
            line.offer.basis,
        )
        for line in named_offers(found)
    ]
    table(("激励措施", "提供单位", "是否符合", "还缺", "不得有", "至（不含）", "依据"), rows)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("incentives")(incentives)
