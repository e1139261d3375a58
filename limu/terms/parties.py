"""A party cell taken apart: several organisations, former names, and persons, who are counted but not kept."""

import re
from dataclasses import dataclass

from limu.terms.names import is_organisation_name, looks_like_person

UNNAMED_BRANCHES = "unnamed_branches"
UNRECOGNISED = "unrecognised"
EXPANDED = "expanded"
FORMER_ONLY = "former_only"
PERSONS_OF = "persons_of"

LONGEST_CELL = 4_000  # thirty full names; a longer cell is no list of parties but a text that went astray


@dataclass(frozen=True, slots=True)
class Party:
    """One organisation as written in the cell, and the former names the cell gives for it."""

    name: str
    former_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PartyList:
    """Who stands in a cell; persons leave only the fact that there were some, never a name.

    `notes` holds short codes: expanded (a bare 西安市分行 was completed with its company), unnamed_branches
    (及相关分支机构), former_only (原… without a present name), persons_of (甲公司相关责任人 without 及: only
    persons are party, the organisation is not), unrecognised (a piece that is no organisation for certain).
    """

    organisations: tuple[Party, ...]
    had_persons: bool
    notes: tuple[str, ...]


_PERSONS_TAIL = re.compile(
    r"[、，,；;]?(?:以?及|和|与|等)?其?(?:相关|有关|直接|主要)*"
    r"(?:分支机构[及和、]其?(?:相关|有关)*)?"
    r"(?:责任人员?|责任人们|当事人|当事人员|人员|管理人员|高级管理人员|负责人|法定代表人)(?:等)?$"
)
_BRANCHES_TAIL = re.compile(
    r"[、，,；;]?(?:以?及|和|与|等)?(?:其|所属|下属|下辖|辖内|相关|有关|\d+家|多家)*(?:分支机构|分支行|网点|机构)$"
)
_ETC_TAIL = re.compile(r"等(?:\d+家|[一二三四五六七八九十]+家)?(?:单位|公司|企业|机构)?$")
_SEPARATORS = "、；;，,|\n"
_BLANKS = re.compile(r"[ \t\u00a0\u3000]+")
_FIRST_BEYOND_LATIN = "\u0250"
_LATIN_FORM = re.compile(
    r",\s*(?:Co|Ltd|Limited|Inc|Incorporated|LLC|LLP|PLC|Corp|Corporation|GmbH|Pte|Pty|Sdn|Bhd|S\.?\s?A|S\.?\s?L|"
    r"N\.?V|B\.?V|de C\.?V)\b",
    re.IGNORECASE,
)
"""A comma before the form of a company abroad belongs to its name: ABC Co., Ltd."""
_LATIN_PERSON = re.compile(r"[A-Za-zÀ-ɏ][A-Za-zÀ-ɏ.'-]*(?: [A-Za-zÀ-ɏ][A-Za-zÀ-ɏ.'-]*){1,4}")
_ANY_BRACKET = re.compile(r"[（(][^（）()]*[）)]")
_JOINS = re.compile("[及和与等、，,；;]")
_NOTE_IN_BRACKETS = re.compile(
    r"[（(]((?:原|现|曾用名|更名前|更名为|以下简称|简称|下称)"
    r"[^（）()]*(?:[（(][^（）()]*[）)][^（）()]*)*)[）)]"
)
_FORMER_WORD = re.compile("^(?:原名?|曾用名|更名前)(?:为|称)?[:：]?")
_PRESENT_WORD = re.compile("^(?:现名?|更名为|现更名为|现已更名为)(?:为|称)?[:：]?")
_REGION_AFTER_FORMER = re.compile("^原(?=[^始创装野生材色本动因]).{4,}")
_CONJUNCTION = re.compile("以及|和|及|与")
_LEGAL_ENTITY = re.compile("股份有限公司|有限责任公司|有限公司|股份公司|集团公司|总公司|合作联社|合作社|事务所|信用社")
_COMPANY = re.compile("^.*?(?:股份有限公司|有限责任公司|有限公司|股份公司|集团公司|总公司)")
_SHORT_COMPANY = re.compile("^.*?(?:银行|联社|信用社|农发行|农行|人寿|财险|产险|保险销售服务|保险销售|保险)")
_BRANCH_ONLY = re.compile(
    "(?:分公司|支公司|分行|支行|营业部|营销服务部|服务部|营业所|分理处|储蓄所|办事处|分社|信用社|分店|分所)$"
)
_OWN_NAME = re.compile("公司(?!$)|有限公司$|股份公司$|集团|银行|联社|合作社|事务所|保险|人寿|财险|产险")


def split_parties(text: str) -> PartyList:
    """Take a party cell apart.

    Never splits inside brackets, nor at 和 or 及 inside a name (股份有限公司和田地区分公司): a conjunction parts two
    names only when both stand by themselves.
    """
    if len(text) > LONGEST_CELL:
        return PartyList((), had_persons=True, notes=(UNRECOGNISED,))
    stripped, had_persons, notes = _without_tails(_closed_up(text))
    organisations: list[Party] = []
    for whole in _pieces(stripped):
        piece, more_persons, more_notes = _without_tails(whole)
        had_persons |= more_persons
        notes += more_notes
        if not piece:
            continue
        party = _party_of(piece, organisations, notes)
        if party is not None:
            organisations.append(party)
        else:
            had_persons = True
            if not looks_like_person(piece):
                notes.append(UNRECOGNISED)
    unique = tuple(dict.fromkeys(organisations))
    return PartyList(unique, had_persons, tuple(dict.fromkeys(notes)))


