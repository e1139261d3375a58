"""How a search is read, and how what it finds is ranked and explained (ux.md 2.4)."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from rapidfuzz import process
from rapidfuzz.distance import OSA

from limu.subject.rules_grams import initials_pair, initials_pairs_of, initials_triple, pair, pairs_of, single
from limu.subject.rules_pinyin import initials_read
from limu.terms.identity import find_personal_numbers
from limu.terms.names import looks_like_person, normalise_name, split_name
from limu.terms.pinyin import pinyin_of
from limu.terms.uscc import clean_uscc, is_valid_uscc

LONGEST: Final = 100
# Candidates of a misspelt name: how many are few, how many may be fetched, how many are compared in the end.
FEW, MANY, COMPARED = 2_000, 20_000, 1_000
# Pairs of neighbouring characters that one slip can spoil.
SPOILT: Final = 3
LONG: Final = 10
SHORTEST_SIMILAR: Final = 5
SIMILAR_SHOWN: Final = 10
_LETTERS = re.compile(r"[a-z0-9]*[a-z][a-z0-9]*")
_NUMBER = re.compile(r"[0-9A-Z-]{6,30}")

# What somebody asks of whom they name, tied to the name as in 「某某的记录」: organisations are called 信用 as well.
# A grave word needs no tie after three characters; after two, 「税收违法」 would ask of a person. No word is made
# of others: a long text of them is read in one way alone.
_GRAVE = "处罚|受罚|罚款|失信|违法|违规|犯罪|案底|黑名单|被执行|老赖"
_TIE = "的|被|受到|受过|是否|是不是|有没有|有无"
_MORE = "行政|信用|征信|记录|信息|情况|名单|案件|判决|决定书?|公示|通报|列入|许可|人员?|查询|过|了|吗|没有"
_WORD = f"(?:{_TIE}|{_GRAVE}|{_MORE})"
_ASKED = re.compile(rf"(?:(.{{2,}}?)(?:{_TIE}){_WORD}+|(.{{3,}}?)(?:行政)?(?:{_GRAVE}){_WORD}*)[?!。]*")
# Of a body the milder words are asked without a tie too: 「建设银行许可」. A person's name is not looked for before
# them, as bodies are called 信用 and 信息 themselves.
_ASKED_LOOSELY = re.compile(rf"(.{{3,}}?){_WORD}*(?:{_GRAVE}|{_MORE})[?!。]*")
_WORDS = re.compile(f"{_WORD}+")

ReasonCode = Literal[
    "name", "former", "prefix", "contains", "similar", "initials", "pinyin", "uscc", "registration", "number"
]
REASONS: Final[dict[ReasonCode, str]] = {
    "name": "名称一致", "former": "曾用名匹配", "prefix": "名称开头一致", "contains": "名称包含", "similar": "名称相近",
    "initials": "拼音首字母匹配", "pinyin": "拼音匹配", "uscc": "统一社会信用代码一致", "registration": "注册号一致",
    "number": "旧号码一致",
}  # fmt: skip
# Rank divided by a hundred, as rules_grams counts it, and what letters add.
_BY_RANK: Final[tuple[ReasonCode, ...]] = (
    "name", "former", "prefix", "contains", "former", "initials", "pinyin", "former",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Question:
    """A search text, read: as a code, a number, a name, letters; what is empty does not apply."""

    text: str
    name: str
    code: str
    number: str
    letters: str
    readings: tuple[str, ...]
    is_person: bool

    @property
    def gram(self) -> int | None:
        """The one gram that answers a short question; three letters are short, three characters are not."""
        if self.letters and len(self.letters) == 3 and self.letters.isascii() and not self.readings:
            return initials_triple(self.letters)
        if self.letters and len(self.letters) == 2:
            return initials_pair(self.letters)
        if len(self.name) == 1:
            return single(self.name)
        return pair(self.name) if len(self.name) == 2 else None

    @property
    def pairs(self) -> tuple[int, ...]:
        """The pairs of which every name that contains the text has each."""
        return pairs_of(self.name)


@dataclass(frozen=True, slots=True)
class Match:
    """A subject found, how well (lower is better), and why."""

    subject: str
    rank: int
    reason: ReasonCode


def read_question(text: str) -> Question:
    """Read what someone typed: case, width, blanks, traditional characters and brackets do not matter."""
    text = text[:LONGEST].strip()
    name = normalise_name(text)
    folded = clean_uscc(text)
    letters = name if _LETTERS.fullmatch(name) else ""
    return Question(
        text=text, name=name, code=folded if is_valid_uscc(folded) else "",
        number=folded if _NUMBER.fullmatch(folded) and any(map(str.isdigit, folded)) else "",
        letters=letters, readings=initials_read(letters) if letters.isalpha() else (),
        is_person=looks_like_person(text) or bool(find_personal_numbers(text, registration_numbers_pass=True)),
    )  # fmt: skip


def asked_person(text: str) -> str:
    """The name before what is asked of it (「某某的处罚」) where it could be a natural person's; else nothing."""
    name = _before_words(normalise_name(text[:LONGEST]))
    return name if looks_like_person(name) else ""


