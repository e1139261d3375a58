"""What was typed is not lost when a session ends, and nobody else gets to read or to send it."""

from collections.abc import Iterator, Mapping
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings

from limu.account.rules import IDLE
from limu.page.kept import WAITS
from limu.wire.clock import Clock
from limu.wire.database import Database
from tests import people

OURS = {"Origin": "http://testserver"}
FORM = {"reason": "更正<金额>为 2 万元", "step": "ask", "password": "Geheim-77"}


@pytest.fixture
def office(own_database: Database) -> Iterator[Database]:
    """One department with two clerks."""
    with people.doors_open(own_database):
        with own_database.connect("app") as app:
            department = people.department_of(app, 1)
            for code in ("one.clerk", "two.clerk"):
                people.officer_in(app, department, code, "clerk")
        people.give_logins(own_database, ["one.clerk", "two.clerk"])
        yield own_database


def idle(client: Client) -> Client:
    session = client.session
    session["seen_at"] = (Clock().now() - IDLE).isoformat()
    session.save()
    return client


def sent_too_late(form: Mapping[str, object], *, headers: dict[str, str]) -> tuple[Client, str]:
    """A clerk goes away for half an hour, comes back and sends; the browser, and where it is led."""
    client = idle(people.signed_in("one.clerk"))
    answer = client.post("/dept/upload?item=penalty", form, headers=headers)
    assert answer.status_code == 302
    return client, str(answer["Location"])


def test_a_form_sent_after_the_session_ended_waits_for_its_author(office: Database) -> None:
    client, way = sent_too_late(FORM, headers=OURS)
    with office.connect("account") as logins:
        stored = logins.execute("SELECT session_data FROM account.django_session").fetchall()
    asked = client.get(way).content.decode()
    signed = client.post(way, {"login": "one.clerk", "password": people.PASSWORD})
    page = client.get(signed["Location"]).content.decode()

    assert way == "/account/login/?next=%2Faccount%2Fkept%2F"
    assert "30 分钟没有操作" in asked
    assert "您刚才填写的内容已保留" in asked
    assert signed["Location"] == "/account/kept/"
    assert 'action="/dept/upload?item=penalty"' in page
    assert 'name="reason" value="更正&lt;金额&gt;为 2 万元"' in page
    assert 'name="step" value="ask"' in page
    assert "问题编号" in page
    assert "Geheim-77" not in page
    assert all("金额" not in client.session.decode(one["session_data"]).get("kept", "") for one in stored)

    given_up = client.post("/account/kept/")
    assert given_up["Location"] == "/dept"
    assert client.get("/account/kept/")["Location"] == "/dept"


def test_a_file_that_could_not_wait_is_asked_for_by_its_name(office: Database) -> None:
    form = {"item": "penalty", "file": SimpleUploadedFile("十一月.xlsx", b"PK")}
    client, way = sent_too_late(form, headers=OURS)
    client.post(way, {"login": "one.clerk", "password": people.PASSWORD})
    page = client.get("/account/kept/").content.decode()

    assert "文件没有保留，请再选一次：十一月.xlsx" in page
    assert 'type="file" name="file" required' in page
    assert 'enctype="multipart/form-data"' in page


def test_it_is_shown_to_nobody_else_and_not_for_ever(office: Database) -> None:
    client, way = sent_too_late(FORM, headers=OURS)
    client.post(way, {"login": "two.clerk", "password": people.PASSWORD})
    assert client.get("/account/kept/").status_code == 302

    client, way = sent_too_late(FORM, headers=OURS)
    client.post(way, {"login": "one.clerk", "password": people.PASSWORD})
    assert client.get("/account/kept/").status_code == 200
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("limu.page.kept.WAITS", WAITS - WAITS - timedelta(seconds=1))
        assert client.get("/account/kept/").status_code == 302


@pytest.mark.parametrize("headers", [{"Origin": "https://elsewhere.example"}, {"Origin": "null"}, {}])
def test_what_another_site_sent_is_laid_before_nobody(office: Database, headers: dict[str, str]) -> None:
    client, way = sent_too_late(FORM, headers=headers)
    client.post(way, {"login": "one.clerk", "password": people.PASSWORD})

    assert way == "/account/login/?next=%2Fdept%2Fupload"
    assert client.get("/account/kept/").status_code == 302

    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    refused = strict.post("/dept/upload", FORM, headers=headers)
    assert refused.status_code == 403
    assert "更正" not in refused.content.decode()


def test_a_form_of_ours_whose_token_is_old_comes_back_with_a_new_one(office: Database) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies = people.signed_in("one.clerk").cookies
    refused = client.post("/dept/upload", FORM, headers=OURS)
    page = refused.content.decode()

    assert refused.status_code == 403
    assert "您填写的内容保留在下面" in page
    assert "问题编号" in page
    assert 'name="reason" value="更正&lt;金额&gt;为 2 万元"' in page
    token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    again = client.post("/dept/upload", {**FORM, "csrfmiddlewaretoken": token}, headers=OURS)
    assert again.status_code == 422

    gone = Client(enforce_csrf_checks=True).post("/dept/upload", FORM, headers=OURS)
    assert gone["Location"] == "/account/login/?next=%2Faccount%2Fkept%2F"


def test_passwords_and_codes_are_never_kept(office: Database) -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/account/login/", {"login": "one.clerk", "password": people.PASSWORD}, headers=OURS)

    assert "one.clerk" not in answer.content.decode()
    with override_settings(SESSION_COOKIE_SECURE=True):
        kept = client.post("/dept/upload", FORM, headers=OURS).cookies["limu_kept"]
    assert (kept["path"], kept["httponly"], kept["secure"]) == ("/account/kept/", True, True)
