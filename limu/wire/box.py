"""Named contents at rest, encrypted like uploads: a name is part of the proof, so none can stand in for another."""

import os
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from limu.wire.home import Home
from limu.wire.keys import key, write_private

MAGIC = b"LIMUBOX\x01"
NONCE = 12


class BoxError(Exception):
    """A content is not what was put under its name, or the home has another key."""


@dataclass(frozen=True, slots=True)
class Box:
    """The named contents of one folder of a home."""

    home: Home
    folder: str

    def put(self, name: str, content: bytes) -> None:
        """Keep a content under a name, instead of what was there; durable when this returns."""
        nonce = secrets.token_bytes(NONCE)
        write_private(self._path(name), MAGIC + nonce + self._cipher().encrypt(nonce, content, self._mark(name)))
        folder = os.open(self.home.folder(self.folder), os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def get(self, name: str) -> bytes | None:
        """Return a content, or None where there is none."""
        try:
            whole = self._path(name).read_bytes()
        except FileNotFoundError:
            return None
        if not whole.startswith(MAGIC):
            raise BoxError(name)
        nonce, body = whole[len(MAGIC) : len(MAGIC) + NONCE], whole[len(MAGIC) + NONCE :]
        try:
            return self._cipher().decrypt(nonce, body, self._mark(name))
        except InvalidTag as cause:
            raise BoxError(name) from cause

    def names(self) -> tuple[str, ...]:
        """List the names in order; drafts of a crash are not among them."""
        there = self.home.folder(self.folder).iterdir()
        return tuple(sorted(path.name for path in there if not path.name.startswith(".")))

    def age_of(self, name: str) -> datetime | None:
        """Tell when a content was put there, by the machine's clock."""
        try:
            return datetime.fromtimestamp(self._path(name).stat().st_mtime, UTC)
        except FileNotFoundError:
            return None

    def drop(self, name: str) -> None:
        """Remove a content; removing what is gone is no error."""
        self._path(name).unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        if not re.fullmatch(r"[0-9a-f-]{32,36}", name):
            raise BoxError(name)
        return self.home.folder(self.folder) / name

    def _mark(self, name: str) -> bytes:
        return f"limu.box\x00{self.folder}/{name}".encode()

    def _cipher(self) -> AESGCM:
        return AESGCM(key(self.home, "files"))
