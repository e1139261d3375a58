"""The Merkle tree of RFC 6962 (and RFC 9162): roots, inclusion and consistency proofs, and their verification."""

from collections.abc import Iterable, Sequence
from hashlib import sha256

HASH_LENGTH = 32
EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(leaf: bytes) -> bytes:
    """SHA-256(0x00 || leaf): the prefix keeps a leaf from passing as a node (RFC 6962 2.1)."""
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right) (RFC 6962 2.1)."""
    return sha256(b"\x01" + left + right).digest()


def root_hash(leaves: Iterable[bytes]) -> bytes:
    """Root over the leaves in their order; of no leaves, the hash of nothing (RFC 6962 2.1)."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier.root()


def root_of_hashes(hashes: Sequence[bytes]) -> bytes:
    """Root over leaf hashes already made; level by level, an odd last one rises unchanged."""
    if not hashes:
        return EMPTY_ROOT
    level = list(hashes)
    while len(level) > 1:
        paired = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        level = paired + level[len(level) & ~1 :]
    return level[0]


class Frontier:
    """The right edge of a growing tree: the roots of its full subtrees, largest first.

    It is all a log must keep to append: one hash per set bit of the size. `size` and `peaks` can be
    stored and given back to the constructor.
    """

    __slots__ = ("peaks", "size")

    def __init__(self, *, size: int = 0, peaks: Iterable[bytes] = ()) -> None:
        """Begin with an empty tree, or with a stored edge."""
        self.size = size
        self.peaks = list(peaks)
        if len(self.peaks) != size.bit_count():
            raise ValueError("a tree of this size has another number of full subtrees")

    def append(self, leaf: bytes) -> bytes:
        """Add a leaf; answers its hash."""
        digest = leaf_hash(leaf)
        self.append_hash(digest)
        return digest

    def append_hash(self, digest: bytes) -> None:
        """Add a leaf by its hash; merges as many full subtrees as the size has trailing ones."""
        size = self.size
        while size & 1:
            digest = node_hash(self.peaks.pop(), digest)
            size >>= 1
        self.peaks.append(digest)
        self.size += 1

    def root(self) -> bytes:
        """Root of what was appended so far."""
        if not self.peaks:
            return EMPTY_ROOT
        digest = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            digest = node_hash(peak, digest)
        return digest


def inclusion_proof(hashes: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """The audit path of a leaf in the tree over these leaf hashes (RFC 6962 2.1.1), nearest sibling first."""
    if not 0 <= index < len(hashes):
        raise IndexError("the tree has no such leaf")
    path: list[bytes] = []
    low, high = 0, len(hashes)
    while high - low > 1:
        middle = low + _largest_power_below(high - low)
        if index < middle:
            path.append(root_of_hashes(hashes[middle:high]))
            high = middle
        else:
            path.append(root_of_hashes(hashes[low:middle]))
            low = middle
    return tuple(reversed(path))


def proofs_in_batch(before: Frontier, hashes: Sequence[bytes], indexes: Sequence[int]) -> dict[int, tuple[bytes, ...]]:
    """The audit paths of some leaves just appended, from the edge before them and the new leaf hashes alone.

    The same as `inclusion_proof` over the whole tree: whatever lies left of the batch is one of the edge's subtrees."""
    first, size = before.size, before.size + len(hashes)
    roots = dict(zip(_full_subtrees(first), before.peaks, strict=True))

    def joined(low: int, high: int) -> bytes:
        middle = low + _largest_power_below(high - low)
        return node_hash(root(low, middle), root(middle, high))

    def root(low: int, high: int) -> bytes:
        found = roots.get((low, high))
        if found is None:
            found = roots[low, high] = joined(low, high) if high - low > 1 else hashes[low - first]
        return found

    return {index: tuple(root(low, high) for low, high in _siblings(index, size)) for index in indexes}


def _full_subtrees(size: int) -> list[tuple[int, int]]:
    spans, low = [], 0
    for bit in range(size.bit_length() - 1, -1, -1):
        if size >> bit & 1:
            spans.append((low, low + (1 << bit)))
            low += 1 << bit
    return spans


def _siblings(index: int, size: int) -> list[tuple[int, int]]:
    """The spans beside the way from a leaf to the root, nearest first."""
    spans: list[tuple[int, int]] = []
    low, high = 0, size
    while high - low > 1:
        middle = low + _largest_power_below(high - low)
        spans.append((middle, high) if index < middle else (low, middle))
        low, high = (low, middle) if index < middle else (middle, high)
    return spans[::-1]


def verify_inclusion(*, digest: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether the leaf with this hash stands at `index` of the tree with this size and root (RFC 9162 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    position, last = index, size - 1
    for sibling in proof:
        if last == 0:
            return False
        if position & 1 or position == last:
            digest = node_hash(sibling, digest)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            digest = node_hash(digest, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and digest == root


def consistency_proof(hashes: Sequence[bytes], old_size: int) -> tuple[bytes, ...]:
    """Proof that the tree of the first `old_size` leaves is a beginning of this one (RFC 6962 2.1.2)."""
    if not 0 <= old_size <= len(hashes):
        raise IndexError("the tree was never so large")
    if old_size in {0, len(hashes)}:
        return ()
    return tuple(_subproof(hashes, old_size, is_whole=True))


def _subproof(hashes: Sequence[bytes], old_size: int, *, is_whole: bool) -> list[bytes]:
    size = len(hashes)
    if old_size == size:
        return [] if is_whole else [root_of_hashes(hashes)]
    split = _largest_power_below(size)
    if old_size <= split:
        return [*_subproof(hashes[:split], old_size, is_whole=is_whole), root_of_hashes(hashes[split:])]
    return [*_subproof(hashes[split:], old_size - split, is_whole=False), root_of_hashes(hashes[:split])]


def verify_consistency(
    *, old_size: int, new_size: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether the proof shows that nothing of the old tree was changed or removed (RFC 9162 2.1.4.2)."""
    if old_size == new_size:
        return old_root == new_root and not proof
    if old_size == 0:
        return old_root == EMPTY_ROOT and not proof
    if not 0 < old_size < new_size or not proof:
        return False
    path = list(proof) if old_size & (old_size - 1) else [old_root, *proof]
    ends = _ends_of_path(path, old_size - 1, new_size - 1)
    return ends == (old_root, new_root)


def _ends_of_path(path: Sequence[bytes], position: int, last: int) -> tuple[bytes, bytes] | None:
    while position & 1:
        position, last = position >> 1, last >> 1
    old, new = path[0], path[0]
    for sibling in path[1:]:
        if last == 0:
            return None
        if position & 1 or position == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        position, last = position >> 1, last >> 1
    return (old, new) if last == 0 else None


def _largest_power_below(size: int) -> int:
    return 1 << ((size - 1).bit_length() - 1)
