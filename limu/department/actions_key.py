"""Asking for a key, agreeing to it, changing its secret, closing it; and telling by a secret which key it is."""

import hmac
import os
import secrets
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from psycopg import Connection

from limu.department import store_key
from limu.department.rules import NOT_THERE, Officer, Refusal, authorise
from limu.department.rules_key import (
    NO_KEY,
    NOT_LIVE,
    OVERLAPS,
    SAME_PERSON,
    SETTLED,
    Key,
    KnownKey,
    Wish,
    digest_of,
    read_token,
    token_of,
    why_not,
)
from limu.department.store import enter, region_of


def ask_key(
    connection: Connection[Any], *, officer: Officer, wish: Wish, own_items: frozenset[str], today: date
) -> tuple[Key, str] | Refusal:
    """Ask for a key; its token is told now and never again, and opens nothing before another person agrees."""
    if refusal := authorise(officer, "ask_key", officer.department) or why_not(wish, own_items=own_items, today=today):
        return refusal
    made = uuid4()
    store_key.insert_key(connection, id=made, officer=officer, wish=wish)
    key = store_key.find_key(connection, made)
    assert key is not None
    return key, _new_secret(connection, key, officer=officer)


def _new_secret(connection: Connection[Any], key: Key, *, officer: Officer) -> str:
    secret, salt = secrets.token_urlsafe(32), os.urandom(16)
    store_key.insert_secret(
        connection, id=uuid4(), key=key, salt=salt, digest=digest_of(secret, salt), officer=officer.id
    )
    return token_of(key.id, secret)


def own_key(connection: Connection[Any], *, officer: Officer, key: UUID, lock: bool = False) -> Key | Refusal:
    """Find a key of the officer's department; everything else is not there."""
    found = store_key.find_key(connection, key, lock=lock)
    return found if found is not None and found.department == officer.department else NOT_THERE


def settle_key(connection: Connection[Any], *, officer: Officer, key: UUID, is_agreed: bool) -> Refusal | None:
    """Agree to a key or decline it, by another person than who asked."""
    found = own_key(connection, officer=officer, key=key, lock=True)
    if isinstance(found, Refusal):
        return found
    if refusal := authorise(officer, "settle_key", found.department):
        return refusal
    if found.is_agreed is not None or found.revoked_at is not None:
        return SETTLED
    if found.officer.person == officer.person:
        return SAME_PERSON
    store_key.settle_key(connection, key, officer=officer.id, is_agreed=is_agreed)
    return None


def rotate_key(
    connection: Connection[Any], *, officer: Officer, key: UUID, hours: int, today: date
) -> tuple[Key, str] | Refusal:
    """Give a key a new secret; the old one lives for the stated hours. What it may do stays what was agreed."""
    found = own_key(connection, officer=officer, key=key, lock=True)
    if isinstance(found, Refusal):
        return found
    if refusal := authorise(officer, "change_key", found.department):
        return refusal
    if not found.is_live(today):
        return NOT_LIVE
    if hours not in OVERLAPS:
        return Refusal("K-208", "旧密钥的保留时间不正确。", "请从列出的时间中选择。")
    store_key.end_secrets(connection, key, hours=hours)
    return found, _new_secret(connection, found, officer=officer)


def revoke_key(connection: Connection[Any], *, officer: Officer, key: UUID) -> Refusal | None:
    """Close a key at once and for good; taking away needs one person alone."""
    found = own_key(connection, officer=officer, key=key, lock=True)
    if isinstance(found, Refusal):
        return found
    if refusal := authorise(officer, "change_key", found.department):
        return refusal
    if found.revoked_at is not None:
        return SETTLED
    store_key.revoke_key(connection, key, officer=officer.id)
    return None


def key_of(connection: Connection[Any], header: str, *, today: date) -> Key | Refusal:
    """Tell which key a request carries, and note its use; unknown, wrong, closed and expired are one answer.

    Leaves row-level security open for the key's department until the transaction ends."""
    read = read_token(header)
    if read is None:
        return NO_KEY
    store_key.name_key(connection, read[0])
    key = store_key.find_key(connection, read[0])
    if key is None or not _fits(connection, key, read[1]) or not key.is_live(today):
        return NO_KEY
    enter(connection, department=key.department)
    store_key.note_use(connection, key.id)
    return key


def _fits(connection: Connection[Any], key: Key, secret: str) -> bool:
    return any(
        hmac.compare_digest(digest_of(secret, salt), digest)
        for salt, digest in store_key.live_secrets(connection, key.id)
    )


def known_key(connection: Connection[Any], header: str) -> KnownKey | None:
    """Tell whose secret a request carries, dead or alive: what is told here never changes.

    Whether the key lives is asked anew for every act (limu/access/actions_keyed.py)."""
    read = read_token(header)
    if read is None:
        return None
    store_key.name_key(connection, read[0])
    key = store_key.find_key(connection, read[0])
    secret = store_key.find_secret(connection, key.id, lambda salt: digest_of(read[1], salt)) if key else None
    if key is None or secret is None:
        return None
    return KnownKey(key, secret, region_of(connection, key.department))
