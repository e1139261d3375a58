"""A measure of one place: refused by less than a regulation, inactive until two read the same text (law.md 5)."""

from dataclasses import replace
from datetime import date

import pytest

from limu.department.rules import NOT_THERE, Officer
from limu.law.check_measures import RANK_TOO_LOW
from limu.measure import rules_local
from limu.measure.actions_local import KNOWN, add_local, confirm_local, locals_of
from limu.measure.rules_local import LocalMeasure
from limu.wire.database import Connection
from limu.wire.lawbook import current_book
from tests.lawful import centre
from tests.listed import active, enlist, stand_listed
from tests.people import department_of, officer_in

REGION = "990100"
OWN = LocalMeasure(
    measure="measure/01", ground="list/wages", acts=("bidding",), body="住房和城乡建设部门", title="示例市社会信用条例",
    rank="local_regulation", issuer="示例市人民代表大会常务委员会", from_on=date(2024, 1, 1), article="第三十条",
    summary="列入名单的不得参加招标投标。", address="https://example.org/30",
)  # fmt: skip


@pytest.fixture
def officer(connection: Connection) -> Officer:
    return centre(connection, "law.one", "centre_officer")


@pytest.mark.parametrize("rank", ["central_policy", "normative_document", "departmental_rule"])
def test_what_reduces_rights_needs_a_regulation_at_least(connection: Connection, officer: Officer, rank: str) -> None:
    done = add_local(connection, replace(OWN, rank=rank), officer=officer, region=REGION)

    assert isinstance(done, tuple)
    assert [one.code for one in done] == ["measure_rank"]
    assert RANK_TOO_LOW in done[0].message
    assert "示例市社会信用条例第三十条" in done[0].message


def test_a_management_measure_may_rest_on_a_central_policy_document(connection: Connection, officer: Officer) -> None:
    one = replace(OWN, measure="measure/08", acts=("honours",), rank="central_policy")

    assert isinstance(add_local(connection, one, officer=officer, region=REGION), str)


def test_two_people_who_read_the_same_text_make_it_apply_and_one_does_not(connection: Connection) -> None:
    listed = stand_listed(connection)
    subject = listed.base.subjects[0]
    enlist(connection, listed)
    desk = department_of(connection, 93, is_centre=True)
    first = officer_in(connection, desk, "law.a", "centre_officer")
    second = officer_in(connection, desk, "law.b", "catalogue_editor")
    key = add_local(connection, OWN, officer=first, region=REGION)
    assert isinstance(key, str)
    states = []
    for person, text in (
        (first, "第三十条"),
        (second, "另一份"),
        (officer_in(connection, desk, "law.c", "centre_officer"), "第三十条"),
    ):
        assert confirm_local(connection, key, officer=person, text=text.encode()) is None
        states.append(key in active(connection, subject))
    (found,) = locals_of(connection, current_book(connection))

    assert states == [False, False, True]
    assert (found.is_confirmed, found.citation) == (True, "《示例市社会信用条例》第三十条")
    assert confirm_local(connection, key, officer=first, text=b"again") == rules_local.TWICE
    assert add_local(connection, OWN, officer=first, region=REGION) == KNOWN


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"body": ""}, "P-401"), ({"acts": ()}, "P-401"), ({"rank": "design"}, "P-401"), ({"address": "示例"}, "P-402"),
        ({"from_on": None}, "P-403"), ({"title": '示例"\n[[consequence]]'}, "P-406"),
    ],
)  # fmt: skip
def test_what_is_incomplete_is_told(
    connection: Connection, officer: Officer, change: dict[str, object], code: str
) -> None:
    done = add_local(connection, replace(OWN, **change), officer=officer, region=REGION)  # type: ignore[arg-type]

    assert getattr(done, "code", "") == code


def test_only_the_centre_registers_and_nothing_else_is_confirmed_here(connection: Connection, officer: Officer) -> None:
    clerk = officer_in(connection, department_of(connection, 94), "law.clerk", "clerk")

    assert add_local(connection, OWN, officer=clerk, region=REGION) == NOT_THERE
    assert confirm_local(connection, "consequence/wages/funds", officer=officer, text=b"x") == NOT_THERE
    assert confirm_local(connection, "consequence/wages/funds", officer=officer, text=b"") == rules_local.NO_TEXT
