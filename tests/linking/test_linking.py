"""Linking rows of a chunk, and the judgements of people, against real PostgreSQL."""

import json
from typing import Any
from uuid import UUID

import polars as pl
import psycopg
import pytest

from limu import reactions
from limu.bench import linking as bench
from limu.department import actions as departments
from limu.department.rules import Officer, Refusal
from limu.department.store import enter
from limu.ledger import store as ledger
from limu.linking import actions, queries
from limu.linking.actions import Found, Judgement
from limu.subject.actions import confirm_number, load_frame
from limu.terms.names import normalise_name
from limu.wire.database import Connection
from tests.standing import Standing, report, row, stand

QINGHE, GROUP = "91990100MA0000001G", "91990100MA0000002K"


def take_in(connection: Connection) -> None:
    load_frame(
        connection,
        pl.DataFrame({
            "code": [QINGHE, GROUP, "92990100MA00000070", "91990100MA0000001A"],
            "name": [
                "示例市清河建材有限公司",
                "示例市清河建材（集团）有限公司",
                "示例市老王小吃店",
                "示例市坏码有限公司",
            ],
            "region": ["990100"] * 4,
            "registration": ["990100100000017", None, None, None],
            "former": ["示例市老河石料厂", None, None, None],
        }),
        source="测试",
    )  # fmt: skip


def find(connection: Connection, *rows: dict[str, Any]) -> Found:
    plain = [{**row(None, at), "region": None} | one for at, one in enumerate(rows)]
    frame = pl.DataFrame(plain, infer_schema_length=None, schema_overrides={"party_numbers": pl.List(pl.String)})
    return actions.find_subjects(connection, frame)


def outcome(connection: Connection, found: Found, at: int) -> tuple[str, str]:
    for number, subject, basis in found.links.iter_rows():
        if number == at:
            linked = connection.execute(
                "SELECT coalesce(uscc, name) AS code FROM limu.subject WHERE id = %s", [subject]
            )
            return linked.fetchall()[0]["code"], basis
    (doubt,) = (one for one in found.doubts if one.row_number == at)
    return doubt.reason, " ".join(one["name"] for one in doubt.candidates)


def party(name: str, **facts: Any) -> dict[str, Any]:
    return {"party_name": name, "party_normal": normalise_name(name), **facts}


def test_a_chunk_is_linked_by_code_number_and_name(connection: Connection) -> None:
    take_in(connection)
    found = find(
        connection,
        party("示例市清河建材有限公司", party_uscc=QINGHE),
        party("示例市清河建材（集团）有限公司", party_uscc=QINGHE),
        party("示例市清河建材有限公司清河分公司", party_uscc=QINGHE),
        party("示例市清河建材有限公司", party_numbers=["registration:990100100000017"]),
        party("示例市老河石料厂", region="990100"),
        party("示例市清河建材 (集团)有限公司"),
        party("示例市没有这家有限公司"),
        party("老王", party_uscc="92990100MA00000070"),
        party("清河建材", party_uscc=QINGHE),
    )
    assert outcome(connection, found, 0) == (QINGHE, "uscc")
    assert outcome(connection, found, 1)[0] == "代码与名称指向不同的主体"
    assert outcome(connection, found, 2)[0] == "代码与名称分属总机构和分支机构，不能并入"
    assert outcome(connection, found, 3) == (QINGHE, "registration")
    assert outcome(connection, found, 4) == (QINGHE, "name_and_region")
    reason, names = outcome(connection, found, 5)
    assert reason == "仅名称一致，缺少第二项佐证"
    assert names.split() == ["示例市清河建材（集团）有限公司", "示例市清河建材有限公司"]
    assert outcome(connection, found, 6)[0] == "登记库中没有找到对应主体"
    assert outcome(connection, found, 7) == ("92990100MA00000070", "uscc")
    assert outcome(connection, found, 8) == (QINGHE, "uscc")


