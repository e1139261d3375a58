"""Use of a measure beyond its scope, basis or time, found in what bodies report (Opinion items 12 and 22)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

REASONS: Final[dict[str, str]] = {
    "unknown_measure": "不在失信惩戒措施基础清单中",
    "no_basis": "写明的依据不是这项措施的依据",
    "no_ground": "该主体没有可以采取这项措施的事由",
    "outside_scope": "不在法律规定的适用事项内",
    "outside_time": "超出事由或者依据的期限",
    "outside_region": "依据的地方性法规在本地区没有效力",
    "no_subject": "没有登记这一主体，或者不是组织",
}
"""Ways to go beyond the law, in the words the body reads."""


@dataclass(frozen=True, slots=True)
class Reported:
    """A measure as a body says it uses it; `until_on` is the first day it no longer will, None means for good."""

    uscc: str
    measure: str
    basis: str
    act: str
    from_on: date
    until_on: date | None = None


@dataclass(frozen=True, slots=True)
class Lawful:
    """A period during which a measure may be used against a subject, as shown.measure_period tells it."""

    measure: str
    basis: str
    acts: frozenset[str]
    from_on: date
    until_on: date
    is_within: bool


def beyond(used: Reported, known: frozenset[str], lawful: Iterable[Lawful] | None) -> tuple[str, ...]:
    """Say in which ways a reported use goes beyond the law; empty where it does not.

    `known` are the names of the fourteen measures; `lawful` the periods of this subject, None without a subject.
    A use is lawful when one period bears all of it; else the nearest period says what is wrong."""
    if used.measure not in known:
        return ("unknown_measure",)
    if lawful is None:
        return ("no_subject",)
    same = [one for one in lawful if one.measure == used.measure]
    if not same:
        return ("no_ground",)
    return min((_wrong(used, one) for one in same), key=len)


def _wrong(used: Reported, one: Lawful) -> tuple[str, ...]:
    until = used.until_on or date.max
    wrong = {
        "no_basis": used.basis not in one.basis and one.basis not in used.basis,
        "outside_scope": used.act not in one.acts,
        "outside_time": used.from_on < one.from_on or until > one.until_on,
        "outside_region": not one.is_within,
    }
    return tuple(code for code, is_wrong in wrong.items() if is_wrong)
