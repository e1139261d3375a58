"""A correction says its kind, and what was true on a day and what was shown on a day are then two answers."""

from datetime import UTC, date, datetime

import pytest

from limu import reactions_objection
from limu.case.rules import Case
from limu.department.store import enter
from limu.objection import actions as objections
from limu.objection.rules import CORRECTIONS
from limu.publication import queries as publication
from limu.wire.database import Database
from tests.lawful import OLD, Lawful, stand_lawful
from tests.standing import SECRET, report, row

RIGHT = "更正后的事实"
# A day on which the decision was public, long before anybody objected.
ON = date(2026, 9, 1)


def _now(database: Database) -> datetime:
    with database.connect("app") as app:
        row = app.execute("SELECT limu.register_now() AS at").fetchone()
    assert row is not None
    at: datetime = row["at"]
    return at


def _corrected(database: Database, kind: str) -> tuple[Lawful, datetime]:
    """A record whose content was corrected after an objection; the instant before the correction."""
    with database.connect("app") as app:
        lawful = stand_lawful(app)
        case = reactions_objection.open_objection(
            app, actor=lawful.agent, record=lawful.record, reason="wrong_content", text="事实有误"
        )
        assert isinstance(case, Case)
    before = _now(database)
    with database.connect("app") as app:
        told = [row(lawful.base.codes[0], 2, facts=RIGHT, decided_on=OLD)]
        assert report(app, lawful.base, told, correct=True).accepted == 1
        enter(app, department=lawful.base.department.id)
        proposed = objections.propose(
            app, case.id, officer=lawful.handler, outcome="corrected", reason="核对原件", correction=kind
        )  # fmt: skip
        assert isinstance(proposed, Case), proposed
        done = reactions_objection.confirm_objection(app, lawful.book, case.id, officer=lawful.second)
        assert isinstance(done, Case), done
    return lawful, before


@pytest.mark.parametrize("kind", ["clerical", "court", "source_change"])
def test_the_two_times_answer_differently_after_a_correction(own_database: Database, kind: str) -> None:
    lawful, before = _corrected(own_database, kind)
    after = _now(own_database)

    with own_database.connect("app") as app:
        enter(app, department=lawful.base.department.id)
        letter = app.execute("SELECT lines FROM limu.letter WHERE kind = 'objection_result'").fetchone()
        shown = publication.shown_then(app, lawful.subject, on=ON, known_at=before)
        true = publication.shown_then(app, lawful.subject, on=ON, known_at=after)

    assert letter is not None
    assert f"更正（{CORRECTIONS[kind]}）" in letter["lines"][1]  # type: ignore[index]
    # What did we show of that day then, and what do we know of that day now.
    assert [(one.content["facts"], one.version, one.is_disputed) for one in shown] == [(SECRET, 1, True)]
    assert [(one.content["facts"], one.version, one.is_disputed) for one in true] == [(RIGHT, 2, False)]


def test_the_public_gets_the_correction_for_the_day_and_nothing_for_the_instant(own_database: Database) -> None:
    lawful, before = _corrected(own_database, "clerical")

    with own_database.connect("web") as web:
        as_of = publication.public_records_of(web, lawful.subject, as_of=ON).records
        known_at = publication.public_records_of(web, lawful.subject, known_at=before).records
        old = publication.find_public_record(web, lawful.record, known_at=before)

    assert [one.content["facts"] for one in as_of] == [RIGHT]
    assert known_at == ()
    assert isinstance(old, publication.Ended)


def test_a_record_repaired_while_it_was_objected_to_is_corrected_by_its_repair(own_database: Database) -> None:
    with own_database.connect("app") as app:
        lawful = stand_lawful(app)
        case = reactions_objection.open_objection(
            app, actor=lawful.agent, record=lawful.record, reason="performed", text="已经履行"
        )
        assert isinstance(case, Case)
        enter(app, department=lawful.base.department.id)
        early = objections.propose(
            app, case.id, officer=lawful.handler, outcome="corrected", reason="已修复", correction="repair"
        )  # fmt: skip
        assert isinstance(early, Case)
        refused = reactions_objection.confirm_objection(app, lawful.book, case.id, officer=lawful.second)
    assert not isinstance(refused, Case)
    assert refused.code == "O-202"
    known_at = _now(own_database)
    _repaired(own_database, lawful)
    with own_database.connect("app") as app:
        enter(app, department=lawful.base.department.id)
        done = reactions_objection.confirm_objection(app, lawful.book, case.id, officer=lawful.second)
        then = publication.shown_then(app, lawful.subject, on=known_at.astimezone(UTC).date(), known_at=known_at)
        now = publication.shown_then(app, lawful.subject, on=ON, known_at=datetime.max.replace(tzinfo=UTC))

    assert isinstance(done, Case)
    assert [one.id for one in then] == [lawful.record]
    assert now == ()


def _repaired(database: Database, lawful: Lawful) -> None:
    from tests.lawful import apply, grant  # noqa: PLC0415 - beside its use

    with database.connect("app") as app:
        made = apply(app, lawful)
        enter(app, department=lawful.base.department.id)
        grant(app, lawful, made)
