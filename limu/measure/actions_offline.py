"""Acts of the degraded window: make a cache, answer from it, enter what was answered. Never commits."""

import os
import secrets
from datetime import datetime
from functools import lru_cache
from typing import Any, Final
from uuid import UUID, uuid4

from psycopg import Connection

from limu.access.actions import Connect
from limu.access.rules import Ticket
from limu.access.store import insert_past_ticket
from limu.department.rules import NOT_THERE, Department, Refusal, authorise
from limu.department.store import enter, find_officer, officers_of
from limu.law.measure import ACTS
from limu.measure import store, store_offline
from limu.measure.actions_window import Moment, check_subject
from limu.measure.queries import NOT_A_CODE
from limu.measure.rules_decision import PURPOSES, allowed_in
from limu.measure.rules_offline import (
    NO_CACHE,
    OLD_CACHE,
    Cache,
    Offline,
    Standing,
    answered,
    is_old,
    is_same,
    offline_number,
    offline_of,
    packed,
    text_of,
    unpacked,
    written,
)
from limu.measure.rules_window import NO_ACT, Check
from limu.terms.uscc import clean_uscc, is_valid_uscc
from limu.wire.box import Box
from limu.wire.clock import SHANGHAI, Clock, register_clock
from limu.wire.home import Home

CACHES: Final = "window-cache"
WAITING: Final = "window-waiting"


def cache_hours() -> float:
    """How old a cache may be and still be read, in hours."""
    return float(os.environ.get("LIMU_WINDOW_CACHE_HOURS", "12"))


def make_cache(connection: Connection[Any], home: Home, department: Department, *, like: Cache | None = None) -> Cache:
    """Read what this department's window may say, as this department, and keep it encrypted under its name.

    The windows of one territory say the same of subjects: a cache made just before is `like` it, and not read again."""
    enter(connection, department=department.id)
    clock = register_clock(connection)
    now = clock.now()
    if like is not None and like.region == department.region:
        now, subjects, text = like.made_at, like.subjects, like.written
    else:
        subjects = store_offline.listed_in(connection, region=department.region, on=clock.today())
        text = written(subjects.values())
    officers = {
        one.code: one
        for one in officers_of(connection, department.id)
        if authorise(one, "check_measures", department.id) is None
    }
    made = Cache(department.id, department.region, now, clock.shift, subjects, officers, text)
    Box(home, CACHES).put(str(department.id), packed(made))
    return made


def stand(home: Home, department: UUID, *, code: str, hours: float) -> Standing | Refusal:
    """Let an officer stand at the degraded window: of the department's own cache, in its age, and known to it."""
    box = Box(home, CACHES)
    put_at = box.age_of(str(department))
    found = _opened(box, str(department), put_at) if put_at else None
    if found is None or found.department != department:
        return NO_CACHE
    now = Clock(found.shift).now()
    if is_old(found, now=now, hours=hours):
        return OLD_CACHE
    officer = found.officers.get(code)
    return NOT_THERE if officer is None else Standing(found, officer, now)


def department_of(home: Home, code: str) -> UUID | None:
    """Find in whose cache an account stands."""
    box = Box(home, CACHES)
    for name in box.names():
        put_at = box.age_of(name)
        found = _opened(box, name, put_at) if put_at else None
        if found is not None and code in found.officers:
            return found.department
    return None


@lru_cache(maxsize=4)
def _opened(box: Box, name: str, put_at: datetime) -> Cache | None:
    del put_at  # a newer content under the name is another cache
    content = box.get(name)
    return unpacked(content) if content is not None else None


def check_offline(home: Home, uscc: str, *, act: str, standing: Standing) -> Offline | Refusal:
    """Answer from the cache, by its own days; the check is durable on disk before it is answered."""
    code, cache = clean_uscc(uscc), standing.cache
    if act not in ACTS:
        return NO_ACT
    if not is_valid_uscc(code):
        return NOT_A_CODE
    facts = cache.subjects.get(code)
    today = standing.at.astimezone(SHANGHAI)
    allowed = allowed_in(facts, act=act, region=cache.region, on=today.date()) if facts else ()
    asked = uuid4(), offline_number(today, secrets.randbits(48)), act
    made = answered(asked, standing=standing, uscc=code, allowed=allowed)
    Box(home, WAITING).put(str(made.id), text_of(made))
    # Durable: the trace of this read. The register gets it when it is back, whatever becomes of this process.
    return made


def find_waiting(home: Home, offline: UUID, *, department: UUID) -> Offline | None:
    """Find a waiting check of a department."""
    content = Box(home, WAITING).get(str(offline))
    found = offline_of(content) if content is not None else None
    return found if found is not None and found.department == department else None


def enter_waiting(connection: Connection[Any], one: Offline, *, connect: Connect) -> Check | None:
    """Enter a waiting check with the time it was made at, and ask the same question again; once.

    Both reads are in the trail, where the subject sees them."""
    enter(connection, department=one.department)
    if store_offline.is_entered(connection, one.id):
        return None
    officer = find_officer(connection, one.officer_code)
    found = store.find_subject(connection, one.uscc)
    subject = found[0] if found else None
    again: Check | Refusal | None = None
    if officer is not None and subject is not None:
        clock = register_clock(connection)
        moment = Moment(clock.today(), clock.now())
        again = check_subject(connection, one.uscc, act=one.act, officer=officer, when=moment, connect=connect)
    done = again if isinstance(again, Check) else None
    told = f"{ACTS[one.act]}（停机期间，按{one.cached_at.astimezone(SHANGHAI):%m-%d %H:%M}的缓存）"
    enter(connection, department=one.department)
    ticket = Ticket(uuid4(), one.officer, one.department, PURPOSES[0], subject, told)
    insert_past_ticket(connection, ticket, at=one.checked_at)
    store_offline.insert_offline(
        connection, one, subject=subject, again=done.id if done else None,
        same=is_same(one.allowed, done.allowed) if done else None,
    )  # fmt: skip
    return done
