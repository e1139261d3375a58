"""主体声明: the subject's own words stand beside its record, guarded, in its own hands, no longer than the record."""

from uuid import uuid4

import psycopg
import pytest
from django.test import Client

from limu.case.rules import Agent
from limu.case.store import enter_subject
from limu.department.rules import Officer, Refusal
from limu.department.store import enter
from limu.feed.actions import tell
from limu.objection import actions_declaration as declarations
from limu.objection import store_declaration as store
from limu.objection.queries_declaration import shown_of, waiting
from limu.objection.rules_declaration import Declaration, refuse_text
from limu.reactions_declaration import review_declaration, withdraw_declaration
from limu.wire.database import Connection, Database
from tests import people
from tests.lawful import Lawful, apply, centre, grant, stand_lawful

TEXT = "罚款已于 2026 年 7 月 20 日缴清，问题批次已经召回。"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (" ", "O-401"),
        ("事" * 501, "O-402"),
        ("已<b>缴清</b>", "O-403"),
        ("详见 https://example.com", "O-404"),
        ("第一行\n请致电 13800138000", "O-410"),
        ("身份证 11010519491231002X", "O-410"),
        ("法定代表人：王小明并不知情", "O-411"),
        ("李建国先生已经离职", "O-411"),
    ],
)
def test_what_must_not_stand_in_public_is_refused_with_its_place(text: str, code: str) -> None:
    refusal = refuse_text(text)

    assert refusal is not None
    assert refusal.code == code


@pytest.mark.parametrize("text", [TEXT, "本单位（91990100MA0000001G）负责人已经变更，执法人员为两人。"])
def test_what_a_subject_may_say_is_let_be(text: str) -> None:
    assert refuse_text(text) is None


def _declared(connection: Connection, lawful: Lawful, text: str = TEXT) -> Declaration:
    enter_subject(connection, lawful.subject)
    made = declarations.declare(connection, lawful.record, agent=lawful.agent, text=text)
    assert isinstance(made, Declaration), made
    return made


def _centre(connection: Connection) -> Officer:
    """An officer of the centre, at the centre's desk: no subject's rows are open there."""
    officer = centre(connection, f"centre.{uuid4().hex[:6]}", "centre_officer")
    _at_the_centre(connection, officer)
    return officer


def _at_the_centre(connection: Connection, officer: Officer) -> None:
    connection.execute("SELECT set_config('limu.subject', '', true)")
    enter(connection, department=officer.department, reach="centre")


def test_it_is_shown_once_somebody_else_has_looked_and_gone_when_the_subject_takes_it_back(
    connection: Connection,
) -> None:
    lawful = stand_lawful(connection)
    made = _declared(connection, lawful)
    assert (made.standing, shown_of(connection, lawful.record)) == ("waiting", None)
    again = declarations.declare(connection, lawful.record, agent=lawful.agent, text="再说一遍")
    officer = _centre(connection)
    assert [one.text for one in waiting(connection)] == [TEXT]

    done = review_declaration(connection, made.id, officer=officer, is_shown=True)

    assert isinstance(again, Refusal)
    assert again.code == "O-405"
    assert isinstance(done, Declaration)
    assert done.standing == "shown"
    told = shown_of(connection, lawful.record)
    assert told is not None
    assert told.text == TEXT
    late = review_declaration(connection, made.id, officer=officer, is_shown=False, ground="person")
    assert isinstance(late, Refusal)
    back = withdraw_declaration(connection, lawful.record, agent=lawful.agent)
    assert isinstance(back, Declaration)
    assert back.standing == "withdrawn"
    assert shown_of(connection, lawful.record) is None


def test_a_refusal_names_a_ground_of_the_closed_list_and_the_subject_reads_it(connection: Connection) -> None:
    lawful = stand_lawful(connection)
    made = _declared(connection, lawful)
    officer = _centre(connection)

    silent = review_declaration(connection, made.id, officer=officer, is_shown=False, ground="views")
    done = review_declaration(connection, made.id, officer=officer, is_shown=False, ground="person", note="第二句")

    assert isinstance(silent, Refusal)
    assert silent.code == "O-408"
    assert isinstance(done, Declaration)
    enter_subject(connection, lawful.subject)
    (own,) = store.declarations_of(connection, lawful.record)
    assert (own.word, own.ground_word, own.note) == ("未通过核对", "含有个人信息", "第二句")
    assert shown_of(connection, lawful.record) is None


