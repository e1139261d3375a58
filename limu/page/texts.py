"""Which texts there are: everything a page may say, found in templates and in the code of the rooms that speak."""

import ast
import itertools
import re
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from limu.page.edition import texts_of
from limu.page.messages import PACKAGE
from limu.page.speech import HAN

SPEAKERS = ("_", "gettext", "mark")

QUOTED = r"""(?P<quote>["'])(?P<text>(?:\\.|(?!(?P=quote)).)*)(?P=quote)"""
TAG = re.compile(r"\{% translate " + QUOTED)
INLINE = re.compile(r"=_\(" + QUOTED + r"\)")
BLOCK = re.compile(r"\{% blocktranslate[^%]*%\}(?P<text>.*?)\{% endblocktranslate %\}", re.DOTALL)
VARIABLE = re.compile(r"\{\{ *(\w+) *\}\}")
PLACE = re.compile(r"\{(\w*)(?:![rs])?(?::[^{}]*)?\}")

SILENT_ROOMS = {
    "bench": "measures",
    "city": "invents a town",
    "client": "is taken away by holders",
    "law": "holds the texts of the law",
    "terms": "knows the words of other people's files",
    "wire": "speaks to an operator's terminal",
}
SILENT_FILES = {
    "catalogue/queries_pages.py": "writes the pages of docs/",
    "catalogue/queries_schema.py": "writes a schema",
    "catalogue/queries_template.py": "writes workbooks",
    "cli/dress.py": "holds the Chinese of the headings of help",
    "cli/language.py": "holds the Chinese of the argument parser",
    "check/kinds.py": "knows the kinds of penalty as files write them",
    "feed/store_serve.py": "is SQL",
    "front/portal_package.py": "names the papers of a package",
    "intake/rules_rows.py": "knows the words of other people's files",
    "ledger/store_waiting.py": "is SQL",
    "listing/rules_letter.py": "writes letters",
    "page/speech.py": "knows Chinese from other writing",
    "reactions_objection.py": "writes letters",
    "reactions_repair.py": "writes letters",
    "reactions_restore.py": "writes letters",
    "repair/rules_package.py": "writes an application on paper",
    "settings.py": "names the languages in themselves",
    "subject/queries.py": "knows the names of divisions",
    "subject/rules_region.py": "knows the names of divisions",
    "subject/rules_register.py": "knows the words of other people's files",
}
SPEAKING_FILES = frozenset(
    f"law/{name}.py" for name in (
        "book", "check", "check_measures", "lost", "measure", "pack", "period", "read", "regime", "severity", "statute",
        "term",
    )
) | {
    "terms/uscc.py", "city/found.py", "city/samples.py", "wire/doctor.py", "wire/binaries.py", "wire/clock.py",
    "wire/cluster.py", "wire/database.py", "wire/migrate.py", "wire/mode.py", "wire/postgres.py",
}  # fmt: skip
"""What a page or a command shows of rooms that are silent otherwise."""

DATA = {
    "law/texts/repair.toml": ("label", "next"), "catalogue/items/": ("name", "frequency", "sharing"),
    "assessment/texts/": ("label", "told"),
}  # fmt: skip
"""Words of data that a page says as its own: conditions of a repair, grounds of a refusal, what we ship."""

PURPOSES = re.compile(r"\blimu\.purpose VALUES(.*?);", re.DOTALL)
PURPOSE = re.compile(r"\('\w+', '([^']+)',")
"""The closed list of what a read may be for: its words stand in the schema."""

PATTERN = re.compile(r"\\[dswuxb]|\(\?|\[\^|\S\|\S|SELECT ")
"""What is written for a machine to read: no text."""

FOREIGN = frozenset({
    "有限公司", "(集团)", "永久", "永久有效", "无固定期限", "空", "暂无", "没有", "不详", "无", "立木",
    "信用承诺书.txt",
})  # fmt: skip
"""Words that are looked for in what others wrote, or stand in a document."""

GRAMMAR = frozenset({"and", "or", "if", "else", "in", "not", "for", "is", "None", "str", "join", "len", "strip", "get"})


def said_in_template(text: str) -> Iterator[str]:
    """Every text of a template: those it asks to have translated, and those it just says."""
    for pattern in (TAG, INLINE):
        yield from (found["text"].replace('\\"', '"') for found in pattern.finditer(text))
    yield from (VARIABLE.sub(r"%(\1)s", found["text"]) for found in BLOCK.finditer(text))
    yield from (found for found in texts_of(text) if HAN.search(found))


