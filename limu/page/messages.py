"""The catalogue of messages: which texts have an English form, and the compiled file Django reads.

GNU gettext is not needed: the first start after a change writes the `.mo` of `locale/en` from the `.po` beside it, as
Python does with its own compiled files; no repository holds it. `python -m limu.page.messages` does so by hand, and
drops what stands twice in the `.po`."""

import ast
import os
import re
import struct
from hashlib import sha256
from pathlib import Path

PACKAGE = Path(__file__).parent.parent
LOCALES = PACKAGE / "locale"
SOURCE = LOCALES / "en" / "LC_MESSAGES" / "django.po"
ENTRY = re.compile(r'^msgid ((?:"(?:\\.|[^"\\])*"\s*)+)^msgstr ((?:"(?:\\.|[^"\\])*"\s*)+)', re.MULTILINE)
MAGIC = 0x950412DE


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


def compiled(spare: Path, locales: Path = LOCALES) -> Path:
    """The folder of locales with the compiled catalogue in it, made now if it is missing or older than the written one.

    It lies beside the written one; where nobody may write there (a program installed for all), in the spare folder."""
    source = locales / SOURCE.relative_to(LOCALES)
    made = source.with_suffix(".mo")
    if made.is_file() and made.stat().st_mtime_ns >= source.stat().st_mtime_ns:
        return locales
    try:
        write_mo(source, made)
    except OSError:
        own = spare / sha256(source.read_bytes()).hexdigest()[:16]
        made = own / made.relative_to(locales)
        if not made.is_file():
            made.parent.mkdir(parents=True, exist_ok=True)
            write_mo(source, made)
        return own
    return locales


def write_mo(source: Path, made: Path) -> None:
    """Compile one catalogue; whoever reads it meanwhile reads the old one whole."""
    draft = made.with_suffix(f".{os.getpid()}")
    draft.write_bytes(compile_mo(read_po(source.read_text("utf-8"))))
    try:
        draft.replace(made)
    finally:
        draft.unlink(missing_ok=True)


def without_twins(text: str) -> str:
    """Drop every entry but the first of one text: two people may have added the same."""
    seen: set[str] = set()

    def once(found: re.Match[str]) -> str:
        is_twin = found[1] in seen
        seen.add(found[1])
        return "" if is_twin else found[0]

    return re.sub(r"\n{3,}", "\n\n", ENTRY.sub(once, text))


if __name__ == "__main__":
    SOURCE.write_text(without_twins(SOURCE.read_text("utf-8")), "utf-8")
    write_mo(SOURCE, SOURCE.with_suffix(".mo"))
