"""A COPY written past the driver arrives whole, and its failures are the driver's own."""

import threading

import pytest
from psycopg import OperationalError
from psycopg.errors import UniqueViolation

from limu.wire.database import Connection, Database, is_lost
from limu.wire.pour import copy_bytes

ROWS = 60_000
TEXT = "".join(f"{number}\t{'立木' * 20}\n" for number in range(ROWS)).encode()


def into(connection: Connection, text: bytes) -> None:
    copy_bytes(connection.cursor(), "COPY pg_temp.poured FROM STDIN", text)


@pytest.fixture
def poured(connection: Connection) -> Connection:
    connection.execute("CREATE TEMPORARY TABLE poured (number integer PRIMARY KEY, words text) ON COMMIT DROP")
    return connection


def test_many_times_what_a_socket_holds_arrives_whole(poured: Connection) -> None:
    into(poured, TEXT)

    row = poured.execute("SELECT count(*) AS n, min(words) = max(words) AS equal FROM poured").fetchone()
    assert row == {"n": ROWS, "equal": True}
    assert len(TEXT) > 7_000_000


def test_nothing_is_a_copy_too(poured: Connection) -> None:
    into(poured, b"")

    assert poured.execute("SELECT count(*) AS n FROM poured").fetchone() == {"n": 0}


def test_what_the_server_refuses_at_the_first_row_is_refused_and_the_connection_lives(
    poured: Connection,
) -> None:
    with pytest.raises(UniqueViolation), poured.transaction():
        into(poured, TEXT[: TEXT.index(b"\n") + 1] * 2 + TEXT)

    assert poured.execute("SELECT count(*) AS n FROM poured").fetchone() == {"n": 0}


def test_a_server_that_goes_away_in_the_middle_is_a_lost_connection(own_database: Database) -> None:
    with own_database.connect("admin", autocommit=True) as admin, own_database.connect("app") as lost:
        lost.execute("CREATE TEMPORARY TABLE poured (number integer, words text)")
        lost.commit()
        pid = lost.info.backend_pid
        lost.execute("SELECT 1")
        # Nobody reads: the server stands still at its first row until it is ended.
        lost.execute("CREATE FUNCTION pg_temp.stands() RETURNS trigger LANGUAGE plpgsql AS $$"
                     " BEGIN PERFORM pg_sleep(30); RETURN NEW; END $$")  # fmt: skip
        lost.execute("CREATE TRIGGER stands BEFORE INSERT ON poured FOR EACH ROW EXECUTE FUNCTION pg_temp.stands()")
        killer = threading.Timer(0.5, lambda: admin.execute("SELECT pg_terminate_backend(%s)", (pid,)))
        killer.start()

        with pytest.raises(OperationalError) as caught:
            into(lost, TEXT)

        killer.join()
        assert is_lost(caught.value)
        assert lost.closed
