"""One file of the city, submitted as its department's clerk would submit it."""

import time
from pathlib import Path
from typing import Any

from limu.catalogue.store import find_item
from limu.city.people import Staff
from limu.city.progress import Listener, Receipt
from limu.city.records import CityFile
from limu.department.rules import Refusal
from limu.intake.actions import Means, Sending, submit_file
from limu.intake.rules import Answer, Order, UserFault
from limu.intake.rules_mapping import HeaderMapping, parse_mapping
from limu.reactions_chunk import entry_factory
from limu.record.item import Item
from limu.wire.clock import register_today
from limu.wire.database import Database
from limu.wire.files import FileStore
from limu.wire.lawbook import current_book


class RefusedFileError(Exception):
    """A file of the demonstration was turned away as a whole."""


def submit(
    database: Database,
    file: CityFile,
    *,
    staff: dict[str, Staff],
    listener: Listener,
    mapping: Path | None = None,
    source: str = "合成",
) -> Receipt:
    """Submit a file by its department's clerk and show its account."""
    office = staff[file.office]
    listener.step(f"{office.department.short_name} · {file.item}", file.rows)
    started = time.perf_counter()
    with database.connect("app") as connection:
        today = register_today(connection)
        item = find_item(connection, file.item, on=today)
        if item is None:
            raise RefusedFileError(f"{file.item}：目录中没有这一项。")
        law = current_book(connection)
        connection.commit()
        sending = Sending(
            office.officers["clerk"], office.department.id, item, file.path, _mapping(mapping, item), "report"
        )
        entries = entry_factory(office.department, item, law=law, today=today)
        means = Means(FileStore(database.home), entries, progress=_told(listener))
        answer = submit_file(connection, sending, order=Order(today, 0), means=means)
    if isinstance(answer, Refusal):
        raise RefusedFileError(f"{file.path.name}：{answer.message}{answer.cure}")
    receipt = _receipt(answer, item.name, office=office, source=source, seconds=time.perf_counter() - started)
    listener.receipt(receipt)
    return receipt


def _told(listener: Listener) -> Any:
    rows = 0

    def told(count: int) -> None:
        nonlocal rows
        rows += count
        listener.done(rows)

    return told


def _mapping(path: Path | None, item: Item) -> HeaderMapping:
    if path is None:
        return HeaderMapping()
    read = parse_mapping(path.read_text("utf-8"), fields=[field.code for field in item.fields])
    if isinstance(read, UserFault):
        raise RefusedFileError(f"{path.name}：{read.message}{read.cure}")
    return read


def _receipt(answer: Answer, item: str, *, office: Staff, source: str, seconds: float) -> Receipt:
    counts = answer.counts
    return Receipt(
        source,
        office.department.short_name,
        item,
        received=counts.received,
        accepted=counts.accepted,
        refused=counts.refused,
        duplicate=counts.duplicate,
        conflict=counts.conflict,
        linked=counts.linked,
        unlinked=counts.unlinked,
        published=counts.published,
        withheld=counts.withheld,
        seconds=round(seconds, 3),
    )
