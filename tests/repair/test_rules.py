"""The rules of repair by themselves: time only helps, an unconfirmed figure refuses nothing, words name their place."""

from copy import deepcopy
from datetime import date, timedelta
from functools import cache
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from limu.department.rules import Refusal
from limu.law.book import LawBook, packaged_book
from limu.law.period import day_after
from limu.repair.rules import (
    Facts,
    Ground,
    check_conditions,
    ground_line,
    refuse_barred,
    refuse_early,
    refuse_materials,
    spell_grounds,
)
from limu.repair.rules import write_notice as write
from limu.wire.statutes import read_law_texts
from tests.listed import confirmed_book

BOOK, SHIPPED = confirmed_book(), packaged_book(read_law_texts())
RULE = "term/ndrc-36/general"
UNSURE = next(one.key for one in SHIPPED.term_table() if not SHIPPED.ref(one.key).is_confirmed)
days = st.dates(date(2026, 4, 1), date(2030, 1, 1))


@given(days, days, st.integers(0, 400))
def test_who_may_apply_on_a_day_may_apply_on_every_later_one(earliest: date, today: date, later: int) -> None:
    facts = Facts(earliest, RULE, frozenset())

    now = refuse_early(check_conditions(BOOK, facts, on=today))
    then = refuse_early(check_conditions(BOOK, facts, on=today + timedelta(days=later)))

    assert (now is None) == (earliest <= today)
    assert now is not None or then is None


@given(days, days)
def test_a_minimum_that_nobody_confirmed_refuses_nothing_and_is_told(earliest: date, today: date) -> None:
    checked = check_conditions(SHIPPED, Facts(earliest, UNSURE, frozenset()), on=today)

    assert refuse_early(checked) is None
    assert earliest <= today or any("不据此拒绝" in one.text for one in checked)


@given(st.one_of(st.none(), days), st.one_of(st.none(), days))
def test_the_later_of_record_and_list_counts(record: date | None, entry: date | None) -> None:
    facts = Facts(record, RULE, frozenset(), entry)

    known = [one for one in (record, entry) if one]
    assert facts.earliest == (max(known) if known else None)


@given(st.frozensets(st.sampled_from(["commitment", "performance_proof", "evidence", "other"])), st.booleans())
def test_two_materials_are_asked_for_and_never_a_third(roles: frozenset[str], is_verified: bool) -> None:
    refusal = refuse_materials(roles, is_verified=is_verified)

    enough = "commitment" in roles and (is_verified or "performance_proof" in roles)
    assert (refusal is None) == enough
    assert refusal is None or refusal.code in ("X-125", "X-126")


@given(st.lists(st.sampled_from([f"R0{n}" for n in range(10)]), max_size=4), st.text(max_size=5))
def test_every_ground_is_of_the_catalogue_names_its_place_and_its_next_step(codes: list[str], detail: str) -> None:
    grounds = [Ground(code, detail) for code in codes]
    spelt = spell_grounds(BOOK, grounds, earliest=date(2027, 3, 1), on=date(2026, 11, 29))

    known = {one.code: one for one in BOOK.refusals()}
    if isinstance(spelt, Refusal):
        lacking = [c for c in codes if c not in known or (known[c].needs not in ("", "day") and not detail.strip())]
        assert not codes or lacking
        return
    assert len(spelt) == len(codes)
    assert all("下一步：" in ground_line(one) and one["citation"] for one in spelt)


@given(st.none() | days, days)
def test_too_early_is_a_ground_of_refusal_only_while_it_is_true(earliest: date | None, on: date) -> None:
    spelt = spell_grounds(BOOK, [Ground("R01")], earliest=earliest, on=on)

    if earliest is not None and on < earliest:
        assert not isinstance(spelt, Refusal)
        assert f"（{earliest}）" in ground_line(spelt[0])
    else:
        assert isinstance(spelt, Refusal)
        assert spelt.code == "X-204"


@cache
def barring(*, is_confirmed: bool) -> LawBook:
    """The law of a deployment that has read for how many years false material bars: three."""
    texts: Any = deepcopy(dict(read_law_texts()))
    (bar,) = (one for text in texts.values() for one in text.get("deadline", []) if one["key"] == "deadline/repair/bar")
    bar["count"] = 3
    return packaged_book(texts, confirmations=frozenset({bar["key"]}) if is_confirmed else frozenset())


@given(days, st.integers(0, 1500))
def test_false_material_bars_for_the_years_a_confirmed_text_names_and_otherwise_not_at_all(
    annulled: date, later: int
) -> None:
    on = annulled + timedelta(days=later)

    refused = refuse_barred(barring(is_confirmed=True), annulled, on=on)

    assert (refused is not None) == (on < day_after(annulled, "3y"))
    assert refused is None or str(day_after(annulled, "3y")) in refused.cure
    # As it is shipped the number of years has not been read; and what nobody confirmed refuses nothing.
    assert refuse_barred(BOOK, annulled, on=on) is None
    assert refuse_barred(barring(is_confirmed=False), annulled, on=on) is None
    assert refuse_barred(barring(is_confirmed=True), None, on=on) is None


def test_the_notice_names_earliest_day_conditions_materials_and_channel() -> None:
    notice = write(
        BOOK, document_number="示市监罚〔2026〕1号", authority="示例局", days=(date(2026, 10, 2), date(2027, 7, 2)),
        rule=RULE, on=date(2026, 7, 1),
    )  # fmt: skip

    first, conditions, materials, channel = notice.lines()
    assert "2026-10-02 起可以申请" in first
    assert "2027-07-02 自动停止公示" in first
    assert conditions.count("第三章（条件）") == len(notice.conditions) == 4
    assert "信用承诺书" in materials
    assert "不收取任何费用" in channel
