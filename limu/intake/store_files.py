"""A file of any kind we take, recognised by its content and not by its name."""

import codecs
from collections.abc import Iterable
from pathlib import Path
from typing import Final, Literal

from limu.intake.rules import EMPTY, JSON_BYTES, MISMATCH, TOO_LARGE, UserFault
from limu.intake.rules_mapping import HeaderMapping
from limu.intake.store_child import read_in_child
from limu.intake.store_csv import read_csv
from limu.intake.store_lines import read_json_lines, read_key_values
from limu.intake.store_table import Table

Kind = Literal["zip", "xls", "json", "jsonl", "text"]
WORKBOOK_BYTES: Final = 64 << 20
_NO_TABLE: Final = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
    b"<",
    b"MZ",
    b"\x7fELF",
)
_ENDINGS: Final[dict[Kind, tuple[str, ...]]] = {
    "zip": (".xlsx", ".xlsm", ".ods", ".et"),
    "xls": (".xls", ".et"),
    "json": (".json",),
    "jsonl": (".jsonl", ".ndjson", ".json"),
    "text": (".csv", ".txt", ".tsv"),
}


def open_table(path: Path, *, known: Iterable[str], mapping: HeaderMapping) -> Table | UserFault:
    """Recognise a file and begin to read it. `known` are the headers that may be expected, in their normal form."""
    kind = find_kind(path)
    if isinstance(kind, UserFault):
        return kind
    if kind == "jsonl" or (mapping.shape == "key_value" and kind == "json"):
        return MISMATCH if mapping.shape == "key_value" else read_json_lines(path)
    if kind == "text":
        return read_key_values(path, mapping) if mapping.shape == "key_value" else read_csv(path, known=known)
    if path.stat().st_size > (JSON_BYTES if kind == "json" else WORKBOOK_BYTES):
        return TOO_LARGE
    return read_in_child(path, kind=kind, known=known, mapping=mapping)


def find_kind(path: Path) -> Kind | UserFault:
    """Tell the kind of a file by its first bytes; what is no table is a mismatch (ux.md J3)."""
    with path.open("rb") as file:
        head = file.read(1 << 16)
    text = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if not text:
        return EMPTY
    if head.startswith(b"PK\x03\x04"):
        return "zip"
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return "xls"
    if text.startswith(_NO_TABLE):
        return MISMATCH
    if text[:1] in (b"{", b"["):
        return "jsonl" if _is_lines(text) else "json"
    is_wide = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return MISMATCH if b"\0" in head and not is_wide else "text"


def is_misnamed(path: Path, kind: Kind) -> bool:
    """Whether a file's ending says another kind than its content; it is read all the same, and the answer says so."""
    ending = path.suffix.lower()
    return bool(ending) and ending not in _ENDINGS[kind]


def _is_lines(text: bytes) -> bool:
    first, _, rest = text.partition(b"\n")
    return first.rstrip().endswith(b"}") and first.startswith(b"{") and rest.lstrip()[:1] == b"{"
