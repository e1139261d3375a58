"""What the command line lists is read of everybody on it, and each can see that (decision 0019)."""

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from psycopg.types.json import Jsonb

from limu import reactions_repair
from limu.access.rules import Ticket
from limu.access.store import insert_ticket
from limu.cli.main import run
from limu.department.store import enter
from limu.repair import actions as repairs
from limu.wire.database import Database
from tests.lawful import OLD, Lawful, apply, centre, correct_subject, listers, stand_lawful
from tests.listed import propose
from tests.people import department_of, officer_in
from tests.standing import report, row


@pytest.fixture
def lawful(own_database: Database) -> Lawful:
    with own_database.connect("app") as connection:
        made = stand_lawful(connection)
        desk = department_of(connection, 90, is_centre=True)
        centre(connection, "centre.a", "centre_officer", department=desk)
        officer_in(connection, made.base.department, "clerk.z", "clerk")
        listed = listers(connection, made)
        enter(connection, department=made.base.department.id)
        propose(connection, listed, kind="tax")
        apply(connection, made)
    return made


def traces(database: Database) -> list[tuple[Any, ...]]:
    """Who was read, why, at what: what has been committed."""
    with database.connect("admin") as admin:
        found = admin.execute(
            "SELECT t.subject, t.purpose, t.scope, o.code FROM limu.read_ticket t"
            " JOIN limu.officer o ON o.id = t.officer WHERE t.scope LIKE %s ORDER BY t.opened_at, t.scope",
            ("%(command line)",),
        ).fetchall()
    return [tuple(one.values()) for one in found]


def told(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    """What a command prints, as JSON."""
    capsys.readouterr()
    assert run([*words, "--json"]) == 0, capsys.readouterr().err
    return json.loads(capsys.readouterr().out)


def test_each_list_and_each_case_read_at_the_command_line_leaves_a_trace(
    own_database: Database, lawful: Lawful, capsys: pytest.CaptureFixture[str]
) -> None:
    handler, subject = lawful.handler.code, lawful.subject
    (case,) = told(capsys, "case", "list", "--as", handler)
    told(capsys, "case", "list", "--as", "centre.a")
    told(capsys, "case", "show", case["number"], "--as", handler)
    notices = told(capsys, "repair", "notices", "--as", handler)
    (entry,) = told(capsys, "list", "show", lawful.base.codes[0], "--as", "lister.a")

    assert entry["list"] == "list/tax"
    assert {one["subject"] for one in notices} == {str(subject)}
    assert [(one[1], one[2].removesuffix(" (command line)"), one[3]) for one in traces(own_database)] == [
        ("deciding_body", "cases: list", handler),
        ("case_watch", "cases: list", "centre.a"),
        ("deciding_body", f"case {case['number']}", handler),
        ("deciding_body", "own decisions: repair notices", handler),
        ("list_entry", "own list entries: list", "lister.a"),
    ]
    assert {one[0] for one in traces(own_database)} == {subject}


def test_the_board_of_what_waits_above_is_a_read_too(
    own_database: Database, lawful: Lawful, capsys: pytest.CaptureFixture[str]
) -> None:
    with own_database.connect("app") as connection:
        enter(connection, department=lawful.base.department.id)
        found = connection.execute("SELECT id FROM limu.case_file").fetchone()
        assert found is not None
        repairs.propose(
            connection, lawful.book, found["id"], officer=lawful.handler, outcome="granted", reason="已履行"
        )
        reactions_repair.confirm_repair(connection, lawful.book, found["id"], officer=lawful.second)
    (waiting,) = told(capsys, "repair", "board", "--as", "centre.a")

    assert waiting["subject"] == str(lawful.subject)
    assert [one[:3] for one in traces(own_database)] == [
        (lawful.subject, "case_watch", "repair applications: board (command line)")
    ]


def test_candidates_notices_to_review_and_measures_beyond_the_law_are_reads_of_whom_they_name(
    own_database: Database, lawful: Lawful, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with own_database.connect("app") as connection:
        body = department_of(connection, 77)
        officer = officer_in(connection, body, "window.r", "reviewer")
        insert_ticket(connection, Ticket(uuid4(), officer.id, body.id, "window_check", lawful.subject, "check"))
        report(connection, lawful.base, [row(None, 7) | {"region": None}])
        possible = [{"uscc": lawful.base.codes[0], "name": "示例公司", "reasons": ["名称一致"]}]
        connection.execute("UPDATE limu.pending_record SET candidates = %s", (Jsonb(possible),))
        correct_subject(connection, lawful)
    uses = tmp_path / "uses.csv"
    uses.write_text(
        f"uscc,measure,basis,act,from,until\n{lawful.base.codes[1]},限乘公交,内部通知,government_funds,{OLD},\n"
    )

    (reported,) = told(capsys, "measure", "report", str(uses), "--as", lawful.handler.code)
    (waiting,) = told(capsys, "link", "list", "--as", "centre.a")
    (notice,) = told(capsys, "objection", "notices", "--as", "window.r")
    (found,) = told(capsys, "measure", "overreach", "--as", "centre.a")

    assert [one["uscc"] for one in waiting["candidates"]] == [lawful.base.codes[0]]
    assert notice["subject"] == str(lawful.subject)
    assert reported["beyond"] == ["不在失信惩戒措施基础清单中"]
    assert found["uscc"] == lawful.base.codes[1]
    assert traces(own_database) == [
        (lawful.base.subjects[1], "window_check", "measures reported (command line)", lawful.handler.code),
        (lawful.subject, "matching_review", "matching: candidates (command line)", "centre.a"),
        (lawful.subject, "reliance_review", "reliance notices (command line)", "window.r"),
        (lawful.base.subjects[1], "overreach_watch", "measures beyond the law (command line)", "centre.a"),
    ]


def test_who_may_not_state_the_purpose_is_not_told_the_list(
    own_database: Database, lawful: Lawful, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["case", "list", "--as", "clerk.z", "--json"]) == 1
    # The refusal and nothing else: no number, no name, no list.
    assert json.loads(capsys.readouterr().out).keys() == {"code", "message", "cure"}
    assert traces(own_database) == []
    assert lawful.record is not None
