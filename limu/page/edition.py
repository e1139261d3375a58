"""The English edition of a page: its Chinese source with every text exchanged, made once, when a template is loaded.

A template of a desk is written in plain Chinese and no text in it can be forgotten: whatever stands between two tags,
or in an attribute that is read aloud, is a message; values in it are its places. The Chinese edition is the source
itself, byte by byte, and costs nothing. Decision 0015."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from django.template.base import Lexer, Origin, Token, TokenType
from django.template.loaders import cached
from django.utils.translation import get_language

from limu.page.speech import CHINESE, HOLE, message

Speak = Callable[[str], str | None]


SPOKEN = frozenset({"alt", "aria-label", "data-head", "placeholder", "title"})
SILENT = frozenset({"script", "style"})
PLAIN = frozenset({"title", "option", "textarea"})
VOID = re.compile("area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr")
INLINE = re.compile("a|abbr|b|bdi|code|em|i|kbd|mark|q|small|span|strong|sub|sup|time|var")
TAG = re.compile(r"""([\w:@.-]+)=(["'])|>""")
NAME = re.compile(r"<(/?)([\w-]+)")
WORDS = re.compile(r'(?<==)(?:_\()?"([^"]*)"\)?')
ARGUMENT = re.compile(r'(?<=:)(?<!join:)"([^"]*)"')
MANY = re.compile(
    r"%\((\w+)\)s ((?:working |nil )?)(accesses|accounts|batches|candidates|codes|corrections|days|decisions"
    r"|departments|drafts|faults|fields|files|hours|items|letters|lines|measures|minutes|months|records|reminders|reports"
    r"|rows|steps|subjects|tasks|times|uploads|versions|withdrawals|years)\b"
)
SIBILANT = frozenset({"accesses", "batches"})
TEXTS = ("blocktranslate", "blocktrans")
OPENING = re.compile(r"[\w(“%{]")
CLOSED = re.compile(r"[\w,;:.?!)”]")


@dataclass(frozen=True, slots=True)
class Hole:
    """A place for a value: its expression as the template writes it."""

    expression: str

    @property
    def name(self) -> str:
        """The last word of what is named, before any filter."""
        words = re.findall(r"[A-Za-z]\w*", self.expression.partition("|")[0])
        return words[-1] if words else "value"


Piece = str | Hole


def message_of(run: list[Piece]) -> tuple[str, dict[str, Hole]]:
    """Write a run as a message: its words, and a named place for each value."""
    text, holes = "", dict[str, Hole]()
    for piece in run:
        if isinstance(piece, str):
            text += piece
            continue
        name, number = piece.name, 2
        while holes.get(name, piece) != piece:
            name, number = f"{piece.name}{number}", number + 1
        holes[name] = piece
        text += f"%({name})s"
    return " ".join(text.split()), holes


class Setter:
    """Goes through a template once, from token to token, and sets it anew; it knows where in the page it stands."""

    def __init__(self, speak: Speak) -> None:
        self.speak = speak
        self.out: list[str] = []
        self.run: list[Piece] = []
        self.where = "text"
        self.attribute = self.quote = self.tag = self.inside = self.tail = self.until = ""
        self.chinese: list[str] = []
        self.blocks: list[str] = []
        self.tails: list[str] = []
        self.is_foreign = self.is_set = False

    def take(self, token: Token) -> None:
        """Set one token of the template."""
        if self.until:
            self._pass(token)
        elif token.token_type == TokenType.TEXT:
            self._text(token.contents)
        elif token.token_type == TokenType.VAR:
            self.run.append(Hole(token.contents))
        elif token.token_type == TokenType.BLOCK:
            self.flush()
            self._block(token.contents)

    def _pass(self, token: Token) -> None:
        # What a template marks itself (blocktranslate) goes through as it is.
        if token.token_type == TokenType.BLOCK and token.contents.startswith(self.until):
            self.until = ""
        self.out.append(_source(token))

    def _block(self, contents: str) -> None:
        name, _, rest = contents.partition(" ")
        if name in TEXTS or name == "comment":
            self.until = f"end{name}"
        elif name in ("block", "endblock"):
            self.tail = ""
            self.blocks = [*self.blocks, rest.strip()] if name == "block" else self.blocks[:-1]
        elif name in ("if", "for"):
            self.tails.append(self.tail)
        elif name in ("elif", "else", "empty") and self.tails:
            self.tail = self.tails[-1]
        elif name in ("endif", "endfor") and self.tails:
            self.tails.pop()
        if name in ("include", "with", "element") and not self.chinese:
            contents = WORDS.sub(self._quoted, contents)
        self.out.append(f"{{% {contents} %}}")

    def _quoted(self, found: re.Match[str]) -> str:
        english = self.speak(found[1]) if CHINESE.search(found[1]) else None
        return found[0] if english is None else '"' + english.replace('"', "&quot;") + '"'

    def _text(self, text: str) -> None:
        at = 0
        while at < len(text):
            at = {"text": self._words, "tag": self._tag, "attribute": self._value}[self.where](text, at)

    def _words(self, text: str, at: int) -> int:
        end = text.find(f"</{self.inside}" if self.inside in SILENT else "<", at)
        self.run.append(text[at:] if end < 0 else text[at:end])
        if end < 0:
            return len(text)
        self.flush()
        self.where, self.tag = "tag", ""
        self._space(text[end : end + 12])
        return end

    def _space(self, tag: str) -> None:
        # Chinese sets no space before a word in bold or a link; English does.
        found = NAME.match(tag)
        name = found[2] if found else ""
        if not INLINE.fullmatch(name):
            self.tail = ""
        elif found and not found[1] and self.is_set and CLOSED.match(self.tail):
            self.out.append(" ")
            self.tail = " "

    def _tag(self, text: str, at: int) -> int:
        self.flush()
        found = TAG.search(text, at)
        end = found.end() if found else len(text)
        self.tag += text[at:end]
        self.out.append(text[at:end])
        if found and found[1]:
            self.where, self.attribute, self.quote = "attribute", found[1], found[2]
        elif found:
            self.where = "text"
            self._enter()
        return end

    def _enter(self) -> None:
        found = NAME.match(self.tag)
        closes, name = (found[1], found[2]) if found else ("", "")
        if closes:
            self.inside = "" if name in (self.inside, "select", "datalist") else self.inside
            if self.chinese and self.chinese[-1] == name:
                self.chinese.pop()
        elif not VOID.fullmatch(name):
            self.inside = name if name in SILENT | PLAIN else self.inside
            if self.is_foreign or self.chinese:
                self.chinese.append(name)
        self.is_foreign = False

    def _value(self, text: str, at: int) -> int:
        end = text.find(self.quote, at)
        value = text[at:] if end < 0 else text[at:end]
        self.is_foreign = self.is_foreign or (self.attribute == "lang" and "zh-Hans" in value)
        self.run.append(value)
        if end < 0:
            return len(text)
        self.flush()
        self.where = "tag"
        self.out.append(self.quote)
        return end + 1

    @property
    def is_quiet(self) -> bool:
        """Whether what stands here is no speech: code, an address, the field's own Chinese."""
        if self.where == "attribute":
            return self.attribute not in SPOKEN
        return self.where == "tag" or self.inside in SILENT or bool(self.chinese)

    @property
    def is_plain(self) -> bool:
        """Whether no mark of a language can stand here."""
        return self.where == "attribute" or self.inside in PLAIN or any(one.endswith("title") for one in self.blocks)

    def flush(self) -> None:
        """Set the run that has just ended."""
        run, self.run = [piece for piece in self.run if piece], []
        if not run:
            return
        if self.is_quiet:
            self.out += [piece if isinstance(piece, str) else f"{{{{ {piece.expression} }}}}" for piece in run]
            return
        text = self._message(run)
        self.is_set = text is not None
        text = self._values(run) if text is None else text
        if self.where == "text":
            begins = self.is_set or isinstance(run[0], Hole)
            text = f" {text}" if begins and CLOSED.match(self.tail) and OPENING.match(text) else text
            self.tail = "x" if text.endswith("}}") else text[-1:]
        self.out.append(text)

    def _message(self, run: list[Piece]) -> str | None:
        if not CHINESE.search("".join(piece for piece in run if isinstance(piece, str))):
            return None
        text, holes = message_of(run)
        english = self.speak(text)
        if english is None:
            return None
        before = " " if isinstance(run[0], str) and run[0][0].isspace() else ""
        after = " " if isinstance(run[-1], str) and run[-1][-1].isspace() else ""
        english = english.replace('"', "&quot;") if self.where == "attribute" else english
        english = MANY.sub(lambda noun: self._one_or_many(noun, holes), english)
        return before + HOLE.sub(lambda place: self._hole(holes[place[1]]), english) + after

    @staticmethod
    def _one_or_many(noun: re.Match[str], holes: dict[str, Hole]) -> str:
        number, before, plural = noun.groups()
        one, ending = (plural[:-2], "es") if plural in SIBILANT else (plural[:-1], "s")
        return f"%({number})s {before}{one}{{{{ {holes[number].expression}|pluralize:'{ending}' }}}}"

    def _values(self, run: list[Piece]) -> str:
        text = ""
        for piece in run:
            gap = " " if self.where == "text" and text.endswith("}}") and isinstance(piece, Hole) else ""
            text += piece if isinstance(piece, str) else gap + self._hole(piece)
        return text

    def _hole(self, hole: Hole) -> str:
        expression = ARGUMENT.sub(self._quoted, hole.expression)
        says = "" if expression == "block.super" else "|said_plain" if self.is_plain else "|said"
        return f"{{{{ {expression}{says} }}}}"


def _source(token: Token) -> str:
    around = {TokenType.VAR: ("{{ ", " }}"), TokenType.BLOCK: ("{% ", " %}")}.get(token.token_type)
    return token.contents if around is None else token.contents.join(around)


def edition(source: str, speak: Speak = message) -> str:
    """Set a template in English; a text without an English form stays as it is."""
    setter = Setter(speak)
    for token in Lexer(source).tokenize():
        setter.take(token)
    setter.flush()
    return "".join(setter.out)


def texts_of(source: str) -> list[str]:
    """List every message of a template that is not mere punctuation, in order."""
    heard: list[str] = []

    def hear(text: str) -> None:
        heard.append(text)

    edition(source, hear)
    return heard


class Loader(cached.Loader):
    """Loads each template in the edition of the request's language, and keeps both."""

    def cache_key(self, template_name: str, skip: list[Origin] | None = None) -> str:
        """Keep the editions apart."""
        key = str(super().cache_key(template_name, skip))
        return f"en {key}" if get_language() == "en" else key

    def get_contents(self, origin: Origin) -> str:
        """Read a template; the English edition is set here, once."""
        source = str(super().get_contents(origin))
        return edition(source) if get_language() == "en" else source
