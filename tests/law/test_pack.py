"""Signed packs: what verifies is taken, and one changed byte is not."""

import json
from copy import deepcopy
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from limu.law.pack import MAXIMUM_BYTES, Pack, canonical, diff_packs, make_pack, text_hash, verify_pack
from limu.wire.statutes import read_law_texts

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
TERM = '[[term]]\nkey = "a"\nmaximum = "1y"\n'


def verify(name: str, signature: bytes, message: bytes) -> bool:
    try:
        KEY.public_key().verify(signature, message)
    except InvalidSignature:
        return False
    return name == "limu"


def packed(parts: dict[str, str] | None = None, key_name: str = "limu") -> bytes:
    return make_pack(
        parts or {"law/terms.toml": TERM},
        version="2026.11",
        issued_at="2026-11-24",
        key_name=key_name,
        sign=KEY.sign,
    )


def codes(content: bytes) -> set[str]:
    found = verify_pack(content, verify)
    assert not isinstance(found, Pack)
    return {fault.code for fault in found}


def test_a_whole_pack_verifies_and_gives_its_parts() -> None:
    found = verify_pack(packed(), verify)

    assert isinstance(found, Pack)
    assert (found.version, found.algorithm, found.key_name) == ("2026.11", "Ed25519", "limu")
    assert found.folder("law/") == {"terms.toml": TERM}
    assert len(found.hash) == 32


@settings(max_examples=150, deadline=None)
@given(place=st.integers(0, len(packed()) - 1), flip=st.integers(1, 255))
def test_no_pack_with_one_changed_byte_verifies(place: int, flip: int) -> None:
    content = bytearray(packed())
    content[place] ^= flip

    found = verify_pack(bytes(content), verify)

    # Hexadecimal of another case is the same signature; nothing else may pass.
    assert not isinstance(found, Pack) or found == verify_pack(packed(), verify)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda pack: pack["parts"].update({"law/terms.toml": TERM + "#"}), "pack_hash"),
        (lambda pack: pack["parts"].update({"law/more.toml": ""}), "pack_part"),
        (lambda pack: pack["parts"].clear(), "pack_part"),
        (lambda pack: pack["manifest"].update({"version": "2027"}), "pack_signature"),
        (lambda pack: pack.update({"signature": "00" * 64}), "pack_signature"),
        (lambda pack: pack["manifest"].update({"format": "other"}), "pack_shape"),
        (lambda pack: pack.pop("manifest"), "pack_shape"),
    ],
)
def test_a_changed_pack_says_what_is_wrong(change: Any, code: str) -> None:
    pack = deepcopy(json.loads(packed()))
    change(pack)

    assert code in codes(canonical(pack))


def test_an_unknown_key_is_not_trusted() -> None:
    assert codes(packed(key_name="stranger")) == {"pack_signature"}


def test_paths_outside_the_three_folders_are_refused() -> None:
    assert codes(packed({"../secrets.toml": ""})) == {"pack_path"}
    assert codes(packed({"law/../../x.toml": ""})) == {"pack_path"}


def test_a_part_that_is_no_toml_is_refused() -> None:
    assert codes(packed({"law/terms.toml": "= ="})) == {"pack_toml"}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "pack_shape"),
        (b"[]", "pack_shape"),
        (b"\xff\xfe", "pack_shape"),
        (b"[" * 200_000, "pack_shape"),
        (b"x" * (MAXIMUM_BYTES + 1), "pack_size"),
    ],
)
def test_what_is_no_pack_is_refused(content: bytes, code: str) -> None:
    assert codes(content) == {code}


def test_the_difference_names_what_was_added_removed_and_changed() -> None:
    old = verify_pack(packed({"law/a.toml": TERM + '[[term]]\nkey = "b"\n'}), verify)
    new = verify_pack(packed({"law/z.toml": '[[term]]\nkey = "a"\nmaximum = "3m"\n[[term]]\nkey = "c"\n'}), verify)
    assert isinstance(old, Pack)
    assert isinstance(new, Pack)

    assert [(one.kind, one.key) for one in diff_packs(old, new)] == [("changed", "a"), ("removed", "b"), ("added", "c")]
    assert diff_packs(old, old) == ()


def test_a_confirmation_is_void_when_the_rule_changes() -> None:
    rule = read_law_texts()["terms.toml"]["term"][0]

    assert text_hash(rule) == text_hash(dict(reversed(rule.items())))
    assert text_hash(rule) != text_hash({**rule, "maximum": "9m"})
