"""What doors may read of objections beside the case itself."""

from typing import Any
from uuid import UUID

from psycopg import Connection

from limu.objection import store
from limu.objection.rules import Statistic
from limu.objection.store import Reliance


def statistics(connection: Connection[Any]) -> tuple[Statistic, ...]:
    """Objections by body: number, median working days, upheld, decided late. Public; the bodies sum to the total."""
    return store.statistics(connection)


def reliances_of_subject(connection: Connection[Any], subject: UUID) -> tuple[Reliance, ...]:
    """Who had relied on a record that was not the subject's, and what each has answered (after `enter_subject`)."""
    return store.reliances_of_subject(connection, subject)


def reliances_of_case(connection: Connection[Any], case: UUID) -> tuple[Reliance, ...]:
    """The notices that went out on one case."""
    return store.reliances_of_case(connection, case)


def reliances_to(connection: Connection[Any], department: UUID) -> tuple[Reliance, ...]:
    """What a body has to answer."""
    return store.reliances_to(connection, department)
