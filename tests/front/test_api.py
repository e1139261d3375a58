from typing import Any
from uuid import UUID

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client

from limu.case.rules import Agent, Case
from limu.front import reply
from limu.publication.queries import RegisterVersion, register_version
from limu.reactions_objection import open_objection
from limu.wire.database import Connection, Database
from tests.front import town
from tests.lawful import stand_lawful
from tests.standing import report, row


def test_a_search_tells_as_which_name_it_was_answered(visitor: Client) -> None:
    asked, name, person = (
        visitor.get("/api/v1/search", {"q": text}).json() for text in ("清河建材处罚记录", "清河建材", "李某某处罚记录")
    )

    assert (asked["answered_as"], name["answered_as"], person["answered_as"]) == ("清河建材", None, None)
    assert asked["hits"] == name["hits"] != []
    assert (person["refused_person"], person["hits"]) == (True, [])


def test_a_search_gives_total_and_reasons(visitor: Client) -> None:
    found = visitor.get("/api/v1/search", {"q": "qhjc"}).json()

    assert found["total"] == 2
    assert {hit["uscc"] for hit in found["hits"]} == {town.BUILDER, town.GROUP}
    assert all(hit["reason"] for hit in found["hits"])


def test_a_subject_says_how_much_is_public(visitor: Client) -> None:
    found = visitor.get(f"/api/v1/subjects/{town.BUILDER}").json()

    assert found["name"] == "示例市清河建材有限公司"
    assert found["counts"] == {"penalty": 3}


def test_records_come_page_by_page_and_each_once(visitor: Client) -> None:
    address, seen = f"/api/v1/subjects/{town.BUILDER}/records?limit=2", []
    while address:
        answer = visitor.get(address)
        seen += [record["document_number"] for record in answer.json()["records"]]
        address = answer.json()["next"]
        assert ("Link" in answer) == bool(address)

    assert seen == [town.B.number, town.A.number, town.C.number]


def test_a_record_carries_its_term_and_citation(visitor: Client) -> None:
    found = visitor.get(f"/api/v1/records/{town.A.id}").json()

    assert (found["shown_from"], found["shown_until"]) == ("2026-07-01", "2027-07-01")
    assert found["rule_key"] == "term/ndrc-36/general"
    assert "信用修复管理办法" in found["citation"]
    assert found["fine_fen"] == 2_000_000


def test_faults_are_problems_with_a_number(visitor: Client) -> None:
    for address, status in (
        (f"/api/v1/records/{town.GONE.id}", 410),
        (f"/api/v1/records/{town.D.id}", 404),
        ("/api/v1/records/nonsense", 400),
        ("/api/v1/search", 400),
        ("/api/v1/subjects/1", 404),
        ("/api/v1/catalogue/nothing", 404),
        ("/api/v1/nothing", 404),
        (f"/api/v1/records/{town.A.id}?as_of=soon", 400),
        (f"/api/v1/subjects/{town.BUILDER}/records?cursor=xx", 400),
        (f"/api/v1/records/{town.A.id}?known_at=2026-11-23T09:00:00", 400),
    ):
        answer = visitor.get(address)
        assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json"), address
        assert answer.json()["status"] == status
        assert answer.json()["request_id"] == answer["X-Request-Id"]


def test_the_ended_problem_holds_nothing_of_the_record(visitor: Client) -> None:
    said = visitor.get(f"/api/v1/records/{town.GONE.id}").content.decode()

    for secret in (town.GONE.number, town.GONE.authority, town.FACTS, "清河"):
        assert secret not in said


def test_an_unchanged_answer_is_304_until_the_register_moves(visitor: Client, region: Database) -> None:
    address = f"/api/v1/subjects/{town.BUILDER}"
    tag = visitor.get(address)["ETag"]
    assert visitor.get(address, headers={"If-None-Match": tag}).status_code == 304

    town.end(region, town.C)

    assert visitor.get(address, headers={"If-None-Match": tag}).json()["counts"] == {"penalty": 2}


