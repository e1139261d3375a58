"""Which subject a record is about: never by name alone; what is in doubt goes to a person (design.md 2, promise 4)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple
from uuid import UUID

from limu.terms.names import normalise_name, split_name
from limu.terms.numbers import split_old_tax_number
from limu.terms.uscc import clean_uscc, is_valid_organisation_code, is_valid_uscc, organisation_code_of

Basis = Literal[
    "uscc", "registration", "organisation", "tax", "institution", "social", "name_and_region", "name_and_registrar",
    "name_and_address", "name_and_number",
]  # fmt: skip
Way = Literal["uscc", "number", "organisation_code", "name", "former", "similar"]

# How a part of an organisation is called; the name of the whole stands before it.
BRANCH: Final = (
    "分公司|支公司|分行|支行|营业部|营业所|分理处|储蓄所|分店|分厂|分社|分所|"
    "分院|分校|办事处|代表处|经营部|门市部|服务部|项目部|分部"
)
_BRANCH_END: Final = re.compile(f"(?:{BRANCH})(?:\\([^()]*\\))?$")
_ADDRESS_NOISE: Final = re.compile(r"[\s\u3000,，.。、()（）\-—#]+")
SHORTEST_ADDRESS: Final = 6
# Numbers of an irregular form stand among registration numbers once two people confirmed them.
NUMBER_BASES: Final[dict[str, Basis]] = {
    "registration": "registration", "organisation": "organisation", "tax": "tax", "institution": "institution",
    "social": "social", "irregular_code": "registration",
}  # fmt: skip
NO_SUBJECT: Final = "登记库中没有找到对应主体"


@dataclass(frozen=True, slots=True)
class RowFacts:
    """What a reported row says about whom it concerns."""

    name: str
    uscc: str = ""
    numbers: tuple[str, ...] = ()
    region: str = ""
    address: str = ""
    registrar: str = ""
    normalised: str | None = None
    """The normal form of the name, where it is known already."""

    @property
    def normal(self) -> str:
        """The normal form of the stated name."""
        return normalise_name(self.name) if self.normalised is None else self.normalised


class Candidate(NamedTuple):
    """A subject that could be meant: how it was found, and its own facts."""

    subject: UUID
    uscc: str
    name: str
    normal: str
    kind: str
    ways: frozenset[Way]
    number_kinds: tuple[str, ...] = ()
    region: str = ""
    registrar: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Reasoned:
    """A candidate with the words for and against it, as the matching desk shows them."""

    candidate: Candidate
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Linked:
    """Found without doubt: the subject, on what basis, and the evidence."""

    subject: UUID
    basis: Basis
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unsure:
    """A person has to decide: why, and between whom."""

    reason: str
    candidates: tuple[Reasoned, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody in the register could be meant."""

    reason: str = NO_SUBJECT


Outcome = Linked | Unsure | Unknown


def decide_link(row: RowFacts, candidates: tuple[Candidate, ...]) -> Outcome:
    """Decide whom a row is about: by code, by an older number, by the organisation code, by name with a second fact."""
    by_code = _found(candidates, "uscc")
    if by_code:
        return _by_code(row, by_code[0], candidates)
    if is_valid_uscc(clean_uscc(row.uscc)):
        # A code of the right form that the register does not hold belongs to somebody else than its namesakes.
        return _unsure(row, "登记库中没有这个统一社会信用代码", candidates) if candidates else Unknown()
    by_number = _found(candidates, "number") or _found(candidates, "organisation_code")
    if by_number:
        return _by_number(row, by_number, candidates)
    by_name = _found(candidates, "name") + tuple(c for c in _found(candidates, "former") if "name" not in c.ways)
    if by_name:
        return _by_name(row, by_name, candidates)
    return _unsure(row, "没有名称一致的主体，只有名称相近的", candidates) if candidates else Unknown()


def _found(candidates: tuple[Candidate, ...], way: Way) -> tuple[Candidate, ...]:
    return tuple([candidate for candidate in candidates if way in candidate.ways])


def _is_named(candidate: Candidate) -> bool:
    return bool(candidate.ways & {"name", "former"})


