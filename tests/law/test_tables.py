"""The tables that a lawyer would write: facts, a day, what follows, and the article."""

import tomllib
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from limu.law.book import LawBook, packaged_book
from limu.law.term import TermDecision
from limu.wire.statutes import read_law_texts

CASES: list[dict[str, Any]] = [
    {"table": path.stem, **case}
    for path in sorted(Path(__file__).parent.glob("*.toml"))
    for case in tomllib.loads(path.read_text("utf-8"))["case"]
]


@pytest.fixture(scope="module")
def book() -> LawBook:
    return packaged_book(read_law_texts())


def judged(book: LawBook, case: dict[str, Any]) -> TermDecision:
    return book.publication_term(
        severity=case.get("severity"),
        item=case["item"],
        region=case["region"],
        field=case.get("field"),
        kinds=case.get("kinds", ()),
        party=case.get("party", ""),
        decided_on=case.get("decided"),
        published_on=case.get("published"),
        conduct_ended_on=case.get("conduct_ended"),
        valid_until=case.get("valid_until"),
        display_until=case.get("display_until"),
        has_necessity=case.get("necessity", False),
        on=case["on"],
    )


def last_day(term: TermDecision) -> date | None:
    return term.until_on - timedelta(days=1) if term.until_on else None


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['table']}：{case['title']}")
def test_the_table_holds(book: LawBook, case: dict[str, Any]) -> None:
    term = judged(book, case)

    assert term.shown is case["shown"]
    assert term.reason == case.get("reason", "published")
    assert last_day(term) == case.get("last_day")
    assert term.earliest_repair_on == (case.get("repair") if "repair" in case else term.earliest_repair_on)
    assert (term.rule.article if term.rule else None) == case.get("article")
    assert set(case.get("losers", ())) <= {one.key for one in term.losers}


def test_every_expectation_of_repair_is_written_out_somewhere() -> None:
    assert sum("repair" in case for case in CASES) >= 15
