"""An objection, its end, a repair and a move in the feed: what holders hear, what they may keep, and who hears it."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen
from uuid import UUID

import pytest

from limu import reactions_objection
from limu.case.rules import Case
from limu.client.follow import catch_up
from limu.client.reconcile import differences
from limu.client.store import Copy
from limu.department.store import enter
from limu.feed import actions_holder, api
from limu.objection import actions as objections
from limu.wire.database import Connection
from tests.feed.conftest import Town
from tests.feed.test_actions import reported, withdraw
from tests.lawful import Lawful, apply, grant, judged, stand_lawful
from tests.standing import SECRET


@pytest.fixture
def copy(tmp_path: Path) -> Iterator[Copy]:
    made = Copy(tmp_path / "copy.db")
    yield made
    made.close()


@pytest.fixture
def lawful(town: Town) -> Lawful:
    with town.database.connect("app") as app:
        return stand_lawful(app)


def _open(connection: Connection, lawful: Lawful, record: UUID, *, reason: str = "wrong_content") -> Case:
    made = reactions_objection.open_objection(
        connection, actor=lawful.agent, record=record, reason=reason, text="与事实不符"
    )
    assert isinstance(made, Case), made
    return made


def _keep(connection: Connection, lawful: Lawful, case: Case) -> None:
    enter(connection, department=lawful.base.department.id)
    proposed = objections.propose(connection, case.id, officer=lawful.handler, outcome="kept", reason="核对一致")
    assert isinstance(proposed, Case), proposed
    done = reactions_objection.confirm_objection(connection, lawful.book, case.id, officer=lawful.second)
    assert isinstance(done, Case), done


def _heard(town: Town, token: str, record: UUID) -> list[tuple[str, bool]]:
    """Kinds of the events of a record, and whether each still carries content."""
    events = town.site(token).events(0).events
    return [(event["type"], "data" in event) for event in events if event["subject"] == str(record)]


def test_a_mark_reaches_the_copy_with_the_content_and_leaves_it_with_the_decision(
    town: Town, lawful: Lawful, copy: Copy
) -> None:
    _, token = town.holder()
    site = town.site(token)
    catch_up(site, copy)
    with town.database.connect("app") as app:
        case = _open(app, lawful, lawful.record)
    town.tell()
    catch_up(site, copy)
    marked = json.loads(copy.find(lawful.record) or "{}")
    with town.database.connect("app") as app:
        _keep(app, lawful, case)
    town.tell()
    catch_up(site, copy)
    cleared = json.loads(copy.find(lawful.record) or "{}")

    assert (marked["is_disputed"], marked["content"]["facts"]) == (True, SECRET)
    assert cleared["is_disputed"] is False
    assert [kind for kind, _ in _heard(town, token, lawful.record)] == [
        "limu.record.published", "limu.record.objected", "limu.record.objection_closed",
    ]  # fmt: skip
    assert differences(site, copy).records == ()


def test_what_an_objection_holds_back_leaves_every_copy_until_it_is_decided(
    town: Town, lawful: Lawful, copy: Copy
) -> None:
    with town.database.connect("app") as app:
        record = judged(app, lawful)
    _, token = town.holder()
    site = town.site(token)
    catch_up(site, copy)
    assert copy.find(record) is not None
    with town.database.connect("app") as app:
        case = _open(app, lawful, record, reason="not_mine")
    # Before the writer has told anything: no event carries the content any more.
    assert _heard(town, token, record) == [("limu.record.published", False)]
    town.tell()
    catch_up(site, copy)
    assert copy.find(record) is None
    assert _heard(town, token, record) == [("limu.record.published", False), ("limu.record.withheld", False)]
    with town.database.connect("app") as app:
        _keep(app, lawful, case)
    town.tell()
    catch_up(site, copy)

    assert copy.find(record) is not None
    assert differences(site, copy).records == ()


def test_a_repair_takes_the_content_out_of_all_events_and_out_of_the_copy(
    town: Town, lawful: Lawful, copy: Copy
) -> None:
    _, token = town.holder()
    site = town.site(token)
    with town.database.connect("app") as app:
        _open(app, lawful, lawful.record)
    town.tell()
    catch_up(site, copy)
    with town.database.connect("app") as app:
        made = apply(app, lawful)
        enter(app, department=lawful.base.department.id)
        grant(app, lawful, made)
    town.tell()
    catch_up(site, copy)

    heard = _heard(town, token, lawful.record)
    assert heard[-1] == ("limu.record.repaired", False)
    assert not any(has_content for _, has_content in heard)
    end = next(one for one in site.events(0).events if one["type"] == "limu.record.repaired")
    assert (end["ended"], end["reason"]) == (True, "record_repaired")
    assert SECRET not in json.dumps(end, ensure_ascii=False)
    assert copy.find(lawful.record) is None
    assert copy.acknowledged == copy.timepoint
    assert differences(site, copy).records == ()


def _region(town: Town, subject: UUID, region: str) -> None:
    with town.database.connect("app") as app:
        app.execute("UPDATE limu.subject SET region = %s WHERE id = %s", (region, subject))


def test_an_agreement_for_a_region_hears_of_that_region_alone(town: Town, copy: Copy) -> None:
    place, records = reported(town.database)
    for subject, region in zip(place.subjects, ("990102", "990200", "110105"), strict=True):
        _region(town, subject, region)
    town.tell()
    _, token = town.holder(regions=("9901",))
    site = town.site(token)
    catch_up(site, copy)
    withdraw(town.database, place, records[1])
    withdraw(town.database, place, records[2])
    town.tell()
    catch_up(site, copy)

    assert {event["subject"] for event in site.events(0).events} == {str(records[0])}
    assert [record for record, _ in copy.records()] == [records[0]]
    assert site.tree("whole")["copies"] == 1


def test_a_subject_that_moves_leaves_the_copies_of_its_old_region_and_comes_to_those_of_the_new(
    town: Town, tmp_path: Path
) -> None:
    place, records = reported(town.database, rows=1)
    _region(town, place.subjects[0], "990102")
    town.tell()
    tokens = [town.holder(f"示例银行{region}", regions=(region,))[1] for region in ("9901", "1101")]
    copies = [Copy(tmp_path / f"{n}.db") for n in range(2)]
    sites = [town.site(token) for token in tokens]
    for site, kept in zip(sites, copies, strict=True):
        catch_up(site, kept)
    assert [kept.find(records[0]) is not None for kept in copies] == [True, False]

    _region(town, place.subjects[0], "110105")
    town.tell()
    for site, kept in zip(sites, copies, strict=True):
        catch_up(site, kept)

    assert [kept.find(records[0]) is not None for kept in copies] == [False, True]
    assert [differences(site, kept).records for site, kept in zip(sites, copies, strict=True)] == [(), ()]
    end = sites[0].events(0).events[-1]
    assert (end["type"], end["ended"], "data" in end) == ("limu.record.moved", True, False)
    for kept in copies:
        kept.close()


def _asked(town: Town, token: str, after: int) -> Request:
    address = f"{town.origin}/feed/stream?after={after}"
    return Request(address, headers={"Authorization": f"Bearer {token}"})  # noqa: S310 - the test's own server


def test_a_stream_brings_events_as_they_come_with_empty_lines_between_and_ends_with_the_agreement(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, records = reported(town.database)
    holder, token = town.holder()
    lines: list[bytes] = []
    ended, beating, changed = threading.Event(), threading.Event(), threading.Event()

    def listen() -> None:
        with urlopen(_asked(town, token, 0), timeout=60) as answer:  # noqa: S310
            assert answer.headers["Content-Type"] == api.LINES
            for line in answer:
                lines.append(line)
                if not line.strip():
                    beating.set()
                elif b"limu.record.withdrawn" in line:
                    changed.set()
        ended.set()

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    assert beating.wait(30)
    withdraw(town.database, place, records[0])
    town.tell()
    assert changed.wait(30)
    with town.database.connect("app") as app:
        act = actions_holder.ask_act(app, officer=town.asker, holder=holder.id, kind="pause", reason="检查")
        assert isinstance(act, UUID)
        assert actions_holder.settle_act(app, officer=town.confirmer, act=act, is_agreed=True) is None
    assert ended.wait(30)
    events = [json.loads(line) for line in lines if line.strip()]
    assert [event["type"] for event in events] == ["limu.record.published"] * 3 + ["limu.record.withdrawn"]
    assert [event["timepoint"] for event in events] == sorted(event["timepoint"] for event in events)
    # What was given through the stream counts as given: it can be acknowledged and is on the board.
    with town.database.connect("app") as app:
        given = app.execute(
            "SELECT bool_or(span @> 4::bigint) AS last FROM limu.feed_receipt WHERE NOT is_acknowledged"
        ).fetchone()
    assert given == {"last": True}


@pytest.mark.parametrize(("token", "after", "status"), [("limu_h_wrong", 0, 401), ("", 999, 410), ("", -1, 400)])
def test_a_stream_refuses_as_the_feed_does(town: Town, token: str, after: int, status: int) -> None:
    reported(town.database)
    _, right = town.holder()

    with pytest.raises(HTTPError) as refused:
        urlopen(_asked(town, token or right, after), timeout=60)  # noqa: S310

    assert refused.value.code == status
    refused.value.close()
