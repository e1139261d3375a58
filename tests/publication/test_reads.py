"""Lists over a million records: each is read by an index, in the order of its page, and never record by record.

Nothing is timed: where no other way is left, PostgreSQL reads a table from end to end even if told to avoid it."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from limu.intake import store_desk, store_dispatch, store_lags, store_tally
from limu.objection import store_declaration
from limu.publication import store, store_watch
from limu.publication import store_desk as publication_desk
from limu.publication.rules import Wanted
from limu.repair import store as repair
from limu.wire.database import Connection
from tests.standing import Standing, stand

TODAY = date(2026, 11, 23)
LISTS = ("serious_list", "abnormal_list")
TIMES: dict[str, Any] = {"as_of": None, "known_at": None}
VIEWS = ("ending", "ended", "coming", "withheld")
Read = Callable[[Connection, Standing], object]


def _watch(view: Any, picked: str = "") -> Read:
    return lambda connection, _: store_watch.rows(
        connection, view, today=TODAY, days=30, picked=picked, skip=0, limit=20
    )


def _count(view: Any) -> Read:
    return lambda connection, _: store_watch.counts(connection, view, today=TODAY, days=30)


def _own(item: str = "", document: str = "") -> Read:
    return lambda connection, standing: publication_desk.of_department(
        connection, department=standing.department.id, item=item, uscc="", document=document, after=None, limit=20
    )


READS: dict[str, Read] = {
    "public list": lambda c, _: store.latest(c, Wanted(LISTS), limit=20, after=None, **TIMES),
    "public list, oldest": lambda c, _: store.latest(
        c, Wanted(LISTS, oldest_first=True), limit=20, after=None, **TIMES
    ),
    "public list, region": lambda c, _: store.latest(c, Wanted(LISTS, region="99"), limit=20, after=None, **TIMES),
    "public count": lambda c, _: store.count_listed(c, Wanted(LISTS), most=1001, **TIMES),
    **{f"publication, {view}": _watch(view) for view in VIEWS},
    "publication, a reason": _watch("withheld", "公示期已满"),
    **{f"publication counts, {view}": _count(view) for view in VIEWS},
    "own records": _own(),
    "own records, an item": _own(item="penalty"),
    "own records, a document": _own(document="示市监罚〔2026〕1号"),
    "a subject's records": lambda c, s: publication_desk.of_subject(c, s.subjects[0], limit=20),
    "what a subject may repair": lambda c, s: repair.repairable_of(c, s.subjects[0], on=TODAY, limit=20),
    "days to receipt": lambda c, s: store_lags.lags(c, department=s.department.id, since=date(2020, 1, 1)),
    "missing notices": lambda c, s: repair.missing_notices(c, department=s.department.id, limit=20),
    "decisions": lambda c, s: repair.decisions_of(c, department=s.department.id, text="", limit=10, skip=0),
    "missing by body": lambda c, _: repair.count_missing(c),
    "declarations": lambda c, _: store_declaration.waiting(c, limit=20),
    "problems": lambda c, _: store_dispatch.problems(c, since=date(2020, 1, 1)),
    "dispatches": lambda c, _: store_dispatch.dispatches(c, is_open=True),
    "own problems": lambda c, s: store_desk.open_problems(c, department=s.department.id, item="", limit=10),
    "checks": lambda c, _: store_tally.fired_since(c, date(2020, 1, 1)),
}  # fmt: skip


@pytest.mark.parametrize("name", READS)
def test_a_list_is_not_read_from_end_to_end(connection: Connection, name: str) -> None:
    standing = stand(connection)
    connection.execute("SET LOCAL enable_seqscan = off")
    connection.execute("SELECT set_config('limu.reach', 'centre', true)")
    before = _sequential(connection)

    READS[name](connection, standing)

    assert _sequential(connection) == before


def test_reading_from_end_to_end_is_noticed(connection: Connection) -> None:
    connection.execute("SET LOCAL enable_seqscan = off")
    before = _sequential(connection)

    connection.execute("SELECT max(severity) FROM limu.record")

    assert _sequential(connection) != before


def _sequential(connection: Connection) -> dict[str, int]:
    rows = connection.execute(
        """SELECT relname, coalesce(seq_scan, 0) AS n FROM pg_stat_xact_user_tables
           WHERE schemaname = 'limu' AND relname ~ '^(record|publication|submission_row)(_rows|_[0-9]+)?$'"""
    ).fetchall()
    return {row["relname"]: row["n"] for row in rows}
