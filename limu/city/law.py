"""What makes the city's law and catalogue stand: two officers confirm each, as a deployment's own would."""

import hashlib
from datetime import date
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from psycopg import Connection

from limu.catalogue.queries import shipped_items
from limu.catalogue.store import insert_item
from limu.city.people import Staff
from limu.law.pack import EDITION, Pack, make_pack, rule_versions, verify_pack
from limu.seal.canonical import canonical_bytes
from limu.wire.clock import register_today
from limu.wire.home import Home
from limu.wire.keys import write_private
from limu.wire.lawbook import (
    StoredPack,
    current_book,
    installed_texts,
    note_confirmations,
    pack_in_force,
    parts_in_force,
    store_pack,
)
from limu.wire.statutes import packaged_parts

KEY = "demonstration"


def store_catalogue(connection: Connection[Any], staff: dict[str, Staff]) -> int:
    """Store the packaged items, drafted by one editor and confirmed by another; returns how many were new."""
    editors = staff["centre"].officers
    drafter, confirmer = editors["catalogue"].person, editors["catalogue2"].person
    stored = [insert_item(connection, item, drafted_by=drafter, confirmed_by=confirmer) for item in shipped_items()]
    return sum(stored)


def take_in_pack(connection: Connection[Any], home: Home) -> bool:
    """Sign what ships with a key drawn for this city, and take it in as a deployment would; once for the same texts.

    The pack stays in the home (`law/demonstration.pack`), so that `limu law update` has something to refuse."""
    today, before = register_today(connection), pack_in_force(connection)
    if today < EDITION or (before is not None and parts_in_force(connection) == packaged_parts()):
        return False
    number = 1 if before is None or before.issued_on < today else int(before.version.rpartition(".")[2]) + 1
    folder = home.folder("law")
    key = _signing_key(folder)
    content = make_pack(
        packaged_parts(),
        version=f"{today:%Y.%m.%d}.{number}",
        issued_at=today.isoformat(),
        key_name=KEY,
        sign=key.sign,
    )
    (folder / f"{KEY}.pack").write_bytes(content)
    found = verify_pack(content, lambda *_: True)
    assert isinstance(found, Pack)
    store_pack(connection, StoredPack(found.hash, found.version, today), signed_by=KEY, body=content)
    return True


def _signing_key(folder: Path) -> Ed25519PrivateKey:
    """The city's own key, drawn once; its public half is put among the trusted ones."""
    path = folder / f"{KEY}.pem"
    if path.exists():
        known = load_pem_private_key(path.read_bytes(), password=None)
        assert isinstance(known, Ed25519PrivateKey)
        return known
    key = Ed25519PrivateKey.generate()
    write_private(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    trusted = folder / "trusted"
    trusted.mkdir(mode=0o700, exist_ok=True)
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (trusted / f"{KEY}.pem").write_bytes(public)
    return key


def confirm_law(connection: Connection[Any], staff: dict[str, Staff]) -> int:
    """Confirm every rule that is not yet sure, by two of the centre's officers (issue 2, section 2); returns how many.

    It is a demonstration's confirmation: two people saw the packaged text, they did not compare it with the gazette.
    A deployment that is no demonstration starts with none."""
    versions = rule_versions(installed_texts(connection))
    wanted = [versions[ref.key] for ref in current_book(connection).unconfirmed() if ref.key in versions]
    digest = packaged_hash(connection)
    for word in ("officer", "officer2"):
        officer = staff["centre"].officers[word]
        note_confirmations(connection, wanted, person=officer.person, officer=officer.id, text_hash=digest)
    return len(wanted)


def packaged_hash(connection: Connection[Any]) -> bytes:
    """Hash the texts as they are packaged: SHA-256 over their canonical form (RFC 8785), days as ISO 8601 text."""
    return hashlib.sha256(canonical_bytes(_plain(installed_texts(connection)))).digest()


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value
