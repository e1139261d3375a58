"""One subject by the pure function, everyone by one statement: the same answer (property), and the law's own cases."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from limu.law.book import LawBook, packaged_book
from limu.law.measure import ACTS
from limu.measure import store
from limu.measure.actions import sync_law
from limu.measure.queries import decide_all
from limu.measure.rules import Applied, Ground, act_of, decide, law_of, offers
from limu.wire.database import Connection, Database
from limu.wire.statutes import read_law_texts
from tests.listed import confirmed_book
from tests.standing import stand

PLACES = ("990100", "990200", "310000", "310115")
LISTS = ("list/wages", "list/procurement", "list/samr", "list/tax", "list/court-defaulter")
START = date(2024, 1, 1)
LOCAL: dict[str, list[dict[str, Any]]] = {
    "instrument": [
        {"key": "test-local", "title": "示例条例", "issuer": "示例", "rank": "local_regulation", "region": "310000",
         "from": date(2024, 6, 1), "until": date(2026, 3, 1), "confidence": "confirmed"},
        {"key": "test-law", "title": "示例法", "issuer": "示例", "rank": "law", "from": date(2025, 1, 1),
         "confidence": "confirmed"},
    ],
    "article": [
        {"key": f"{name}/1", "instrument": name, "number": "第一条", "summary": "示例", "confidence": "confirmed"}
        for name in ("test-local", "test-law")
    ],
    "consequence": [
        {"key": "test/local", "measure": "measure/01", "ground": "list/wages", "acts": ["land"], "body": "示例机关",
         "region": "310000", "until": date(2026, 3, 1), "citations": ["test-local/1"], "confidence": "confirmed"},
        {"key": "test/half", "measure": "measure/08", "ground": "list/tax", "acts": ["honours", "bidding"],
         "term": "6m", "body": "示例机关", "citations": ["test-law/1"], "confidence": "confirmed"},
        {"key": "test/days", "measure": "measure/01", "ground": "list/samr", "acts": ["licensing"], "term": "45d",
         "from": date(2025, 5, 5), "until": date(2026, 5, 5), "body": "示例机关", "citations": ["test-law/1"],
         "confidence": "confirmed"},
    ],
}  # fmt: skip


def _book() -> LawBook:
    texts = read_law_texts()
    keys = frozenset(one.key for one in packaged_book(texts).rules())
    # A local addition counts for nothing until two officers have confirmed it, whatever it says of itself.
    added = frozenset(one["key"] for some in LOCAL.values() for one in some)
    book = LawBook.from_texts(texts, confirmations=keys | added, additions={"test.toml": LOCAL})
    assert isinstance(book, LawBook), book
    return book


_ENTRY = """
    INSERT INTO limu.list_entry (id, list, subject, department, region, facts, evidence, proposed_by, noticed_on,
        statement_until, decided_on, decided_by, decision_document, ends_on, served_on, exited_on, exit_kind)
    VALUES (%s, %s, %s, %s, %s, '事实', '证据', %s, %s, %s, %s, %s, '示例1号', %s, %s, %s, %s) ON CONFLICT DO NOTHING"""
_days = st.integers(0, 1000)
_entries = st.lists(
    st.tuples(st.sampled_from(LISTS), st.integers(0, 5), st.sampled_from(PLACES), _days, st.integers(1, 900),
              st.integers(0, 20), st.one_of(st.none(), _days)),
    max_size=30,
)  # fmt: skip


@settings(
    max_examples=15,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(entries=_entries, day=st.integers(0, 1100), act=st.sampled_from(("", *ACTS)))
def test_the_single_decision_and_the_set_wise_one_are_equal(
    own_database: Database,
    entries: list[tuple[str, int, str, int, int, int, int | None]],
    day: int,
    act: str,
) -> None:
    book, on = _book(), START + timedelta(days=day)
    with own_database.connect("admin") as admin:
        admin.execute("SET search_path = limu, shown")
        standing = stand(admin, subjects=6)
        sync_law(admin, book)
        _write(
            admin, entries, standing.department.id, standing.subjects, (standing.clerk.person, standing.second.person)
        )
        alone = {
            (code, one)
            for code, subject in zip(standing.codes, standing.subjects, strict=True)
            for one in decide(store.grounds_of(admin, subject), law_of(book), act=act, on=on)
        }
        together = list(store.decided_for(admin, standing.codes, act=act, on=on))
        tabled = decide_all(admin, book=book, act=act, on=on).rows()
        admin.rollback()

    assert set(together) == alone
    assert len(together) == len(alone)
    assert {
        (code, Applied(measure, basis, UUID(ground), *rest)) for code, measure, basis, ground, *rest in tabled
    } == alone
    assert len(tabled) == len(alone)


def _write(
    admin: Connection,
    entries: list[tuple[str, int, str, int, int, int, int | None]],
    department: UUID,
    subjects: tuple[UUID, ...],
    people: tuple[UUID, UUID],
) -> None:
    # Triggers keep entries to steps of today; the checks of the table itself stay on.
    admin.execute("SET session_replication_role = replica")
    for kind, number, place, decided, length, wait, left in entries:
        on = START + timedelta(days=decided)
        served = on + timedelta(days=wait)
        exited = None if left is None else START + timedelta(days=left)
        leaving = None if exited is None else "revocation"
        values = (
            uuid4(), kind, subjects[number], department, place, people[0], on - timedelta(days=20),
            on - timedelta(days=10), on, people[1], on + timedelta(days=length), served, exited, leaving,
        )  # fmt: skip
        admin.execute(_ENTRY, values)
    admin.execute("SET session_replication_role = origin")


WAGES = Ground(UUID(int=1), "list/wages", "990100", date(2026, 1, 5), date(2029, 1, 5))


def test_the_wage_list_restricts_bidding_by_article_48_until_the_entry_ends() -> None:
    found = decide((WAGES,), law_of(confirmed_book()), act="bidding", on=date(2026, 11, 23))

    assert found == (
        Applied(
            "限制市场或者行业准入",
            "《保障农民工工资支付条例》第四十八条",
            WAGES.id,
            date(2026, 1, 5),
            date(2029, 1, 5),
            "政府采购、招标投标和许可机关",
        ),
    )


def test_no_measure_on_the_day_the_entry_ends_nor_before_it_begins() -> None:
    law = law_of(confirmed_book())

    assert decide((WAGES,), law, act="", on=date(2029, 1, 5)) == ()
    assert decide((WAGES,), law, act="", on=date(2026, 1, 4)) == ()
    assert decide((WAGES,), law, act="", on=date(2029, 1, 4)) != ()


def test_an_unconfirmed_list_brings_nothing() -> None:
    ground = Ground(UUID(int=2), "list/samr", "990100", date(2026, 1, 5))
    plain = law_of(packaged_book(read_law_texts()))

    assert decide((ground,), plain, act="", on=date(2026, 11, 23)) == ()
    assert decide((ground,), law_of(confirmed_book()), act="bidding", on=date(2026, 11, 23)) != ()


def test_a_local_regulation_binds_only_its_own_region() -> None:
    law = law_of(_book())
    here = Ground(UUID(int=3), "list/wages", "310115", date(2025, 1, 5))
    there = Ground(UUID(int=4), "list/wages", "330100", date(2025, 1, 5))

    assert [one.basis for one in decide((here,), law, act="land", on=date(2025, 6, 1))] == ["《示例条例》第一条"]
    assert decide((there,), law, act="land", on=date(2025, 6, 1)) == ()
    assert decide((here,), law, act="land", on=date(2026, 3, 1)) == ()


def test_a_fixed_term_runs_from_the_ground() -> None:
    ground = Ground(UUID(int=5), "ground/food-licence-revoked", "990100", date(2024, 2, 29))
    (found,) = decide((ground,), law_of(confirmed_book()), act="licensing", on=date(2026, 11, 23))

    assert found.until_on == date(2029, 3, 1)


def test_an_act_is_named_by_its_code_or_its_chinese_name() -> None:
    assert act_of("bidding") == act_of("参加招标投标") == "bidding"
    assert act_of("petition") is None


def test_incentives_say_what_is_missing_and_what_stands_in_the_way() -> None:
    found = {
        one.incentive: one for one in offers(confirmed_book(), {"tax_grade_a", "penalty"}, region="990100", on=START)
    }

    assert found["纳税信用A级的便利措施"].qualifies
    assert found["财政性资金项目同等条件下优先"].missing == ("honour",)
    assert found["降低抽查比例和频次"].in_the_way == ("penalty",)
