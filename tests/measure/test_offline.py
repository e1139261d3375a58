"""The cache of a window: its own department's, encrypted, dated, and never older than it may be."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from limu.department.rules import NOT_THERE, Refusal
from limu.department.store import enter
from limu.listing import actions as listing
from limu.measure import store_offline, store_window
from limu.measure.actions_offline import CACHES, WAITING, check_offline, make_cache, stand
from limu.measure.queries import NOT_A_CODE
from limu.measure.rules_offline import NO_CACHE, OLD_CACHE, Offline, Standing, is_old, packed, unpacked
from limu.measure.rules_window import NO_ACT
from limu.measure.tasks import enter_all
from limu.wire.box import Box, BoxError
from limu.wire.clock import SHANGHAI
from limu.wire.database import Connection, Database
from limu.wire.home import Home
from tests import people
from tests.conftest import _clone
from tests.lawful import _confirm
from tests.listed import LEAVING, Listed, enlist, stand_listed
from tests.standing import code_of

ACT = "government_funds"


class Office:
    """A department with two listed subjects, and a cache made of its window, in a home that no other test writes to."""

    def __init__(self, database: Database, home: Home) -> None:
        self.database, self.home = database, home
        with database.connect("app") as connection:
            self.listed: Listed = stand_listed(connection)
            _confirm(connection, self.listed.base)
            self.entries = [enlist(connection, self.listed, number=number) for number in (0, 1)]
            connection.commit()
            self.other = people.department_of(connection, 77)
            connection.commit()
            make_cache(connection, self.home, self.listed.department)

    def standing(self) -> Standing:
        """The list officer at the degraded window."""
        found = stand(self.home, self.listed.department.id, code=self.listed.base.clerk.code, hours=12)
        assert isinstance(found, Standing), found
        return found

    def connect(self) -> Connection:
        """A connection as the tasks take one."""
        return self.database.connect("app")


@pytest.fixture(scope="module")
def office(template: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with _clone(template) as clone:
        yield Office(clone, Home(tmp_path_factory.mktemp("window")))


def test_the_cache_answers_as_the_register_did_and_outlives_being_written_down(office: Office) -> None:
    standing, base = office.standing(), office.listed.base
    made = check_offline(office.home, base.codes[0], act=ACT, standing=standing)
    assert isinstance(made, Offline)
    with office.connect() as connection:
        region = store_window.region_of(connection, base.department.id)
        told = store_window.allowed_at(
            connection, base.subjects[0], act=ACT, region=region, on=standing.at.astimezone(SHANGHAI).date()
        )

    assert made.allowed == told != ()
    assert unpacked(packed(standing.cache)) == standing.cache
    assert made.cached_at == standing.cache.made_at


def test_windows_of_one_territory_are_given_what_was_read_once_and_each_its_own_officers(office: Office) -> None:
    first = office.standing().cache
    with office.connect() as connection:
        same = make_cache(connection, office.home, office.other, like=replace(first, region=office.other.region))
        elsewhere = make_cache(connection, office.home, office.other, like=replace(first, region="659001"))

    assert (same.department, same.subjects) == (office.other.id, first.subjects)
    assert same.made_at == first.made_at < elsewhere.made_at
    assert same.officers != first.officers
    (office.home.folder(CACHES) / str(office.other.id)).unlink()


def test_what_has_ended_by_its_own_day_is_not_in_the_answer(office: Office) -> None:
    standing, code = office.standing(), office.listed.base.codes[0]
    later = replace(standing, at=standing.at + timedelta(days=1200))

    made = check_offline(office.home, code, act=ACT, standing=later)

    assert isinstance(made, Offline)
    assert made.allowed == ()


def test_the_cache_lies_encrypted_and_under_no_other_name(office: Office) -> None:
    box, own = Box(office.home, CACHES), str(office.listed.department.id)
    whole = (office.home.folder(CACHES) / own).read_bytes()
    assert office.listed.base.codes[0].encode() not in whole
    assert (office.home.folder(CACHES) / own).stat().st_mode & 0o077 == 0
    # Moved under another department's name it opens for nobody.
    stolen = office.home.folder(CACHES) / str(office.other.id)
    stolen.write_bytes(whole)

    with pytest.raises(BoxError):
        box.get(str(office.other.id))
    stolen.unlink()
    assert stand(office.home, office.other.id, code=office.listed.base.clerk.code, hours=12) == NO_CACHE


def test_only_officers_whom_the_cache_knows_stand_at_the_window_and_only_in_its_time(office: Office) -> None:
    department = office.listed.department.id
    clerk = office.listed.base.clerk.code

    assert stand(office.home, department, code="nobody", hours=12) == NOT_THERE
    assert stand(office.home, department, code=clerk, hours=0) == OLD_CACHE
    cache = office.standing().cache
    assert not is_old(cache, now=cache.made_at + timedelta(hours=12), hours=12)
    assert is_old(cache, now=cache.made_at + timedelta(hours=12, seconds=1), hours=12)
    assert is_old(cache, now=cache.made_at - timedelta(seconds=1), hours=12)
    assert check_offline(office.home, "某公司", act=ACT, standing=office.standing()) == NOT_A_CODE
    assert check_offline(office.home, office.listed.base.codes[0], act="x", standing=office.standing()) == NO_ACT


def test_each_check_is_entered_once_done_again_and_told_where_the_answer_differs(office: Office) -> None:
    base, standing = office.listed.base, office.standing()
    enter_all(office.connect, office.home)
    made = [check_offline(office.home, code, act=ACT, standing=standing) for code in (*base.codes[:2], code_of(9999))]
    with office.connect() as connection:
        enter(connection, department=base.department.id)
        done = listing.exit_entry(
            connection, office.entries[1], officer=office.listed.proposer, second=office.listed.decider,
            exit_kind="revocation", decision=LEAVING,
        )  # fmt: skip
        assert not isinstance(done, Refusal), done
    waiting = {name: Box(office.home, WAITING).get(name) for name in Box(office.home, WAITING).names()}

    assert enter_all(office.connect, office.home, department=office.other.id) == 0
    assert enter_all(office.connect, office.home) == 3
    # A crash after the commit and before the removal leaves the files: nothing is entered twice.
    for name, content in waiting.items():
        assert content is not None
        Box(office.home, WAITING).put(name, content)
    enter_all(office.connect, office.home)

    with office.connect() as connection:
        enter(connection, department=base.department.id)
        rows = {row["id"]: row for row in store_offline.recent(connection, department=base.department.id, limit=50)}
        told = [rows[one.id]["is_same"] for one in made if isinstance(one, Offline)]
        assert told == [True, False, None]
        tickets = connection.execute("SELECT FROM limu.read_ticket WHERE scope LIKE '%停机%'").fetchall()
        assert len(tickets) == len(rows)
        enter(connection, department=office.other.id)
        assert store_offline.recent(connection, department=base.department.id, limit=50) == []
    assert Box(office.home, WAITING).names() == ()
