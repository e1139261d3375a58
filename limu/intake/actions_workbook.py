"""The answer workbook of a batch: a small one is written while its reader waits, a large one by the worker."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Literal
from uuid import UUID

from psycopg import Connection

from limu.catalogue.store import find_item
from limu.department.store import enter
from limu.intake import store, store_workbook
from limu.intake.actions_desk import opened
from limu.intake.queries import check_file
from limu.intake.queries_answer import Breathe, write_answer
from limu.intake.rules import Order, Submission, UserFault, Verdict
from limu.intake.rules_desk import LARGE_ROWS
from limu.intake.rules_mapping import HeaderMapping
from limu.intake.store_desk import mapping_of
from limu.law.book import LawBook
from limu.record.item import Item
from limu.wire.clock import day_of
from limu.wire.files import FileHash, FileStore
from limu.wire.lawbook import current_book

FILE_GONE: Final = UserFault("F-133", "原文件已按保存期限销毁，不能再生成错误工作簿。", "请从业务系统重新导出。")

State = Literal["ready", "writing", "failed", "absent"]
Written = Iterator[bytes] | UserFault | None
"""The bytes of a workbook, why there is none, or None while the worker is writing it."""


def answer_workbook(connection: Connection[Any], files: FileStore, batch: Submission) -> Written:
    """Hand out the workbook of a batch; that of a large one is left to the worker when it is first asked for."""
    if not files.has(_upload(batch)):
        return FILE_GONE
    if batch.counts.received > LARGE_ROWS:
        _, made = store_workbook.workbook_of(connection, batch.id)
        if made is not None and files.has(made):
            return files.blocks(made)
        store_workbook.ask_workbook(connection, batch)
        store_workbook.try_again(connection, batch)
        return None
    with _written(files, batch, _facts(connection, batch)) as workbook:
        return workbook if isinstance(workbook, UserFault) else iter([workbook.read_bytes()])


def workbook_state(connection: Connection[Any], files: FileStore, batch: Submission) -> State:
    """Whether the workbook of a batch can be had at once, is being written or was given up, or has to be asked for."""
    if batch.counts.received <= LARGE_ROWS:
        return "ready"
    is_asked, made = store_workbook.workbook_of(connection, batch.id)
    if made is None:
        if not is_asked:
            return "absent"
        return "failed" if store_workbook.is_given_up(connection, batch.id) else "writing"
    return "ready" if files.has(made) else "absent"


def keep_workbook(connection: Connection[Any], files: FileStore, batch: UUID, *, breathe: Breathe) -> None:
    """Write a workbook that was asked for and keep it, encrypted, for the time of its upload; repeatable.

    Commits by itself: nothing is held open while it is being written. Held if we stop before the end: the wish."""
    found = store.find_submission(connection, batch)
    assert found is not None
    facts = _facts(connection, found)
    connection.commit()
    with _written(files, found, facts, breathe=breathe) as workbook:
        kept = None if isinstance(workbook, UserFault) else _kept(files, workbook, found)
    enter(connection, department=found.department)
    if kept is None:
        store_workbook.forget_workbook(connection, batch)
    else:
        store_workbook.note_workbook(connection, batch, kept)
    connection.commit()


def _kept(files: FileStore, workbook: Path, batch: Submission) -> FileHash:
    with workbook.open("rb") as content:
        return files.put(content, on=day_of(batch.received_at))


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the register knows of a batch, so that its workbook is written without asking it again."""

    item: Item
    mapping: HeaderMapping
    verdicts: dict[int, Verdict]
    law: LawBook


def _facts(connection: Connection[Any], batch: Submission) -> _Facts:
    item = find_item(connection, batch.item, on=day_of(batch.received_at))
    assert item is not None
    verdicts, law = store.verdicts_of(connection, batch.id), current_book(connection)
    return _Facts(item, mapping_of(connection, batch.id), verdicts, law)


@contextmanager
def _written(
    files: FileStore, batch: Submission, facts: _Facts, *, breathe: Breathe = lambda: None
) -> Iterator[Path | UserFault]:  # fmt: skip
    """Lend the workbook in the clear: the rows of the stored file, their results, the wrong cells marked."""
    order, item, mapping = Order(day_of(batch.received_at)), facts.item, facts.mapping
    # Its first name is not kept; a workbook is filled in again only under a workbook's ending.
    with opened(files, _upload(batch), "file.xlsx") as path:
        if path is None:
            yield FILE_GONE
            return
        checked = check_file(path, item=item, mapping=mapping, order=replace(order, most=0))
        if isinstance(checked, UserFault):
            yield checked
            return
        target = path.with_name("answer.xlsx")
        answer = replace(checked, verdicts=facts.verdicts, submission=batch)
        write_answer(
            target, path, item=item, mapping=mapping, answer=answer, order=order, law=facts.law, breathe=breathe
        )  # fmt: skip
        yield target


def _upload(batch: Submission) -> FileHash:
    return FileHash(batch.file_hash.hex())
