"""Problems by rule and department, and when a dispatch closes itself, against real PostgreSQL."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from limu.department.store import enter
from limu.intake import store, store_dispatch
from limu.intake.actions_dispatch import dispatch
from limu.intake.rules_dispatch import Dispatch, standing_of
from limu.terms.days import Calendar
from limu.wire.database import Connection
from tests.linking.test_linking import centre_officers
from tests.standing import TODAY, Standing, stand

SINCE = date(2020, 1, 1)
CALENDAR = Calendar.from_rows([(date(2026, 1, 1), True), (date(2027, 1, 1), True)])
RULE = "D-101"


def batch(
    connection: Connection, standing: Standing, *, bad: int, accepted: int = 0, duplicate: int = 0, rule: str = RULE
) -> UUID:
    """A finished file of the department with rows turned away under a rule."""
    made = uuid4()
    enter(connection, department=standing.department.id, reach="centre")
    connection.execute(
        """INSERT INTO limu.submission (id, department, item, item_version, officer, file_hash, received, accepted,
               unlinked, duplicate, refused, received_at)
           VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, clock_timestamp())""",
        (made, standing.department.id, standing.item.code, standing.item.version, standing.clerk.id,
         made.bytes + made.bytes, bad + accepted + duplicate, accepted, accepted, duplicate, bad),
    )  # fmt: skip
    rows = [(number + 2, "refused", (rule,)) for number in range(bad)]
    store.insert_rows(connection, submission=made, department=standing.department.id, rows=rows)  # type: ignore[arg-type]
    store.set_state(connection, made, "done")
    return made


@pytest.fixture
def standing(connection: Connection) -> Standing:
    return stand(connection)


def _send(connection: Connection, standing: Standing) -> None:
    officer, _ = centre_officers(connection, standing)
    found = store_dispatch.problems(connection, since=SINCE)
    assert dispatch(connection, officer=officer, problems=found, days="5", note="", today=TODAY) == len(found)


def _open(connection: Connection) -> list[Dispatch]:
    return store_dispatch.dispatches(connection, is_open=True)


def test_problems_are_counted_by_rule_and_department(connection: Connection, standing: Standing) -> None:
    batch(connection, standing, bad=3, accepted=7)

    found = store_dispatch.problems(connection, since=SINCE)

    assert [(one.rule, one.rows, one.waiting, one.mended_share) for one in found] == [(RULE, 3, 3, 0)]


def test_a_file_sent_in_again_as_a_whole_mends_and_closes(connection: Connection, standing: Standing) -> None:
    batch(connection, standing, bad=3, accepted=7)
    _send(connection, standing)

    batch(connection, standing, bad=0, accepted=3, duplicate=7)

    assert _open(connection) == []
    assert store_dispatch.problems(connection, since=SINCE)[0].mended_share == 100


def test_what_is_still_wrong_stands_in_the_later_file(connection: Connection, standing: Standing) -> None:
    batch(connection, standing, bad=3, accepted=7)
    _send(connection, standing)

    batch(connection, standing, bad=1, accepted=2, duplicate=7)

    assert [(one.waiting, one.mended_share) for one in _open(connection)] == [(1, 66)]


def test_another_file_mends_nothing(connection: Connection, standing: Standing) -> None:
    batch(connection, standing, bad=3, accepted=7)
    _send(connection, standing)

    batch(connection, standing, bad=0, accepted=20)

    assert [one.waiting for one in _open(connection)] == [3]


def test_a_row_about_a_person_is_no_problem_to_mend(connection: Connection, standing: Standing) -> None:
    batch(connection, standing, bad=2, rule="person")

    assert store_dispatch.problems(connection, since=SINCE) == []


def test_what_is_open_is_not_sent_twice_and_days_are_bounded(connection: Connection, standing: Standing) -> None:
    batch(connection, standing, bad=1)
    _send(connection, standing)
    officer, found = standing.clerk, store_dispatch.problems(connection, since=SINCE)
    centre = replace(officer, roles=("centre_officer",))
    codes = [
        getattr(dispatch(connection, officer=who, problems=found, days=days, note="", today=TODAY), "code", None)
        for who, days in ((centre, "5"), (centre, "0"), (centre, "x"), (officer, "5"))
    ]

    assert codes == ["C-313", "C-312", "C-312", "A-404"]


@pytest.mark.parametrize(
    ("days", "light", "told"),
    [(9, "normal", "还剩"), (1, "near", "还剩 1 个工作日"), (0, "near", "今天到期"), (-3, "overdue", "逾期")],
)
def test_a_dispatch_stands_by_working_days(days: int, light: str, told: str) -> None:
    day = date(2026, 11, 23)
    one = Dispatch(
        uuid4(), uuid4(), "", "penalty", "", RULE, 1, 1, "", day + timedelta(days=days), is_provisional=False,
        officer_name="", sent_at=datetime(2026, 11, 1), closed_at=None,  # noqa: DTZ001 - not looked at
    )  # fmt: skip
    standing = standing_of(one, today=day, calendar=CALENDAR)

    assert (standing.light, standing.told.startswith(told)) == (light, True)
