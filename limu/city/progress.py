"""How the city tells what it is doing, without knowing who listens."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Receipt:
    """The account of one file: what came in is accounted for, always (invariant I16)."""

    source: str
    department: str
    item: str
    received: int
    accepted: int
    refused: int
    duplicate: int
    conflict: int
    linked: int
    unlinked: int
    published: int
    withheld: int
    seconds: float

    @property
    def adds_up(self) -> bool:
        """Tell whether every row has one fate, and every linked row is shown or withheld."""
        fates = self.accepted + self.refused + self.duplicate + self.conflict
        return (
            self.received == fates
            and self.accepted == self.linked + self.unlinked
            and (self.linked == self.published + self.withheld)
        )


class Listener(Protocol):
    """Who watches: a progress bar, a log, or nobody."""

    def step(self, what: str, total: int) -> None:
        """Begin a step of so many rows."""

    def done(self, rows: int) -> None:
        """So many rows of the step are done by now."""

    def say(self, sentence: str) -> None:
        """Tell a person something in Chinese."""

    def receipt(self, receipt: Receipt) -> None:
        """Show a file's account."""


class Nobody:
    """A listener for those who do not want to hear."""

    def step(self, what: str, total: int) -> None:
        """Begin a step."""

    def done(self, rows: int) -> None:
        """Some rows are done."""

    def say(self, sentence: str) -> None:
        """Tell something."""

    def receipt(self, receipt: Receipt) -> None:
        """Show an account."""
