"""A small standing for tests of the stored rooms: a department with its people, an item, subjects, a reported chunk."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from uuid import UUID, uuid4

import polars as pl

from limu import reactions_chunk
from limu.catalogue.rules import load_items
from limu.catalogue.store import insert_item
from limu.department import actions as departments
from limu.department import store as department_store
from limu.department.rules import Department, Officer, Refusal
from limu.ledger.rules import ChunkCounts
from limu.record.item import Item
from limu.terms.uscc import check_character, organisation_check_character
from limu.wire.database import Connection
from limu.wire.lawbook import current_book
from limu.wire.statutes import read_catalogue_items

TODAY = date(2026, 11, 23)
DECIDED = date(2026, 7, 1)
DOCUMENT = "示市监罚〔2026〕{}号"
SECRET = "违法事实独一无二的文字"


def code_of(number: int, *, prefix: str = "91", place: str = "MA") -> str:
    """Make a valid unified code in region 990100."""
    organisation = f"{place}{number:06d}"
    body = f"{prefix}990100{organisation}{organisation_check_character(organisation)}"
    return body + check_character(body)


@dataclass(frozen=True, slots=True)
class Standing:
    """One department that may file penalties, three of its people, and some subjects."""

    department: Department
    clerk: Officer
    reviewer: Officer
    second: Officer
    item: Item
    subjects: tuple[UUID, ...]
    codes: tuple[str, ...]


@cache
def catalogue() -> Mapping[str, Item]:
    """Read the packaged items, once a run."""
    items = load_items(list(read_catalogue_items().values()))
    return {item.code: item for item in items if isinstance(item, Item)}


def stand(connection: Connection, *, number: int = 1, subjects: int = 3, region: str = "990100") -> Standing:
    """Make a department (by number), its people, the penalty item, and subjects of its own."""
    department = departments.add_department(
        connection,
        officer=None,
        uscc=code_of(number, prefix="11", place="MB"),
        name=f"示例市第{number}局",
        region=region,
    )
    assert isinstance(department, Department)
    people = [_officer(connection, department, f"{role}.{number}.{n}", role) for n, role in _POSTS]
    item = catalogue()["penalty"]
    insert_item(connection, item, drafted_by=people[0].person, confirmed_by=people[1].person)
    department_store.own_item(connection, item=item.code, department=department.id)
    codes = tuple(code_of(number * 1000 + n) for n in range(subjects))
    ids = tuple(_subject(connection, code) for code in codes)
    return Standing(department, people[0], people[1], people[2], item, ids, codes)


_POSTS = ((1, "clerk"), (1, "reviewer"), (2, "reviewer"))


def _officer(connection: Connection, department: Department, code: str, role: str) -> Officer:
    officer = departments.add_officer(
        connection, by=None, code=code, person_name=f"示例员{code}", department=department, roles=(role,)
    )
    assert not isinstance(officer, Refusal)
    return officer


def _subject(connection: Connection, code: str) -> UUID:
    subject = uuid4()
    name = f"示例市{code[-6:]}建材有限公司"
    connection.execute(
        """INSERT INTO limu.subject (id, uscc, name, name_normal, public_name, name_sort, kind, is_searchable, source)
           VALUES (%s, %s, %s, %s, %s, %s, 'enterprise', true, 'test')""",
        (subject, code, name, name, name, name),
    )
    return subject


def row(code: str | None, number: int, *, facts: str = SECRET, decided_on: date = DECIDED) -> dict[str, object]:
    """Lay out one checked penalty row as the intake hands it over."""
    content = {
        "facts": facts,
        "legal_basis": "《中华人民共和国产品质量法》第五十条",
        "decision": "罚款二万元",
        "kinds": "罚款",
        "authority": "示例市第1局",
        "document_number": DOCUMENT.format(number),
        "decided_on": decided_on.isoformat(),
    }
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return {
        "row_number": number,
        "id": str(uuid4()),
        "party_name": "示例公司",
        "party_normal": "示例公司",
        "party_uscc": code,
        "party_numbers": None,
        "region": "990100",
        "address": None,
        "document_number": DOCUMENT.format(number),
        "authority": "示例市第1局",
        "authority_uscc": None,
        "decided_on": decided_on,
        "published_on": None,
        "conduct_ended_on": None,
        "valid_from": None,
        "valid_until": date(2099, 12, 31),
        "severity": "general",
        "kinds": ["罚款"],
        "fine_fen": 2_000_000,
        "content": text,
        "closed": None,
        "natural_key": hashlib.sha256(DOCUMENT.format(number).encode()).digest()[:16],
        "content_hash": hashlib.sha256(text.encode()).digest()[:16],
    }


SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "row_number": pl.Int32,
    "kinds": pl.List(pl.String),
    "party_numbers": pl.List(pl.String),
    "fine_fen": pl.Int64,
    "natural_key": pl.Binary,
    "content_hash": pl.Binary,
    **dict.fromkeys(("decided_on", "published_on", "conduct_ended_on", "valid_from", "valid_until"), pl.Date),
}


def report(
    connection: Connection, standing: Standing, rows: list[dict[str, object]], *, correct: bool = False
) -> ChunkCounts:
    """Enter rows as one whole submission of the department, through the same reaction as the command line."""
    submission = uuid4()
    department_store.enter(connection, department=standing.department.id)
    intent = "correction" if correct else "report"
    connection.execute(
        """INSERT INTO limu.submission (id, department, item, item_version, officer, file_hash, intent)
           VALUES (%s, %s, %s, %s, %s, %s, %s)""",
        (submission, standing.department.id, standing.item.code, standing.item.version, standing.clerk.id,
         hashlib.sha256(submission.bytes).digest(), intent),
    )  # fmt: skip
    reporting = reactions_chunk.Reporting(
        submission=submission,
        department=standing.department.id,
        region="990100",
        item=standing.item,
        officer=standing.clerk.id,
        intent="correction" if correct else "report",
    )
    text_schema = {name: SCHEMA.get(name, pl.String) for name in rows[0]}
    frame = reactions_chunk.prepare_chunk(
        pl.DataFrame(rows, schema=text_schema), reporting=reporting, law=current_book(connection), today=TODAY
    )
    counts = reactions_chunk.enter_chunk(connection, reporting=reporting, frame=frame)
    connection.execute("UPDATE limu.submission SET state = 'done' WHERE id = %s", (submission,))
    return counts
