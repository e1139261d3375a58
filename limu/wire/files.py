"""Uploads and answer workbooks, encrypted at rest and destroyed after their time.

A file is named by the SHA-256 of its content. Its own random key, wrapped by the installation's key (files.key), opens
it; the body is a chain of AES-256-GCM blocks in the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár 2015): the
nonce holds the block's number and whether it is the last, so blocks cannot be reordered, dropped or cut off unseen."""

import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, NewType

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from limu.wire.clock import SHANGHAI, Clock
from limu.wire.home import Home
from limu.wire.keys import key

FileHash = NewType("FileHash", str)

NAME = re.compile(r"[0-9a-f]{64}")
MAGIC = b"LIMUFILE\x01"
BLOCK = 1 << 20
TAG = 16
NONCE = 12
WRAPPED = NONCE + 32 + TAG


class StoredFileError(Exception):
    """A stored file is absent or is not what was put there."""


@dataclass(frozen=True, slots=True)
class FileStore:
    """The encrypted files of one home, in one of its folders: uploads by default, documents of cases in "cases"."""

    home: Home
    folder: str = "files"

    @property
    def place(self) -> Path:
        """Where they lie; each folder has a retention of its own."""
        return self.home.folder(self.folder)

    def put(self, content: bytes | BinaryIO, *, on: date | None = None, name: FileHash | None = None) -> FileHash:
        """Keep a content and return its hash; `on` is the day its time begins to run (today by the machine's clock).

        The same content twice is one file, whose time begins anew. `name` is the hash where the caller has it: whoever
        reads the content is told if it was another's."""
        stream = BytesIO(content) if isinstance(content, bytes) else content
        draft = self.place / f".{secrets.token_hex(8)}"
        try:
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                kept = _encrypt(stream, file, self._master(), name=name)
                file.flush()
                os.fsync(file.fileno())
            noon = datetime.combine(on or Clock().today(), datetime.min.time(), SHANGHAI).replace(hour=12).timestamp()
            os.utime(draft, (noon, noon))
            # Stored from here on, under its name; a crash before leaves a draft, which destroy_older_than removes.
            draft.replace(self._path(kept))
        finally:
            draft.unlink(missing_ok=True)
        return kept

    def open(self, name: FileHash) -> bytes:
        """Return a content whole; raises if it is absent or was altered."""
        return b"".join(self.blocks(name))

    def blocks(self, name: FileHash) -> Iterator[bytes]:
        """Yield a content in blocks of 1 MiB, for files that should not be held in memory.

        Each block is proved before it is yielded; the whole is proved when the iteration ends without an error."""
        path = self._path(name)
        if not path.is_file():
            raise StoredFileError(f"no file {name}")
        digest = hashlib.sha256()
        with path.open("rb") as file:
            for block in _decrypt(file, self._master()):
                digest.update(block)
                yield block
        if digest.hexdigest() != name:
            raise StoredFileError(f"file {name} has another content than its name")

    def copy_to(self, name: FileHash, target: Path) -> None:
        """Write a content in the clear to a file of mode 0600; the caller removes it."""
        with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            for block in self.blocks(name):
                file.write(block)

    def has(self, name: FileHash) -> bool:
        """Tell whether a content is kept."""
        return self._path(name).is_file()

    def destroy(self, name: FileHash) -> None:
        """Remove a content with its key; destroying what is gone is no error."""
        self._path(name).unlink(missing_ok=True)

    def destroy_old(self, name: FileHash, *, before: date) -> bool:
        """Remove one content unless its time began anew on or after a day; tells whether it was removed."""
        path = self._path(name)
        if not path.is_file() or _day(path) >= before:
            return False
        path.unlink(missing_ok=True)
        return True

    def destroy_older_than(self, day: date) -> int:
        """Remove every content whose day lies before the given one, and return how many."""
        old = [path for path in self.place.iterdir() if _day(path) < day]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    def older_than(self, day: date) -> list[FileHash]:
        """The names of contents whose day lies before the given one; what a crash left half written is removed."""
        names = []
        for path in self.place.iterdir():
            if _day(path) < day:
                if path.name.startswith("."):
                    path.unlink(missing_ok=True)
                elif NAME.fullmatch(path.name):
                    names.append(FileHash(path.name))
        return names

    def _path(self, name: FileHash) -> Path:
        if not NAME.fullmatch(name):
            raise StoredFileError("a stored file is named by 64 hexadecimal digits")
        return self.place / name

    def _master(self) -> AESGCM:
        return AESGCM(key(self.home, "files"))


def _day(path: Path) -> date:
    return datetime.fromtimestamp(path.stat().st_mtime, SHANGHAI).date()


def _nonce(prefix: bytes, number: int, *, last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + bytes([last])


def _encrypt(source: BinaryIO, target: BinaryIO, master: AESGCM, *, name: FileHash | None) -> FileHash:
    own, wrap, prefix = secrets.token_bytes(32), secrets.token_bytes(NONCE), secrets.token_bytes(7)
    target.write(MAGIC + wrap + master.encrypt(wrap, own, MAGIC) + prefix)
    cipher, digest, number = AESGCM(own), hashlib.sha256(), 0
    block = _read_full(source)
    while True:
        following = _read_full(source)
        if name is None:
            digest.update(block)
        target.write(cipher.encrypt(_nonce(prefix, number, last=not following), block, None))
        if not following:
            return name or FileHash(digest.hexdigest())
        block, number = following, number + 1


def _decrypt(source: BinaryIO, master: AESGCM) -> Iterator[bytes]:
    head = source.read(len(MAGIC) + WRAPPED + 7)
    if len(head) != len(MAGIC) + WRAPPED + 7 or not head.startswith(MAGIC):
        raise StoredFileError("not a stored file")
    wrapped, prefix = head[len(MAGIC) : -7], head[-7:]
    try:
        cipher = AESGCM(master.decrypt(wrapped[:NONCE], wrapped[NONCE:], MAGIC))
        number, block = 0, source.read(BLOCK + TAG)
        while True:
            following = source.read(BLOCK + TAG)
            yield cipher.decrypt(_nonce(prefix, number, last=not following), block, None)
            if not following:
                return
            block, number = following, number + 1
    except InvalidTag as cause:
        raise StoredFileError("a stored file was altered, or files.key is another one") from cause


def _read_full(source: BinaryIO) -> bytes:
    # A pipe or an upload may give less than asked; blocks must be full for the reader to find their borders.
    parts: list[bytes] = []
    missing = BLOCK
    while missing and (part := source.read(missing)):
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)
