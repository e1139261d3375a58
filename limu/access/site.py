"""Supervisor and auditor are told of emergency access on every page of their desk, until they have taken note."""

from typing import Any

from django.http import HttpRequest

from limu.access import store_emergency as store
from limu.department.rules import authorise
from limu.page.signed import at_hand, officer_of


def notices(request: HttpRequest) -> dict[str, Any]:
    """Context processor: what this officer must be told at once; one query, for these two roles alone."""
    if not request.path.startswith("/ops") or (officer := officer_of(request)) is None:
        return {}
    if authorise(officer, "read_trail", officer.department) is not None:
        return {}
    with at_hand(request) as connection:
        return {"desk_emergencies": store.unseen(connection, officer.id)}
