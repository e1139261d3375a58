"""Queries on who confirmed a corrected file."""

from typing import Any
from uuid import UUID

from psycopg import Connection

from limu.department.rules import Officer


def note_second(connection: Connection[Any], submission: UUID, *, department: UUID, second: Officer) -> None:
    """Write down who confirmed beside the sender; once said, it stands."""
    connection.execute(
        """INSERT INTO limu.correction_second (submission, department, officer, person) VALUES (%s, %s, %s, %s)
           ON CONFLICT DO NOTHING""",
        (submission, department, second.id, second.person),
    )
