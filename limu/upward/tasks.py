"""One round with the platform above: pack what waits, send what is due, take what came back."""

import hashlib
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from psycopg import Connection

from limu.catalogue.store import find_item
from limu.department.store import all_departments, enter
from limu.record.item import Item
from limu.upward import store
from limu.upward.rules import Package, Row, next_try, package_number, packed, read_answer
from limu.wire.clock import register_now, register_today
from limu.wire.exchange import Exchange, ExchangeError

NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Round:
    """What a round did."""

    packed: int
    sent: int
    answers: int
    settled: int


def work(connection: Connection[Any], exchange: Exchange) -> Round:
    """Do one round. Commits after each step, so a crash loses at most a step, which is done again."""
    made = 0
    while _pack_one(connection):
        made += 1
    sent = sum(_send(connection, one, exchange) for one in _due(connection))
    answers, settled = _take(connection, exchange)
    return Round(made, sent, answers, settled)


def _open(connection: Connection[Any]) -> None:
    connection.rollback()
    enter(connection, department=NOBODY, reach="centre")


def _pack_one(connection: Connection[Any]) -> bool:
    _open(connection)
    rows = store.waiting(connection) if store.lock_round(connection) else []
    if not rows:
        connection.rollback()
        return False
    first = rows[0]
    item = find_item(connection, first["item"], on=register_today(connection))
    assert item is not None
    number = package_number(uscc=first["department_uscc"], item=item.code, id=uuid4())
    keys = [(row["record"], row["operation"]) for row in rows]
    told = store.rows_of(connection, package=None, records=[key[0] for key in keys])
    wanted = set(keys)
    content = _content(
        number, first["department_uscc"], item=item,
        rows=[row for row in told if (row["record"], row["operation"]) in wanted],
    )  # fmt: skip
    digest = hashlib.sha256(content).digest()
    store.insert_package(connection, Package(number, first["department"], item.code, len(keys), digest, 0), keys)
    # Committed: the package and its rows. It is sent from here on, however often that takes.
    connection.commit()
    return True


def _content(number: str, uscc: str, *, item: Item, rows: Sequence[dict[str, Any]]) -> bytes:
    return packed(number, uscc=uscc, item=item, rows=[_row(row, item) for row in rows])


def _row(row: dict[str, Any], item: Item) -> Row:
    content = row["content"] if isinstance(row["content"], dict) else json.loads(row["content"])
    texts = {code: str(text) for code, text in content.items() if text is not None}
    for column, text in (("party_name", row["party_name"]), ("party_uscc", row["uscc"])):
        field = item.field_for(column)
        if field is not None and text:
            texts[field.code] = text
    return Row(row["record"], row["operation"], texts)


def _due(connection: Connection[Any]) -> tuple[Package, ...]:
    _open(connection)
    return store.due(connection, register_now(connection))


def _send(connection: Connection[Any], package: Package, exchange: Exchange) -> int:
    _open(connection)
    item = find_item(connection, package.item, on=register_today(connection))
    assert item is not None
    uscc = next(one.uscc for one in all_departments(connection) if one.id == package.department)
    rows = store.rows_of(connection, package=package.number)
    now = register_now(connection)
    connection.rollback()
    failure = None
    try:
        exchange.send(package.number, _content(package.number, uscc, item=item, rows=rows))
    except ExchangeError as wrong:
        failure = type(wrong.__cause__).__name__
    _open(connection)
    next_at = next_try(now, attempts=package.attempts)
    store.note_sent(connection, package.number, next_at=next_at, failure=failure)
    connection.commit()
    return failure is None


def _take(connection: Connection[Any], exchange: Exchange) -> tuple[int, int]:
    answers = settled = 0
    with suppress(ExchangeError):
        for name, content in exchange.answers():
            settled += take_answer(connection, content)
            answers += 1
            # Committed before it is let go: an answer met twice settles nothing the second time.
            exchange.done(name)
    return answers, settled


def take_answer(connection: Connection[Any], content: bytes) -> int:
    """Take one answer: late, twice, out of order or none of ours, each row ends at most once."""
    _open(connection)
    answer = read_answer(content)
    digest = hashlib.sha256(content).digest()
    if isinstance(answer, str):
        store.note_answer(connection, number="", digest=digest, settled=0, told=answer)
        connection.commit()
        return 0
    package = store.find_package(connection, answer.number)
    told, settled = "unknown package", 0
    if package is not None and bytes(package.digest) != answer.digest:
        told = "of another content"
    elif package is not None:
        settled = store.settle(connection, answer)
        told = "new" if settled else "nothing new"
    store.note_answer(connection, number=answer.number, digest=digest, settled=settled, told=told)
    connection.commit()
    return settled
