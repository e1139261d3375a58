"""The decision door: the window's answer for a machine, its trace durable first, and nothing that has ended."""

import json
import threading
from collections.abc import Iterator
from datetime import date
from importlib import import_module
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from psycopg import OperationalError

from limu.department import actions_key as keys
from limu.department.rules import Officer, Refusal
from limu.department.rules_key import Wish
from limu.department.store import close_officer, enter
from limu.law.measure import ACTS
from limu.listing import actions as listing
from limu.measure import store_window
from limu.measure.queries import decide_for
from limu.measure.rules_decision import Facts, Period, allowed_in
from limu.measure.rules_window import Allowed
from limu.wire.clock import register_today
from limu.wire.database import Connection, Database
from limu.wire.together import Together
from tests import people
from tests.conftest import _clone
from tests.lawful import _confirm
from tests.listed import LEAVING, Listed, enlist, stand_listed
from tests.standing import code_of, stand

ACT = "government_funds"


class Office:
    """A department with one listed subject, its key for decisions, and a database of its own."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.connect("app") as connection:
            self.listed: Listed = stand_listed(connection)
            _confirm(connection, self.listed.base)
            enlist(connection, self.listed, number=0)
            self.ending = enlist(connection, self.listed, number=1)
            self.codes = self.listed.base.codes
            connection.commit()
            self.token = self.key(connection)
            connection.commit()

    def key(self, connection: Connection, *, acts: tuple[str, ...] = ("decide",), clerk: Officer | None = None) -> str:
        """A key asked for by the clerk and agreed to by the reviewer; one for decisions alone needs no item."""
        base, today = self.listed.base, register_today(connection)
        enter(connection, department=base.department.id)
        items = () if acts == ("decide",) else ("penalty",)
        wish = Wish("审批系统", items, acts, today.replace(year=today.year + 1))
        made = keys.ask_key(
            connection, officer=clerk or base.clerk, wish=wish, own_items=frozenset({"penalty"}), today=today
        )
        assert not isinstance(made, Refusal), made
        assert keys.settle_key(connection, officer=base.reviewer, key=made[0].id, is_agreed=True) is None
        return made[1]

    def ask(self, code: str, *, act: str = ACT, token: str | None = None, **more: str) -> Any:
        """Ask over HTTP."""
        asked = {"act": act, "purpose": "window_check", **more}
        return Client().get(
            f"/api/v1/subjects/{code}/decision", asked, HTTP_AUTHORIZATION=f"Bearer {token or self.token}"
        )

    def tickets(self) -> list[dict[str, Any]]:
        """The trail, as the owner reads it."""
        with self.database.connect("owner") as owner:
            return owner.execute(
                """SELECT t.id, t.purpose, t.scope, o.code, EXISTS (
                       SELECT FROM limu.read_ticket_spent s WHERE s.ticket = t.id) AS is_spent
                   FROM limu.read_ticket t JOIN limu.officer o ON o.id = t.officer"""
            ).fetchall()


@pytest.fixture(scope="module")
def office(template: Database) -> Iterator[Office]:
    """One office for all tests here; a test looks at the traces it has left itself."""
    with _clone(template) as clone, pytest.MonkeyPatch.context() as patch:
        patch.setenv("LIMU_DATABASE_NAME", clone.name)
        with people.doors_open(clone):
            yield Office(clone)


def test_the_answer_is_the_page_s_and_the_command_s_at_every_act(office: Office) -> None:
    with office.database.connect("app") as connection:
        today = register_today(connection)
        region = store_window.region_of(connection, office.listed.department.id)
        for code, subject in zip(office.codes, office.listed.base.subjects, strict=True):
            for act in ACTS:
                answer = office.ask(code, act=act)
                assert answer.status_code == 200, answer.content.decode()
                told = answer.json()
                page = store_window.allowed_at(connection, subject, act=act, region=region, on=today)
                command = decide_for(connection, code, book=office.listed.book, act=act, on=today)
                assert not isinstance(command, Refusal)
                measures = [tuple(one[key] for key in ("measure", "basis", "ground", "from", "until", "by"))
                            for one in told["measures"]]  # fmt: skip
                assert measures == [
                    (o.measure, o.basis, str(o.ground), str(o.from_on), str(o.until_on), o.body) for o in page
                ]
                assert sorted(measures) == sorted(
                    (o.measure, o.basis, str(o.ground), str(o.from_on), str(o.until_on), o.by) for o in command.measures
                )
                assert [one["ground_text"] for one in told["measures"]] == [one.told for one in page]
                assert (told["as_of"], told["act_text"]) == (str(today), ACTS[act])
    assert office.ask(office.codes[0]).json()["measures"], "the listed subject has a measure at this act"


def test_the_trace_is_committed_and_spent_under_the_number_of_the_answer(office: Office) -> None:
    before = office.tickets()
    answer = office.ask(office.codes[0])

    (one,) = [one for one in office.tickets() if one not in before]
    assert str(one["id"]) == answer["Limu-Trace"]
    assert (one["purpose"], one["scope"], one["code"]) == (
        "window_check", ACTS[ACT], office.listed.base.clerk.code
    )  # fmt: skip
    assert one["is_spent"]
    assert answer["Cache-Control"] == "no-store"


def test_a_ground_that_ends_is_in_no_answer_that_begins_later(office: Office) -> None:
    assert len(office.ask(office.codes[1]).json()["measures"]) == 1

    # By the action alone: no door that would move the register's version for it.
    with office.database.connect("app") as connection:
        enter(connection, department=office.listed.department.id)
        done = listing.exit_entry(
            connection, office.ending, officer=office.listed.proposer, second=office.listed.decider,
            exit_kind="revocation", decision=LEAVING,
        )  # fmt: skip
        assert not isinstance(done, Refusal), done

    assert office.ask(office.codes[1]).json()["measures"] == []


def test_a_ground_that_ends_today_is_not_in_the_facts_remembered_from_yesterday() -> None:
    allowed = _allowed()
    facts = Facts(UUID(int=1), "x", "甲", (Period(allowed, frozenset({"land"}), "990000"),))
    assert allowed.until_on is not None

    assert allowed_in(facts, act="land", region="990100", on=allowed.from_on) == (allowed,)
    assert allowed_in(facts, act="land", region="990100", on=allowed.until_on) == ()
    assert allowed_in(facts, act="land", region="310000", on=allowed.from_on) == ()
    assert allowed_in(facts, act="bidding", region="990100", on=allowed.from_on) == ()


def _allowed() -> Allowed:
    return Allowed(
        "r", "限制", "《某法》第一条", UUID(int=2), "某名单", date(2026, 1, 5), date(2026, 11, 23), "某局", False
    )


def test_what_cannot_be_asked_is_refused_as_a_problem_and_leaves_no_trace(office: Office) -> None:
    before = office.tickets()
    refused = {
        office.ask("示例市某某有限公司"): (422, "V-101"),
        office.ask(code_of(9999)): (404, "V-102"),
        office.ask(office.codes[0], act="anything"): (422, "V-103"),
        office.ask(office.codes[0], purpose="curiosity"): (422, "M-109"),
        office.ask(office.codes[0], department="another"): (422, "M-110"),
    }

    for answer, (status, code) in refused.items():
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert answer["Content-Type"] == "application/problem+json"
    assert office.tickets() == before


def test_a_key_for_reports_decides_nothing_and_no_key_gets_nothing(office: Office) -> None:
    before = office.tickets()
    with office.database.connect("app") as connection:
        reports = office.key(connection, acts=("submit", "read_submission"))
    bare = Client().get(f"/api/v1/subjects/{office.codes[0]}/decision", {"act": ACT, "purpose": "window_check"})

    assert bare.status_code == 401
    assert office.ask(office.codes[0], token="limu_" + "0" * 32 + "_" + "a" * 43).status_code == 401
    assert office.ask(office.codes[0], token=office.token[:-1] + "_").status_code == 401
    assert office.ask(office.codes[0], token=reports).json()["code"] == "K-211"
    assert office.tickets() == before


def test_a_key_that_is_closed_opens_nothing_from_that_moment_though_it_is_remembered(office: Office) -> None:
    with office.database.connect("app") as connection:
        other = people.officer_in(connection, office.listed.department, "window.clerk", "clerk")
        second, third = office.key(connection), office.key(connection, clerk=other)
    assert [office.ask(office.codes[0], token=one).status_code for one in (third, second)] == [200, 200]

    with office.database.connect("app") as connection:
        enter(connection, department=office.listed.department.id)
        held = keys.key_of(connection, f"Bearer {second}", today=register_today(connection))
        assert not isinstance(held, Refusal)
        assert keys.revoke_key(connection, officer=office.listed.base.clerk, key=held.id) is None
    assert [office.ask(office.codes[0], token=one).status_code for one in (third, second)] == [200, 401]

    with office.database.connect("app") as connection:
        close_officer(connection, other.id)
    assert office.ask(office.codes[0], token=third).status_code == 401


def test_the_trace_of_a_key_is_the_department_s_own(office: Office) -> None:
    office.ask(office.codes[0])
    with office.database.connect("app") as connection:
        other = stand(connection, number=2)
        connection.commit()
    with office.database.connect("app") as connection:
        enter(connection, department=other.department.id)
        assert connection.execute("SELECT FROM limu.read_ticket").fetchall() == []


def test_questions_at_the_same_time_have_each_its_own_trace_and_answer(office: Office) -> None:
    answers: list[tuple[str, Any]] = []
    before = {str(one["id"]) for one in office.tickets()}

    def press(number: int) -> None:
        for turn in range(8):
            code = office.codes[(number + turn) % len(office.codes)]
            answers.append((code, office.ask(code)))

    threads = [threading.Thread(target=press, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(answers) == 48
    assert all(answer.json()["uscc"] == code for code, answer in answers)
    traces = {str(one["id"]) for one in office.tickets()} - before
    assert {answer["Limu-Trace"] for _, answer in answers} == traces
    assert len(traces) == 48


def test_a_failure_of_one_turn_is_told_to_each_of_its_callers_and_to_no_later_one() -> None:
    def work(asked: list[int]) -> list[int]:
        if 13 in asked:
            raise RuntimeError
        return [one * 2 for one in asked]

    together = Together[int, int](work, side_of=lambda one: one % 2)

    assert [together.ask(one) for one in (1, 2, 3)] == [2, 4, 6]
    with pytest.raises(RuntimeError):
        together.ask(13)
    assert together.ask(4) == 8


def test_without_the_database_there_is_no_answer(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.ask(office.codes[0])

    def gone(*_arguments: object, **_names: object) -> None:
        raise OperationalError

    monkeypatch.setattr("limu.measure.api.decide_together", gone)
    answer = office.ask(office.codes[0])

    assert (answer.status_code, answer.json()["code"]) == (503, "M-111")


class Gate:
    """What stands before the pages, with pages behind it that only say that they were reached."""

    def __init__(self) -> None:
        self.passed = 0
        # Doors need Django's settings, which stand once the office's doors are open.
        self._answered = import_module("limu.measure.api_gate").first(self._pages)

    def _pages(self, environ: dict[str, Any], _: Any) -> list[bytes]:
        self.passed += 1
        self.reached = environ
        return []

    def ask(self, code: str, token: str, query: str = f"act={ACT}&purpose=window_check", **more: str) -> Any:
        self.headers: dict[str, str] = {}
        environ = {
            "REQUEST_METHOD": "GET", "PATH_INFO": f"/api/v1/subjects/{code}/decision", "QUERY_STRING": query,
            "HTTP_HOST": "testserver", "HTTP_AUTHORIZATION": f"Bearer {token}", **more,
        }  # fmt: skip
        return b"".join(self._answered(environ, lambda _, headers: self.headers.update(headers)))


def test_the_gate_before_the_pages_says_what_the_pages_say(office: Office) -> None:
    gate, own = Gate(), {"X-Request-Id", "Limu-Trace"}
    page = office.ask(office.codes[0])

    body = gate.ask(office.codes[0], office.token)

    assert (body, gate.passed) == (page.content, 0)
    # A page is also pressed for who wants it, which no answer to a key needs.
    wanted = {name: value for name, value in page.headers.items() if name not in own | {"Vary"}}
    assert {name: value for name, value in gate.headers.items() if name not in own} == wanted
    assert UUID(gate.headers["Limu-Trace"]) in {one["id"] for one in office.tickets() if one["is_spent"]}


def test_the_gate_leaves_to_the_pages_whatever_is_no_plain_question(office: Office) -> None:
    gate, code = Gate(), office.codes[0]
    office.ask(code)
    strange = [
        gate.ask(code, "limu_unknown"),
        gate.ask(code, office.token, query="act=nothing&purpose=window_check"),
        gate.ask(code, office.token, query=f"act={ACT}"),
        gate.ask(code, office.token, query=f"act={ACT}&purpose=window_check&on=2020-01-01"),
        gate.ask("91310000132204400X", office.token),
        gate.ask(code, office.token, HTTP_HOST="elsewhere.example"),
        gate.ask(code, office.token, REQUEST_METHOD="POST"),
        gate.ask(code, office.token, PATH_INFO="/decision"),
    ]

    assert strange == [b""] * gate.passed
    assert gate.passed == len(strange)


def test_the_gate_opens_for_no_key_that_was_closed(office: Office) -> None:
    gate, code = Gate(), office.codes[0]
    with office.database.connect("app") as connection:
        token = office.key(connection)
    assert office.ask(code, token=token).content == gate.ask(code, token)

    with office.database.connect("app") as connection:
        enter(connection, department=office.listed.department.id)
        held = keys.key_of(connection, f"Bearer {token}", today=register_today(connection))
        assert not isinstance(held, Refusal)
        assert keys.revoke_key(connection, officer=office.listed.base.clerk, key=held.id) is None

    assert (gate.ask(code, token), gate.passed) == (b"", 1)


def test_without_the_database_the_gate_asks_once_and_the_page_tells(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.ask(office.codes[0])

    def gone(*_arguments: object, **_names: object) -> None:
        raise OperationalError

    monkeypatch.setattr("limu.measure.api.decide_together", gone)
    gate = Gate()
    gate.ask(office.codes[0], office.token)

    assert gate.reached["limu.gone"]
    client = Client()
    client.defaults["limu.gone"] = "yes"
    answer = client.get(f"/api/v1/subjects/{office.codes[0]}/decision")
    assert (answer.status_code, answer.json()["code"]) == (503, "M-111")


def test_the_interface_describes_the_door(office: Office) -> None:
    told = Client().get("/api/v1/openapi.json").json()

    described = told["paths"]["/api/v1/subjects/{uscc}/decision"]["get"]
    assert {one["name"] for one in described["parameters"]} >= {"act", "purpose", "uscc"}
    assert "503" in described["responses"]
    assert "from" in json.dumps(described["responses"]["200"])
