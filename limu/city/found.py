"""Founding the city: departments, catalogue, law, register and files, each step safe to repeat."""

import json
import tempfile
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from limu.city.cases import open_cases, verify_payment
from limu.city.files import submit
from limu.city.law import confirm_law, store_catalogue, take_in_pack
from limu.city.people import Staff, find_staff, found_departments
from limu.city.progress import Listener, Receipt
from limu.city.records import write_files
from limu.city.register import SOURCE, load, write_register
from limu.city.seven import SUBJECTS, write_seven
from limu.measure.actions import sync_law
from limu.subject.actions import Loaded
from limu.wire.database import Database
from limu.wire.home import Home
from limu.wire.keys import write_private
from limu.wire.lawbook import current_book

MARK = "city.json"


@dataclass(slots=True)
class Founded:
    """What a run did: sizes asked for, what the register took, and each file's account."""

    subjects: int
    records: int
    added: int = 0
    unchanged: int = 0
    receipts: list[Receipt] = field(default_factory=list)


def found_city(database: Database, listener: Listener, *, subjects: int, records: int) -> Founded:
    """Found the city, or complete one that was begun; the same sizes again change nothing."""
    founded = Founded(subjects, records)
    staff = found_offices(database)
    with tempfile.TemporaryDirectory(prefix="city-", dir=database.home.files.parent) as folder:
        _load_register(database, Path(folder), listener=listener, founded=founded)
        for file in write_seven(Path(folder)):
            founded.receipts.append(submit(database, file, staff=staff, listener=listener))
        for file in write_files(Path(folder), subjects=subjects, records=records):
            founded.receipts.append(submit(database, file, staff=staff, listener=listener))
            file.path.unlink()
    open_cases(database, staff["zjj"], staff["centre"])
    verify_payment(database, staff["scjg"])
    return founded


def found_offices(database: Database) -> dict[str, Staff]:
    """Open the departments, store the catalogue and confirm the law, in one transaction."""
    with database.connect("app") as connection:
        staff = find_staff(connection) or found_departments(connection)
        store_catalogue(connection, staff)
        take_in_pack(connection, database.home)
        confirm_law(connection, staff)
        sync_law(connection, current_book(connection))
    return staff


def _load_register(database: Database, folder: Path, *, listener: Listener, founded: Founded) -> None:
    path = folder / "register.csv"
    listener.step("登记库", founded.subjects + len(SUBJECTS))
    write_register(path, subjects=founded.subjects)
    with database.connect("app") as connection:
        loaded: Loaded = load(connection, path, source=SOURCE, listener=listener)
    path.unlink()
    founded.added, founded.unchanged = loaded.added, loaded.unchanged
    listener.say(
        f"登记库：收到 {loaded.received}，新增 {loaded.added}，更新 {loaded.updated}，未变 {loaded.unchanged}，"
        f"退回 {loaded.refused}。"
    )


def read_mark(home: Home) -> dict[str, Any] | None:
    """Read what a finished founding left; None where the city was never finished."""
    path = home.root / MARK
    return json.loads(path.read_text("utf-8")) if path.is_file() else None


def write_mark(home: Home, founded: Founded) -> None:
    """Note that the founding is finished, with its accounts."""
    write_private(home.root / MARK, json.dumps(asdict(founded), ensure_ascii=False, indent=1).encode())
