"""Killed at any named point, a proposal, an entry and an exit have happened whole or not at all (trust.md 3.2)."""

import os
import signal
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from limu.department.store import enter
from limu.listing import actions
from limu.reactions_listing import POINTS
from limu.wire.database import Database
from tests.lawful import Lawful, listers, stand_lawful
from tests.listed import DECISION, Listed, propose
from tests.zygote import Zygote


def whole(database: Database) -> dict[str, Any]:
    """Everything that an entry touches, as the owner of the tables sees it."""
    with database.connect("admin") as admin:

        def one(statement: str) -> Any:
            row = admin.execute(statement.encode()).fetchone()
            assert row
            return next(iter(row.values()))

        return {
            "entries": one("SELECT count(*) FROM limu.list_entry"),
            "steps": one("SELECT coalesce(string_agg(kind, ' ' ORDER BY recorded_at, kind), '') FROM limu.list_step"),
            "public": one("SELECT count(*) FROM shown.list_entry"),
            "measured": one("SELECT count(*) > 0 FROM shown.active_measure"),
            "letters": one("SELECT coalesce(string_agg(kind, ' ' ORDER BY issued_at, kind), '') FROM limu.letter"),
            "served": one("SELECT count(*) FROM limu.letter_service"),
            "version": one("SELECT version FROM limu.register_state"),
        }


Run = Callable[..., int]


@pytest.fixture
def run(zygote: Zygote, own_database: Database) -> Run:
    """`limu list …` in a process of its own, which a fault may kill."""
    kept = {**os.environ, **own_database.environment(), "LIMU_MODE": "test"}
    return lambda fault, *words: zygote.run("list", *words, env=kept | {"LIMU_FAULT": fault}).returncode


@pytest.fixture
def standing(own_database: Database) -> tuple[Lawful, Listed]:
    with own_database.connect("app") as connection:
        lawful = stand_lawful(connection)
        return lawful, listers(connection, lawful)


def killed_everywhere(
    run: Run, database: Database, *, act: str, words: tuple[str, ...]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Kill an act at each of its points; each leaves nothing, until the last, which comes after the commit."""
    before = whole(database)
    for point in POINTS[act]:
        assert run(point, *words) == -signal.SIGKILL, point
        held = whole(database)
        assert point == "after_commit" or held == before, point
    assert run("", *words) == 1, "what is done is not done twice"
    assert whole(database) == held
    return before, held


def test_a_proposal_killed_anywhere_is_whole_or_nothing(
    standing: tuple[Lawful, Listed], own_database: Database, run: Run
) -> None:
    lawful, listed = standing
    code = lawful.base.codes[1]
    words = (
        "propose",
        "tax",
        code,
        "--as",
        listed.proposer.code,
        "--document",
        "告1",
        "--facts",
        "事实",
        "--evidence",
        "证",
    )

    before, after = killed_everywhere(run, own_database, act="propose", words=words)

    assert (before["entries"], before["letters"]) == (0, "")
    assert (after["entries"], after["steps"], after["letters"], after["served"]) == (1, "notice", "list_notice", 1)
    assert after["public"] == 0


def test_an_entry_killed_anywhere_is_in_force_and_told_or_neither(
    standing: tuple[Lawful, Listed], own_database: Database, run: Run
) -> None:
    lawful, listed = standing
    entry = _decided(own_database, lawful, listed)
    words = ("serve", str(entry), "--as", listed.proposer.code, "--document", "送1")

    before, after = killed_everywhere(run, own_database, act="serve", words=words)

    assert (before["public"], before["measured"], before["letters"]) == (0, False, "")
    assert (after["public"], after["measured"]) == (1, True)
    assert (after["letters"], after["served"], after["version"]) == ("list_decision", 1, before["version"] + 1)


def test_an_exit_killed_anywhere_has_ended_and_told_all_or_nothing(
    standing: tuple[Lawful, Listed], own_database: Database, run: Run
) -> None:
    lawful, listed = standing
    entry = _decided(own_database, lawful, listed)
    assert run("", "serve", str(entry), "--as", listed.proposer.code, "--document", "送1") == 0
    words = ("exit", str(entry), "--as", listed.proposer.code, "--second", listed.decider.code,
             "--kind", "revocation", "--document", "移1")  # fmt: skip

    before, after = killed_everywhere(run, own_database, act="exit", words=words)

    assert (before["public"], before["measured"], before["letters"]) == (1, True, "list_decision")
    assert (after["public"], after["measured"]) == (0, False)
    assert after["steps"].endswith("exit")
    assert (after["letters"], after["version"]) == ("list_decision list_exit", before["version"] + 1)


def _decided(database: Database, lawful: Lawful, listed: Listed) -> UUID:
    with database.connect("app") as connection:
        enter(connection, department=lawful.base.department.id)
        entry = propose(connection, listed, kind="tax")
        actions.take_statement(connection, entry, officer=listed.proposer, statement=actions.Document("陈述1", "已付"))
        actions.decide_entry(connection, entry, officer=listed.decider, decision=DECISION)
    return entry