def test_the_newest_words_replace_the_older_and_taking_back_brings_none_of_them_again(connection: Connection) -> None:
    lawful = stand_lawful(connection)
    officer = centre(connection, "centre.words", "centre_officer")
    for text in ("第一份", "第二份"):
        made = _declared(connection, lawful, text)
        _at_the_centre(connection, officer)
        connection.execute("SELECT pg_sleep(0.001)")
        assert isinstance(review_declaration(connection, made.id, officer=officer, is_shown=True), Declaration)
    told = shown_of(connection, lawful.record)

    withdraw_declaration(connection, lawful.record, agent=lawful.agent)

    assert told is not None
    assert shown_of(connection, lawful.record) is None


def test_it_ends_with_the_record(connection: Connection) -> None:
    lawful = stand_lawful(connection)
    made = _declared(connection, lawful)
    review_declaration(connection, made.id, officer=_centre(connection), is_shown=True)
    enter(connection, department=lawful.base.department.id)

    grant(connection, lawful, apply(connection, lawful))

    assert shown_of(connection, lawful.record) is None
    late = declarations.declare(connection, lawful.record, agent=lawful.agent, text="再说")
    assert isinstance(late, Refusal)
    assert late.code == "O-406"


def test_nobody_speaks_for_another_and_nobody_reviews_his_own_words(connection: Connection) -> None:
    lawful = stand_lawful(connection)
    made = _declared(connection, lawful)
    other = Agent(lawful.base.subjects[1], "另一经办人")
    with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
        declarations.declare(connection, lawful.record, agent=other, text="与我无关")
    enter_subject(connection, lawful.subject)
    with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
        store.insert_review(connection, made, is_shown=True, ground=None, note="", officer=lawful.handler.id)
    body = declarations.review(connection, made.id, officer=lawful.handler, is_shown=True)

    assert isinstance(body, Refusal)


@pytest.mark.parametrize("text", ["身份证 11010519491231002X", "电话13800138000"])
def test_the_database_itself_takes_no_personal_number(connection: Connection, text: str) -> None:
    lawful = stand_lawful(connection)
    enter_subject(connection, lawful.subject)

    with pytest.raises(psycopg.errors.CheckViolation), connection.transaction():
        store.insert_declaration(
            connection, uuid4(), subject=lawful.subject, record=lawful.record, text=text, agent="某"
        )  # fmt: skip


def test_page_interface_and_feed_say_the_same_words_and_let_them_go_together(own_database: Database) -> None:
    with own_database.connect("app") as app:
        lawful = stand_lawful(app)
    said = '缴清了 <script>alert("x")</script>'.replace("<script>", "＜").replace("</script>", "＞")
    with own_database.connect("sequencer", autocommit=True) as writer:
        tell(writer)
    with people.doors_open(own_database):
        with own_database.connect("app") as app:
            made = _declared(app, lawful, said)
            review_declaration(app, made.id, officer=_centre(app), is_shown=True)
        with own_database.connect("sequencer", autocommit=True) as writer:
            tell(writer)
        page = Client().get(f"/r/{lawful.record}").content.decode()
        told = Client().get(f"/api/v1/records/{lawful.record}").json()
        listed = Client().get(f"/api/v1/subjects/{lawful.base.codes[0]}/records").json()["records"]
        with own_database.connect("app") as app:
            withdraw_declaration(app, lawful.record, agent=lawful.agent)
        with own_database.connect("sequencer", autocommit=True) as writer:
            tell(writer)
        gone = Client().get(f"/r/{lawful.record}").content.decode()
        silent = Client().get(f"/api/v1/records/{lawful.record}").json()

    assert "主体声明" in page
    assert "缴清了" in page
    assert told["declaration"]["text"] == said
    assert [one["declaration"]["text"] for one in listed] == [said]
    assert "缴清了" not in gone
    assert silent["declaration"] is None
    with own_database.connect("app") as app:
        rows = app.execute(
            """SELECT e.kind, c.body FROM limu.feed_event e LEFT JOIN limu.feed_copy c USING (timepoint)
               WHERE e.record = %s ORDER BY e.timepoint""",
            (lawful.record,),
        ).fetchall()
    assert [row["kind"] for row in rows] == ["record.published", "record.annotated", "record.annotated"]
    assert "缴清了" not in str(rows[-1]["body"])
