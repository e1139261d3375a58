"""A draft is over after its days by the day alone; afterwards the worker takes it away with its proofs."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from shutil import copyfile
from uuid import UUID, uuid4

import psycopg
import pytest

from limu import reactions_objection
from limu.agent.actions import open_demonstration_agent
from limu.case.actions import store_document
from limu.case.rules import Agent, Case, Document
from limu.case.store import enter_subject
from limu.cli.errands import DAILY
from limu.objection.actions_declaration import declare
from limu.objection.rules_declaration import Declaration
from limu.repair import actions_draft, store_draft
from limu.repair.actions_draft import FOLDER, Filler, own_draft
from limu.repair.queries import prospects
from limu.repair.rules_draft import DraftFile
from limu.repair.tasks import destroy_old_drafts, destroy_unnamed
from limu.wire.clock import register_today
from limu.wire.database import Connection, Database
from limu.wire.files import FileHash, FileStore
from limu.wire.home import Home
from tests.lawful import Lawful, centre, stand_lawful
from tests.repair.test_draft import png


@pytest.fixture
def own_database(own_database: Database, tmp_path: Path) -> Database:
    """The same, with a home of its own: the workers of a run share theirs, and one would sweep what is another's."""
    home = Home(tmp_path / "home")
    home.prepare()
    copyfile(own_database.home.secrets, home.secrets)
    return replace(own_database, home=home)


@pytest.fixture
def drawn(own_database: Database) -> tuple[Lawful, Filler]:
    """A draft with one proof, committed, in a home without any other file."""
    with own_database.connect("app") as app:
        lawful = stand_lawful(app)
        desk, code = centre(app, "desk.one", "centre_officer"), lawful.base.codes[0]
        open_demonstration_agent(
            app, uscc=code, person_name="赵经办", expires_on=date(2030, 1, 1), department=desk.department
        )
        row = app.execute("SELECT id FROM limu.agent").fetchone()
        assert row is not None
        filler = Filler(row["id"], lawful.subject, ("示例公司", code), "赵经办")
        chosen(app, lawful, filler)
        made = actions_draft.add_proof(
            app, store(own_database), filler, record=lawful.record, name="1.png", content=PROOF
        )
        assert isinstance(made, DraftFile), made
        assert actions_draft.sign(app, filler, text="承诺", is_agreed=True) is None
    return lawful, filler


PROOF = png(1200, 1600)


def store(database: Database) -> FileStore:
    return FileStore(database.home, FOLDER)


def chosen(app: Connection, lawful: Lawful, filler: Filler) -> None:
    """Choose the record on a connection that has entered its subject."""
    enter_subject(app, lawful.subject)
    found = prospects(app, lawful.book, lawful.subject, today=register_today(app))
    refused = actions_draft.choose(app, filler, [lawful.record], found=found)
    assert refused is None, refused


def pass_by(database: Database, days: int) -> None:
    with database.connect("owner") as owner:
        owner.execute("UPDATE limu.clock_setting SET shift = shift + make_interval(days => %s)", (days,))


def kept_until(database: Database, lawful: Lawful, agent: UUID) -> date | None:
    """Until when the draft is there; None where it is not."""
    with database.connect("app") as app:
        enter_subject(app, lawful.subject)
        draft = own_draft(app, agent)
        return draft.until_on if draft else None


def test_a_draft_says_until_when_it_is_kept_and_is_not_read_after_that(
    own_database: Database, drawn: tuple[Lawful, Filler]
) -> None:
    lawful, filler = drawn
    with own_database.connect("app") as app:
        today = register_today(app)
    assert kept_until(own_database, lawful, filler.agent) == today + timedelta(days=30)

    pass_by(own_database, 29)
    assert kept_until(own_database, lawful, filler.agent) == today + timedelta(days=30)
    pass_by(own_database, 1)
    # Nothing has run: the day alone has ended it.
    assert kept_until(own_database, lawful, filler.agent) is None


def test_whoever_begins_anew_finds_neither_old_proofs_nor_an_old_signature(
    own_database: Database, drawn: tuple[Lawful, Filler]
) -> None:
    lawful, filler = drawn
    pass_by(own_database, 30)

    with own_database.connect("app") as app:
        chosen(app, lawful, filler)
        draft = own_draft(app, filler.agent)

    assert draft is not None
    assert (draft.files, draft.signed_text) == ((), None)


def test_the_worker_takes_it_away_with_its_file_and_leaves_what_else_names_it(
    own_database: Database, drawn: tuple[Lawful, Filler], monkeypatch: pytest.MonkeyPatch
) -> None:
    lawful, filler = drawn
    with own_database.connect("app") as app:
        enter_subject(app, lawful.subject)
        draft = own_draft(app, filler.agent)
        today = register_today(app)
    assert draft is not None
    name = FileHash(draft.files[0].file_hash)
    assert destroy_old_drafts(own_database, today) == 0
    pass_by(own_database, 30)
    later = today + timedelta(days=30)
    # Uploaded again meanwhile, the content is a new file of that day.
    store(own_database).put(PROOF, on=later)
    monkeypatch.setenv("LIMU_DRAFT_DAYS", "30")

    assert destroy_old_drafts(own_database, later) == 0
    assert store(own_database).has(name)
    with own_database.connect("admin") as admin:
        assert admin.execute("SELECT FROM limu.repair_draft").fetchone() is None
    assert destroy_old_drafts in DAILY


