"""The catalogue of messages: which texts there are, which have an English form, and the compiled file Django reads.

GNU gettext is not needed: `python -m limu.page.messages` writes the `.mo` of `locale/en` from the `.po` beside it."""

import ast
import re
import struct
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parent.parent
SOURCE = PACKAGE / "locale" / "en" / "LC_MESSAGES" / "django.po"
SPEAKERS = ("_", "gettext", "mark")
ROOMS = ("front", "page")

QUOTED = r"""(?P<quote>["'])(?P<text>(?:\\.|(?!(?P=quote)).)*)(?P=quote)"""
TAG = re.compile(r"\{% translate " + QUOTED)
INLINE = re.compile(r"=_\(" + QUOTED + r"\)")
BLOCK = re.compile(r"\{% blocktranslate[^%]*%\}(?P<text>.*?)\{% endblocktranslate %\}", re.DOTALL)
VARIABLE = re.compile(r"\{\{ *(\w+) *\}\}")
ENTRY = re.compile(r'^msgid ((?:"(?:\\.|[^"\\])*"\s*)+)^msgstr ((?:"(?:\\.|[^"\\])*"\s*)+)', re.MULTILINE)
MAGIC = 0x950412DE


def said_in_template(text: str) -> Iterator[str]:
    """Every text a template asks to have translated."""
    for pattern in (TAG, INLINE):
        yield from (found["text"].replace('\\"', '"') for found in pattern.finditer(text))
    yield from (VARIABLE.sub(r"%(\1)s", found["text"]) for found in BLOCK.finditer(text))


def said_in_code(text: str) -> Iterator[str]:
    """Every text a module asks to have translated, now or later."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if name in SPEAKERS and isinstance(node.args[0].value, str):
                yield node.args[0].value


def said(package: Path = PACKAGE) -> dict[str, str]:
    """Every text of the public pages with the first file that says it."""
    found: dict[str, str] = {}
    files = (path for room in ROOMS for path in (package / room).rglob("*") if path.suffix in (".html", ".py"))
    for path in sorted(files):
        text = path.read_text("utf-8")
        for message in said_in_template(text) if path.suffix == ".html" else said_in_code(text):
            found.setdefault(message, path.relative_to(package).as_posix())
    return found


def read_po(text: str) -> dict[str, str]:
    """Read the entries of a catalogue, its header under the empty text."""
    return {_joined(source): _joined(target) for source, target in ENTRY.findall(text)}


def _joined(quoted: str) -> str:
    return "".join(ast.literal_eval(line) for line in quoted.split("\n") if line.strip())


def compile_mo(entries: dict[str, str]) -> bytes:
    """Write a catalogue in the binary form of GNU gettext (gettext manual, 10.3), sorted by text."""
    pairs = sorted((key.encode(), value.encode()) for key, value in entries.items() if value)
    start = 28 + 16 * len(pairs)
    tables: tuple[list[int], list[int]] = ([], [])
    strings = b""
    for column, table in enumerate(tables):
        for pair in pairs:
            table += [len(pair[column]), start + len(strings)]
            strings += pair[column] + b"\0"
    head = struct.pack("<7I", MAGIC, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, start)
    return head + struct.pack(f"<{4 * len(pairs)}I", *tables[0], *tables[1]) + strings


if __name__ == "__main__":
    SOURCE.with_suffix(".mo").write_bytes(compile_mo(read_po(SOURCE.read_text("utf-8"))))
