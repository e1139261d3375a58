"""Reading what someone typed as pinyin: whole syllables, in every way the letters can be cut."""

import unicodedata
from functools import cache

LONGEST_SYLLABLE = 6
SEGMENTATIONS = 8


@cache
def syllables() -> frozenset[str]:
    """Every syllable of the dictionary without its tone, ü written v as keyboards do."""
    from pypinyin.pinyin_dict import pinyin_dict  # noqa: PLC0415 - read by those alone who ask for a name

    return frozenset(_plain(reading) for text in pinyin_dict.values() for reading in text.split(",")) - {""}


def _plain(reading: str) -> str:
    parts = unicodedata.normalize("NFD", reading).replace("u\u0308", "v")
    return "".join(letter for letter in parts if letter.isalpha() and letter.isascii())


def split_pinyin(text: str) -> tuple[tuple[str, ...], ...]:
    """Every way to read letters as whole syllables (xian: xian, or xi an), the fewest syllables first."""
    ways: list[list[tuple[str, ...]]] = [[()], *([] for _ in text)]
    for end in range(1, len(text) + 1):
        for start in range(max(0, end - LONGEST_SYLLABLE), end):
            if text[start:end] in syllables():
                ways[end] += [(*way, text[start:end]) for way in ways[start]]
        ways[end] = sorted(ways[end], key=len)[:SEGMENTATIONS]
    return tuple(ways[-1]) if text else ()


def initials_read(text: str) -> tuple[str, ...]:
    """The initials that letters typed as full pinyin stand for, of two syllables or more: qinghe gives qh."""
    ways = (way for way in split_pinyin(text) if len(way) > 1)
    return tuple(dict.fromkeys("".join(syllable[0] for syllable in way) for way in ways))
