"""A page as its reader meets it: every text with the language it is marked in."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

SILENT = frozenset({"script", "style"})
UNMARKED = frozenset({"option", "textarea", "title"})
"""Elements that hold plain text alone: a passage in them cannot carry a language of its own."""

SPOKEN = ("alt", "aria-label", "data-head", "placeholder", "title")
VOID = re.compile("area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr")


@dataclass(frozen=True, slots=True)
class Text:
    """A text of a page: its words, its language, and the element it stands in."""

    words: str
    language: str
    element: str

    @property
    def is_markable(self) -> bool:
        """Whether a mark of language could stand around it."""
        return self.element not in UNMARKED and not self.element.startswith("@")


@dataclass
class Reader(HTMLParser):
    """Reads a page and keeps every text in it; attributes that are read aloud count as texts."""

    found: list[Text] = field(default_factory=list)
    open: list[tuple[str, str]] = field(default_factory=lambda: [("", "")])

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        language = given.get("lang") or self.open[-1][1]
        self.found += [Text(given[name] or "", language, f"@{name}") for name in SPOKEN if given.get(name)]
        if not VOID.fullmatch(tag):
            self.open.append((tag, language))

    def handle_endtag(self, tag: str) -> None:
        while not VOID.fullmatch(tag) and len(self.open) > 1 and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        element, language = self.open[-1]
        if data.strip() and element not in SILENT:
            self.found.append(Text(data.strip(), language, element))


def texts_of(page: str) -> Iterator[Text]:
    """Every text of a page."""
    reader = Reader()
    reader.feed(page)
    return iter(reader.found)
