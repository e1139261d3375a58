"""What the matching desk lays side by side: each fact in words, differences letter by letter, and the risk."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Final, Literal
from uuid import UUID

from limu.linking.rules import RowFacts, differs_greatly, same_address, same_region
from limu.terms.identity import is_resident_number, mask_personal_numbers
from limu.terms.names import looks_like_person, masked_person_name, normalise_name
from limu.terms.uscc import clean_uscc, is_valid_uscc

Verdict = Literal["agrees", "differs", "open"]

SECOND_AT: Final = 3
"""Points of risk from which a second person confirms (LIMU_LINK_SECOND_AT); names far apart always need one."""

GREATLY: Final = "名称差异较大"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of letters: in both texts, or in this one alone."""

    text: str
    is_alone: bool


@dataclass(frozen=True, slots=True)
class Known:
    """What the register says of a candidate."""

    subject: UUID
    uscc: str
    name: str
    kind: str
    region: str
    registrar: str
    address: str
    former: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FactLine:
    """One fact on both sides, and in words whether it agrees."""

    label: str
    stated: tuple[Piece, ...]
    registered: tuple[Piece, ...]
    verdict: Verdict
    words: str


@dataclass(frozen=True, slots=True)
class Risk:
    """One reason to be careful, with its points."""

    words: str
    points: int


def without_persons(row: RowFacts) -> RowFacts:
    """What a row says, without anything of a natural person: a person's name masked, personal numbers taken out."""
    name = masked_person_name(row.name) if looks_like_person(row.name) else mask_personal_numbers(row.name)
    numbers = tuple(one for one in row.numbers if not is_resident_number(one.rpartition(":")[2]))
    code = "" if is_resident_number(row.uscc) else row.uscc
    address = mask_personal_numbers(row.address)
    return replace(row, name=name, normalised=None, numbers=numbers, uscc=code, address=address)


def marked(stated: str, registered: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Take two texts apart into the runs of letters they share and those that stand in one alone."""
    left: list[Piece] = []
    right: list[Piece] = []
    for kind, *at in SequenceMatcher(None, stated, registered, autojunk=False).get_opcodes():
        for side, text in ((left, stated[at[0] : at[1]]), (right, registered[at[2] : at[3]])):
            if text:
                side.append(Piece(text, kind != "equal"))
    return tuple(left), tuple(right)


def compared(row: RowFacts, known: Known, *, place: Callable[[str], str] = str) -> tuple[FactLine, ...]:
    """Lay a row beside a candidate, fact by fact, the name first; `place` names a region by its code."""
    return tuple(_lines(row, known, place))


def _lines(row: RowFacts, known: Known, place: Callable[[str], str]) -> Iterator[FactLine]:
    yield _line("名称", (row.name, known.name), _name_words(row, known))
    code = clean_uscc(row.uscc)
    yield _told("统一社会信用代码", (row.uscc, known.uscc), code == known.uscc)
    if row.numbers or known.numbers:
        stated = {one.rpartition(":")[2] for one in row.numbers}
        yield _told("旧号码", ("、".join(sorted(stated)), "、".join(known.numbers)), bool(stated & set(known.numbers)))
    yield _told("所在地区", (place(row.region), place(known.region)), same_region(row.region, known.region))
    same = normalise_name(row.registrar) == normalise_name(known.registrar)
    yield _told("登记机关", (row.registrar, known.registrar), same)
    if known.kind != "sole_trader":
        # A sole trader's address may be where a person lives.
        yield _told("住所", (row.address, known.address), same_address(row.address, known.address))


def _name_words(row: RowFacts, known: Known) -> tuple[Verdict, str]:
    if row.normal == normalise_name(known.name):
        return "agrees", "名称一致" if row.name == known.name else "名称规范化后一致"
    if row.normal in {normalise_name(one) for one in known.former}:
        return "agrees", "曾用名一致"
    return "differs", GREATLY if differs_greatly(row.name, known.name) else "名称略有不同"


def _told(label: str, texts: tuple[str, str], agrees: bool) -> FactLine:
    if not all(texts):
        words = "双方都没有" if not any(texts) else "报送中没有" if not texts[0] else "登记中没有"
        return _line(label, texts, ("open", f"{label}：{words}"))
    return _line(label, texts, ("agrees", f"{label}一致") if agrees else ("differs", f"{label}不同"))


def _line(label: str, texts: tuple[str, str], told: tuple[Verdict, str]) -> FactLine:
    left, right = marked(*texts) if all(texts) and texts[0] != texts[1] else _whole(*texts)
    return FactLine(label, left, right, *told)


def _whole(*texts: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    left, right = ((Piece(text, is_alone=False),) if text else () for text in texts)
    return left, right


def risks_of(row: RowFacts, known: Known, others: Sequence[Known]) -> tuple[Risk, ...]:
    """Why linking a row to a candidate may be wrong; the others are the candidates not chosen."""
    code = clean_uscc(row.uscc)
    has_code = code == known.uscc
    name = normalise_name(known.name)
    is_other_code = is_valid_uscc(code) and not has_code
    is_elsewhere = bool(row.region and known.region) and not same_region(row.region, known.region)
    has_namesake = any(normalise_name(one.name) == name for one in others)
    found = (
        (_name_words(row, known)[1] == GREATLY, GREATLY, 3),
        (is_other_code, "报送的代码属于别的主体", 3),
        (is_elsewhere, "所在地区不同", 2),
        (known.kind == "sole_trader" and not has_code, "个体工商户没有代码佐证", 3),
        (has_namesake and not has_code, "登记库中另有同名主体", 2),
    )
    return tuple(Risk(words, points) for holds, words, points in found if holds)


def needs_second(risks: Sequence[Risk], *, second_at: int) -> bool:
    """Whether another person must confirm: points reach the threshold, or names are far apart."""
    return any(one.words == GREATLY for one in risks) or sum(one.points for one in risks) >= second_at > 0
