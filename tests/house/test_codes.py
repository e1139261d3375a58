"""One code, one meaning: whoever reads a code on a page, in a workbook or in an answer finds one thing under it."""

import ast
import re
from collections import defaultdict

from tests.house.rooms import sources

CODE = re.compile(r"[A-Z]-\d{3}\Z")
# Said in two places in words that differ a little, and meaning the same.
ALIKE = {
    "D-110": "no such account",
    "F-105": "two columns stand for one field",
    "F-106": "the text's encoding is not known",
    "F-120": "a mapping file is one JSON object",
    "F-131": "the catalogue has no such item",
    "S-404": "no subject has this code",
    "U-101": "a rule of the checkup, and what it found",
    "X-125": "the commitment is not signed",
    "X-126": "no proof was handed in",
}


def meanings() -> dict[str, set[tuple[str, str]]]:
    """Each code with what is said under it: how it is declared, and the first words."""
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for source in sources():
        for call in ast.walk(source.tree):
            if not isinstance(call, ast.Call):
                continue
            for place, value in enumerate(call.args):
                if isinstance(value, ast.Constant) and isinstance(value.value, str) and CODE.match(value.value):
                    words = call.args[place + 1] if place + 1 < len(call.args) else None
                    said = ast.unparse(words) if words is not None else f"{source.name}:{call.lineno}"
                    found[value.value].add((ast.unparse(call.func), said))
    return found


def test_a_code_has_one_meaning_over_the_whole_house() -> None:
    found = meanings()

    assert {code: sorted(said) for code, said in found.items() if len(said) > 1 and code not in ALIKE} == {}
    assert [code for code in ALIKE if len(found[code]) < 2] == []
    assert len(found) > 200
