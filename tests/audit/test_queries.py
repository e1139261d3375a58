"""The log recomputed from what it stands on: events of records and of the law."""

import psycopg
import pytest

from limu.audit.actions import sequence
from limu.audit.queries import recompute
from limu.seal.canonical import canonical_bytes
from limu.seal.leaf import commit, leaf_bytes
from limu.seal.tree import leaf_hash, verify_inclusion
from limu.wire.database import Database
from limu.wire.lawbook import note_confirmations
from tests.standing import report, row, stand


def _fill(database: Database, rows: range) -> None:
    with database.connect("app") as app:
        standing = stand(app)
        report(app, standing, [row(standing.codes[n % 3], n) for n in rows])


def _recompute(database: Database) -> tuple[int, bool, int]:
    with database.connect("app") as app:
        app.execute("SELECT set_config('limu.reach', 'centre', true)")
        audit = recompute(app)
    return audit.size, audit.is_equal, len(audit.broken)


def test_the_log_recomputed_from_events_and_salts_has_the_head_s_root(own_database: Database) -> None:
    _fill(own_database, range(2, 12))
    with own_database.connect("sequencer", autocommit=True) as sequencer:
        head = sequence(sequencer)

    assert head.size == 10
    assert _recompute(own_database) == (10, True, 0)


def test_sequencing_again_adds_nothing(own_database: Database) -> None:
    _fill(own_database, range(2, 5))
    with own_database.connect("sequencer", autocommit=True) as sequencer:
        first, second = sequence(sequencer), sequence(sequencer)

    assert first == second


def test_a_record_rewritten_behind_the_trigger_is_named(own_database: Database) -> None:
    _fill(own_database, range(2, 6))
    with own_database.connect("sequencer", autocommit=True) as sequencer:
        sequence(sequencer)
    with own_database.connect("admin") as admin:
        admin.execute("SET session_replication_role = replica")
        admin.execute("UPDATE limu.record_event SET effective_on = effective_on - 1 WHERE salt_index = 1")

    assert _recompute(own_database) == (4, False, 1)


def test_an_erased_salt_closes_its_leaf_and_the_log_still_verifies(own_database: Database) -> None:
    _fill(own_database, range(2, 6))
    with own_database.connect("sequencer", autocommit=True) as sequencer:
        sequence(sequencer)
    with own_database.connect("admin") as admin:
        admin.execute("SELECT limu.erase_salt(block, 2) FROM limu.log_salt")
        erased = admin.execute("SELECT substring(salts FROM 65 FOR 32) AS salt FROM limu.log_salt").fetchone()

    assert erased == {"salt": bytes(32)}
    assert _recompute(own_database) == (4, True, 0)


def _confirm(database: Database, rules: list[str]) -> None:
    with database.connect("app") as app:
        officer = stand(app, number=2).reviewer
        note_confirmations(app, rules, person=officer.person, officer=officer.id, text_hash=bytes(32))


def test_what_is_confirmed_of_the_law_stands_in_the_log_with_a_proof_that_the_public_can_check(
    own_database: Database,
) -> None:
    _fill(own_database, range(2, 7))
    with own_database.connect("sequencer", autocommit=True) as sequencer:
        sequence(sequencer)
        _confirm(own_database, ["term/a#1", "term/b#1", "term/c#1"])
        head = sequence(sequencer)
    with own_database.connect("web") as web:
        shown = web.execute("SELECT * FROM shown.law_event ORDER BY position").fetchall()

    assert head.size == 8
    assert [one["rule_key"] for one in shown] == [one["body"]["rule"] for one in shown]
    for one in shown:
        commitment = commit(bytes(one["salt"]), canonical_bytes(one["body"]))
        digest = leaf_hash(leaf_bytes(kind=one["kind"], at=one["recorded_at"], commitment=commitment))
        path = [one["path"][start : start + 32] for start in range(0, len(one["path"]), 32)]
        assert one["leaf_hash"] == digest
        assert one["root"] == head.root
        assert verify_inclusion(digest=digest, index=one["position"], size=one["size"], proof=path, root=one["root"])
    assert _recompute(own_database) == (8, True, 0)


def test_nothing_is_confirmed_or_added_without_its_event(own_database: Database) -> None:
    with own_database.connect("app") as app:
        officer = stand(app).reviewer
        app.execute(
            "INSERT INTO limu.law_confirmation (rule_key, person, officer, text_hash) VALUES ('term/a#1', %s, %s, %s)",
            (officer.person, officer.id, bytes(32)),
        )
        with pytest.raises(psycopg.errors.RestrictViolation):
            app.commit()


def test_an_event_of_the_law_rewritten_behind_the_trigger_is_named(own_database: Database) -> None:
    _confirm(own_database, ["term/a#1", "term/b#1"])
    with own_database.connect("sequencer", autocommit=True) as sequencer:
        sequence(sequencer)
    with own_database.connect("admin") as admin:
        admin.execute("SET session_replication_role = replica")
        admin.execute("""UPDATE limu.law_event SET body = body || '{"text": "00"}' WHERE rule_key = 'term/b#1'""")

    assert _recompute(own_database) == (2, False, 1)


def test_an_event_whose_transaction_ends_late_still_gets_its_place(own_database: Database) -> None:
    with own_database.connect("app") as app:
        standing = stand(app)
    with own_database.connect("sequencer", autocommit=True) as sequencer, own_database.connect("app") as late:
        late.execute("SELECT pg_current_xact_id()")
        with own_database.connect("app") as early:
            report(early, standing, [row(standing.codes[1], 3)])
        before = sequence(sequencer).size
        report(late, standing, [row(standing.codes[0], 2)])
        late.commit()

        assert (before, sequence(sequencer).size) == (1, 2)


def test_a_round_reads_nothing_that_has_its_place(own_database: Database) -> None:
    _fill(own_database, range(2, 12))
    with own_database.connect("sequencer", autocommit=True) as sequencer:
        sequence(sequencer)
    with own_database.connect("admin") as admin:
        left = admin.execute(
            "SELECT count(*) AS n FROM limu.record_event WHERE entered_in >= (SELECT entered_in FROM limu.log_cursor)"
        ).fetchone()

    assert left == {"n": 0}


def test_a_database_carried_to_another_server_is_looked_through_from_the_beginning(own_database: Database) -> None:
    _fill(own_database, range(2, 5))
    with own_database.connect("admin") as admin:
        admin.execute("UPDATE limu.log_cursor SET server = 1, entered_in = 10 ^ 15")
    with own_database.connect("sequencer", autocommit=True) as sequencer:
        assert sequence(sequencer).size == 3


def test_the_application_cannot_date_an_event_back(own_database: Database) -> None:
    with own_database.connect("app") as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute("INSERT INTO limu.record_event (id, entered_in) VALUES (gen_random_uuid(), 0)")
