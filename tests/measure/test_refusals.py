"""What the database refuses by itself, each tried with SQL (trust.md 5.1; law.md 13, rows 1, 3, 11, 16, 18, 25)."""

from uuid import UUID, uuid4

import psycopg
import pytest

from limu.measure.actions import sync_law
from limu.wire.database import Connection
from tests.listed import Listed, active, confirmed_book, enlist, stand_listed

WAGES = "consequence/wages/access"
BASIS = """INSERT INTO limu.measure_basis (article, instrument, citation, rank, region, in_force)
           VALUES (%s, 'test', '《示例》第一条', %s, %s, daterange(%s, %s))"""
RULE = """
    INSERT INTO limu.measure_rule (code, kind, effect, basis, basis_rank, basis_region, basis_in_force, region, during,
        ground_kind, acts, body, is_confirmed, reaches_affiliates)
    VALUES ('test/rule', %(kind)s, %(effect)s, %(basis)s, %(rank)s, %(place)s, daterange(%(from)s, %(until)s),
        %(region)s, daterange(%(begins)s, %(ends)s), 'list/wages', '{bidding}', '示例机关', true, %(affiliates)s)"""
FACTS = {
    "kind": "measure/01", "effect": "reduces_rights", "basis": "test/1", "rank": "law", "place": "",
    "from": "2020-01-01", "until": "2030-01-01", "region": "", "begins": "2021-01-01",
    "ends": "2029-01-01", "affiliates": False,
}  # fmt: skip


def _law(owner: Connection) -> None:
    sync_law(owner, confirmed_book())


def _basis(owner: Connection, *, rank: str = "law", region: str = "") -> None:
    owner.execute(BASIS, ("test/1", rank, region, "2020-01-01", "2030-01-01"))


def test_a_lawful_rule_is_accepted(owner: Connection) -> None:
    _law(owner)
    _basis(owner)

    assert owner.execute(RULE, FACTS).rowcount == 1


@pytest.mark.parametrize(
    "rank", ["departmental_rule", "normative_document", "central_policy", "judicial_interpretation"]
)
def test_a_measure_that_reduces_rights_rests_on_nothing_below_a_local_regulation(owner: Connection, rank: str) -> None:
    _law(owner)
    _basis(owner, rank=rank)

    with pytest.raises(psycopg.errors.CheckViolation, match=r"reduces_rights_by_law|measure_has_rank"):
        owner.execute(RULE, FACTS | {"rank": rank})


def test_the_rank_of_a_basis_cannot_be_told_higher_than_it_is(owner: Connection) -> None:
    _law(owner)
    _basis(owner, rank="normative_document")

    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        owner.execute(RULE, FACTS | {"rank": "law"})


def test_the_effect_of_a_measure_cannot_be_told_milder_than_it_is(owner: Connection) -> None:
    _law(owner)
    _basis(owner, rank="central_policy")

    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        owner.execute(RULE, FACTS | {"rank": "central_policy", "effect": "management"})


def test_a_management_measure_may_rest_on_central_policy_and_no_lower(owner: Connection) -> None:
    _law(owner)
    _basis(owner, rank="central_policy")
    owner.execute(RULE, FACTS | {"rank": "central_policy", "kind": "measure/12", "effect": "management"})

    with pytest.raises(psycopg.errors.CheckViolation):
        owner.execute("UPDATE limu.measure_basis SET rank = 'departmental_rule' WHERE article = 'test/1'")


@pytest.mark.parametrize("days", [("2019-01-01", "2029-01-01"), ("2021-01-01", "2031-01-01"), ("2021-01-01", None)])
def test_a_measure_does_not_leave_the_life_of_its_basis(owner: Connection, days: tuple[str, str | None]) -> None:
    _law(owner)
    _basis(owner)

    with pytest.raises(psycopg.errors.CheckViolation, match="during_life_of_basis"):
        owner.execute(RULE, FACTS | {"begins": days[0], "ends": days[1]})


def test_a_basis_is_not_repealed_under_a_running_measure(owner: Connection) -> None:
    _law(owner)
    _basis(owner)
    owner.execute(RULE, FACTS)

    with pytest.raises(psycopg.errors.CheckViolation, match="during_life_of_basis"):
        owner.execute(
            "UPDATE limu.measure_basis SET in_force = daterange('2020-01-01', '2025-01-01') WHERE article = 'test/1'"
        )


@pytest.mark.parametrize("region", ["", "320000", "990100"])
def test_a_local_regulation_carries_a_measure_in_its_own_region_alone(owner: Connection, region: str) -> None:
    _law(owner)
    _basis(owner, rank="local_regulation", region="310000")
    local = FACTS | {"rank": "local_regulation", "place": "310000"}
    with owner.transaction():
        owner.execute(RULE, local | {"region": "310115"})
        owner.execute("DELETE FROM limu.measure_rule WHERE code = 'test/rule'")

    with pytest.raises(psycopg.errors.CheckViolation, match="inside_territory_of_basis"):
        owner.execute(RULE, local | {"region": region})


def test_a_local_basis_without_territory_does_not_exist(owner: Connection) -> None:
    with pytest.raises(psycopg.errors.CheckViolation):
        _basis(owner, rank="local_regulation", region="")


def test_a_measure_reaches_affiliates_only_where_the_law_names_them(owner: Connection) -> None:
    _law(owner)
    _basis(owner)

    with pytest.raises(psycopg.errors.CheckViolation, match="affiliates_by_name"):
        owner.execute(RULE, FACTS | {"affiliates": True})


