"""What the house says, in English: a finished Chinese sentence finds its message again, and its values their places.

The rooms decide and speak Chinese, the source language; none of them knows who reads. A text reaches a page as a value,
perhaps after years in the database. In the English edition (`limu/page/edition.py`) every value passes here: a known
text is exchanged, a known sentence with its values in it likewise, and what is left is the field's own Chinese (names,
documents, words that somebody typed) and is marked so for a reader's machine (WCAG 3.1.2)."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from typing import Any

from django import template
from django.contrib.messages.storage.base import Message
from django.utils.functional import Promise
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from limu.page.messages import SOURCE, read_po

register = template.Library()

HAN = re.compile(r"[㐀-鿿]")
CHINESE = re.compile(r"[㐀-鿿　-〿！-｠“”]")
PASSAGE = re.compile(r"[㐀-鿿　-〿！-｠“”]*[㐀-鿿](?:[\w·—*.\-/ ]*[㐀-鿿　-〿！-｠“”])*")
HOLE = re.compile(r"%\((\w+)\)s")
MARKS = {
    "：": ": ", "，": ", ", "；": "; ", "。": ". ", "、": ", ", "（": " (", "）": ")", "？": "? ", "！": "! ",
    "　": " ", "「": "“", "」": "”", "《": "", "》": "", "【": "[", "】": "]",
}  # fmt: skip
SINGLE = re.compile(
    r"(?<![\w.,:-])1 ((?:working )?)(account|day|field|hour|item|measure|minute|month|record|row|time|year)s\b"
)
SENTENCES = re.compile(r"[^。！？\n]+[。！？\n]?")
NUMBERS = dict.fromkeys(("count", "days", "hours", "seconds"), r"[\d.,]+")
"""Places of numbers alone."""

LISTS = (("；", "; "), ("、", ", "), (" · ", " · "))
LEAST = 2
"""A sentence is found again by its own words; one with fewer Chinese characters and no number fits too much."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A message with places for values: how a finished text is recognised, and its English."""

    shape: re.Pattern[str]
    english: str
    core: str
    weight: tuple[int, int]

    def fill(self, text: str) -> str | None:
        """Say a text that is this sentence with its values."""
        found = self.shape.fullmatch(text) if self.core in text else None
        if found is None:
            return None
        return one_is_single(HOLE.sub(lambda place: say(found[place[1]]), self.english))


def one_is_single(english: str) -> str:
    """One of a thing is told without the s of several."""
    return SINGLE.sub(r"1 \1\2", english)


@lru_cache(maxsize=1)
def catalogue() -> Mapping[str, str]:
    """Every message with its English form."""
    return {text: english for text, english in read_po(SOURCE.read_text("utf-8")).items() if text and english}


@lru_cache(maxsize=1)
def _sentences() -> Mapping[str, tuple[Sentence, ...]]:
    # By the first character where a message begins with its own words, under nothing where it begins with a value.
    shelves: dict[str, list[Sentence]] = {}
    for text, english in catalogue().items():
        words = HOLE.sub("\0", text).split("\0")
        weight = len(HAN.findall("".join(words))), len("".join(words))
        least = 1 if NUMBERS.keys() & set(HOLE.findall(text)) else LEAST
        if len(words) > 1 and weight[0] >= least:
            sentence = Sentence(shape_of(text), english, max(words, key=len), weight)
            shelves.setdefault(words[0][:1], []).append(sentence)
    return {shelf: tuple(sorted(found, key=lambda one: one.weight, reverse=True)) for shelf, found in shelves.items()}


def shape_of(text: str) -> re.Pattern[str]:
    """Write the pattern of a message: its words as they are, anything short of nothing where a value stands."""
    shape, seen = "", set()
    for word, name in zip(*[iter([*HOLE.split(text), ""])] * 2, strict=True):
        shape += re.escape(word)
        if name:
            shape += f"(?P={name})" if name in seen else f"(?P<{name}>{NUMBERS.get(name, '.*?')})"
            seen.add(name)
    return re.compile(shape, re.DOTALL)


def message(text: str) -> str | None:
    """The English form of one message, if it has one; of mere punctuation always."""
    return catalogue().get(text) or (None if HAN.search(text) else punctuate(text))


def punctuate(text: str) -> str:
    """Exchange Chinese punctuation."""
    return re.sub("|".join(MARKS), lambda found: MARKS[found[0]], text)


