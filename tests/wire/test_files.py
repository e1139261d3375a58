"""Files at rest: what lies on the disk, and what is refused."""

import hashlib
import io
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limu.wire.files import BLOCK, FileHash, FileStore, StoredFileError
from limu.wire.home import Home

DAY = date(2026, 7, 1)


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(Home(tmp_path / "home"))


@pytest.mark.parametrize("size", [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK])
def test_a_content_comes_back_as_it_was_put(store: FileStore, size: int) -> None:
    content = bytes(range(256)) * (size // 256) + bytes(size % 256)

    name = store.put(io.BytesIO(content), on=DAY)

    assert store.open(name) == content


@given(content=st.binary(max_size=2000))
@settings(max_examples=30, deadline=None)
def test_any_content_comes_back(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    store = FileStore(Home(tmp_path_factory.mktemp("home")))

    assert store.open(store.put(content)) == content


def test_the_disk_does_not_hold_the_content_in_the_clear(store: FileStore) -> None:
    content = "江西某某有限公司".encode() * 100

    name = store.put(content, on=DAY)

    stored = store.home.files / name
    assert "有限公司".encode() not in stored.read_bytes()
    assert stored.stat().st_mode & 0o777 == 0o600
    assert (store.home.root / "files.key").stat().st_mode & 0o777 == 0o600


def test_a_content_kept_under_a_name_that_its_sender_found_is_proved_when_it_is_read(store: FileStore) -> None:
    own, other = (FileHash(hashlib.sha256(text).hexdigest()) for text in (b"penalty", b"permit"))

    assert [store.put(b"penalty", on=DAY, name=name) for name in (own, other)] == [own, other]

    assert store.open(own) == b"penalty"
    with pytest.raises(StoredFileError):
        store.open(other)
    with pytest.raises(StoredFileError):
        store.put(b"penalty", on=DAY, name=FileHash("../penalty"))


@pytest.mark.parametrize("place", [5, 40, 90, -1])
def test_an_altered_file_is_refused(store: FileStore, place: int) -> None:
    name = store.put(b"penalty" * 100, on=DAY)
    path = store.home.files / name
    spoiled = bytearray(path.read_bytes())
    spoiled[place] ^= 1
    path.write_bytes(bytes(spoiled))

    with pytest.raises(StoredFileError):
        store.open(name)


def test_a_file_cut_at_a_block_is_refused(store: FileStore) -> None:
    name = store.put(bytes(2 * BLOCK), on=DAY)
    path = store.home.files / name
    path.write_bytes(path.read_bytes()[: -(BLOCK + 16)])

    with pytest.raises(StoredFileError):
        store.open(name)


def test_what_is_older_than_its_time_is_destroyed(store: FileStore) -> None:
    old = store.put(b"old", on=date(2026, 5, 31))
    kept = store.put(b"kept", on=date(2026, 6, 1))

    destroyed = store.destroy_older_than(date(2026, 6, 1))

    assert destroyed == 1
    assert not store.has(old)
    assert store.has(kept)


def test_a_destroyed_file_is_gone(store: FileStore) -> None:
    name = store.put(b"gone", on=DAY)

    store.destroy(name)

    with pytest.raises(StoredFileError):
        store.open(name)


def test_a_name_is_never_a_path(store: FileStore) -> None:
    with pytest.raises(StoredFileError):
        store.open(FileHash("../secrets.json"))


def test_a_copy_in_the_clear_is_the_owners_alone(store: FileStore, tmp_path: Path) -> None:
    name = store.put(b"workbook", on=DAY)

    store.copy_to(name, tmp_path / "copy")

    assert (tmp_path / "copy").read_bytes() == b"workbook"
    assert (tmp_path / "copy").stat().st_mode & 0o777 == 0o600
