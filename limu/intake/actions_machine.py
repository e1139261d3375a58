"""What a department's machine does with its key: the desk's own steps, once for each Idempotency-Key."""

import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

from psycopg import Connection

from limu.department.rules import Refusal
from limu.department.rules_key import Key
from limu.department.store import enter
from limu.intake import store, store_machine
from limu.intake.actions import Means, Sending, submit_nil
from limu.intake.actions_desk import Held, confirm, discard, hold, opened
from limu.intake.queries import told_in
from limu.intake.queries_headers import fitting_mapping, has_more_rows
from limu.intake.rules import Answer, Order, Submission, Told, UserFault
from limu.intake.rules_desk import LARGE_ROWS
from limu.intake.rules_mapping import HeaderMapping
from limu.record.item import Item
from limu.wire.clock import day_of
from limu.wire.files import FileHash, FileStore

OTHER_CONTENT = Refusal(
    "F-140", "这个 Idempotency-Key 已经用于另一次内容不同的请求。", "每次报送使用新的 Idempotency-Key；重试时原样重发。"
)
IN_WORK = Refusal("F-141", "同一个 Idempotency-Key 的请求正在办理。", "请稍候，用同一个 Idempotency-Key 重试。")


@dataclass(frozen=True, slots=True)
class Parcel:
    """What a machine sends: for which item, a named file or nothing (零报告), and how to read it, if it says so."""

    item: Item
    content: BinaryIO | None
    name: str
    size: int
    mapping: HeaderMapping | None = None

    def fingerprint(self) -> bytes:
        """The hash of the request: what makes two requests the same."""
        said = repr(None if self.mapping is None else sorted(self.mapping.as_json().items()))
        digest = hashlib.sha256(f"{self.item.code}\x1f{self.content is None}\x1f{said}\x1f".encode())
        if (content := self.content) is not None:
            content.seek(0)
            for block in iter(lambda: content.read(1 << 20), b""):
                digest.update(block)
            content.seek(0)
        return digest.digest()


def parcel_of_rows(item: Item, text: bytes) -> Parcel:
    """A parcel of JSON rows: a file like any other, judged by the same checks."""
    return Parcel(item, io.BytesIO(text), "rows.json", len(text))


def send_once(
    connection: Connection[Any], key: Key, parcel: Parcel, *, name: str, order: Order, means: Means
) -> Submission | Refusal:
    """Take a parcel in under an Idempotency-Key; the same again is answered from what is stored.

    Held if we stop inside: the request without its answer; sent again, it goes on where it stopped."""
    if not store_machine.hold_request(connection, key.id, name):
        return IN_WORK
    connection.commit()
    try:
        return _sent(connection, key, parcel, name=name, order=order, means=means)
    finally:
        connection.rollback()
        store_machine.free_request(connection, key.id, name)
        connection.commit()


def _sent(
    connection: Connection[Any], key: Key, parcel: Parcel, *, name: str, order: Order, means: Means
) -> Submission | Refusal:
    enter(connection, department=key.department)
    fingerprint = parcel.fingerprint()
    asked = store_machine.note_request(
        connection, key=key.id, name=name, department=key.department, fingerprint=fingerprint
    )
    known = None if asked.submission is None else store.find_submission(connection, asked.submission)
    connection.commit()
    if asked.fingerprint != fingerprint:
        return OTHER_CONTENT
    if known is not None:
        return known
    made = _taken(connection, key, parcel, order=order, means=means)
    enter(connection, department=key.department)
    if isinstance(made, Refusal):
        store_machine.forget_request(connection, key=key.id, name=name)
    else:
        store_machine.note_answer(connection, key=key.id, name=name, submission=made.id)
    connection.commit()
    return made


def _taken(
    connection: Connection[Any], key: Key, parcel: Parcel, *, order: Order, means: Means
) -> Submission | Refusal:  # fmt: skip
    if parcel.content is None:
        nil = submit_nil(
            connection, officer=key.officer, department=key.department, item=parcel.item, today=order.today
        )
        return nil if isinstance(nil, Refusal) else _of(nil)
    held = hold(means.files, parcel.content, name=parcel.name, size=parcel.size, order=order)
    if isinstance(held, UserFault):
        return Refusal(*held)
    with _reading(connection, key, parcel, held=held, files=means.files) as sending:
        is_large = has_more_rows(sending.path, item=parcel.item, mapping=sending.mapping, than=LARGE_ROWS)
        made = confirm(connection, sending, order=order, means=means, is_large=is_large, name=parcel.name)
    if isinstance(made, Refusal):
        connection.rollback()
        discard(connection, means.files, file=held.file)
    return made


def _of(answer: Answer) -> Submission:
    assert answer.submission is not None
    return answer.submission


@contextmanager
def _reading(
    connection: Connection[Any], key: Key, parcel: Parcel, *, held: Held, files: FileStore
) -> Iterator[Sending]:
    with opened(files, held.file, held.name) as path:
        assert path is not None
        mapping = parcel.mapping or _fitting(connection, key, parcel.item, path=path)
        yield Sending(key.officer, key.department, parcel.item, path, mapping)


def _fitting(connection: Connection[Any], key: Key, item: Item, *, path: Path) -> HeaderMapping:
    enter(connection, department=key.department)
    remembered = store.remembered_mapping(connection, department=key.department, item=item.code)
    connection.commit()
    return fitting_mapping(path, item=item, remembered=remembered or HeaderMapping())


def findings_of(
    files: FileStore, submission: Submission, *, item: Item, mapping: HeaderMapping, order: Order
) -> tuple[Told, ...] | None:
    """Tell a batch's findings anew from its stored file; None where its time is over and the file destroyed."""
    with opened(files, FileHash(submission.file_hash.hex()), "file") as path:
        if path is None:
            return None
        found = told_in(path, item=item, mapping=mapping, order=replace(order, today=day_of(submission.received_at)))
    return None if isinstance(found, UserFault) else found
