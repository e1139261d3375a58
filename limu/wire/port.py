"""The port to the platform above: packages out, answers in; nothing is known here of what either says."""

from collections.abc import Iterator
from typing import Protocol

SECONDS = 30


class ExchangeError(Exception):
    """The platform above could not be reached; what was to be sent will be sent again."""


class Exchange(Protocol):
    """How packages leave and answers come."""

    def send(self, number: str, content: bytes) -> None:
        """Hand a package over; the same number again is the same package."""

    def answers(self) -> Iterator[tuple[str, bytes]]:
        """Yield each answer that lies there, by a name of its own."""

    def done(self, name: str) -> None:
        """Say that an answer has been dealt with."""
