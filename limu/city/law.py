"""What makes the city's law and catalogue stand: two officers confirm each, as a deployment's own would."""

import hashlib
from datetime import date
from typing import Any

from psycopg import Connection

from limu.catalogue.queries import shipped_items
from limu.catalogue.store import insert_item
from limu.city.people import Staff
from limu.law.pack import rule_versions
from limu.seal.canonical import canonical_bytes
from limu.wire.lawbook import current_book, installed_texts, note_confirmations


def store_catalogue(connection: Connection[Any], staff: dict[str, Staff]) -> int:
    """Store the packaged items, drafted by one editor and confirmed by another; returns how many were new."""
    editors = staff["centre"].officers
    drafter, confirmer = editors["catalogue"].person, editors["catalogue2"].person
    stored = [insert_item(connection, item, drafted_by=drafter, confirmed_by=confirmer) for item in shipped_items()]
    return sum(stored)


def confirm_law(connection: Connection[Any], staff: dict[str, Staff]) -> int:
    """Confirm every rule that is not yet sure, by two of the centre's officers (issue 2, section 2); returns how many.

    It is a demonstration's confirmation: two people saw the packaged text, they did not compare it with the gazette.
    A deployment that is no demonstration starts with none."""
    versions = rule_versions(installed_texts())
    wanted = [versions[ref.key] for ref in current_book(connection).unconfirmed() if ref.key in versions]
    digest = packaged_hash()
    for word in ("officer", "officer2"):
        officer = staff["centre"].officers[word]
        note_confirmations(connection, wanted, person=officer.person, officer=officer.id, text_hash=digest)
    return len(wanted)


def packaged_hash() -> bytes:
    """Hash the texts as they are packaged: SHA-256 over their canonical form (RFC 8785), days as ISO 8601 text."""
    return hashlib.sha256(canonical_bytes(_plain(installed_texts()))).digest()


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value
