from limu.audit.actions import sequence
from limu.audit.queries import recompute
from limu.wire.database import Database
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
