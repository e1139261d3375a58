"""What ended comes back by no door: another department, another writing of the number, a judged link, a correction."""

from datetime import timedelta

import psycopg
import pytest

from limu import reactions, reactions_restore
from limu.department.rules import Refusal
from limu.department.store import enter
from limu.intake import actions_mending
from limu.ledger.rules import ChunkCounts
from limu.listing import actions as listing
from limu.reactions import withdraw_record
from limu.reactions_restore import Served
from limu.wire.clock import register_today
from limu.wire.database import Connection, Database
from tests.lawful import Lawful, apply, grant, judged, stand_lawful
from tests.listed import own_lists
from tests.people import department_of, officer_in
from tests.standing import DOCUMENT, Standing, report, row, stand

AUTHORITY = "示例市第1局"


def sent(standing: Standing, code: str | None, number: str, **changed: object) -> dict[str, object]:
    """The row of the ended record as somebody sends it again: another key, since a key is what was written."""
    return row(code, 2) | {"document_number": number, "natural_key": number.encode()[:16].ljust(16)} | changed


def ended(connection: Connection, way: str) -> Lawful:
    """A record that was public and has ended in one of the ways that are final."""
    lawful = stand_lawful(connection)
    if way == "repaired":
        grant(connection, lawful, apply(connection, lawful))
    else:
        done = withdraw_record(
            connection, record=lawful.record, officer=lawful.handler, second=lawful.second, kind="record_revoked",
            reason="复议撤销", citation="示府复决〔2026〕1号", revoked_on=register_today(connection),
        )  # fmt: skip
        assert done is None
    return lawful


def public(connection: Connection) -> int:
    found = connection.execute("SELECT count(*) AS n FROM shown.record").fetchone()
    assert found is not None
    return int(found["n"])


WRITTEN = {
    "full width": "示市监罚〔２０２６〕２号",
    "round brackets": "示市监罚(2026)2号",
    "square brackets": "示市监罚[2026]2号",
    "fullwidth square brackets": "示市监罚【２０２６】2号",
    "blanks": " 示市监罚 〔2026〕 2 号 ",
    "an ideographic blank": "示市监罚〔2026〕\u30002号",
    "an invisible character": "示市监罚〔2026〕\u200b2号",
    "第": "示市监罚〔2026〕第2号",
    "zeros": "示市监罚〔2026〕0002号",
    "no 号": "示市监罚〔2026〕2",
    "digits in words": "示市监罚〔二〇二六〕二号",
    "a traditional letter": "示市监罚〔2026〕2號",
    "a dash": "示市监罚-2026-2号",
}


@pytest.mark.parametrize("correct", [False, True], ids=["report", "correction"])
@pytest.mark.parametrize("number", WRITTEN.values(), ids=WRITTEN)
def test_the_number_written_another_way_is_the_same_decision(
    connection: Connection, number: str, *, correct: bool
) -> None:
    lawful = ended(connection, "repaired")

    counts = report(
        connection, lawful.base, [sent(lawful.base, lawful.base.codes[0], number)], correct=correct
    )  # fmt: skip

    assert (counts.accepted, counts.refusals) == (0, {2: "ended_repaired"})
    assert public(connection) == 0


@pytest.mark.parametrize("way", ["repaired", "revoked"])
def test_another_department_does_not_bring_it_back_and_the_subject_is_told(connection: Connection, way: str) -> None:
    lawful = ended(connection, way)
    other = stand(connection, number=2)

    counts = _from(connection, other, sent(other, lawful.base.codes[0], "示市监罚[２０２６]２号", facts="another text"))

    assert (counts.accepted, counts.refusals) == (0, {2: f"ended_{way}"})
    assert public(connection) == 0
    letters = connection.execute("SELECT subject FROM limu.letter WHERE kind = 'resent_refused'").fetchall()
    assert [one["subject"] for one in letters] == [lawful.subject]


def _from(connection: Connection, standing: Standing, *rows: dict[str, object]) -> ChunkCounts:
    """Report, and tell the subject as a whole file does."""
    counts = report(connection, standing, [{name: one for name, one in r.items() if name != "facts"} for r in rows])
    reactions_restore.tell_resent(connection, department=standing.department.id, rows=counts.ended_rows)
    return counts


@pytest.mark.parametrize(
    "changed",
    [{"document_number": "示市监罚〔2026〕3号"}, {"authority": "示例市第2局", "decided_on": register_today}],
    ids=["another number", "another body on another day"],
)
def test_what_is_another_decision_is_taken_in(connection: Connection, changed: dict[str, object]) -> None:
    lawful = ended(connection, "repaired")
    other = stand(connection, number=2)
    told = {name: one(connection) - timedelta(days=9) if callable(one) else one for name, one in changed.items()}

    counts = _from(connection, other, sent(other, lawful.base.codes[0], DOCUMENT.format(2)) | told)

    assert (counts.accepted, counts.refusals) == (1, {})
    assert public(connection) == 1


def test_a_repair_takes_the_same_decision_of_another_department_along_and_tells_that_body(
    connection: Connection,
) -> None:
    lawful = stand_lawful(connection)
    other = stand(connection, number=2)
    report(connection, other, [sent(other, lawful.base.codes[0], "示市监罚(2026)2号")])
    assert public(connection) == 2
    enter(connection, department=lawful.base.department.id)

    grant(connection, lawful, apply(connection, lawful))

    assert public(connection) == 0
    letters = connection.execute("SELECT to_department FROM limu.letter WHERE kind = 'twin_ended'").fetchall()
    assert [one["to_department"] for one in letters] == [other.department.id]
    assert connection.execute("SELECT limu.current_department() AS now").fetchone() == {
        "now": lawful.base.department.id
    }


