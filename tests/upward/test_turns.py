"""What ends is told above, what lawfully returns is reported again, and a repair waits on the board for its receipt."""

from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from limu import reactions_restore
from limu.city.upper import BEHAVIOURS, Mischief
from limu.department.store import enter
from limu.ledger.rules import StoredRecord
from limu.reactions import withdraw_record
from limu.reactions_restore import Served
from limu.repair.queries import board
from limu.upward import store
from limu.wire.clock import register_today
from limu.wire.database import Database
from tests.lawful import Lawful, apply, grant, stand_lawful
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
            reason="复议撤销", citation="示府复决〔2026〕1号",
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