@pytest.mark.parametrize("kind", ["measure/02", "measure/03", "measure/05", "measure/06", "measure/13", "measure/14"])
def test_what_the_law_aims_at_persons_or_leaves_to_the_market_is_never_applied(owner: Connection, kind: str) -> None:
    _law(owner)
    _basis(owner)
    effect = "market" if kind >= "measure/13" else "reduces_rights"

    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        owner.execute(RULE, FACTS | {"kind": kind, "effect": effect})


@pytest.mark.parametrize("target", ["person", "natural_person", "legal_representative"])
def test_no_measure_aims_at_a_natural_person(owner: Connection, target: str) -> None:
    with pytest.raises(psycopg.errors.CheckViolation):
        owner.execute(
            "INSERT INTO limu.measure_kind (code, number, name, effect, targets, body)"
            " VALUES ('test/kind', 99, '示例', 'reduces_rights', %s, '示例')",
            ([target],),
        )


def test_a_natural_person_is_no_subject_and_so_no_ground(owner: Connection) -> None:
    with pytest.raises(psycopg.errors.CheckViolation):
        owner.execute(
            """INSERT INTO limu.subject (id, name, name_normal, public_name, name_sort, kind, is_searchable, source)
               VALUES (%s, '甲', '甲', '甲', '甲', 'natural_person', true, 'test')""",
            (uuid4(),),
        )


def test_a_ground_needs_a_subject_of_the_register(connection: Connection) -> None:
    listed = stand_listed(connection)

    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        connection.execute(
            """INSERT INTO limu.list_entry (id, list, subject, department, region, facts, evidence, proposed_by)
               VALUES (%s, 'list/wages', %s, %s, '990100', '事实', '证据', %s)""",
            (uuid4(), uuid4(), listed.department.id, listed.proposer.person),
        )


USE = """
    INSERT INTO limu.measure_use (id, subject, ground_subject, rule, reaches_affiliates, ground, act, during, region,
        is_used, officer, person, department)
    VALUES (%(id)s, %(subject)s, %(owner)s, %(rule)s, %(reaches)s, %(ground)s, %(act)s,
        daterange(limu.register_today(), limu.register_today() + 1), %(region)s, true, %(officer)s, %(person)s,
        %(dept)s)"""


def _use(listed: Listed, ground: UUID, **changed: object) -> dict[str, object]:
    subject = listed.base.subjects[0]
    return {
        "id": uuid4(), "subject": subject, "owner": subject, "rule": WAGES, "reaches": False, "ground": ground,
        "act": "bidding", "region": "990100", "officer": listed.decider.id, "person": listed.decider.person,
        "dept": listed.department.id,
    } | changed  # fmt: skip


def test_a_lawful_use_is_accepted(connection: Connection) -> None:
    listed = stand_listed(connection)
    ground = enlist(connection, listed)

    assert connection.execute(USE, _use(listed, ground)).rowcount == 1


def test_no_use_rests_on_an_ended_ground(connection: Connection) -> None:
    listed = stand_listed(connection)
    ground = enlist(connection, listed)
    _revoke(connection, listed, ground)

    with pytest.raises(psycopg.errors.CheckViolation, match="no lawful measure"):
        connection.execute(USE, _use(listed, ground))


def _revoke(connection: Connection, listed: Listed, entry: UUID) -> None:
    connection.execute(
        """INSERT INTO limu.list_step (id, entry, kind, on_day, document_number, text, exit_kind, officer, person,
               department, second_person)
           VALUES (%s, %s, 'exit', limu.register_today(), '示移1号', '撤销', 'revocation', %s, %s, %s, %s)""",
        (uuid4(), entry, listed.decider.id, listed.decider.person, listed.department.id, listed.proposer.person),
    )


@pytest.mark.parametrize("changed", [{"act": "consumption"}, {"rule": "consequence/court/publication"}])
def test_no_use_at_an_act_or_by_a_rule_that_does_not_follow(connection: Connection, changed: dict[str, object]) -> None:
    listed = stand_listed(connection)
    ground = enlist(connection, listed)

    with pytest.raises(psycopg.errors.CheckViolation, match="no lawful measure"):
        connection.execute(USE, _use(listed, ground, **changed))


@pytest.mark.parametrize("reaches", [False, True])
def test_a_measure_is_not_extended_to_an_affiliate(connection: Connection, *, reaches: bool) -> None:
    listed = stand_listed(connection)
    ground = enlist(connection, listed)

    with pytest.raises(psycopg.errors.CheckViolation, match=r"no_affiliate_without_a_law|no law names affiliates"):
        connection.execute(USE, _use(listed, ground, subject=listed.base.subjects[1], reaches=reaches))


def test_active_is_a_question_of_the_day_and_never_stored(connection: Connection) -> None:
    listed = stand_listed(connection)
    subject = listed.base.subjects[0]
    before = active(connection, subject)
    ground = enlist(connection, listed)
    during = active(connection, subject)
    _revoke(connection, listed, ground)

    assert before == []
    assert WAGES in during
    assert active(connection, subject) == []
    stored = connection.execute(
        "SELECT 1 FROM information_schema.columns WHERE table_schema = 'limu' AND column_name LIKE '%active%'"
        " AND (table_name LIKE 'measure%' OR table_name LIKE 'list%')"
    )
    assert stored.fetchall() == []
