"""What must hold at every moment, whatever was killed: the invariants I1 to I20 and what breaks one (trust.md 3.1)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

# At most so many culprits of a broken promise are named.
MOST_NAMED: Final = 20


@dataclass(frozen=True, slots=True)
class Promise:
    """One thing that must hold: its invariant, a sentence for the operator, and the query that lists what breaks it."""

    key: str
    sentence: str
    query: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A promise that was looked at: how many things break it, and the first of them."""

    key: str
    sentence: str
    count: int = 0
    named: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether nothing breaks it."""
        return self.count == 0


_HEAD: Final = re.compile(r"^--: (I\d+) (.+)$", re.MULTILINE)


def read_promises(text: str) -> Iterator[Promise]:
    """Read the promises of a file: each begins with a line of its key and its sentence."""
    _, *parts = _HEAD.split(text)
    for key, sentence, query in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        yield Promise(key, sentence, query.strip())


def verdict_of(promise: Promise, broken: list[str]) -> Verdict:
    """Judge a promise by what breaks it."""
    return Verdict(promise.key, promise.sentence, len(broken), tuple(broken[:MOST_NAMED]))