def test_the_registrar_a_row_states_agrees_with_its_name(connection: Connection) -> None:
    load_frame(
        connection,
        pl.DataFrame(
            {"code": [QINGHE], "name": ["示例市清河建材有限公司"], "registrar": ["示例市市场监督管理局（清河分局）"]}
        ),
        source="测试",
    )
    found = find(
        connection,
        party("示例市清河建材有限公司", registrar="示例市市场监督管理局(清河分局)"),
        party("示例市清河建材有限公司", registrar="示例市税务局"),
    )

    assert outcome(connection, found, 0) == (QINGHE, "name_and_registrar")
    assert outcome(connection, found, 1)[0] == "仅名称一致，缺少第二项佐证"


def centre_officers(connection: Connection, standing: Standing) -> tuple[Officer, Officer]:
    made = []
    for code in ("centre.1", "centre.2"):
        officer = departments.add_officer(
            connection, by=None, code=code, person_name=f"示例员{code}", department=standing.department,
            roles=("centre_officer",),
        )  # fmt: skip
        assert isinstance(officer, Officer)
        made.append(officer)
    return made[0], made[1]


def test_an_irregular_number_links_after_two_people_confirmed_it(connection: Connection) -> None:
    take_in(connection)
    first, second = centre_officers(connection, stand(connection))
    stated = party("示例市坏码有限公司", party_uscc="91990100MA0000001A")
    found = find(connection, stated)
    assert outcome(connection, found, 0)[0] == "仅名称一致，缺少第二项佐证"
    assert confirm_number(connection, number="91990100MA0000001A", officer=first) == 1
    again = confirm_number(connection, number="91990100MA0000001A", officer=first)
    assert isinstance(again, Refusal)
    found = find(connection, stated)
    assert outcome(connection, found, 0)[0] == "仅名称一致，缺少第二项佐证"
    assert confirm_number(connection, number="91990100MA0000001A", officer=second) == 2
    found = find(connection, stated)
    assert outcome(connection, found, 0) == ("示例市坏码有限公司", "registration")


def waiting_row(connection: Connection, standing: Standing, name: str) -> dict[str, Any]:
    report(connection, standing, [{**row(None, 7), **party(name), "region": None}])
    pending = connection.execute("SELECT * FROM limu.pending_record WHERE settled_at IS NULL").fetchone()
    assert pending is not None
    return pending


class Desk:
    """What reactions do for the matching desk, over one waiting row."""

    def __init__(self, connection: Connection, standing: Standing, officer: Officer) -> None:
        self.connection, self.standing, self.officer = connection, standing, officer
        enter(connection, department=officer.department, reach="centre")

    def enter_linked(self, pending: UUID, subject: UUID) -> UUID:
        record = reactions.enter_judged(self.connection, pending=pending, subject=subject, officer=self.officer.id)
        ledger.settle_pending(self.connection, pending, is_settled=True)
        return record

    def reopen(self, pending: UUID, record: UUID | None) -> None:
        assert record is not None
        reactions.unlink_record(self.connection, record=record, officers=(self.officer.id,), reason="判定有误")
        ledger.settle_pending(self.connection, pending, is_settled=False)


def subject_of(connection: Connection, code: str) -> UUID:
    found = connection.execute("SELECT id FROM limu.subject WHERE uscc = %s", (code,)).fetchone()
    assert found is not None
    return UUID(str(found["id"]))


def test_a_judgement_links_and_can_be_undone(connection: Connection) -> None:
    take_in(connection)
    standing = stand(connection)
    first, _ = centre_officers(connection, standing)
    pending = waiting_row(connection, standing, "示例市清河建材 (集团)有限公司")
    desk = Desk(connection, standing, first)
    made = actions.judge(
        connection,
        pending=pending["id"],
        subject=subject_of(connection, GROUP),
        officer=first,
        enter_linked=desk.enter_linked,
    )
    assert isinstance(made, Judgement)
    assert made.verdict == "linked"
    closed = actions.judge(
        connection,
        pending=pending["id"],
        subject=subject_of(connection, GROUP),
        officer=first,
        enter_linked=desk.enter_linked,
    )
    assert isinstance(closed, Refusal)
    undone = actions.undo(connection, judgement=made.id, officer=first, reason="看错了", reopen=desk.reopen)
    assert isinstance(undone, Judgement)
    twice = actions.undo(connection, judgement=made.id, officer=first, reason="看错了", reopen=desk.reopen)
    assert isinstance(twice, Refusal)
    kinds = [one["kind"] for one in connection.execute("SELECT kind FROM limu.record_event ORDER BY recorded_at, kind")]
    assert kinds == ["record_entered", "record_unlinked"]
    rows = connection.execute("SELECT verdict, evidence FROM limu.judgement ORDER BY judged_at").fetchall()
    assert sorted(one["verdict"] for one in rows) == ["linked", "undone"]
    assert "示例市清河建材（集团）有限公司" in json.dumps([one["evidence"] for one in rows], ensure_ascii=False)
    open_again = connection.execute(
        "SELECT settled_at FROM limu.pending_record WHERE id = %s", (pending["id"],)
    ).fetchone()
    assert open_again == {"settled_at": None}


