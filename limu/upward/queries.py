"""How far a record has come on its way up, in the words of our own checks."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any
from uuid import UUID

from psycopg import Connection

from limu.upward import store
from limu.upward.rules import Operation, Word, state_word, word_of


@dataclass(frozen=True, slots=True)
class Standing:
    """How a record stands with the platform above."""

    operation: Operation
    state: str
    words: tuple[Word, ...]
    settled_at: datetime | None

    @property
    def word(self) -> str:
        """The state in one word (已上报、已接收、上级退回; of an ending 已撤回)."""
        return state_word(self.operation, self.state)


@dataclass(frozen=True, slots=True)
class Returned:
    """A record that the platform above gave back."""

    record: UUID
    item: str
    submission: UUID
    row_number: int
    document_number: str | None
    party_name: str | None
    words: tuple[Word, ...]
    settled_at: datetime


@cache
def known_words() -> dict[str, Word]:
    """Their codes in our words, from the packaged table."""
    told = tomllib.loads((files("limu.upward") / "texts" / "codes.toml").read_text("utf-8"))
    return {code: Word(**one) for code, one in told.items()}


def _words(codes: Sequence[str]) -> tuple[Word, ...]:
    return tuple(word_of(code, known_words()) for code in codes)


def standings(connection: Connection[Any], records: Sequence[UUID]) -> dict[UUID, Standing]:
    """Tell how some records stand; what does not go up is not in it."""
    return {
        row["record"]: Standing(row["operation"], row["state"], _words(row["codes"]), row["settled_at"])
        for row in store.states_of(connection, records)
    }


def answers(connection: Connection[Any], documents: Sequence[str]) -> dict[str, Standing]:
    """Tell how answers to applications from above stand, by the number of the case."""
    return {
        number: Standing(row["operation"], row["state"], _words(row["codes"]), row["settled_at"])
        for number, row in store.answers_of(connection, documents).items()
    }


def above_of(connection: Connection[Any], waiting: Sequence[Mapping[str, Any]]) -> dict[str, Standing]:
    """Tell how decisions that wait for their receipt stand above, by number: a grant as its record does."""
    records = standings(connection, [one["record"] for one in waiting])
    told = {one["number"]: records[one["record"]] for one in waiting if one["record"] in records}
    refused = [one["number"] for one in waiting if one["state"] != "granted"]
    own = answers(connection, refused) if refused else {}
    return {number: one for number, one in told.items() if number not in refused} | own


def returned(connection: Connection[Any], *, department: UUID, limit: int = 50) -> tuple[Returned, ...]:
    """List a department's records that came back and wait to be corrected."""
    rows: list[dict[str, Any]] = store.returned(connection, department=department, limit=limit)
    return tuple(Returned(words=_words(row.pop("codes")), **row) for row in rows)
