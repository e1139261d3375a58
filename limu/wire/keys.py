"""Passwords and keys of this installation, in files only the owner reads."""

import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from limu.wire.home import Home


def password(home: Home, role: str) -> str:
    """Return the password of a database role; it is drawn once and kept in secrets.json."""
    with lock_file(home.run / "secrets.lock"):
        known: dict[str, str] = json.loads(home.secrets.read_text()) if home.secrets.exists() else {}
        if role not in known:
            known[role] = secrets.token_urlsafe(32)
            write_private(home.secrets, json.dumps(known, indent=1).encode())
        return known[role]


def key(home: Home, name: str, size: int = 32) -> bytes:
    """Return a key of random bytes; it is drawn once and kept in `<name>.key`."""
    path = home.root / f"{name}.key"
    with lock_file(home.run / "secrets.lock"):
        if not path.exists():
            write_private(path, secrets.token_bytes(size))
        return path.read_bytes()


def write_private(path: Path, content: bytes) -> None:
    """Write a file of mode 0600 whole or not at all."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    # Committed from here on: a crash before leaves the old file, a crash after the new one.
    draft.replace(path)


@contextmanager
def lock_file(path: Path) -> Iterator[None]:
    """Hold an exclusive lock between processes; the kernel gives it back if we die."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
