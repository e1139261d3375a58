"""The document of one step of a list entry, put together for the desk and for the subject."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from limu.case.store_letter import Letter
from limu.listing.rules import EXITS, STEPS
from limu.listing.rules_letter import LETTERS


@dataclass(frozen=True, slots=True)
class Paper:
    """One dated document: the step it makes, and the letter in which the subject was told, with its service."""

    word: str
    number: str
    on_day: date
    text: str
    until_day: date | None
    exit_word: str
    by: str
    letter: Letter | None


def paper_of(steps: Iterable[dict[str, Any]], letters: Sequence[Letter], wanted: UUID) -> Paper | None:
    """The document of the step that is asked for; None where the entry has no such step."""
    step = next((one for one in steps if one["id"] == wanted), None)
    if step is None:
        return None
    kind = LETTERS["decision"] if step["kind"] == "service" else LETTERS.get(step["kind"], "")
    told = [one for one in letters if one.kind == kind and one.subject is not None]
    # A hearing may be put off: its notices are letters of one kind, each naming its own document.
    letter = next((one for one in told if step["document_number"] in " ".join(one.lines)), next(iter(told), None))
    names = "、".join(name for name in (step["by_name"], step["second_name"]) if name)
    return Paper(
        STEPS[step["kind"]], step["document_number"], step["on_day"], step["text"], step["until_day"],
        EXITS.get(step["exit_kind"] or "", ""), names, letter,
    )  # fmt: skip