def _by_code(row: RowFacts, owner: Candidate, candidates: tuple[Candidate, ...]) -> Outcome:
    if not row.normal or _is_named(owner) or owner.kind == "sole_trader":
        return Linked(owner.subject, "uscc", ("统一社会信用代码一致",))
    if any(_is_named(other) for other in candidates if other.subject != owner.subject):
        return _unsure(row, "代码与名称指向不同的主体", candidates)
    if is_part_and_whole(row.normal, owner.normal):
        return _unsure(row, "代码与名称分属总机构和分支机构，不能并入", candidates)
    return Linked(owner.subject, "uscc", ("统一社会信用代码一致", f"名称与登记不同：{owner.name}"))


def _by_number(row: RowFacts, found: tuple[Candidate, ...], candidates: tuple[Candidate, ...]) -> Outcome:
    named = tuple(one for one in found if _is_named(one))
    chosen = named if row.normal else found
    if len(chosen) == 1:
        evidence = ("旧号码一致", "名称规范化后一致") if row.normal else ("旧号码一致",)
        return Linked(chosen[0].subject, _base_of(chosen[0]), evidence)
    if len(chosen) > 1:
        return _unsure(row, f"登记库中有 {len(chosen)} 个主体用过这个号码", candidates)
    if len(found) == 1 and _is_renamed(row, found[0], candidates):
        return Linked(
            found[0].subject,
            _base_of(found[0]),
            ("组织机构代码一致", "字号或地址一致", f"名称与登记不同：{found[0].name}"),
        )
    return _unsure(row, "号码一致，但名称不同", candidates)


def _base_of(candidate: Candidate) -> Basis:
    kind = next((kind for kind in candidate.number_kinds if kind in NUMBER_BASES), "organisation")
    return NUMBER_BASES[kind]


def _is_renamed(row: RowFacts, owner: Candidate, candidates: tuple[Candidate, ...]) -> bool:
    """Whether an organisation code (GB 11714, with its check digit) points to this owner under an older name.

    The trade name or the address must agree, no other subject may have the name, and neither be the other's branch."""
    if "organisation_code" not in owner.ways or owner.kind == "sole_trader" or any(map(_is_named, candidates)):
        return False
    if is_part_and_whole(row.normal, owner.normal) or bool(_BRANCH_END.search(row.normal)) != bool(
        _BRANCH_END.search(owner.normal)
    ):
        return False
    stated, registered = split_name(row.normal).trade_name, split_name(owner.normal).trade_name
    is_akin = len(stated) > 1 and stated == registered
    return (is_akin and _agrees(row, owner)) or same_address(row.address, owner.address)


def _agrees(row: RowFacts, candidate: Candidate) -> bool:
    return bool(row.region and candidate.region) and same_region(row.region, candidate.region)


def _by_name(row: RowFacts, found: tuple[Candidate, ...], candidates: tuple[Candidate, ...]) -> Outcome:
    if len(found) > 1:
        return _unsure(row, f"登记库中有同名主体 {len(found)} 个", candidates)
    only = found[0]
    if only.kind == "sole_trader":
        return _unsure(row, "个体工商户只能凭代码关联", candidates)
    organisations = wanted_numbers(row)[1] if row.numbers or row.uscc else ()
    if organisations and only.uscc and organisation_code_of(only.uscc) not in organisations:
        return _unsure(row, "名称一致，但组织机构代码不同", candidates)
    second = second_fact(row, only)
    if second is None:
        return _unsure(row, "仅名称一致，缺少第二项佐证", candidates)
    basis, words = second
    name = "名称规范化后一致" if "name" in only.ways else "曾用名一致"
    return Linked(only.subject, basis, (name, words))


def second_fact(row: RowFacts, candidate: Candidate) -> tuple[Basis, str] | None:
    """The second fact that agrees with a matching name; one that disagrees speaks against all others."""
    if row.region and candidate.region and not same_region(row.region, candidate.region):
        return None
    if row.region and candidate.region:
        return "name_and_region", "所在地区一致"
    if _same_registrar(row, candidate):
        return "name_and_registrar", "登记机关一致"
    if same_address(row.address, candidate.address):
        return "name_and_address", "地址一致"
    return None


