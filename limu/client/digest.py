"""How a copy is compared without being shown: canonical text, digest, mark, and the place in the tree of marks.

    digest = first 16 bytes of SHA-256(canonical text), the text as RFC 8785 writes it
    mark   = first 8 bytes of SHA-256(16 bytes of the record's id | digest), as a signed number
    leaf   = the last 16 bits of the id; 16 leaves make a bucket, 64 buckets a part, 64 parts the whole

The mark of a leaf, bucket or part is the exclusive or of the marks in it, so that one change costs one step and not a
pass. It finds mistakes; it is no proof against one who forges copies of its own."""

import hashlib
import json
from collections.abc import Iterable
from typing import Any
from uuid import UUID

LEAVES = 65_536
IN_BUCKET, IN_PART, PARTS = 16, 64, 64
BUCKETS = IN_PART * PARTS
DIGEST_LENGTH = 16


def canonical(data: dict[str, Any]) -> str:
    """Write data canonically: keys in order, nothing between them (RFC 8785; the feed holds no fractions)."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest_of(text: str) -> bytes:
    """Digest a canonical text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:DIGEST_LENGTH]


def salted(digest: bytes, salt: bytes) -> bytes:
    """Hide a digest under a salt, so that only one who holds the same content can tell which it is."""
    return hashlib.sha256(salt + digest).digest()


def leaf_of(record: UUID) -> int:
    """Find the leaf of a record."""
    return record.int & 0xFFFF


def mark_of(record: UUID, digest: bytes) -> int:
    """Mark that a record stands with this content."""
    return int.from_bytes(hashlib.sha256(record.bytes + digest).digest()[:8], "big", signed=True)


def joined(marks: Iterable[int]) -> int:
    """Join marks."""
    total = 0
    for mark in marks:
        total ^= mark
    return total