def test_a_kept_answer_is_the_fresh_one_to_the_letter(visitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for address in (
        f"/api/v1/subjects/{town.BUILDER}/records?limit=2", f"/api/v1/records/{town.A.id}?lang=en", "/api/v1/catalogue",
    ):  # fmt: skip
        for headers in ({}, {"Accept-Encoding": "gzip"}):
            monkeypatch.setattr(reply, "SHELF", reply.Shelf())
            fresh, kept = (visitor.get(address, headers=headers) for _ in range(2))

            assert (kept.status_code, kept.content, kept.cookies) == (200, fresh.content, fresh.cookies)
            own = {"X-Request-Id"}
            assert {k: v for k, v in kept.items() if k not in own} == {k: v for k, v in fresh.items() if k not in own}
            again = visitor.get(address, headers=headers | {"If-None-Match": kept["ETag"]})
            assert (again.status_code, again.content) == (304, b"")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[RegisterVersion]:
    """Every version that the register was asked for."""
    told: list[RegisterVersion] = []

    def version(connection: Connection) -> RegisterVersion:
        told.append(register_version(connection))
        return told[-1]

    monkeypatch.setattr("limu.publication.queries.register_version", version)
    return told


@pytest.mark.parametrize("address", [f"/api/v1/subjects/{town.BUILDER}", f"/s/{town.BUILDER}"])
def test_whoever_is_answered_anew_asks_the_register_for_its_version_once(
    visitor: Client, asked: list[RegisterVersion], monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setattr(reply, "A_MOMENT", 60.0)

    assert visitor.get(address).status_code == 200
    assert len(asked) == 1
    assert visitor.get(address).status_code == 200
    assert len(asked) == 2


def test_a_request_that_had_to_wait_on_its_way_asks_the_register_again(
    visitor: Client, asked: list[RegisterVersion], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reply, "A_MOMENT", 0.0)

    assert visitor.get(f"/api/v1/subjects/{town.BUILDER}").status_code == 200
    assert len(asked) == 2


def test_what_is_withdrawn_while_a_request_is_on_its_way_is_not_in_its_answer_nor_in_a_later_one(
    visitor: Client, region: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"/api/v1/subjects/{town.BUILDER}"
    before: list[Any] = []
    kept_now = reply._kept_now

    def slow(request: HttpRequest) -> HttpResponse | None:
        monkeypatch.setattr(reply, "_kept_now", kept_now)
        found = kept_now(request)
        # Another visitor's copy of this very version is laid down, and only then the record is withdrawn.
        before.append(visitor.get(address))
        town.end(region, town.C)
        return found

    monkeypatch.setattr(reply, "_kept_now", slow)
    monkeypatch.setattr(reply, "A_MOMENT", 60.0)
    during, after = visitor.get(address), visitor.get(address)

    assert before[0].json()["counts"] == {"penalty": 3}
    assert during.json()["counts"] == after.json()["counts"] == {"penalty": 2}
    assert during["ETag"] == before[0]["ETag"] != after["ETag"]


def test_catalogue_and_rules_are_told(visitor: Client) -> None:
    items = visitor.get("/api/v1/catalogue").json()["items"]
    penalty = visitor.get("/api/v1/catalogue/penalty").json()
    rules = visitor.get("/api/v1/law/rules").json()["rules"]

    assert "penalty" in {item["code"] for item in items}
    assert {"facts", "document_number"} <= {field["code"] for field in penalty["fields"]}
    assert all(rule["citations"] and rule["confidence"] for rule in rules)


def test_the_interface_describes_itself(visitor: Client) -> None:
    described = visitor.get("/api/v1/openapi.json").json()

    assert described["openapi"].startswith("3.1")
    assert "/api/v1/records/{record_id}" in described["paths"]
    assert described["components"]["schemas"]["Record"]["properties"]["shown_until"]


def test_search_tells_which_organisations_have_a_record_that_is_objected_to(region: Database, visitor: Client) -> None:
    with region.connect("app") as app:
        lawful, told = stand_lawful(app, number=7), row(town.BUILDER, 77)
        report(app, lawful.base, [told])
        found = app.execute("SELECT id FROM limu.subject WHERE uscc = %s", (town.BUILDER,)).fetchone()
        assert found is not None
        made = open_objection(
            app, actor=Agent(found["id"], "某"), record=UUID(str(told["id"])), reason="wrong_content", text="金额不对"
        )  # fmt: skip
        assert isinstance(made, Case), made

    hits = visitor.get("/api/v1/search", {"q": "清河建材"}).json()["hits"]
    page = visitor.get("/search", {"q": "清河建材"}).content.decode()
    listed = visitor.get(f"/s/{town.BUILDER}").content.decode()

    assert {hit["uscc"]: hit["has_disputed"] for hit in hits} == {town.BUILDER: True, town.GROUP: False}
    assert page.count("有信息在异议处理中") == 1
    assert "异议处理中" in listed
