"""Small files, small functions, and a docstring that adds to the name."""

import ast
from pathlib import Path

from tests.house.rooms import ROOT, Source, sources

LONGEST_FILE = 400
LONGEST_FUNCTION = 60
TESTS = [Source(path) for path in sorted((ROOT / "tests").rglob("*.py"))]

Function = ast.FunctionDef | ast.AsyncFunctionDef


def test_no_file_is_longer_than_400_lines() -> None:
    assert [one.name for one in [*sources(), *TESTS] if len(one.text.splitlines()) > LONGEST_FILE] == []


def test_no_function_is_longer_than_60_lines() -> None:
    long = {
        f"{source.name}: {node.name}": _length(node)
        for source in [*sources(), *TESTS]
        for node in ast.walk(source.tree)
        if isinstance(node, Function) and _length(node) > LONGEST_FUNCTION
    }

    assert long == {}


def test_the_median_function_has_at_most_ten_lines() -> None:
    lengths = sorted(_length(n) for s in sources() for n in ast.walk(s.tree) if isinstance(n, Function))

    assert lengths[len(lengths) // 2] <= 10
    assert lengths[len(lengths) * 9 // 10] <= 30


def test_every_module_says_what_it_holds() -> None:
    assert [source.name for source in sources() if not ast.get_docstring(source.tree)] == []


def _length(node: Function) -> int:
    docstring = ast.get_docstring(node, clean=False)
    lines = (node.end_lineno or node.lineno) - node.lineno + 1
    return lines - (len(docstring.splitlines()) if docstring else 0)


def test_the_tests_have_a_sentence_for_a_name() -> None:
    short = [
        f"{source.name}:{node.name}"
        for source in TESTS
        for node in ast.walk(source.tree)
        if isinstance(node, Function) and node.name.startswith("test_") and node.name.count("_") < 2
    ]

    assert short == []


def test_no_test_is_without_an_assertion() -> None:
    idle = [
        f"{source.name}:{node.name}"
        for source in TESTS
        for node in ast.walk(source.tree)
        if isinstance(node, Function) and node.name.startswith("test_") and not _asserts(node)
    ]

    assert idle == []


def _asserts(function: Function) -> bool:
    # A check in a function of the test's own file counts, if its name says so.
    words = ("assert", "expect", "raises", "check")
    calls = (ast.unparse(node.func) for node in ast.walk(function) if isinstance(node, ast.Call))
    return any(isinstance(node, ast.Assert) for node in ast.walk(function)) or any(
        word in call for call in calls for word in words
    )


def test_nothing_of_this_machine_is_written_down() -> None:
    forbidden = ("/" + "work/", "/" + "root/", "/" + "tmp/w")
    found = [
        f"{path.relative_to(ROOT)}: {word}"
        for folder in ("limu", "tests", "docs", "tools", ".ci")
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in {".py", ".md", ".sql", ".toml", ".html"} and "vendor" not in path.parts
        for word in forbidden
        if word in _text(path)
    ]

    assert found == []


def _text(path: Path) -> str:
    return path.read_text("utf-8", errors="replace")
