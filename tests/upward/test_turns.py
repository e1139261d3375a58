"""What ends is told above, what lawfully returns is reported again, and a repair waits on the board for its receipt."""

import json
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from limu import reactions_repair, reactions_restore
from limu.case.rules import Case
from limu.case.store import find_case
from limu.city.upper import BEHAVIOURS, Mischief
from limu.department.rules import Refusal
from limu.department.store import enter
from limu.ledger.rules import StoredRecord
from limu.reactions import withdraw_record
from limu.reactions_restore import Served
from limu.repair import actions as repairs
from limu.repair.queries import board
from limu.repair.rules import Ground
from limu.upward import store
from limu.upward.queries import above_of
from limu.wire.clock import register_today
from limu.wire.database import Database
from tests.lawful import Lawful, apply, centre, grant, stand_lawful
from tests.upward.ways import WAYS, once, open_way, shift, states, until_answered


def lawful_in(database: Database, *, is_open: bool = True) -> Lawful:
    """The standing, entered while the way up is open, or before it was."""
    with database.connect("app") as connection:
        if is_open:
            connection.execute("UPDATE limu.upward_channel SET is_open = true")
        made = stand_lawful(connection)
        store.set_channel(connection, is_open=True, officer=made.handler.id)
    return made


def waiting(database: Database, lawful: Lawful) -> list[str]:
    """The board, as the deciding body sees it."""
    with database.connect("app") as connection:
        enter(connection, department=lawful.base.department.id)
        return [one["number"] for one in board(connection)]


def grant_one(database: Database, lawful: Lawful) -> str:
    with database.connect("app") as connection:
        enter(connection, department=lawful.base.department.id)
        return grant(connection, lawful, apply(connection, lawful)).number


def restore(database: Database, lawful: Lawful) -> None:
    with database.connect("app") as connection:
        enter(connection, department=lawful.base.department.id)
        done = reactions_restore.restore_record(
            connection, record=lawful.record, people=(lawful.handler, lawful.second), exception="order",
            document=Served("（2026）示01行终1号", "撤销修复决定", register_today(connection)),
        )  # fmt: skip
        assert isinstance(done, StoredRecord), done


@pytest.mark.parametrize("way", WAYS)
def test_a_repair_goes_up_stays_on_the_board_until_its_receipt_and_a_restored_record_is_reported_again(
    own_database: Database, tmp_path: Path, way: str
) -> None:
    lawful = lawful_in(own_database)
    with open_way(way, tmp_path, own_database, mischief=BEHAVIOURS["everything"]) as opened:
        until_answered(own_database, opened)
    number = grant_one(own_database, lawful)
    assert waiting(own_database, lawful) == [number]
    with open_way(way, tmp_path, own_database, mischief=Mischief(mutes=1.0)) as opened:
        once(own_database, opened)
        opened.look()
        once(own_database, opened)
        assert waiting(own_database, lawful) == [number]
    shift(own_database, timedelta(hours=7))
    with open_way(way, tmp_path, own_database, mischief=BEHAVIOURS["everything"]) as opened:
        until_answered(own_database, opened)
        assert waiting(own_database, lawful) == []
        assert opened.node.standing()[lawful.record.hex] == ("withdraw", "repaired", "accepted")

        restore(own_database, lawful)
        until_answered(own_database, opened)

        operation, reason, _ = opened.node.standing()[lawful.record.hex]
        assert (operation, reason) == ("report", "restored")
        assert [turn for _, turn in sorted(states(own_database))] == [1, 2, 3]
    with own_database.connect("app") as connection:
        enter(connection, department=lawful.base.department.id)
        last = connection.execute(
            "SELECT agent, reason FROM limu.case_step WHERE kind = 'receipt' AND after = 'closed'"
        ).fetchone()
    assert last is not None
    assert last["agent"] == "上级平台"


def test_a_repair_of_what_was_never_reported_this_way_goes_up_all_the_same(
    own_database: Database, tmp_path: Path
) -> None:
    lawful = lawful_in(own_database, is_open=False)
    assert states(own_database) == {}
    grant_one(own_database, lawful)
    with open_way("folder", tmp_path, own_database) as opened:
        until_answered(own_database, opened)
        assert opened.node.standing()[lawful.record.hex] == ("withdraw", "repaired", "accepted")
    assert waiting(own_database, lawful) == []


def refuse_one(database: Database, lawful: Lawful) -> Case:
    """Refuse an application that came from above, by two people, with its ground."""
    with database.connect("app") as connection:
        enter(connection, department=lawful.base.department.id)
        case = repairs.open_from_above(connection, lawful.record, "信用中国转来", outside_number="XYZX-1")
        assert isinstance(case, Case), case
        said = repairs.propose(
            connection, lawful.book, case.id, officer=lawful.handler, outcome="refused", reason="第二页看不清",
            grounds=(Ground("R03", "2"),),
        )  # fmt: skip
        assert isinstance(said, Case), said
        done = reactions_repair.confirm_repair(connection, lawful.book, case.id, officer=lawful.second)
        assert isinstance(done, Case), done
    return done


