"""What was turned away is told from counts: they say of every file what its rows say."""

from uuid import uuid4

import pytest

from limu.intake import store, store_desk, store_dispatch, store_tally
from limu.intake.rules import SPLIT_STEP, Verdict
from limu.wire.database import Connection
from tests.intake.test_dispatch import SINCE, batch
from tests.linking.test_linking import centre_officers
from tests.standing import Standing, stand

# Line 12 stands for two rows, line 5 for two of which one alone was turned away; line 7 is a person's, 8 was known.
ROWS: list[tuple[int, Verdict, tuple[str, ...]]] = [
    (12, "refused", ("D-101", "K-101")), (12 + SPLIT_STEP, "conflict", ("D-101",)), (3, "conflict", ("K-101",)),
    (4, "refused", ("D-101",)), (5 + SPLIT_STEP, "refused", ("C-102",)), (6, "refused", ("C-102",)),
    (7, "refused", ("person",)), (8, "duplicate", ()), (8 + SPLIT_STEP, "refused", ("D-101",)),
]  # fmt: skip


@pytest.fixture
def standing(connection: Connection) -> Standing:
    return stand(connection)


def test_counts_say_what_the_rows_say(connection: Connection, standing: Standing) -> None:
    made, own = batch(connection, standing, bad=1, rule="Y-101"), standing.department.id
    connection.execute(
        "UPDATE limu.submission SET received = 10, refused = 7, conflict = 2, duplicate = 1 WHERE id = %s", [made]
    )
    for part in (ROWS[:4], ROWS[4:]):
        store.insert_rows(connection, submission=made, department=own, rows=part)
    _settle(connection, standing, made, mended=(2, 12), waived={6: True, 4: None})

    desk = store_desk.open_problems(connection, department=own, item="", limit=5)
    problems = {one.rule: (one.rows, one.waiting) for one in store_dispatch.problems(connection, since=SINCE)}

    # Lines 2 and 12 are mended, 6 set aside, 4 asked to be: 3, 5 and 8 wait.
    assert [(one.waiting, one.conflict, one.persons) for one in desk] == [(3, 1, 1)]
    # To be set aside is not yet a settlement for the centre: line 4 waits there.
    assert problems == {"D-101": (4, 2), "K-101": (2, 1), "C-102": (2, 1), "Y-101": (1, 0)}
    assert store_tally.codes_of_all(connection, [made])[made] == {
        "D-101": 4, "K-101": 2, "C-102": 2, "Y-101": 1, "person": 1,
    }  # fmt: skip


def _settle(
    connection: Connection, standing: Standing, made: object, *, mended: tuple[int, ...], waived: dict[int, bool | None]
) -> None:
    officer, _ = centre_officers(connection, standing)
    for row in mended:
        connection.execute(
            "INSERT INTO limu.mended_row (submission, row_number, department, mended_by, officer)"
            " VALUES (%s, %s, %s, %s, %s)",
            (made, row, standing.department.id, made, standing.clerk.id),
        )
    for row, is_granted in waived.items():
        connection.execute(
            """INSERT INTO limu.waiver (id, submission, row_number, department, reason_code, reason, asked_by,
                   settled_by, settled_at, is_granted)
               VALUES (%s, %s, %s, %s, 'not_ours', '', %s, %s,
                       CASE WHEN %s::bool IS NULL THEN NULL ELSE now() END, %s)""",
            (uuid4(), made, row, standing.department.id, standing.clerk.id, officer.id if is_granted else None,
             is_granted, is_granted),
        )  # fmt: skip