def test_a_file_that_nothing_names_any_more_goes_with_its_draft(
    own_database: Database, drawn: tuple[Lawful, Filler]
) -> None:
    lawful, filler = drawn
    with own_database.connect("app") as app:
        enter_subject(app, lawful.subject)
        draft = own_draft(app, filler.agent)
        today = register_today(app)
    assert draft is not None
    pass_by(own_database, 40)

    assert destroy_old_drafts(own_database, today + timedelta(days=40)) == 1
    assert not store(own_database).has(FileHash(draft.files[0].file_hash))
    assert destroy_old_drafts(own_database, today + timedelta(days=40)) == 0


def discarded(database: Database, agent: UUID, subject: UUID) -> list[str]:
    """Throw the draft away, as the page does, and commit; returns the hashes of its files."""
    with database.connect("app") as app:
        enter_subject(app, subject)
        return store_draft.delete_draft(app, agent)


def test_of_a_draft_that_is_thrown_away_nothing_remains_but_the_hashes_of_its_proofs(
    own_database: Database, drawn: tuple[Lawful, Filler]
) -> None:
    lawful, filler = drawn
    files = store(own_database)
    (lies,) = files.place.iterdir()

    hashes = discarded(own_database, filler.agent, lawful.subject)
    with own_database.connect("app") as app:
        gone = actions_draft.destroy(app, files, hashes, why="discarded")
        again = actions_draft.destroy(app, files, hashes, why="discarded")

    assert (hashes, gone, again) == ([lies.name], 1, 1)
    assert list(files.place.iterdir()) == []
    with own_database.connect("admin") as admin:
        kept = admin.execute("SELECT encode(file_hash, 'hex') AS hash, why FROM limu.destroyed_file").fetchall()
        named = admin.execute("SELECT FROM limu.repair_draft_file").fetchall()
    assert [(one["hash"], one["why"]) for one in kept] == [(lies.name, "discarded")] * 2
    assert named == []


def test_what_a_case_or_a_declaration_names_outlives_the_draft_it_came_from(
    own_database: Database, drawn: tuple[Lawful, Filler]
) -> None:
    lawful, filler = drawn
    files = store(own_database)
    with own_database.connect("app") as app:
        enter_subject(app, lawful.subject)
        paper = store_document(files, PROOF, role="evidence", name="1.png", held_by=app)
        words = store_document(files, b"words", role="evidence", name="2.pdf", held_by=app)
        assert isinstance(paper, Document)
        assert isinstance(words, Document)
        agent = Agent(lawful.subject, "赵经办")
        made = reactions_objection.open_objection(
            app, actor=agent, record=lawful.record, reason="wrong_content", text="金额不对", documents=(paper,)
        )
        assert isinstance(made, Case), made
        told = declare(app, lawful.record, agent=agent, text="本单位已经整改。", proofs=(words,))
        assert isinstance(told, Declaration), told
        later = register_today(app) + timedelta(days=90)

    hashes = discarded(own_database, filler.agent, lawful.subject)
    with own_database.connect("app") as app:
        assert actions_draft.destroy(app, files, hashes, why="discarded") == 0
    # Nor does the worker take it, old as it is.
    assert destroy_unnamed(own_database, later) == 0
    assert [files.has(FileHash(one.file_hash)) for one in (paper, words)] == [True, True]


def test_what_was_uploaded_and_named_by_nothing_is_destroyed_once_it_cannot_be_on_its_way(
    own_database: Database, drawn: tuple[Lawful, Filler]
) -> None:
    files = store(own_database)
    with own_database.connect("app") as app:
        today = register_today(app)
    refused = files.put(b"the text was missing, so nothing names this", on=today)
    half = files.place / ".half"
    half.write_bytes(b"killed while it was written")

    assert destroy_unnamed(own_database, today + timedelta(days=30)) == 0
    assert destroy_unnamed(own_database, today + timedelta(days=31)) == 1
    assert not files.has(refused)
    assert not half.exists()
    # What a draft names is there still.
    assert len(list(files.place.iterdir())) == 1
    assert destroy_unnamed in DAILY


def test_a_second_register_run_with_the_same_home_destroys_nothing_of_the_first(
    own_database: Database, drawn: tuple[Lawful, Filler]
) -> None:
    files = store(own_database)
    with own_database.connect("app") as app:
        later = register_today(app) + timedelta(days=90)
        unnamed = files.put(b"named by nothing", on=register_today(app))
    kept = own_database.home.root / "cases.register"
    with own_database.connect("admin") as admin:
        admin.execute("SET session_replication_role = replica")
        named = admin.execute("DELETE FROM limu.repair_draft_file RETURNING *").fetchall()
    # Nothing that lies here is named: this is not the register whose contents they are.
    assert destroy_unnamed(own_database, later) == 0
    assert not kept.exists()

    kept.write_text(str(uuid4()))
    assert destroy_unnamed(own_database, later) == 0
    assert (len(named), files.has(unnamed)) == (1, True)


def test_a_content_on_its_way_into_a_case_is_not_destroyed_under_it(
    own_database: Database, drawn: tuple[Lawful, Filler]
) -> None:
    lawful, filler = drawn
    files = store(own_database)
    hashes = discarded(own_database, filler.agent, lawful.subject)
    with own_database.connect("app") as app, own_database.connect("app") as other:
        enter_subject(app, lawful.subject)
        store_document(files, PROOF, role="evidence", name="1.png", held_by=app)
        other.execute("SET lock_timeout = '200ms'")

        with pytest.raises(psycopg.errors.LockNotAvailable):
            actions_draft.destroy(other, files, hashes, why="discarded")
        other.rollback()

    assert files.has(FileHash(hashes[0]))
