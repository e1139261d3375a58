"""How bodies deal with objections, in public: number, median days, share upheld, share overdue."""

import csv
import io
from datetime import timedelta

from django.test import Client

from limu import reactions_objection
from limu.case.rules import Case
from limu.objection import actions as objections
from limu.objection import queries
from limu.wire.database import Connection, Database
from tests import people
from tests.lawful import Lawful, stand_lawful

# 山东省社会信用条例 39: seven working days where the source must be asked.
SHANDONG = "370100"


def _open(connection: Connection, lawful: Lawful) -> Case:
    made = reactions_objection.open_objection(
        connection, actor=lawful.agent, record=lawful.record, reason="wrong_content", text="金额不对"
    )
    assert isinstance(made, Case), made
    return made


def test_an_objection_still_open_past_its_day_counts_as_late_by_the_law_of_its_region(connection: Connection) -> None:
    lawful = stand_lawful(connection, region=SHANDONG)
    case = _open(connection, lawful)

    (soon,) = queries.statistics(connection, today=case.opened_on + timedelta(days=3))
    (long,) = queries.statistics(connection, today=case.opened_on + timedelta(days=30))

    assert (soon.opened, soon.decided, soon.overdue, soon.share_late) == (1, 0, 0, None)
    assert (long.overdue, long.share_late) == (1, 1.0)


def test_where_the_law_gives_no_days_nothing_is_late(connection: Connection) -> None:
    lawful = stand_lawful(connection)
    case = _open(connection, lawful)

    (one,) = queries.statistics(connection, today=case.opened_on + timedelta(days=300))

    assert one.overdue == 0


def test_the_page_and_the_csv_say_the_same_and_name_no_subject(own_database: Database) -> None:
    with people.doors_open(own_database):
        empty = Client().get("/quality/objections").content.decode()
        with own_database.connect("app") as app:
            lawful = stand_lawful(app)
            case = _open(app, lawful)
            proposed = objections.propose(
                app, case.id, officer=lawful.handler, outcome="deleted", reason="核查档案"
            )  # fmt: skip
            assert isinstance(proposed, Case), proposed
            done = reactions_objection.confirm_objection(app, lawful.book, case.id, officer=lawful.second)
            assert isinstance(done, Case), done
        page = Client().get("/quality/objections").content.decode()
        text = Client().get("/quality/objections.csv").content.decode("utf-8-sig")

    assert "还没有异议" in empty
    assert lawful.base.department.name in page
    assert "100.0%" in page
    (row,) = csv.DictReader(io.StringIO(text))
    assert list(row.values()) == [lawful.base.department.name, "1", "1", "0", "1", "100.0", "0", "0", "0.0"]
    assert not any(code in page + text for code in lawful.base.codes)
