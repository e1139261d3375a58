"""Sending a problem to its department with a day in working days (问题派发)."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Final
from uuid import uuid4

from psycopg import Connection

from limu.department.rules import Officer, Refusal, authorise
from limu.intake import store_dispatch
from limu.intake.rules_dispatch import MOST_DAYS, Problem
from limu.terms.days import add_working_days
from limu.wire.lawbook import current_calendar

NONE_CHOSEN: Final = Refusal("C-311", "没有选择要派发的问题。", "请勾选至少一项。")
NO_DAYS: Final = Refusal("C-312", f"期限须是 1 至 {MOST_DAYS} 个工作日。", "请填写工作日数，例如 5。")
ALL_SENT: Final = Refusal("C-313", "选择的问题都已派发，还没有办结。", "请等待报送单位修改，或查看已派发的问题。")


def dispatch(
    connection: Connection[Any], *, officer: Officer, problems: Iterable[Problem], days: str, note: str, today: date
) -> int | Refusal:
    """Send problems to their departments; what is open already is not sent twice. Returns how many were sent."""
    count = int(days) if days.isdecimal() and len(days) < 4 else 0
    if not 1 <= count <= MOST_DAYS:
        return NO_DAYS
    chosen = [one for one in problems if one.waiting]
    if not chosen:
        return NONE_CHOSEN
    for one in chosen:
        if refusal := authorise(officer, "dispatch_problems", one.department):
            return refusal
    due = add_working_days(today, count, calendar=current_calendar(connection))
    sent = sum(
        store_dispatch.insert_dispatch(connection, {
            "id": uuid4(), "department": one.department, "item": one.item, "rule": one.rule, "rows": one.waiting,
            "note": note.strip(), "due_on": due.day, "is_provisional": due.is_provisional, "officer": officer.id,
        })
        for one in chosen
    )  # fmt: skip
    return sent or ALL_SENT