def asked_names(text: str) -> tuple[str, ...]:
    """The names before what is asked of them, each to be searched where the one before finds nothing."""
    if person := asked_person(text):
        return (person,)
    normal = normalise_name(text[:LONGEST])
    loosely = _ASKED_LOOSELY.fullmatch(normal)
    names = dict.fromkeys((_before_words(normal), loosely[1] if loosely else ""))
    return tuple(name for name in names if name and not looks_like_person(name) and not _WORDS.fullmatch(name))


def _before_words(normal: str) -> str:
    asked = _ASKED.fullmatch(normal)
    return (asked[1] or asked[2]) if asked else ""


def reason_of(rank: int) -> ReasonCode:
    """Say why a match of this rank matched."""
    return _BY_RANK[min(rank // 100, len(_BY_RANK) - 1)]


def read_line(line: str) -> Match:
    """Read one line of a gram's best: four digits of rank, then the subject."""
    rank = int(line[:4])
    return Match(line[4:], rank, reason_of(rank))


def rarest(totals: Mapping[int, int], grams: Sequence[int]) -> tuple[int, ...]:
    """The rarest pairs of a misspelt name that still lead to the right one.

    A slip spoils at most three neighbouring pairs, so of four that names have one is right; pairs that no name has are
    spoilt ones already seen. More are taken while the candidates stay few, none once they would be too many."""
    chosen: list[int] = []
    needed = max(1, 1 + SPOILT - sum(not totals.get(one) for one in grams))
    candidates = 0
    for gram in sorted((one for one in grams if totals.get(one)), key=lambda one: totals[one]):
        candidates += totals[gram]
        if chosen and candidates > (MANY if len(chosen) < needed else FEW):
            break
        chosen.append(gram)
    return tuple(chosen)


def letter_pairs(letters: str) -> tuple[int, ...]:
    """Pairs of initials that the index holds."""
    return initials_pairs_of(letters)


def similar(name: str, candidates: Sequence[tuple[str, str]], *, known: frozenset[str]) -> tuple[Match, ...]:
    """Candidates (subject, name) that one slip of the pen explains, two where the name is long; the likeliest first.

    A slip is a wrong, a dropped, an added or two swapped characters (optimal string alignment). Each slip is as likely
    as another, so a name that is alone in being one certain slip away comes before one of many."""
    slips = 1 if len(name) < LONG else 2
    names = [candidate for _, candidate in candidates]
    near = process.extract(name, names, scorer=OSA.distance, score_cutoff=slips, limit=COMPARED)
    found = [(candidates[at][0], other, int(distance), _slip(name, other)) for other, distance, at in near if distance]
    peers = Counter(slip for _, _, _, slip in found)
    ranked = sorted(
        (distance, peers[slip], not _sounds_alike(name, other, slip), subject)
        for subject, other, distance, slip in found
        if subject not in known
    )
    best = dict.fromkeys(subject for _, _, _, subject in ranked)
    return tuple(Match(subject, 900 + place, "similar") for place, subject in enumerate(list(best)[:SIMILAR_SHOWN]))


def _slip(name: str, other: str) -> tuple[int, int]:
    """By how many characters the other is longer, and where the two part: alike in both, it is one kind of slip."""
    place = next((at for at, (one, two) in enumerate(zip(name, other, strict=False)) if one != two), len(name))
    return len(other) - len(name), place


def _sounds_alike(name: str, other: str, slip: tuple[int, int]) -> bool:
    """Whether a wrong character sounds like the right one: how people who type pinyin go wrong."""
    difference, place = slip
    return difference == 0 and place < len(name) and pinyin_of(name[place]) == pinyin_of(other[place])


def is_trade_name(text: str, names: Sequence[str]) -> bool:
    """Whether a text that could be a person's name is the name or registered trade name of one of these bodies."""
    wanted = normalise_name(text)
    return any(wanted in (normalise_name(name), split_name(name).trade_name) for name in names)