def _same_registrar(row: RowFacts, candidate: Candidate) -> bool:
    stated = normalise_name(row.registrar) if row.registrar else ""
    return bool(stated) and stated == normalise_name(candidate.registrar)


def same_region(one: str, other: str) -> bool:
    """Whether one region is the other or contains it; codes of a province or city end in zeros (GB/T 2260)."""
    for size in (6, 4, 2):
        if one[size:].strip("0") == "" or other[size:].strip("0") == "":
            shorter = min(len(one.rstrip("0")), len(other.rstrip("0")))
            kept = max(2, shorter + shorter % 2)
            return one[:kept] == other[:kept]
    return False


def same_address(one: str, other: str) -> bool:
    """Whether one address holds the other, blanks and marks aside; a short one says nothing."""
    if not one or not other:
        return False
    left, right = _ADDRESS_NOISE.sub("", one), _ADDRESS_NOISE.sub("", other)
    if min(len(left), len(right)) < SHORTEST_ADDRESS:
        return False
    return left in right or right in left


def is_part_and_whole(one: str, other: str) -> bool:
    """Whether of two names one is the other's branch: it begins with it, and goes on to a branch's word."""
    part, whole = (one, other) if len(one) > len(other) else (other, one)
    return part != whole and part.startswith(whole) and _BRANCH_END.search(part[len(whole) :]) is not None


def _unsure(row: RowFacts, reason: str, candidates: tuple[Candidate, ...]) -> Unsure:
    shown: Sequence[Candidate] = candidates
    if len(shown) > 1:
        shown = sorted(candidates, key=lambda one: (not _is_named(one), "uscc" not in one.ways, str(one.subject)))
    return Unsure(reason, tuple([Reasoned(one, reasons_for(row, one)) for one in shown]))


def reasons_for(row: RowFacts, candidate: Candidate) -> tuple[str, ...]:
    """What speaks for a candidate and what against, in words."""
    words = []
    if "uscc" in candidate.ways:
        words.append("统一社会信用代码一致")
    if "number" in candidate.ways or "organisation_code" in candidate.ways:
        words.append("旧号码一致")
    if "name" in candidate.ways:
        words.append("名称规范化后一致")
    elif "former" in candidate.ways:
        words.append("曾用名一致")
    elif row.normal:
        words.append("名称相近" if "similar" in candidate.ways else "名称不同")
    if row.region and candidate.region:
        words.append("所在地区一致" if same_region(row.region, candidate.region) else "所在地区不同")
    facts = (_same_registrar(row, candidate), same_address(row.address, candidate.address))
    words += [word for word, agrees in zip(("登记机关一致", "地址一致"), facts, strict=True) if agrees]
    return tuple(words)


def wanted_numbers(row: RowFacts) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The older numbers to look for, and the organisation codes that unified codes were built on."""
    stated = [number.rpartition(":")[2] for number in row.numbers]
    if row.uscc and not is_valid_uscc(clean_uscc(row.uscc)):
        stated.append(row.uscc)
    plain = tuple(dict.fromkeys(clean_uscc(number) for number in stated if number))
    codes = []
    for number in plain:
        tax = split_old_tax_number(number)
        if tax is not None and not tax.is_personal:
            codes.append(tax.organisation_code)
        elif is_valid_organisation_code(number):
            codes.append(number.replace("-", ""))
    return plain, tuple(dict.fromkeys(codes))


def differs_greatly(stated: str, registered: str) -> bool:
    """Whether two names are so far apart that linking them needs a reason and a second person (ux.md J5)."""
    one, other = normalise_name(stated), normalise_name(registered)
    if one == other:
        return False
    left, right = split_name(one), split_name(other)
    return left.trade_name != right.trade_name or left.branch != right.branch or is_part_and_whole(one, other) or (
        # The same trade name in another form of company or group is another company.
        left.form != right.form or left.trade != right.trade
    )  # fmt: skip