def persons_in(text: str) -> tuple[str, ...]:
    """The names of persons in a party cell: to be taken out of the row's other texts, and kept nowhere."""
    if len(text) > LONGEST_CELL:
        return ()
    pieces = [_without_tails(whole)[0] for whole in _pieces(_without_tails(_closed_up(text))[0])]
    bare = [_ANY_BRACKET.sub("", piece) for piece in pieces if piece and not is_organisation_name(piece)]
    return tuple(dict.fromkeys(one for one in bare if looks_like_person(one) or _LATIN_PERSON.fullmatch(one)))


def _closed_up(text: str) -> str:
    """Take blanks out, except between two words of Latin letters, where one is part of the name (GRUPO X S.A)."""
    return _BLANKS.sub(lambda blank: " " if _is_latin_gap(text, blank) else "", text).strip("、，,；;。\n ")


def _is_latin_gap(text: str, blank: re.Match[str]) -> bool:
    before, after = text[: blank.start()][-1:], text[blank.end() :][:1]
    return bool(before and after) and max(before, after) < _FIRST_BEYOND_LATIN


def _without_tails(text: str) -> tuple[str, bool, list[str]]:
    notes: list[str] = []
    shorter = _PERSONS_TAIL.sub("", text)
    had_persons = shorter != text
    tail = text[len(shorter) :]
    if had_persons and not _JOINS.search(tail):
        return "", True, [PERSONS_OF]
    if "分支机构" in tail:
        notes.append(UNNAMED_BRANCHES)
    without = _ETC_TAIL.sub("", _BRANCHES_TAIL.sub("", shorter))
    if without != shorter and is_organisation_name(without):
        notes.append(UNNAMED_BRANCHES)
        shorter = without
    return shorter, had_persons, notes


def _pieces(text: str) -> list[str]:
    pieces = [part for piece in _at_separators(text) for part in _at_conjunctions(piece)]
    if len(pieces) > 1 and not is_organisation_name(pieces[0]) and not looks_like_person(pieces[0]):
        # A list inside one name (农、林、牧…有限公司): its beginning is nobody by itself.
        return [text] if is_organisation_name(text) else pieces
    return pieces


def _at_separators(text: str) -> list[str]:
    pieces, depth, begin = [], 0, 0
    for place, letter in enumerate(text):
        depth += (letter in "（(〔[") - (letter in "）)〕]")
        if letter in _SEPARATORS and depth <= 0 and not _LATIN_FORM.match(text, place):
            pieces.append(text[begin:place])
            begin = place + 1
    return [piece for piece in (*pieces, text[begin:]) if piece]


def _at_conjunctions(piece: str) -> list[str]:
    pieces, begin = [], 0
    for match in _CONJUNCTION.finditer(piece):
        left, right = piece[begin : match.start()], piece[match.end() :]
        if left.count("（") + left.count("(") > left.count("）") + left.count(")"):
            continue
        if _stands_alone(left) and (_stands_alone(right) or _is_person_after(match[0], right)):
            pieces.append(left)
            begin = match.end()
    return [*pieces, piece[begin:]]


def _stands_alone(name: str) -> bool:
    if len(name) < 4 or not is_organisation_name(name):
        return False
    entity = _LEGAL_ENTITY.search(name)
    if entity is not None:
        return entity.start() >= 2
    return not _BRANCH_ONLY.search(name) or _has_own_name(name)


def _is_person_after(conjunction: str, right: str) -> bool:
    return conjunction != "和" and looks_like_person(right) and len(right) <= 4


def _has_own_name(name: str) -> bool:
    match = _OWN_NAME.search(name)
    return match is not None and match.start() >= 1 and not _BRANCH_ONLY.fullmatch(name[match.start() :])


def _party_of(piece: str, before: list[Party], notes: list[str]) -> Party | None:
    name, former = _present_and_former(piece, notes)
    if not is_organisation_name(name):
        return None
    if before and _is_bare_branch(name):
        company = _company_of(before[-1].name)
        if company:
            notes.append(EXPANDED)
            name = company + name
    company = _company_of(name)
    former = tuple(company + one if company and _is_bare_branch(one) else one for one in former)
    return Party(name, former)


def _is_bare_branch(name: str) -> bool:
    return _BRANCH_ONLY.search(name) is not None and not _has_own_name(name)


def _company_of(name: str) -> str:
    match = _COMPANY.match(name) or _SHORT_COMPANY.match(name)
    return match[0] if match else ""


def _present_and_former(piece: str, notes: list[str]) -> tuple[str, tuple[str, ...]]:
    former: list[str] = []
    present = ""
    for match in _NOTE_IN_BRACKETS.finditer(piece):
        if _PRESENT_WORD.match(match[1]):
            present = _PRESENT_WORD.sub("", match[1])
        elif _FORMER_WORD.match(match[1]):
            former += [_FORMER_WORD.sub("", one) for one in re.split("[、，,；;]", match[1])]
    name = _NOTE_IN_BRACKETS.sub("", piece)
    is_former = name.startswith("原") and is_organisation_name(name[1:])
    if present:
        return present, (name[1:] if is_former else name, *former)
    if is_former and _REGION_AFTER_FORMER.match(name):
        notes.append(FORMER_ONLY)
        name = name[1:]
    return name, tuple(former)
