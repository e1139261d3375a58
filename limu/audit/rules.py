"""What an event leaves in the public log: a leaf that says nothing until its opening is shown."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Unsequenced:
    """An event that is committed and has no place in the log yet: of a record, or of the law."""

    event: UUID
    subject: UUID | None
    record: UUID | None
    kind: str
    recorded_at: datetime
    commitment: bytes
    entered_in: int


@dataclass(frozen=True, slots=True)
class Opening:
    """A leaf with what opens it: the salt, and the event as the commitment has it."""

    leaf_hash: bytes
    commitment: bytes
    salt: bytes
    id: UUID
    kind: str
    recorded_at: datetime
    value: object


@dataclass(frozen=True, slots=True)
class Head:
    """The log at a size: its root, and the left subtrees by which it grows."""

    size: int
    root: bytes
    frontier: bytes


@dataclass(frozen=True, slots=True)
class Place:
    """Where an event stands in the log, with the way from its leaf to the root."""

    event: UUID
    position: int
    leaf_hash: bytes
    proof: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class LogCheck:
    """What one recomputation of the log found, and who asked for it."""

    officer: str
    size: int
    root: bytes
    is_equal: bool
    broken: tuple[UUID, ...]
    checked_at: datetime


@dataclass(frozen=True, slots=True)
class Audit:
    """The outcome of recomputing the log from the events themselves."""

    size: int
    root: bytes
    is_equal: bool
    broken: tuple[UUID, ...]
