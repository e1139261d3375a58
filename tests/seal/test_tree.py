"""The tree: the reference roots of RFC 6962 implementations, an independent tree as oracle, and forged proofs."""

from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from limu.seal.tree import (
    EMPTY_ROOT,
    Frontier,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    proofs_in_batch,
    root_hash,
    root_of_hashes,
    verify_consistency,
    verify_inclusion,
)

# The eight leaves and their roots from the tests of certificate-transparency-go.
LEAVES = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
leaves = st.lists(st.binary(max_size=8), min_size=1, max_size=40)


@pytest.mark.parametrize("size", range(1, 9))
def test_reference_roots(size: int) -> None:
    assert root_hash(LEAVES[:size]).hex() == ROOTS[size - 1]
    assert root_of_hashes([leaf_hash(leaf) for leaf in LEAVES[:size]]).hex() == ROOTS[size - 1]


def test_the_empty_tree() -> None:
    assert root_hash([]) == EMPTY_ROOT == root_of_hashes([]) == sha256(b"").digest()


def test_a_leaf_never_passes_as_a_node() -> None:
    assert leaf_hash(b"a" * 32 + b"b" * 32) != node_hash(b"a" * 32, b"b" * 32)


@given(leaves)
def test_an_independent_tree_agrees(data: list[bytes]) -> None:
    other = InmemoryTree(algorithm="sha256")
    for leaf in data:
        other.append_entry(leaf)
    assert root_hash(data) == other.get_root()


@given(leaves, st.integers(0, 40))
def test_a_stored_frontier_goes_on_as_if_never_stopped(data: list[bytes], stop: int) -> None:
    first = Frontier()
    for leaf in data[:stop]:
        first.append(leaf)
    second = Frontier(size=first.size, peaks=first.peaks)
    for leaf in data[stop:]:
        assert second.append(leaf) == leaf_hash(leaf)
    assert second.root() == root_hash(data)
    assert second.size == len(data)


def test_a_frontier_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match="subtrees"):
        Frontier(size=3, peaks=[b"x" * 32])


def flipped(proof: tuple[bytes, ...], place: int) -> tuple[bytes, ...]:
    wrong = bytes([proof[place][0] ^ 1]) + proof[place][1:]
    return (*proof[:place], wrong, *proof[place + 1 :])


@settings(deadline=None)
@given(leaves)
def test_every_leaf_is_proved_and_nothing_else(data: list[bytes]) -> None:
    hashes = [leaf_hash(leaf) for leaf in data]
    root, size = root_of_hashes(hashes), len(data)
    for index, digest in enumerate(hashes):
        proof = inclusion_proof(hashes, index)
        assert verify_inclusion(digest=digest, index=index, size=size, proof=proof, root=root)
        assert not verify_inclusion(digest=leaf_hash(b"other" * 3), index=index, size=size, proof=proof, root=root)
        assert not verify_inclusion(digest=digest, index=index, size=size, proof=(*proof, root), root=root)
        assert not verify_inclusion(digest=digest, index=size, size=size, proof=proof, root=root)
        for place in range(len(proof)):
            forged = flipped(proof, place)
            assert not verify_inclusion(digest=digest, index=index, size=size, proof=forged, root=root)
            assert not verify_inclusion(digest=digest, index=index, size=size, proof=proof[:place], root=root)


@settings(deadline=None)
@given(leaves)
def test_every_beginning_is_consistent_and_no_other_tree(data: list[bytes]) -> None:
    hashes = [leaf_hash(leaf) for leaf in data]
    new, size = root_of_hashes(hashes), len(data)
    for old_size in range(size + 1):
        old = root_of_hashes(hashes[:old_size])
        proof = consistency_proof(hashes, old_size)
        assert verify_consistency(old_size=old_size, new_size=size, old_root=old, new_root=new, proof=proof)
        assert not verify_consistency(
            old_size=old_size, new_size=size, old_root=leaf_hash(b"x" * 9), new_root=new, proof=proof
        )
        assert not verify_consistency(old_size=old_size, new_size=size, old_root=old, new_root=new, proof=(*proof, new))
        for place in range(len(proof)):
            forged = flipped(proof, place)
            assert not verify_consistency(old_size=old_size, new_size=size, old_root=old, new_root=new, proof=forged)


def test_proofs_outside_the_tree_are_refused() -> None:
    hashes = [leaf_hash(leaf) for leaf in LEAVES]
    with pytest.raises(IndexError):
        inclusion_proof(hashes, 8)
    with pytest.raises(IndexError):
        consistency_proof(hashes, 9)
    root = root_of_hashes(hashes)
    assert not verify_consistency(old_size=9, new_size=8, old_root=root, new_root=root, proof=[root])
    assert not verify_consistency(old_size=3, new_size=8, old_root=root, new_root=root, proof=[])
    assert not verify_consistency(old_size=4, new_size=5, old_root=root, new_root=root, proof=[root] * 5)


def test_the_known_proof_of_the_reference_tree() -> None:
    hashes = [leaf_hash(leaf) for leaf in LEAVES]
    assert [digest.hex() for digest in inclusion_proof(hashes, 0)] == [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]


@given(leaves, st.integers(0, 39))
def test_the_edge_and_the_new_leaves_prove_the_new_ones_as_the_whole_tree_does(data: list[bytes], cut: int) -> None:
    hashes = [leaf_hash(leaf) for leaf in data]
    first = min(cut, len(hashes) - 1)
    before = Frontier()
    for digest in hashes[:first]:
        before.append_hash(digest)

    proofs = proofs_in_batch(before, hashes[first:], range(first, len(hashes)))

    assert proofs == {index: inclusion_proof(hashes, index) for index in range(first, len(hashes))}
