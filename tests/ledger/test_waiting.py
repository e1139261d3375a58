"""Rows that wait for a subject stand as they were told, each once, whatever else lies in the chunk."""

from uuid import uuid4

import polars as pl
import pytest
from psycopg.types.json import Jsonb

from limu import reactions_chunk
from limu.ledger import store, store_waiting
from limu.wire.database import Connection
from limu.wire.lawbook import current_book
from tests.ledger.test_entering import ODD, opened
from tests.standing import DECIDED, SCHEMA, TODAY, report, row, stand

DECIDED_LATER = {"id", "submission", "decision", "reason", "shown_from", "shown_until", "earliest_repair_on", "rule"}
NOBODY = "91990100MA00000999"
# What looks like an empty member of an object, within a text and at its end.
LURE = '甲,"address":null,'

FULL = {
    "party_name": ODD, "party_normal": LURE, "party_numbers": ["tax:1", LURE], "region": "990102", "address": LURE,
    "registrar": ODD, "document_number": None, "authority": ODD, "kinds": [ODD, LURE],
    "closed": '{"a":null,"b":"\\n"}', "content": '{"c":null,"facts":"甲,\\"b\\":null"}',
}  # fmt: skip
BARE = dict.fromkeys(
    ("party_name", "party_normal", "region", "document_number", "authority", "decided_on", "valid_until", "severity",
     "kinds", "fine_fen")
)  # fmt: skip


@pytest.mark.parametrize("told", [{}, FULL, BARE], ids=["plain", "full", "bare"])
@pytest.mark.parametrize("code", [NOBODY, None])
def test_a_row_waits_with_all_that_it_says(connection: Connection, told: dict[str, object], code: str | None) -> None:
    standing = stand(connection)
    stated = {**row(code, 2), "registrar": None} | told

    report(connection, standing, [stated])

    kept = connection.execute("SELECT * FROM limu.pending_record").fetchone()
    assert kept is not None
    # The same row by way of staging: the types of its columns are what the desk reads it back into.
    store.copy_entries(
        connection, submission=uuid4(),
        frame=pl.DataFrame([stated | {"decision": "withheld", "reason": "x"}], schema_overrides=SCHEMA),
    )  # fmt: skip
    entry = connection.execute("SELECT to_jsonb(e) AS told, e.* FROM staging.entry e").fetchone()
    assert entry is not None
    left = {name: value for name, value in entry["told"].items() if value is not None and name not in DECIDED_LATER}
    assert kept["record"] == left
    for name in ("id", "natural_key", "content_hash", "party_name", "row_number"):
        assert kept[name] == entry[name], name
    assert kept["party_normal"] == (entry["party_normal"] or "")
    named = {"uscc": "party_uscc", "numbers": "party_numbers"}
    facts = {name: entry[named.get(name, name)] for name in ("uscc", "numbers", "region", "address", "registrar")}
    assert kept["party"] == {name: value for name, value in facts.items() if value is not None}


def test_the_desk_reads_a_waiting_row_back_as_it_was_told(connection: Connection) -> None:
    standing, record, older = stand(connection), uuid4(), uuid4()
    report(connection, standing, [{**row(NOBODY, 2), "registrar": None} | FULL])
    kept = connection.execute("SELECT id, record FROM limu.pending_record").fetchone()
    assert kept is not None
    # Until 2026-11-29 a row was kept with what it does not say, and with what was decided when it came.
    then = dict.fromkeys(store.ENTRY_COLUMNS) | kept["record"] | {"decision": "published", "rule": "x", "reason": "y"}
    connection.execute(
        """INSERT INTO limu.pending_record (id, department, item, item_version, natural_key, content_hash,
               party_normal, record, reason, submission, row_number, entered_at)
           SELECT %s, department, item, item_version, '\\x00', content_hash, party_normal, %s, reason, submission,
               row_number, entered_at FROM limu.pending_record""",
        (older, Jsonb(then)),
    )

    back, back_then = (
        store_waiting.pending_row(connection, one, record=record).to_dicts()[0] for one in (kept["id"], older)
    )

    assert back == back_then
    told = {name: FULL[name] for name in FULL if name != "region"}
    assert {name: back[name] for name in told} == told
    assert (back["id"], back["row_number"], back["decided_on"]) == (str(record), 2, DECIDED)


def test_of_a_chunk_a_row_waits_once_and_every_row_is_accounted_for(connection: Connection) -> None:
    standing = stand(connection)
    same = row(NOBODY, 3)
    first = report(
        connection, standing, [row(standing.codes[0], 2), same, same | {"row_number": 4, "id": str(uuid4())}]
    )

    again = report(connection, standing, [same | {"row_number": 7, "id": str(uuid4())}, row(NOBODY, 8)])

    assert (first.accepted, first.linked, first.unlinked, first.problem_rows) == (2, 1, 1, [(4, "duplicate")])
    assert (again.accepted, again.unlinked, again.problem_rows) == (1, 1, [(7, "duplicate")])
    kept = connection.execute("SELECT row_number FROM limu.pending_record ORDER BY 1").fetchall()
    assert [one["row_number"] for one in kept] == [3, 8]


def test_a_row_sent_before_its_chunk_was_made_ready_is_not_kept_twice(connection: Connection) -> None:
    standing = stand(connection)
    reporting = opened(connection, standing)
    one = row(NOBODY, 2)
    frame = reactions_chunk.prepare_chunk(
        pl.DataFrame([one], schema={name: SCHEMA.get(name, pl.String) for name in one}), reporting=reporting,
        law=current_book(connection), today=TODAY,
    )  # fmt: skip
    prepared = reactions_chunk.stage_chunk(connection, reporting=reporting, frame=frame)
    report(connection, standing, [one | {"id": str(uuid4())}])

    written = reactions_chunk.write_chunk(connection, reporting=reporting, prepared=prepared)
    waited = store_waiting.keys_waiting(connection, reporting.chunk())
    counts = reactions_chunk.settle_chunk(connection, reporting=reporting, prepared=written, waited=waited)

    assert (counts.accepted, counts.duplicate) == (0, 1)
