"""Marks of keys: what has none is new for certain, so a file's new rows need not be looked up."""

import os

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from limu.ledger.rules_marks import Marks, joined
from limu.ledger.store_copy import MOST_MARKED, marks_of
from limu.reactions_chunk import LedgerEntry
from limu.wire.database import Connection
from limu.wire.lawbook import current_book
from tests.ledger.test_entering import opened
from tests.standing import SCHEMA, TODAY, report, row, stand

KEYS = st.lists(st.binary(min_size=16, max_size=16), max_size=40)


@given(KEYS, KEYS)
def test_no_key_that_is_there_goes_without_a_mark(first: list[bytes], second: list[bytes]) -> None:
    marks = Marks()
    marks.add(b"".join(first))
    marks.add(b"".join(second))

    assert marks.may_hold(b"".join(first + second)).all()


def test_of_new_keys_hardly_any_has_a_mark() -> None:
    marks = Marks()
    marks.add(os.urandom(16 * 100_000))

    assert int(marks.may_hold(os.urandom(16 * 10_000)).sum()) < 100


def test_what_a_department_filed_of_an_item_has_its_mark_and_that_of_others_does_not(connection: Connection) -> None:
    standing, other = stand(connection), stand(connection, number=2)
    report(connection, standing, [row(standing.codes[0], 2), row(standing.codes[1], 3)])
    keys = [bytes(one["natural_key"]) for one in connection.execute("SELECT natural_key FROM limu.record").fetchall()]

    filed, nothing = (marks_of(connection, opened(connection, one).chunk()) for one in (standing, other))

    assert len(keys) == 2
    assert len(keys) < MOST_MARKED
    assert filed is not None
    assert filed.may_hold(b"".join(keys)).all()
    assert nothing is not None
    assert not nothing.may_hold(b"".join(keys)).any()


def test_rows_of_a_file_that_repeat_earlier_chunks_or_files_are_known_by_their_marks(connection: Connection) -> None:
    standing = stand(connection)
    report(connection, standing, [row(standing.codes[0], 2)])
    reporting, law = opened(connection, standing), current_book(connection)
    entry = LedgerEntry(reporting, law, TODAY)
    chunks = [[3], [4], [5], [6], [2, 3, 4, 7]]

    prepared = []
    for numbers in chunks:
        rows = [row(standing.codes[0], number) for number in numbers]
        frame = pl.DataFrame(rows, schema={name: SCHEMA.get(name, pl.String) for name in rows[0]})
        one = entry.stage(connection, entry.decide(frame))
        prepared.append(one)
        entry.enter(connection, one, lambda _: None)

    assert entry.marks is not None
    assert [one.staged.linked for one in prepared] == [1, 1, 1, 1, 1]
    assert [one.row_number for one in prepared[-1].staged.known] == [2, 3, 4]


def test_keys_stand_one_behind_the_other() -> None:
    assert joined(pl.Series([b"a" * 16, b"b" * 16])) == b"a" * 16 + b"b" * 16
