"""What may be asked of the log: its head, recomputed from what it stands on."""

from typing import Any
from uuid import UUID

from psycopg import Connection

from limu.audit import store
from limu.audit.rules import Audit, Head, Opening, Place
from limu.seal.canonical import canonical_bytes
from limu.seal.leaf import commit, leaf_bytes
from limu.seal.tree import inclusion_proof, leaf_hash, root_of_hashes

ERASED = bytes(32)
# A proof is computed from the leaves; beyond this many it is left to `limu log`, a page must answer at once.
PROVED_AT_ONCE = 200_000


def last_head(connection: Connection[Any]) -> Head | None:
    """Return the newest head of the log."""
    return store.last_head(connection)


def recompute(connection: Connection[Any]) -> Audit:
    """Recompute every commitment from its event and salt, every leaf, and the root; name the events that differ.

    An erased salt (PIPL 47) cannot open its leaf and is not counted as broken; the leaf's hash still is checked."""
    hashes: list[bytes] = []
    broken: list[UUID] = []
    for one in store.openings(connection):
        opened = one.salt == ERASED or _opens(one)
        digest = leaf_hash(leaf_bytes(kind=one.kind, at=one.recorded_at, commitment=one.commitment))
        if not opened or digest != one.leaf_hash:
            broken.append(one.id)
        hashes.append(digest)
    head = store.last_head(connection)
    root = root_of_hashes(hashes)
    is_equal = (head.size, head.root) == (len(hashes), root) if head else not hashes
    return Audit(len(hashes), root, is_equal and not broken, tuple(broken))


def _opens(one: Opening) -> bool:
    return bool(one.salt) and commit(one.salt, canonical_bytes(one.value)) == one.commitment


def places_of(connection: Connection[Any], *, subject: UUID, record: UUID) -> tuple[Place, ...]:
    """Tell where the events of a record stand in the log, each with its proof under the newest head."""
    found = store.places_of(connection, subject=subject, record=record)
    head = store.last_head(connection)
    if not found or head is None or head.size > PROVED_AT_ONCE:
        return tuple(Place(event, position, leaf, ()) for event, position, leaf in found)
    hashes = store.leaf_hashes(connection, below=head.size)
    return tuple(
        Place(event, position, leaf, inclusion_proof(hashes, position) if position < head.size else ())
        for event, position, leaf in found
    )
