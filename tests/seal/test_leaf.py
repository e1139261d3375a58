"""The leaf: its final bytes, what it tells and what it hides."""

from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limu.seal.leaf import (
    Leaf,
    MalformedLeafError,
    commit,
    commit_many,
    leaf_bytes,
    opens,
    parse_leaf,
)

SALT = bytes(range(32))
AT = datetime(2026, 11, 23, 1, 59, 59, tzinfo=UTC)
salts = st.binary(min_size=32, max_size=32)
kinds = st.from_regex(r"\A[a-z][a-z0-9_]{0,62}\Z")
instants = st.integers(40_000_000, 13_000_000_000).map(lambda second: datetime.fromtimestamp(second, UTC))


def test_the_format_is_final() -> None:
    leaf = leaf_bytes(kind="accepted", at=AT, commitment=commit(SALT, b"{}"))
    hours = int(AT.timestamp()) // 3600
    assert leaf == b"\x01\x08accepted" + hours.to_bytes(4, "big") + sha256(b"\x00" + SALT + b"{}").digest()
    assert leaf.hex()[:28] == "01086163636570746564" + f"{hours:08x}"
    assert len(leaf) == 46


@given(kinds, instants, salts, st.binary(max_size=40))
def test_a_leaf_is_read_back_and_opens_to_its_event_only(kind: str, at: datetime, salt: bytes, body: bytes) -> None:
    leaf = leaf_bytes(kind=kind, at=at, commitment=commit(salt, body))
    assert parse_leaf(leaf) == Leaf(kind, at.replace(minute=0, second=0, microsecond=0), commit(salt, body))
    assert opens(leaf, salt, body)
    assert not opens(leaf, salt, body + b" ")
    assert not opens(leaf, bytes([salt[0] ^ 1]) + salt[1:], body)


def test_the_leaf_tells_no_more_than_the_hour() -> None:
    china = timezone(timedelta(hours=8))
    early = leaf_bytes(kind="shown", at=datetime(2026, 11, 23, 9, 0, tzinfo=china), commitment=bytes(32))
    late = leaf_bytes(kind="shown", at=AT, commitment=bytes(32))
    assert early == late


@given(st.lists(st.tuples(salts, st.binary(max_size=40)), max_size=20))
def test_many_commitments_are_the_single_ones(pairs: list[tuple[bytes, bytes]]) -> None:
    answer = commit_many(b"".join(salt for salt, _ in pairs), [body for _, body in pairs])
    assert answer == [commit(salt, body) for salt, body in pairs]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x01",
        b"\x02\x01a" + bytes(36),
        b"\x01\x01a" + bytes(35),
        b"\x01\x01A" + bytes(36),
        b"\x01\x00" + bytes(36),
    ],
)
def test_malformed_leaves_are_refused_and_open_to_nothing(data: bytes) -> None:
    with pytest.raises(MalformedLeafError):
        parse_leaf(data)
    assert not opens(data, SALT, b"{}")


def test_wrong_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        commit(b"short", b"")
    with pytest.raises(ValueError, match="each body"):
        commit_many(SALT, [])
    with pytest.raises(ValueError, match="commitment"):
        leaf_bytes(kind="shown", at=AT, commitment=b"")
    with pytest.raises(ValueError, match="short word"):
        leaf_bytes(kind="Shown!", at=AT, commitment=bytes(32))
    with pytest.raises(ValueError, match="time zone"):
        leaf_bytes(kind="shown", at=AT.replace(tzinfo=None), commitment=bytes(32))
    assert not opens(leaf_bytes(kind="shown", at=AT, commitment=bytes(32)), b"short", b"")