def test_the_desk_lists_what_waits_page_by_page(connection: Connection) -> None:
    take_in(connection)
    standing = stand(connection)
    first, _ = centre_officers(connection, standing)
    names = ("示例市清河建材 (集团)有限公司", "示例市没有这家有限公司")
    report(connection, standing, [{**row(None, at), **party(name), "region": None} for at, name in enumerate(names)])
    enter(connection, department=first.department, reach="centre")
    both = queries.waiting_rows(connection)
    assert {one.party_name for one in both} == set(names)
    reasons = {one.party_name: one.reason for one in both}
    assert reasons[names[0]] == "仅名称一致，缺少第二项佐证"
    top = next(one for one in both if one.party_name == names[0]).candidates[0]
    assert (top["uscc"], "名称规范化后一致" in top["reasons"]) == (GROUP, True)
    page = queries.waiting_rows(connection, limit=1)
    assert queries.waiting_rows(connection, after=page[0].id) == both[1:]


def test_names_far_apart_need_a_reason_and_a_second_person(connection: Connection) -> None:
    take_in(connection)
    standing = stand(connection)
    first, second = centre_officers(connection, standing)
    pending = waiting_row(connection, standing, "示例市清河建材 (集团)有限公司")
    desk = Desk(connection, standing, first)
    wrong = subject_of(connection, QINGHE)

    def judge(**more: Any) -> Judgement | Refusal:
        return actions.judge(
            connection, pending=pending["id"], subject=wrong, officer=first, enter_linked=desk.enter_linked, **more
        )

    answers = [judge(), judge(reason="有营业执照为证"), judge(reason="有营业执照为证", second=first)]
    assert [one.code for one in answers if isinstance(one, Refusal)] == ["K-103", "K-104", "K-102"]
    assert answers[0].message == "名称差异较大，请填写依据。"  # type: ignore[union-attr]
    assert isinstance(judge(reason="有营业执照为证", second=second), Judgement)


def test_a_clerk_may_not_judge(connection: Connection) -> None:
    take_in(connection)
    standing = stand(connection)
    pending = waiting_row(connection, standing, "示例市清河建材 (集团)有限公司")
    desk = Desk(connection, standing, standing.clerk)
    answer = actions.judge(
        connection, pending=pending["id"], subject=subject_of(connection, GROUP), officer=standing.clerk,
        enter_linked=desk.enter_linked,
    )  # fmt: skip
    assert isinstance(answer, Refusal)
    assert connection.execute("SELECT 1 FROM limu.judgement").fetchone() is None


def test_judgements_are_append_only(connection: Connection) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("DELETE FROM limu.judgement")


def test_the_real_tables_are_linked_without_a_wrong_attachment(connection: Connection, samples: Any) -> None:
    register = bench.read_register(samples)
    bench.load_sample(connection, samples)
    sets = (
        (list(bench.nfra_pairs(samples, register)), 0.95),
        (list(bench.jiangxi_pairs(samples, register)), 0.95),
        (list(bench.qinghai_pairs(samples, register)), 0.95),
        (list(bench.variant_pairs(samples, register, with_code=True)), 1.0),
        (list(bench.variant_pairs(samples, register, with_code=False)), 1.0),
        (list(bench.near_pairs(register)), 0.95),
    )
    for pairs, recall in sets:
        counts = bench.measure(connection, pairs)
        assert counts["wrong"] == 0
        assert counts["right"] >= recall * counts["labelled"]
