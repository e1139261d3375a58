"""What a subject is told beside its records: who had one of them, and which incentives it qualifies for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from psycopg import Connection

from limu.catalogue.queries import shipped_items
from limu.department.rules import Refusal
from limu.department.store import all_departments
from limu.front import store_portal
from limu.law.book import LawBook
from limu.ledger.rules import StoredRecord
from limu.measure.queries import incentives_for
from limu.measure.rules import Offer
from limu.reactions_objection import READERS
from limu.wire.clock import SHANGHAI

WAYS = {"read": "查询过本单位的非公开信息", "measure": "据此采取过措施", "feed": "收到副本"}


@dataclass(frozen=True, slots=True)
class Receiver:
    """Somebody who had the record: how, when last, and what became of a copy since."""

    name: str
    what: str
    at: datetime
    after: str


@dataclass(frozen=True, slots=True)
class OfferLine:
    """An incentive as its subject sees it, with what is missing and what is in the way in the catalogue's names."""

    offer: Offer
    missing: tuple[str, ...]
    in_the_way: tuple[str, ...]


def offers_to(connection: Connection[Any], uscc: str, *, book: LawBook, on: date) -> tuple[OfferLine, ...]:
    """The incentives in force, each with whether a subject qualifies today; those it qualifies for come first."""
    found = incentives_for(connection, uscc, book=book, on=on)
    if isinstance(found, Refusal):
        return ()
    return tuple(sorted(named_offers(found), key=lambda line: not line.offer.qualifies))


def named_offers(offers: Iterable[Offer]) -> tuple[OfferLine, ...]:
    """Incentives with their items in the catalogue's names."""
    names = {item.code: item.name for item in shipped_items()}

    def named(items: Iterable[str]) -> tuple[str, ...]:
        return tuple(names.get(item, item) for item in items)

    return tuple(OfferLine(one, named(one.missing), named(one.in_the_way)) for one in offers)


def receivers_of(connection: Connection[Any], stored: StoredRecord) -> list[Receiver]:
    """Name all who had a record since it was entered, the latest first."""
    names = {one.id: one.name for one in all_departments(connection)}
    returned = store_portal.returned_by(connection, stored.id)
    found = []
    for source in READERS:
        for one in source(connection, subject=stored.subject, record=stored.id, since=stored.recorded_at):
            # Slips are listed with their numbers beside this.
            if one.way == "slip":
                continue
            name = one.holder or (names.get(one.department, "—") if one.department else "—")
            after = "" if one.holder is None or returned is None else _after(returned.get(one.holder))
            found.append(Receiver(name, WAYS.get(one.way, one.way), one.last_at, after))
    return sorted(found, key=lambda one: one.at, reverse=True)


def _after(at: datetime | None) -> str:
    return f"已确认停止使用 {at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if at else "待确认停止使用"
