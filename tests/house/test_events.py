"""Every event is known everywhere it has to be: its words, what follows it, what it is documented as."""

import typing

import psycopg
import pytest

from limu.ledger.rules import StoredRecord
from limu.ledger.store import ENTRY_COLUMNS
from limu.reactions_change import REACTIONS
from limu.record.event import ENDING, EVENT_LABELS, Event, EventKind
from limu.record.item import RECORD_COLUMNS
from limu.wire.database import Connection
from tests.house.rooms import ROOT

KINDS = typing.get_args(EventKind)
# The commitment, where its salt lies and the sequencer's cursor are the log's, not the event's (decision 0005).
SEALED = {"commitment", "salt_block", "salt_index", "entered_in"}


def test_every_event_has_a_row_in_the_table_of_reactions() -> None:
    assert list(REACTIONS) == list(KINDS)
    assert all(REACTIONS.values())


@pytest.mark.parametrize("kind", KINDS)
def test_every_event_has_words_and_is_documented(kind: EventKind) -> None:
    page = (ROOT / "docs/events.md").read_text("utf-8")
    follows = "、".join(f"`{react.__name__}`" for react in REACTIONS[kind])

    assert f"| `{kind}` | {EVENT_LABELS[kind]} | {'yes' if kind in ENDING else 'no'} | {follows} |" in page


def test_no_event_is_documented_that_does_not_exist() -> None:
    page = (ROOT / "docs/events.md").read_text("utf-8")
    told = [line.split("`")[1] for line in page.splitlines() if line.startswith("| `")]

    assert told == list(KINDS)


def _columns(connection: Connection, table: str) -> set[str]:
    rows = connection.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped", [table]
    )
    return {str(row["attname"]) for row in rows}


def test_the_columns_of_an_event_are_the_fields_of_an_event(owner: Connection) -> None:
    assert _columns(owner, "limu.record_event") == set(Event.__dataclass_fields__) | SEALED


def test_the_columns_of_a_record_hold_what_the_ground_says_a_record_has(owner: Connection) -> None:
    columns = _columns(owner, "limu.record")

    assert set(RECORD_COLUMNS) <= columns
    assert set(StoredRecord.__dataclass_fields__) <= columns


def test_the_columns_of_staging_are_those_that_are_copied_in(owner: Connection) -> None:
    assert set(ENTRY_COLUMNS) == _columns(owner, "staging.entry")
    assert set(RECORD_COLUMNS) <= set(ENTRY_COLUMNS)


@pytest.mark.parametrize("table", ["record", "record_event", "judgement"])
@pytest.mark.parametrize("right", ["UPDATE", "DELETE", "TRUNCATE"])
def test_the_ledger_refuses_the_application_a_change(connection: Connection, table: str, right: str) -> None:
    statement = {"UPDATE": f"UPDATE limu.{table} SET id = id", "DELETE": f"DELETE FROM limu.{table}",
                 "TRUNCATE": f"TRUNCATE limu.{table}"}[right]  # fmt: skip

    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement.encode())
