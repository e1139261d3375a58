"""The catalogue of messages: which texts have an English form, and the compiled file Django reads.

GNU gettext is not needed: `python -m limu.page.messages` writes the `.mo` of `locale/en` from the `.po` beside it."""

import ast
import re
import struct
from pathlib import Path

PACKAGE = Path(__file__).parent.parent
SOURCE = PACKAGE / "locale" / "en" / "LC_MESSAGES" / "django.po"
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


def without_twins(text: str) -> str:
    """Drop every entry but the first of one text: two people may have added the same."""
    seen: set[str] = set()

    def once(found: re.Match[str]) -> str:
        is_twin = found[1] in seen
        seen.add(found[1])
        return "" if is_twin else found[0]

    return re.sub(r"\n{3,}", "\n\n", ENTRY.sub(once, text))


if __name__ == "__main__":
    catalogue = without_twins(SOURCE.read_text("utf-8"))
    SOURCE.write_text(catalogue, "utf-8")
    SOURCE.with_suffix(".mo").write_bytes(compile_mo(read_po(catalogue)))
