"""Signing by this installation: Ed25519, one key for each use, drawn once and kept in the home."""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from limu.wire.home import Home
from limu.wire.keys import key


def sign(home: Home, use: str, content: bytes) -> bytes:
    """Sign content."""
    return _key(home, use).sign(content)


def public_key(home: Home, use: str) -> bytes:
    """Return the 32 bytes by which anybody verifies."""
    return _key(home, use).public_key().public_bytes_raw()


def verifies(public: bytes, signature: bytes, content: bytes) -> bool:
    """Tell whether a signature is one of this key over this content."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, content)
    except (InvalidSignature, ValueError):
        return False
    return True


def _key(home: Home, use: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(key(home, f"sign-{use}"))
