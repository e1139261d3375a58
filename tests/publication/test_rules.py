from dataclasses import dataclass
from datetime import date

import pytest

from limu.law.book import LawBook, packaged_book
from limu.publication.rules import NO_END, Decision, Facts, decide_publication
from limu.wire.statutes import read_law_texts
from tests.standing import catalogue

TODAY = date(2026, 11, 23)
NOTHING = Facts(None, (), None, None, None, None, None, None, None, "", "", "")


@dataclass(frozen=True, slots=True)
class Case:
    item: str
    facts: Facts

    def decide(self, law: LawBook) -> Decision:
        return decide_publication(self.facts, item=catalogue()[self.item], law=law, region="990100", today=TODAY)


@pytest.fixture(scope="module")
def law() -> LawBook:
    return packaged_book(read_law_texts())


def test_a_penalty_without_its_decision_day_is_not_shown(law: LawBook) -> None:
    decision = Case("penalty", NOTHING._replace(severity="general", kinds=("fine",))).decide(law)

    assert decision.decision == "withheld"


def test_an_honest_taxpayer_s_grade_without_a_day_is_shown_from_today_on(law: LawBook) -> None:
    decision = Case("tax_grade_a", NOTHING).decide(law)

    assert (decision.decision, decision.shown_from, decision.shown_until) == ("published", TODAY, NO_END)


def test_a_record_that_lacks_what_the_law_asks_for_is_withheld_and_says_what(law: LawBook) -> None:
    facts = NOTHING._replace(severity="general", kinds=("fine",), decided_on=date(2026, 7, 1), missing="处罚依据")

    decision = Case("penalty", facts).decide(law)

    assert (decision.decision, decision.reason) == ("withheld", "缺少公示所需的要素：处罚依据")


def test_a_department_may_state_a_higher_class_and_never_a_lower_one(law: LawBook) -> None:
    facts = NOTHING._replace(decided_on=date(2026, 7, 1), kinds=("revoke_licence",), fine_fen=None)

    lower = Case("penalty", facts._replace(severity="minor")).decide(law)
    higher = Case("penalty", facts._replace(severity="serious")).decide(law)

    assert lower.severity != "minor"
    assert higher.severity == "serious"


def test_a_term_that_is_over_before_the_record_comes_in_is_never_public(law: LawBook) -> None:
    facts = NOTHING._replace(severity="general", kinds=("fine",), fine_fen=2_000_000, decided_on=date(2020, 7, 1))

    decision = Case("penalty", facts).decide(law)

    assert (decision.decision, decision.reason) == ("withheld", "公示期已满")
