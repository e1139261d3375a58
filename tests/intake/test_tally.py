"""What was turned away is told from counts: they say of every file what its rows say."""

from datetime import date
from uuid import UUID, uuid4

import pytest
from psycopg.errors import ForeignKeyViolation

from limu.department.store import enter
from limu.intake import store, store_desk, store_dispatch, store_lags, store_tally
from limu.intake.rules import SPLIT_STEP, Verdict
from limu.intake.tasks import count_lags
from limu.publication.queries_desk import records_of_department
from limu.wire.database import Connection
from tests.intake.test_dispatch import SINCE, batch
from tests.linking.test_linking import centre_officers
from tests.standing import TODAY, Standing, report, row, stand

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


def test_a_row_is_told_of_a_submission_that_is_there(connection: Connection, standing: Standing) -> None:
    enter(connection, department=standing.department.id)
    told = {"submission": uuid4(), "department": standing.department.id, "rows": ROWS}

    with pytest.raises(ForeignKeyViolation):
        store.insert_rows(connection, **told)  # type: ignore[arg-type]


def _settle(
    connection: Connection, standing: Standing, made: object, *, mended: tuple[int, ...], waived: dict[int, bool | None]
) -> None:
    officer, _ = centre_officers(connection, standing)
    for line in mended:
        connection.execute(
            "INSERT INTO limu.mended_row (submission, row_number, department, mended_by, officer)"
            " VALUES (%s, %s, %s, %s, %s)",
            (made, line, standing.department.id, made, standing.clerk.id),
        )
    for line, is_granted in waived.items():
        connection.execute(
            """INSERT INTO limu.waiver (id, submission, row_number, department, reason_code, reason, asked_by,
                   settled_by, settled_at, is_granted)
               VALUES (%s, %s, %s, %s, 'not_ours', '', %s, %s,
                       CASE WHEN %s::bool IS NULL THEN NULL ELSE now() END, %s)""",
            (uuid4(), made, line, standing.department.id, standing.clerk.id, officer.id if is_granted else None,
             is_granted, is_granted),
        )  # fmt: skip


def test_days_to_receipt_are_the_same_before_and_after_the_worker_has_counted_them(
    connection: Connection, standing: Standing
) -> None:
    def told() -> set[tuple[date, int]]:
        found = store_lags.lags(connection, department=standing.department.id, since=date(2020, 1, 1))
        return {(one.decided_on, one.rows) for one in found}

    days = [date(2026, 11, 2), date(2026, 11, 2), date(2026, 11, 3)]
    report(connection, standing, [row(standing.codes[0], n, decided_on=day) for n, day in enumerate(days, start=2)])
    fresh = told()
    assert count_lags(connection) == 1
    counted = told()
    report(connection, standing, [row(standing.codes[1], 9, decided_on=days[0])])

    assert fresh == counted == {(days[0], 2), (days[2], 1)}
    assert told() == {(days[0], 3), (days[2], 1)}
    assert (count_lags(connection), count_lags(connection)) == (1, 0)
    assert told() == {(days[0], 3), (days[2], 1)}


def test_a_page_waits_for_no_large_submission_to_be_counted_and_says_how_many_rows_are(
    connection: Connection, standing: Standing
) -> None:
    def told() -> tuple[int, dict[str, int]]:
        found = store_lags.lags(connection, department=standing.department.id, since=date(2020, 1, 1))
        counting = store_lags.being_counted(connection, department=standing.department.id)
        return sum(one.rows for one in found), counting

    report(connection, standing, [row(standing.codes[0], number) for number in (2, 3)])
    rows = [store_lags.AT_ONCE + 1] * 4
    connection.execute("UPDATE limu.submission SET (received, accepted, linked, withheld) = (%s, %s, %s, %s)", rows)
    report(connection, standing, [row(standing.codes[1], 4)])
    fresh = told()
    assert count_lags(connection) == 2

    assert fresh == (1, {"penalty": store_lags.AT_ONCE + 1})
    assert told() == (3, {})


@pytest.mark.parametrize("asked", [{}, {"item": "penalty"}, {"code": 0}])
def test_a_departments_records_come_once_each_the_newest_submission_first(
    connection: Connection, standing: Standing, asked: dict[str, str | int]
) -> None:
    for first in (2, 12):
        report(connection, standing, [row(standing.codes[0], number) for number in range(first, first + 3)])
    connection.execute("UPDATE limu.submission SET received = 3, accepted = 3, linked = 3, withheld = 3")
    connection.execute(
        "UPDATE limu.submission s SET received_at = now() + r.row_number * interval '1 second'"
        " FROM limu.record r WHERE r.submission = s.id AND r.row_number IN (2, 12)"
    )
    uscc = standing.codes[0] if "code" in asked else ""
    seen: list[tuple[UUID, int]] = []
    after = ""
    while not seen or after:
        page, after = records_of_department(
            connection, department=standing.department.id, today=TODAY, item=str(asked.get("item", "")), uscc=uscc,
            after=after, limit=2,
        )  # fmt: skip
        seen += [(one.id, one.row_number) for one in page]

    assert [number for _, number in seen] == [12, 13, 14, 2, 3, 4]
    assert len({one for one, _ in seen}) == 6
