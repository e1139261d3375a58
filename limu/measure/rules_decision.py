"""A decision asked for by a machine: what must be said, and the answer as it is written (Opinion item 12)."""

import json
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, Literal
from uuid import UUID

from limu.department.rules import Refusal
from limu.department.rules_key import KnownKey
from limu.law.measure import ACTS
from limu.law.term import region_matches
from limu.measure.rules_window import Allowed

PURPOSES: Final[tuple[Literal["window_check"]]] = ("window_check",)
"""Purposes of the closed list for which a decision may be asked; each is kept in the trail with its basis."""

NO_PURPOSE = Refusal(
    "M-109",
    "没有写明用途，或者用途不在可以核查的范围内。",
    f"purpose 只能是：{'、'.join(PURPOSES)}（办理事项时核查）。",
)
UNKNOWN = Refusal("M-110", "请求中有不认识的参数。", "只能有 act 和 purpose；单位和区域由凭证决定，判断之日为今天。")
NOT_NOW = Refusal(
    "M-111",
    "登记库暂时无法访问，查询没有留痕，因此不能作答。",
    "请稍后重试；急需办理的，到 /dept/check 按停机办法核查。",
)


@dataclass(frozen=True, slots=True)
class Ask:
    """One question of a machine, its words already judged."""

    known: KnownKey
    ticket: UUID
    uscc: str
    act: str


@dataclass(frozen=True, slots=True)
class Period:
    """A measure from its first to its last lawful day, with the acts and the territory it belongs to."""

    allowed: Allowed
    acts: frozenset[str]
    region: str


@dataclass(frozen=True, slots=True)
class Facts:
    """A subject with every measure its grounds bring at any time, as one state of the register has them.

    Answers written once are kept beside the facts they follow from, by act, territory and day, and go with them."""

    subject: UUID
    uscc: str
    name: str
    periods: tuple[Period, ...]
    written: dict[tuple[str, str, date], bytes] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class State:
    """Which state of the register facts belong to, and the register's day."""

    version: int
    edition: str
    today: date

    @property
    def mark(self) -> tuple[int, str]:
        """What has to be the same for facts to be true still; the day is asked of each period."""
        return self.version, self.edition


@dataclass(frozen=True, slots=True)
class Decided:
    """The answer to one question, and the state it was true in."""

    facts: Facts
    on: date


def allowed_in(facts: Facts, *, act: str, region: str, on: date) -> tuple[Allowed, ...]:
    """Say which measures the law allows at an act on a day, in the territory of the asking body."""
    return tuple(
        one.allowed
        for one in facts.periods
        if act in one.acts
        and one.allowed.from_on <= on
        and (one.allowed.until_on is None or on < one.allowed.until_on)
        and region_matches(one.region, region)
    )


def told(facts: Facts, *, act: str, region: str, on: date) -> dict[str, Any]:
    """Lay the answer out: the keys of `limu decide --json` for each measure, and the ground in words beside them."""
    found = allowed_in(facts, act=act, region=region, on=on)
    return {
        "uscc": facts.uscc,
        "name": facts.name,
        "act": act,
        "act_text": ACTS[act],
        "as_of": str(on),
        "is_disputed": any(one.is_disputed for one in found),
        "measures": [
            {
                "measure": one.measure, "basis": one.basis, "ground": str(one.ground), "from": str(one.from_on),
                "until": str(one.until_on) if one.until_on else None, "by": one.body, "rule": one.rule,
                "ground_text": one.told, "is_disputed": one.is_disputed,
            }
            for one in found
        ],
    }  # fmt: skip


def written(facts: Facts, *, act: str, region: str, on: date) -> bytes:
    """Write the answer down as it is sent; once for each act, territory and day of the same facts."""
    at = (act, region, on)
    body = facts.written.get(at)
    if body is None:
        answer = told(facts, act=act, region=region, on=on)
        body = json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()
        facts.written[at] = body
    return body
