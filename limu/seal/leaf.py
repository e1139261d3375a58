"""The log's leaf, in its final form, and the salted commitment it carries.

    leaf       = version (1 byte, 0x01)
               | length of the kind (1 byte) | kind (ASCII, as in the event's row)
               | hour (4 bytes, big-endian: whole hours since 1970-01-01T00:00Z)
               | commitment (32 bytes)
    commitment = SHA-256(0x00 | salt (32 bytes) | canonical bytes of the event)

The leaf alone tells nothing, not even to one who guesses: without the salt a guess cannot be tried. Erasing the salt
closes the leaf for good, and the tree stays whole. The hash of a leaf in the tree is RFC 6962's (`seal/tree.py`).
"""

import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

VERSION = 1
SALT_LENGTH = 32
COMMITMENT_LENGTH = 32
HOUR_SECONDS = 3600

_KIND = re.compile(r"[a-z][a-z0-9_]{0,62}\Z")
_HOUR = struct.Struct(">I")


class MalformedLeafError(ValueError):
    """The bytes are no leaf of a version this program knows."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """What a leaf says to everyone: that something of a kind happened in an hour, and its commitment."""

    kind: str
    hour: datetime
    commitment: bytes


def commit(salt: bytes, body: bytes) -> bytes:
    """Commitment to the canonical bytes of an event under a salt of its own."""
    if len(salt) != SALT_LENGTH:
        raise ValueError("a salt has 32 bytes")
    return sha256(b"\x00" + salt + body).digest()


def commit_many(salts: bytes, bodies: Sequence[bytes]) -> list[bytes]:
    """Commitments to many events; `salts` is the 32-byte salts one after another, in the order of the bodies."""
    if len(salts) != SALT_LENGTH * len(bodies):
        raise ValueError("one salt of 32 bytes for each body")
    return [
        sha256(b"\x00" + salts[start : start + SALT_LENGTH] + body).digest()
        for start, body in zip(range(0, len(salts), SALT_LENGTH), bodies, strict=True)
    ]


def leaf_bytes(*, kind: str, at: datetime, commitment: bytes) -> bytes:
    """Bytes of a leaf; the instant is cut to the hour, so the log does not tell more exactly than that."""
    if not _KIND.match(kind):
        raise ValueError("a kind is a short word of a-z, 0-9 and _")
    if len(commitment) != COMMITMENT_LENGTH:
        raise ValueError("a commitment has 32 bytes")
    if at.tzinfo is None:
        raise ValueError("an instant has a time zone")
    hour = _HOUR.pack(int(at.timestamp()) // HOUR_SECONDS)
    return bytes((VERSION, len(kind))) + kind.encode("ascii") + hour + commitment


def parse_leaf(data: bytes) -> Leaf:
    """Read a leaf back; refuses every other version and every byte too many or too few."""
    if len(data) < 2 or data[0] != VERSION:
        raise MalformedLeafError("unknown version of a leaf")
    end = 2 + data[1]
    if len(data) != end + _HOUR.size + COMMITMENT_LENGTH:
        raise MalformedLeafError("a leaf of another length")
    kind = data[2:end].decode("ascii", "replace")
    if not _KIND.match(kind):
        raise MalformedLeafError("a kind is a short word of a-z, 0-9 and _")
    (hours,) = _HOUR.unpack_from(data, end)
    return Leaf(kind, datetime.fromtimestamp(hours * HOUR_SECONDS, UTC), data[end + _HOUR.size :])


def opens(leaf: bytes, salt: bytes, body: bytes) -> bool:
    """Whether salt and event are the opening of this leaf; a malformed leaf opens to nothing."""
    try:
        return parse_leaf(leaf).commitment == commit(salt, body)
    except ValueError:
        return False
