from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from limu import reactions
from limu.department.rules import Refusal
from limu.department.store import enter
from limu.publication import queries
from limu.publication.queries import Ended, PublicRecord
from limu.publication.rules import Wanted
from limu.wire.clock import Clock, register_today, store_clock
from limu.wire.database import Connection, Database
from tests.standing import DECIDED, SECRET, TODAY, Standing, report, row, stand


@pytest.fixture
def shown(own_database: Database) -> tuple[Database, Standing, UUID]:
    """One public record, committed."""
    with own_database.connect("owner") as owner:
        noon = datetime(TODAY.year, TODAY.month, TODAY.day, 4, tzinfo=UTC)
        store_clock(owner, Clock(noon - Clock().now()))
    with own_database.connect("app") as app:
        standing = stand(app)
        report(app, standing, [row(standing.codes[0], 2)])
    with own_database.connect("web") as web:
        record = queries.public_records_of(web, standing.subjects[0]).records[0]
    return own_database, standing, record.id


def _set_clock(database: Database, instant: datetime) -> None:
    with database.connect("owner") as owner:
        store_clock(owner, Clock(instant - Clock().now()))


def _withdraw(database: Database, standing: Standing, record: UUID) -> Refusal | None:
    with database.connect("app") as app:
        enter(app, department=standing.department.id)
        return reactions.withdraw_record(
            app, record=record, officer=standing.reviewer, second=standing.second, kind="record_revoked",
            reason="原决定被撤销", citation="《中华人民共和国行政处罚法》第四十八条", revoked_on=register_today(app),
        )  # fmt: skip


def _everything_public(web: Connection, standing: Standing, record: UUID, **times: object) -> str:
    """Ask every public door for what it says, as text."""
    subject = standing.subjects[0]
    answers = [
        queries.find_public_record(web, record, **times),  # type: ignore[arg-type]
        queries.public_records_of(web, subject, **times),  # type: ignore[arg-type]
        queries.public_counts_of(web, subject, **times),  # type: ignore[arg-type]
        queries.latest_public(web, Wanted(("penalty",)), **times),  # type: ignore[arg-type]
    ]
    views = [web.execute(f"SELECT * FROM shown.{v}").fetchall() for v in ("record", "publication_history")]
    return repr(answers) + repr(views)


def test_a_general_penalty_is_public_for_one_year_from_the_decision(shown: tuple[Database, Standing, UUID]) -> None:
    database, _, record = shown

    with database.connect("web") as web:
        found = queries.find_public_record(web, record)

    assert isinstance(found, PublicRecord)
    assert found.shown_from == DECIDED
    assert found.shown_until == DECIDED.replace(year=DECIDED.year + 1) + timedelta(days=1)
    assert "信用修复管理办法" in found.citation
    assert len(found.history) == 1


def test_a_second_past_its_last_day_a_record_is_gone_without_any_job(shown: tuple[Database, Standing, UUID]) -> None:
    database, standing, record = shown
    # The last day is 2027-07-01; midnight in Shanghai is 16:00 UTC.
    _set_clock(database, datetime(2027, 7, 1, 15, 59, 50, tzinfo=UTC))
    with database.connect("web") as web:
        before = queries.find_public_record(web, record)
    _set_clock(database, datetime(2027, 7, 1, 16, 0, 1, tzinfo=UTC))

    with database.connect("web") as web:
        after = queries.find_public_record(web, record)
        text = _everything_public(web, standing, record)

    assert isinstance(before, PublicRecord)
    assert isinstance(after, Ended)
    assert SECRET not in text


def test_what_has_ended_leaves_no_scar_at_any_earlier_instant(shown: tuple[Database, Standing, UUID]) -> None:
    database, standing, record = shown
    assert _withdraw(database, standing, record) is None

    with database.connect("web") as web:
        asked = [
            _everything_public(web, standing, record, as_of=day, known_at=instant)
            for day in (None, DECIDED, TODAY, TODAY - timedelta(days=1))
            for instant in (None, datetime(2026, 11, 23, 5, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC))
        ]

    assert all(SECRET not in text and "示市监罚" not in text for text in asked)