@lru_cache(maxsize=50_000)
def say(text: str) -> str:
    """Say a finished text in English as far as the house knows it; what it does not know stays as it is."""
    if not CHINESE.search(text):
        return text
    whole = text.strip()
    return message(whole) or _filled(whole) or _ended(whole) or _counted(whole) or _in_parts(whole) or text


def _filled(text: str) -> str | None:
    shelves = _sentences()
    candidates = (*shelves.get(text[:1], ()), *shelves.get("", ()))
    return next((english for one in candidates if (english := one.fill(text)) is not None), None)


def _ended(text: str) -> str | None:
    # A message at the end of a sentence: with a full stop that is not its own.
    known = message(text[:-1]) or _filled(text[:-1]) if text[-1:] in "。；" else None
    return known + punctuate(text[-1]).rstrip() if known else None


def _in_parts(text: str) -> str | None:
    """Say a text made of several: sentences one after the other, a list, a word with its remark, a label and value."""
    cuts: list[Callable[[str], list[str]]] = [
        _sentences_of,
        *(_around(*marks) for marks in LISTS),
        _labelled,
        _remarked,
        _bracketed,
    ]
    for cut in cuts:
        parts = cut(text)
        said = [say(part) for part in parts] if len(parts) > 1 else parts
        if said != parts and not (cut is _remarked and HAN.search(said[1])):
            return _joined(said)
    return None


def _sentences_of(text: str) -> list[str]:
    return SENTENCES.findall(text)


def _around(mark: str, english: str) -> Callable[[str], list[str]]:
    def cut(text: str) -> list[str]:
        parts = text.split(mark)
        return [part for one in parts for part in (one, english)][:-1] if len(parts) > 1 else [text]

    return cut


def _labelled(text: str) -> list[str]:
    label, mark, value = text.partition("：")
    return [label, ": ", value] if mark and value and message(label) else [text]


def _remarked(text: str) -> list[str]:
    # A word with its remark; a name that has something in brackets stays whole.
    found = re.fullmatch(r"([^（]+)(（.+）)", text)
    return [found[1], found[2]] if found and (message(found[1]) or not CHINESE.search(found[1])) else [text]


def _bracketed(text: str) -> list[str]:
    return [" (", text[1:-1], ")"] if text[0] == "（" and text[-1] == "）" else [text]


def _counted(text: str) -> str | None:
    found = re.fullmatch(r"([\d.,]+) ?(\D+)", text)
    unit = message(found[2]) if found else None
    return f"{found[1]} {unit.removesuffix('s') if found[1] == '1' else unit}" if found and unit else None


def _joined(said: list[str]) -> str:
    text = ""
    for part in said:
        gap = " " if text and not text[-1].isspace() and text[-1] in ".;?!" and not part[:1].isspace() else ""
        text += gap + part
    return text.strip()


def passages(text: str) -> Iterator[tuple[str, bool]]:
    """Cut a text into its Chinese and its other passages; the flag is true for Chinese."""
    at = 0
    for found in PASSAGE.finditer(text):
        if found.start() > at:
            yield text[at : found.start()], False
        yield found[0], True
        at = found.end()
    if at < len(text):
        yield text[at:], False


def marked(text: str) -> SafeString:
    """Mark the Chinese in a text as Chinese, for those who read by ear."""
    runs = (f'<span lang="zh-Hans">{escape(one)}</span>' if chinese else escape(one) for one, chinese in passages(text))
    return mark_safe("".join(runs))  # noqa: S308 - every run is escaped


def in_language(text: str) -> str:
    """Say a text in the language of this request, for an answer without a page."""
    return say(text) if get_language() == "en" else text


def _text_of(value: Any) -> str | None:
    # Numbers, days, whole fragments of a page and the fields of a form go by.
    if isinstance(value, SafeString):
        return None if "<" in value else unescape(value)
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, (Promise, Message)) else None


def in_edition(text: str) -> str:
    """Say a text inside a fragment of a page that is made in code."""
    return marked(say(text)) if get_language() == "en" else text


@register.filter
def said(value: Any) -> Any:
    """A value in the English edition: what the house says in English, the rest marked as Chinese."""
    text = _text_of(value)
    return value if text is None or not CHINESE.search(text) else marked(say(text))


@register.filter
def said_plain(value: Any) -> Any:
    """The same where no mark can stand: in an attribute, a title, an option."""
    text = _text_of(value)
    return value if text is None or not CHINESE.search(text) else say(text)