def said_in_code(text: str) -> Iterator[str]:
    """Every text a module asks to have translated, now or later."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and _is_marked(node):
            yield node.args[0].value  # type: ignore[attr-defined]


def spoken_in_code(text: str) -> Iterator[str]:
    """Every Chinese text of a module that is no docstring: a sentence with its values as places."""
    tree = ast.parse(text)
    passed = {id(one) for node in ast.walk(tree) for one in _no_speech(node)}
    for node in ast.walk(tree):
        if id(node) in passed:
            continue
        if isinstance(node, ast.JoinedStr):
            found = _sentence(node)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found = _numbered(node.value)
        else:
            continue
        text = " ".join(found.split())
        if HAN.search(text) and text not in FOREIGN and not PATTERN.search(text):
            yield text


def helped_in_code(text: str) -> Iterator[str]:
    """Every docstring of a module that begins in Chinese: it is the help of a command."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            yield from (" ".join(told.split()) for told in [ast.get_docstring(node) or ""] if HAN.match(told))


def _numbered(text: str) -> str:
    # A text to be filled by `format`: a place without a name gets one, and a number from the second on.
    count = itertools.count(1)

    def named(place: re.Match[str]) -> str:
        return f"%({place[1] or 'value' + (str(n) if (n := next(count)) > 1 else '')})s"

    return PLACE.sub(named, text)


def _no_speech(node: ast.AST) -> Iterator[ast.AST]:
    # Docstrings, what is marked already, and the pieces of a sentence.
    if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)):
        yield from (one.value for one in node.body if isinstance(one, ast.Expr))
    elif isinstance(node, ast.Call) and _is_marked(node):
        yield node.args[0]
    elif isinstance(node, ast.JoinedStr):
        yield from (one for one in node.values if isinstance(one, ast.Constant))


def _is_marked(node: ast.Call) -> bool:
    name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
    first = node.args[0] if node.args else None
    return name in SPEAKERS and isinstance(first, ast.Constant) and isinstance(first.value, str)


def _sentence(node: ast.JoinedStr) -> str:
    text, places = "", dict[str, str]()
    for piece in node.values:
        if isinstance(piece, ast.FormattedValue):
            written = ast.unparse(piece.value)
            base = name = _name(written)
            number = 2
            while places.get(name, written) != written:
                name, number = f"{base}{number}", number + 1
            places[name] = written
            text += f"%({name})s"
        elif isinstance(piece, ast.Constant):
            text += str(piece.value)
    return text


def _name(written: str) -> str:
    # The last name of an expression, before anything chosen or called with it.
    words = re.findall(r"[A-Za-z]\w*", re.sub(r"""(["']).*?\1|\(.*\)| (?:or|if) .*""", "", written))
    words = words or re.findall(r"[A-Za-z]\w*", written)
    return next((word for word in reversed(words) if word not in GRAMMAR), "value")


def _speaks(name: str) -> bool:
    return name in SPEAKING_FILES or not (name.partition("/")[0] in SILENT_ROOMS or name in SILENT_FILES)


def _in_data(text: str, keys: tuple[str, ...]) -> Iterator[str]:
    for rows in tomllib.loads(text).values():
        for row in rows if isinstance(rows, list) else (rows,):
            yield from (row[key] for key in keys if isinstance(row, dict) and row.get(key))


def _texts(path: Path, name: str) -> Iterator[str]:
    if path.suffix == ".html":
        yield from said_in_template(path.read_text("utf-8"))
    elif path.suffix == ".py" and _speaks(name):
        source = path.read_text("utf-8")
        yield from said_in_code(source)
        yield from spoken_in_code(source)
        if name.startswith("cli/"):
            yield from helped_in_code(source)
    elif path.suffix == ".toml" and (keys := next((DATA[one] for one in DATA if name.startswith(one)), None)):
        yield from (one for one in _in_data(path.read_text("utf-8"), keys) if HAN.search(one))
    elif path.suffix == ".sql":
        yield from (word for rows in PURPOSES.findall(path.read_text("utf-8")) for word in PURPOSE.findall(rows))


@lru_cache(maxsize=1)
def said(package: Path = PACKAGE) -> dict[str, str]:
    """Every text a page may say, with the first file that says it."""
    found: dict[str, str] = {}
    for path in sorted(package.rglob("*")):
        name = path.relative_to(package).as_posix()
        for text in _texts(path, name):
            found.setdefault(text, name)
    return found