def test_an_ended_record_answers_that_it_ended_and_an_unknown_one_that_it_is_not_there(
    shown: tuple[Database, Standing, UUID],
) -> None:
    database, standing, record = shown
    _withdraw(database, standing, record)

    with database.connect("web") as web:
        ended = queries.find_public_record(web, record)
        unknown = queries.find_public_record(web, standing.subjects[1])

    assert isinstance(ended, Ended)
    assert unknown is None


def test_ending_a_record_takes_two_people(shown: tuple[Database, Standing, UUID]) -> None:
    database, standing, record = shown

    with database.connect("app") as app:
        enter(app, department=standing.department.id)
        refusal = reactions.withdraw_record(
            app, record=record, officer=standing.reviewer, second=standing.reviewer, kind="record_withdrawn",
            reason="报送有误", citation="x",
        )  # fmt: skip

    assert refusal is not None
    assert refusal.code == "L-201"


def test_a_withdrawn_record_sent_again_does_not_come_back(shown: tuple[Database, Standing, UUID]) -> None:
    database, standing, record = shown
    _withdraw(database, standing, record)

    with database.connect("app") as app:
        again = report(app, standing, [row(standing.codes[0], 2)])

    assert (again.accepted, again.duplicate, again.refused) == (0, 0, 1)
    with database.connect("web") as web:
        assert isinstance(queries.find_public_record(web, record), Ended)


def test_a_withdrawal_moves_the_version_by_which_pages_are_cached(shown: tuple[Database, Standing, UUID]) -> None:
    database, standing, record = shown
    with database.connect("web") as web:
        before = queries.register_version(web).tag
    _withdraw(database, standing, record)

    with database.connect("web") as web:
        assert queries.register_version(web).tag != before


def test_the_public_role_reads_views_and_no_table(own_database: Database) -> None:
    with own_database.connect("web") as web:
        tables = web.execute(
            """SELECT n.nspname || '.' || c.relname AS name
               FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
               WHERE n.nspname IN ('limu', 'staging', 'shown') AND c.relkind IN ('r', 'p', 'v', 'm')
                 AND has_table_privilege(c.oid, 'SELECT')"""
        ).fetchall()

    assert tables
    assert all(table["name"].startswith("shown.") for table in tables), tables


def test_nothing_of_a_submission_is_public_until_it_is_whole(shown: tuple[Database, Standing, UUID]) -> None:
    database, standing, record = shown
    with database.connect("app") as app:
        enter(app, department=standing.department.id)
        app.execute("UPDATE limu.submission SET state = 'entering'")

    with database.connect("web") as web:
        assert queries.find_public_record(web, record) is None


def test_pages_of_a_list_follow_each_other_without_gap_or_repeat(own_database: Database) -> None:
    with own_database.connect("app") as app:
        standing = stand(app)
        days = [DECIDED + timedelta(days=n) for n in range(4)]
        report(app, standing, [row(standing.codes[n % 3], n, decided_on=days[n % 4]) for n in range(2, 27)])

    seen: list[UUID] = []
    after: str | None = None
    with own_database.connect("web") as web:
        while True:
            page = queries.latest_public(web, Wanted(("penalty",)), limit=7, after=after)
            seen += [record.id for record in page.records]
            after = page.after
            if after is None:
                break

    assert len(seen) == len(set(seen)) == 25


@pytest.mark.parametrize("state", ["undone", "done"])
def test_a_submission_that_becomes_whole_or_is_undone_moves_the_version(
    shown: tuple[Database, Standing, UUID], state: str
) -> None:
    database, standing, _ = shown
    with database.connect("app") as app:
        enter(app, department=standing.department.id)
        app.execute("UPDATE limu.submission SET state = 'entering'")
    with database.connect("web") as web:
        before = queries.register_version(web).tag
    with database.connect("app") as app:
        enter(app, department=standing.department.id)
        app.execute("UPDATE limu.submission SET state = %s", (state,))

    with database.connect("web") as web:
        assert queries.register_version(web).tag != before
