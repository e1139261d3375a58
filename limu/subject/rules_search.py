"""How a search is read, and how what it finds is ranked and explained (ux.md 2.4)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from rapidfuzz import process
from rapidfuzz.distance import OSA

from limu.subject.rules_grams import initials_pair, initials_pairs_of, initials_triple, pair, pairs_of, single
from limu.subject.rules_pinyin import initials_read
from limu.terms.names import looks_like_person, normalise_name, split_name
from limu.terms.uscc import clean_uscc, is_valid_uscc

LONGEST: Final = 100
# Candidates fetched for a misspelt name: first the few that share its rarest pairs, then as many as may be.
FEW, MANY = 2_000, 20_000
SHORTEST_SIMILAR: Final = 5
SIMILAR_SHOWN: Final = 9
_LETTERS = re.compile(r"[a-z0-9]*[a-z][a-z0-9]*")
_NUMBER = re.compile(r"[0-9A-Z-]{6,30}")

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
        is_person=looks_like_person(text),
    )  # fmt: skip


def reason_of(rank: int) -> ReasonCode:
    """Say why a match of this rank matched."""
    return _BY_RANK[min(rank // 100, len(_BY_RANK) - 1)]


def read_line(line: str) -> Match:
    """Read one line of a gram's best: four digits of rank, then the subject."""
    rank = int(line[:4])
    return Match(line[4:], rank, reason_of(rank))


def rarest(totals: Mapping[int, int], grams: Sequence[int], most: int) -> tuple[int, ...]:
    """The rarest grams that names have at all, as many as together stay below a number of candidates."""
    chosen: list[int] = []
    left = most
    for gram in sorted((one for one in grams if totals.get(one)), key=lambda one: totals[one]):
        left -= totals[gram]
        if left < 0 and chosen:
            break
        chosen.append(gram)
    return tuple(chosen)


def letter_pairs(letters: str) -> tuple[int, ...]:
    """Pairs of initials that the index holds."""
    return initials_pairs_of(letters)


def similar(name: str, candidates: Sequence[tuple[str, str]], *, known: frozenset[str]) -> tuple[Match, ...]:
    """Candidates (subject, name) that one slip of the pen explains, two where the name is long; the nearest first.

    A slip is a wrong, a dropped, an added or two swapped characters (optimal string alignment)."""
    slips = 1 if len(name) < 10 else 2
    names = [candidate for _, candidate in candidates]
    found = process.extract(name, names, scorer=OSA.distance, score_cutoff=slips, limit=SIMILAR_SHOWN * 4)
    best: dict[str, int] = {}
    for other, distance, at in found:
        subject = candidates[at][0]
        if subject not in known and distance:
            best.setdefault(subject, 900 + int(distance) * 20 + abs(len(other) - len(name)))
    ranked = sorted(best.items(), key=lambda one: (one[1], one[0]))[:SIMILAR_SHOWN]
    return tuple(Match(subject, rank, "similar") for subject, rank in ranked)


def is_trade_name(text: str, names: Sequence[str]) -> bool:
    """Whether a text that could be a person's name is the name or registered trade name of one of these bodies."""
    wanted = normalise_name(text)
    return any(wanted in (normalise_name(name), split_name(name).trade_name) for name in names)
