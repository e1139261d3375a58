"""One round with the platform above: pack what waits, send what is due, take what came back."""

import hashlib
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from psycopg import Connection

from limu.catalogue.store import find_item
from limu.department.store import enter
from limu.record.item import Item
from limu.upward import store
from limu.upward.rules import Package, Row, Settled, next_try, package_number, packed, read_answer
from limu.wire.clock import register_now, register_today
from limu.wire.port import Exchange, ExchangeError

NOBODY = UUID(int=0)
# What follows an answer in its transaction (reactions_repair.py): the package's number and the rows it has ended.
React = Callable[[Connection[Any], str, tuple[Settled, ...]], None]


def _nothing_follows(_: Connection[Any], __: str, ___: tuple[Settled, ...]) -> None:
    """Nothing follows: only rows are ended."""


@dataclass(frozen=True, slots=True)
class Round:
    """What a round did."""

    packed: int
    sent: int
    answers: int
    settled: int


def work(connection: Connection[Any], exchange: Exchange, *, react: React = _nothing_follows) -> Round:
    """Do one round. Commits after each step, so a crash loses at most a step, which is done again."""
    made = 0
    while _pack_one(connection):
        made += 1
    sent = sum(_send(connection, one, exchange) for one in _due(connection))
    answers, settled = _take(connection, exchange, react)
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
    keys = [(row["record"], row["turn"]) for row in rows]
    told = [_row(row, item) for row in store.rows_of(connection, keys)]
    content = packed(number, uscc=first["department_uscc"], item=item, rows=told)
    digest = hashlib.sha256(content).digest()
    store.insert_package(
        connection, Package(number, first["department"], item.code, len(keys), digest, 0, content), keys
    )
    # Committed: the package, its bytes and its rows. It is sent from here on, however often that takes.
    connection.commit()
    return True


def _row(row: dict[str, Any], item: Item) -> Row:
    content = row["content"] if isinstance(row["content"], dict) else json.loads(row["content"])
    texts = {code: str(text) for code, text in content.items() if text is not None}
    for column, text in (("party_name", row["party_name"]), ("party_uscc", row["uscc"])):
        field = item.field_for(column)
        if field is not None and text:
            texts[field.code] = text
    return Row(row["record"], row["turn"], row["operation"], row["reason"], row["document"], texts)


def _due(connection: Connection[Any]) -> tuple[Package, ...]:
    _open(connection)
    return store.due(connection, register_now(connection))


def _send(connection: Connection[Any], package: Package, exchange: Exchange) -> int:
    _open(connection)
    now = register_now(connection)
    connection.rollback()
    failure = None
    try:
        exchange.send(package.number, package.content)
    except ExchangeError as wrong:
        failure = type(wrong.__cause__).__name__
    _open(connection)
    next_at = next_try(now, attempts=package.attempts)
    store.note_sent(connection, package.number, next_at=next_at, failure=failure)
    connection.commit()
    return failure is None


def _take(connection: Connection[Any], exchange: Exchange, react: React) -> tuple[int, int]:
    answers = settled = 0
    with suppress(ExchangeError):
        for name, content in exchange.answers():
            settled += take_answer(connection, content, react=react)
            answers += 1
            # Committed before it is let go: an answer met twice settles nothing the second time.
            exchange.done(name)
    return answers, settled


def take_answer(connection: Connection[Any], content: bytes, *, react: React = _nothing_follows) -> int:
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
        ended = store.settle(connection, answer)
        react(connection, answer.number, ended)
        told, settled = ("new" if ended else "nothing new"), len(ended)
    store.note_answer(connection, number=answer.number, digest=digest, settled=settled, told=told)
    connection.commit()
    return settled
