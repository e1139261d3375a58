"""The public board and the form for a stale copy: nothing of a record, nothing of a person."""

from django.test import Client

from limu.wire.database import Database
from tests.feed.conftest import Town
from tests.feed.test_actions import reported, withdraw


def test_the_public_board_tells_counts_and_names_no_record(town: Town) -> None:
    place, records = reported(town.database)
    town.holder()
    withdraw(town.database, place, records[0])
    town.tell()

    page = Client().get("/propagation")
    assert page.status_code == 200
    assert "示例银行" in page.content.decode()
    assert str(records[0])[:8] not in page.content.decode()


def test_anyone_may_report_a_stale_copy_and_what_could_name_a_person_is_cut_off(town: Town) -> None:
    place, records = reported(town.database)
    withdraw(town.database, place, records[0])
    sent = {"record": f"https://x.example/r/{records[0]}", "place": "https://copy.example/page?who=%E5%BC%A0%E4%B8%89"}

    page = Client().post("/report-copy", sent)
    assert page.status_code == 200
    assert "PC" in page.content.decode()
    assert _places(town.database) == ["https://copy.example/page"]


def test_a_copy_of_what_is_still_public_is_not_stale_and_the_input_is_kept(town: Town) -> None:
    _, records = reported(town.database)
    page = Client().post("/report-copy", {"record": str(records[0]), "place": "https://copy.example/p"})

    assert page.status_code == 422
    assert "https://copy.example/p" in page.content.decode()
    assert _places(town.database) == []


def test_reports_are_few_from_one_network(town: Town) -> None:
    answers = [Client(REMOTE_ADDR="203.0.113.9").post("/report-copy", {"record": "", "place": ""}) for _ in range(7)]

    assert [answer.status_code for answer in answers][-1] == 429


def _places(database: Database) -> list[str]:
    with database.connect("app") as connection:
        return [row["place"] for row in connection.execute("SELECT place FROM limu.feed_deviation")]