@pytest.mark.parametrize("way", WAYS)
def test_a_refusal_to_an_application_from_above_goes_up_with_its_reasons_and_waits_for_its_receipt(
    own_database: Database, tmp_path: Path, way: str
) -> None:
    lawful = lawful_in(own_database)
    with open_way(way, tmp_path, own_database, mischief=BEHAVIOURS["everything"]) as opened:
        until_answered(own_database, opened)
    case = refuse_one(own_database, lawful)
    with own_database.connect("app") as connection:
        enter(connection, department=lawful.base.department.id)
        row = connection.execute(
            "SELECT turn, reason, document FROM limu.upward_row WHERE operation = 'answer'"
        ).fetchone()
        above = above_of(connection, board(connection))
    assert row is not None
    assert (row["turn"], row["document"]) == (2, case.number)
    told = json.loads(row["reason"])
    assert (told["application"], told["outcome"], told["reason"]) == ("XYZX-1", "refused", "第二页看不清")
    assert told["grounds"] == [{"code": "R03", "detail": "2"}]
    assert (waiting(own_database, lawful), above[case.number].word) == ([case.number], "待报不予修复")
    shift(own_database, timedelta(hours=7))
    with open_way(way, tmp_path, own_database, mischief=BEHAVIOURS["everything"]) as opened:
        until_answered(own_database, opened)
        # It moves nothing above: the record stands there as it was reported.
        assert opened.node.standing()[lawful.record.hex][0] == "report"
        assert waiting(own_database, lawful) == []
        grant_one(own_database, lawful)
        until_answered(own_database, opened)
        assert opened.node.standing()[lawful.record.hex] == ("withdraw", "repaired", "accepted")
    with own_database.connect("app") as connection:
        enter(connection, department=lawful.base.department.id)
        kept = find_case(connection, case.id)
    assert kept is not None
    assert kept.state == "refused"


def test_without_a_way_up_the_receipt_of_a_refusal_is_entered_by_hand_and_once(own_database: Database) -> None:
    with own_database.connect("app") as connection:
        lawful = stand_lawful(connection)
        officer = centre(connection, "desk.one", "centre_officer")
    case = refuse_one(own_database, lawful)
    assert waiting(own_database, lawful) == [case.number]
    with own_database.connect("app") as connection:
        enter(connection, department=officer.department, reach="centre")
        first, again = (repairs.take_receipt(connection, case.id, officer=officer, number="HZ-1") for _ in range(2))

    assert isinstance(first, Case)
    assert first.state == "refused"
    assert isinstance(again, Refusal)
    assert waiting(own_database, lawful) == []


def test_a_refusal_at_our_own_doors_does_not_go_up(own_database: Database) -> None:
    lawful = lawful_in(own_database)
    with own_database.connect("app") as connection:
        enter(connection, department=lawful.base.department.id)
        case = apply(connection, lawful)
        repairs.propose(
            connection, lawful.book, case.id, officer=lawful.handler, outcome="refused", reason="第二页看不清",
            grounds=(Ground("R03", "2"),),
        )  # fmt: skip
        assert isinstance(
            reactions_repair.confirm_repair(connection, lawful.book, case.id, officer=lawful.second), Case
        )

    assert waiting(own_database, lawful) == []
    assert [turn for _, turn in states(own_database)] == [1]


def test_no_machine_closes_a_case_that_the_platform_above_has_not_answered(own_database: Database) -> None:
    lawful = lawful_in(own_database)
    number = grant_one(own_database, lawful)
    forged = """INSERT INTO limu.case_step (id, case_file, department, subject, kind, before, after, agent, number)
        SELECT gen_random_uuid(), id, department, subject, 'receipt', 'granted', 'closed', '上级平台', 99
        FROM limu.case_file WHERE number = %s"""
    with own_database.connect("app") as connection:
        enter(connection, department=lawful.base.department.id, reach="centre")
        with pytest.raises(psycopg.errors.CheckViolation):
            connection.execute(forged, (number,))
        connection.rollback()


def test_an_ending_before_the_first_package_holds_above_in_whatever_order_it_comes(
    own_database: Database, tmp_path: Path
) -> None:
    lawful = lawful_in(own_database)
    with own_database.connect("app") as connection:
        enter(connection, department=lawful.base.department.id)
        assert withdraw_record(
            connection, record=lawful.record, officer=lawful.handler, second=lawful.second, kind="record_revoked",
            reason="复议撤销", citation="示府复决〔2026〕1号", revoked_on=register_today(connection),
        ) is None  # fmt: skip
    with open_way("folder", tmp_path, own_database, mischief=BEHAVIOURS["reorders"]) as opened:
        until_answered(own_database, opened)
        assert opened.node.standing()[lawful.record.hex] == ("withdraw", "revoked", "accepted")


def test_a_platform_that_was_stopped_judges_the_same_again_and_answers_what_it_owes(
    own_database: Database, tmp_path: Path
) -> None:
    lawful = lawful_in(own_database)
    with open_way("folder", tmp_path, own_database, mischief=BEHAVIOURS["mutes"]) as opened:
        once(own_database, opened)
        opened.look()
        before = opened.node.standing()
    with open_way("folder", tmp_path, own_database, seed=8, mischief=BEHAVIOURS["refuses"]) as opened:
        until_answered(own_database, opened)
        after = opened.node.standing()

    assert before == after == {lawful.record.hex: ("report", "", "accepted")}
