"""The window while the register cannot be reached: a dated cache, what it may say, and how long."""

import json
import zlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from limu.department.rules import Officer, Refusal
from limu.measure.rules_decision import Facts, Period
from limu.measure.rules_window import Allowed, allowed_of, answer_of, digest_of, number_of

TAIL: Final = 12

NO_CACHE = Refusal(
    "M-120", "登记库暂时无法访问，本单位也没有可用的缓存，不能核查。",
    "没有核查不得采取措施：请暂缓作出不利决定，或者向认定单位书面核实。",
)  # fmt: skip
OLD_CACHE = Refusal(
    "M-121", "登记库暂时无法访问，缓存已超过允许的时间，不再使用。",
    "请暂缓作出不利决定，或者向认定单位书面核实；服务恢复后再核查。",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cache:
    """What a department's window may say of listed subjects, as the register had it at one instant, and to whom.

    `shift` is the register's clock against the machine's, so that days go on being counted without the register."""

    department: UUID
    region: str
    made_at: datetime
    shift: timedelta
    subjects: dict[str, Facts]
    officers: dict[str, Officer]
    written: str = field(default="", compare=False, repr=False)
    """Its subjects as they are written down, where that was done; of a large territory it takes seconds."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Who stands at the degraded window: a cache young enough, an officer whom it knows, and the register's instant."""

    cache: Cache
    officer: Officer
    at: datetime


@dataclass(frozen=True, slots=True)
class Offline:
    """A check from a cache, as it was answered; kept on disk until the register has it."""

    id: UUID
    number: str
    uscc: str
    name: str
    act: str
    region: str
    cached_at: datetime
    checked_at: datetime
    officer: UUID
    officer_code: str
    officer_name: str
    person: UUID
    department: UUID
    department_name: str
    digest: str
    allowed: tuple[Allowed, ...]

    @property
    def tail(self) -> str:
        """The part of the digest that is printed on the slip."""
        return self.digest[:TAIL]


def is_old(cache: Cache, *, now: datetime, hours: float) -> bool:
    """Tell whether a cache has passed its age; one from the future was made by another clock and is no better."""
    return not timedelta() <= now - cache.made_at <= timedelta(hours=hours)


def offline_number(on: datetime, chance: int) -> str:
    """Make the number of such a check: as of any other, under letters of its own."""
    return "HT" + number_of(on.date(), chance)[2:]


def answered(asked: tuple[UUID, str, str], *, standing: Standing, uscc: str, allowed: tuple[Allowed, ...]) -> Offline:
    """Put a check together from what was asked (its id, number and act) and what the cache allows."""
    made, number, act = asked
    cache, officer, at = standing.cache, standing.officer, standing.at
    found = cache.subjects.get(uscc)
    mark = f"{number} {cache.made_at.isoformat()}"
    return Offline(
        id=made, number=number, uscc=uscc, name=found.name if found else "", act=act, region=cache.region,
        cached_at=cache.made_at, checked_at=at, officer=officer.id, officer_code=officer.code,
        officer_name=officer.person_name, person=officer.person, department=officer.department,
        department_name=officer.department_name, allowed=allowed,
        digest=digest_of(number=mark, uscc=uscc, act=act, on=at.date(), allowed=allowed),
    )  # fmt: skip


def is_same(before: tuple[Allowed, ...], after: tuple[Allowed, ...]) -> bool:
    """Tell whether the register answers as the cache did: the same measures on the same grounds for the same time."""
    told = [{(one.rule, one.ground, one.from_on, one.until_on) for one in some} for some in (before, after)]
    return told[0] == told[1]


def written(subjects: Iterable[Facts]) -> str:
    """Write down what a cache says of subjects."""
    return _json([
        [str(one.subject), one.uscc, one.name,
         [[sorted(p.acts), p.region, answer_of((p.allowed,))[0]] for p in one.periods]]
        for one in subjects
    ])  # fmt: skip


def packed(cache: Cache) -> bytes:
    """Write a cache down."""
    told = {
        "department": str(cache.department), "region": cache.region, "made_at": cache.made_at.isoformat(),
        "shift": cache.shift.total_seconds(), "officers": [asdict(one) for one in cache.officers.values()],
    }  # fmt: skip
    whole = f'{_json(told)[:-1]},"subjects":{cache.written or written(cache.subjects.values())}}}'
    return zlib.compress(whole.encode(), 1)


def _json(told: Any) -> str:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"), default=str)


def unpacked(content: bytes) -> Cache:
    """Read a cache back."""
    told = json.loads(zlib.decompress(content))
    subjects = {
        uscc: Facts(
            UUID(subject), uscc, name,
            tuple(Period(allowed_of([one])[0], frozenset(acts), region) for acts, region, one in periods),
        )
        for subject, uscc, name, periods in told["subjects"]
    }  # fmt: skip
    made_at, shift = datetime.fromisoformat(told["made_at"]), timedelta(seconds=told["shift"])
    officers = {one["code"]: _officer(one) for one in told["officers"]}
    return Cache(UUID(told["department"]), told["region"], made_at, shift, subjects, officers)


def _officer(told: dict[str, Any]) -> Officer:
    ids = {name: UUID(told[name]) for name in ("id", "person", "department")}
    return Officer(**told | ids | {"roles": tuple(told["roles"])})


def text_of(one: Offline) -> bytes:
    """Write a check down as it waits for the register."""
    told = {name: getattr(one, name) for name in Offline.__dataclass_fields__} | {"allowed": answer_of(one.allowed)}
    return json.dumps(told, ensure_ascii=False, default=_plain).encode()


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def offline_of(content: bytes) -> Offline:
    """Read a waiting check back."""
    told: dict[str, Any] = json.loads(content)
    for name in ("id", "officer", "person", "department"):
        told[name] = UUID(told[name])
    for name in ("cached_at", "checked_at"):
        told[name] = datetime.fromisoformat(told[name])
    return Offline(**told | {"allowed": allowed_of(told["allowed"])})
