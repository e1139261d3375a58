"""The shapes of the JSON interface, as its OpenAPI description shows them."""

from datetime import date, datetime
from uuid import UUID

from ninja import Schema
from pydantic import ConfigDict, Field


class Asked(Schema):
    """What a search asks for."""

    q: str = Field(min_length=1, max_length=100)
    limit: int = Field(20, ge=1, le=100)


class PageOf(Schema):
    """How a list is asked for."""

    model_config = ConfigDict(extra="ignore")

    item: str | None = Field(None, max_length=41)
    limit: int = Field(20, ge=1, le=100)
    cursor: str | None = Field(None, max_length=400)


class Hit(Schema):
    """A subject that a search found, and why."""

    uscc: str
    name: str
    region: str | None
    region_name: str | None
    status: str
    kind: str
    reason_code: str
    reason: str
    has_disputed: bool


class Found(Schema):
    """The result of a search; `refused_person` tells that persons are not searched.

    `answered_as` is the name that was searched instead of `q` where the whole of `q` found nothing: what is asked of a
    name, such as 的处罚, is then left away."""

    total: int
    is_total_exact: bool
    refused_person: bool
    answered_as: str | None
    hits: list[Hit]


class Subject(Schema):
    """An organisation as the public may see it."""

    uscc: str
    name: str
    former_names: list[str]
    kind: str
    status: str
    region: str | None
    region_name: str | None
    counts: dict[str, int]


class State(Schema):
    """A public state that a record has been in."""

    decision: str
    known_from: datetime
    shown_from: date | None
    shown_until: date | None
    is_disputed: bool


class Declared(Schema):
    """What the subject itself says about a record; neither the register nor the deciding body vouches for it."""

    text: str
    declared_on: date


class Record(Schema):
    """A record that is public today."""

    id: UUID
    subject_uscc: str
    subject_name: str
    item: str
    item_version: int
    document_number: str | None
    authority: str | None
    decided_on: date | None
    severity: str | None
    kinds: list[str]
    fine_fen: int | None
    content: dict[str, str]
    shown_from: date
    shown_until: date | None
    citation: str
    is_disputed: bool
    department_name: str
    recorded_at: datetime
    declaration: Declared | None
    history: list[State]


class Records(Schema):
    """A page of records and the address of the next."""

    records: list[Record]
    next: str | None