def test_the_database_itself_refuses_to_show_a_twin(connection: Connection) -> None:
    lawful = stand_lawful(connection)
    other = stand(connection, number=2)
    report(connection, other, [sent(other, lawful.base.codes[0], "示市监罚(2026)2号") | {"valid_until": None}])
    enter(connection, department=lawful.base.department.id)
    grant(connection, lawful, apply(connection, lawful))
    enter(connection, department=other.department.id)
    twin = connection.execute(
        "SELECT subject, id FROM limu.record WHERE department = %s", (other.department.id,)
    ).fetchone()
    assert twin is not None

    with pytest.raises(psycopg.errors.RestrictViolation, match="stays ended"):
        connection.execute(
            """WITH again AS (
                   INSERT INTO limu.record (id, subject, department, item, item_version, natural_key, version,
                       document_number, authority, decided_on, content, content_hash, link_basis, submission,
                       row_number, recorded_at)
                   SELECT gen_random_uuid(), subject, department, item, item_version, natural_key, version + 1,
                       document_number, authority, decided_on, content, content_hash, link_basis, submission,
                       row_number, recorded_at FROM limu.record WHERE id = %(id)s RETURNING id)
               INSERT INTO limu.publication (subject, record, department, known_from, decision, reason, shown_from,
                   shown_until, rule)
               SELECT p.subject, again.id, department, known_from, 'published', reason, shown_from, shown_until, rule
               FROM limu.publication p, again WHERE record = %(id)s AND known_until = 'infinity'""",
            twin,
        )  # fmt: skip


def _desk(connection: Connection) -> tuple[object, object]:
    desk = department_of(connection, 92, is_centre=True)
    people = tuple(officer_in(connection, desk, f"match.{n}", "centre_officer") for n in "ab")
    enter(connection, department=desk.id, reach="centre")
    return people[0], people[1]


def test_a_judged_link_does_not_bring_it_back_under_another_number(connection: Connection) -> None:
    lawful = ended(connection, "repaired")
    report(connection, lawful.base, [sent(lawful.base, None, "示市监罚(2026)2号")])
    first, second = _desk(connection)
    pending = connection.execute("SELECT id FROM limu.pending_record").fetchone()
    assert pending is not None

    made = reactions.judge_link(
        connection, pending=pending["id"], subject=lawful.subject, officer=first, reason="执照", second=second,  # type: ignore[arg-type]
    )  # fmt: skip

    assert isinstance(made, Refusal)
    assert made.code == "K-113"


def test_undoing_and_judging_again_does_not_bring_a_repaired_record_back(connection: Connection) -> None:
    lawful = stand_lawful(connection)
    record = judged(connection, lawful)
    again = Lawful(lawful.base, lawful.book, record, lawful.agent)
    grant(connection, again, apply(connection, again))
    first, _ = _desk(connection)
    judgement = connection.execute("SELECT id FROM limu.judgement WHERE record = %s", (record,)).fetchone()
    assert judgement is not None

    undone = reactions.undo_link(connection, judgement=judgement["id"], officer=first, reason="弄错了")  # type: ignore[arg-type]

    assert isinstance(undone, Refusal), undone
    assert undone.code == "K-114"


def test_a_record_past_its_term_is_not_corrected_into_a_new_one(own_database: Database) -> None:
    with own_database.connect("app") as connection:
        lawful = stand_lawful(connection)
    with own_database.connect("owner") as owner:
        owner.execute("UPDATE limu.clock_setting SET shift = shift + interval '2 years'")
    with own_database.connect("app") as connection:
        enter(connection, department=lawful.base.department.id)

        assert actions_mending._correctable(connection, lawful.record, officer=lawful.handler) == actions_mending.ENDED


def test_no_entry_into_a_list_rests_on_what_ended_or_on_somebody_elses_record(connection: Connection) -> None:
    lawful = stand_lawful(connection)
    own_lists(connection, lawful.base.department.id)
    people = [officer_in(connection, lawful.base.department, f"list.{n}", "list_officer") for n in "ab"]

    def asked(number: int) -> object:
        return listing.propose_entry(
            connection, officer=people[0], kind="tax", uscc=lawful.base.codes[number],
            case=listing.Case("欠税", "税通〔2026〕1号", lawful.record), notice=listing.Document("告1", "拟列入告知"),
        )  # fmt: skip

    others = asked(1)
    grant(connection, lawful, apply(connection, lawful))
    gone = asked(0)

    assert [getattr(one, "code", None) for one in (others, gone)] == ["N-109", "N-109"]


def test_a_version_that_was_corrected_is_not_restored_beside_its_successor(connection: Connection) -> None:
    lawful = stand_lawful(connection)
    content = row(lawful.base.codes[0], 2)
    counts = report(connection, lawful.base, [content | {"content_hash": b"another hash 16b"}], correct=True)
    assert counts.accepted == 1

    done = reactions_restore.restore_record(
        connection, record=lawful.record, people=(lawful.handler, lawful.second), exception="order",
        document=Served("示法〔2026〕1号", "恢复", register_today(connection)),
    )  # fmt: skip

    assert isinstance(done, Refusal)
    assert done.code == "X-503"
    assert public(connection) == 1
