"""Reads of what is not public at the command line: a trace for each subject, committed before anything is printed."""

from collections.abc import Iterable
from uuid import UUID

from limu.access.actions import open_tickets
from limu.access.rules import Purpose
from limu.cli.frame import fail, running_connection
from limu.department.rules import Officer


def leave_traces(officer: Officer, subjects: Iterable[UUID | None], *, scope: str, purpose: Purpose) -> None:
    """Write down that everybody on a list was read (decision 0019); who may not state the purpose is refused."""
    whose = sorted({one for one in subjects if one is not None}, key=str)
    refused = open_tickets(
        running_connection, officer=officer, purpose=purpose, subjects=whose, scope=f"{scope} (command line)"
    )
    if refused is not None:
        fail(refused)
