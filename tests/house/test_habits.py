"""Habits that decay unless a machine holds them: one clock, one place for SQL, no action at a distance."""

import ast
import re
import socket

import pytest

from tests.house.rooms import PACKAGE, ROOT, Source, floor_of, sources

CLOCK = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "timezone.now"}
# A statement begins with one of these and says where: prose does not.
STATEMENT = re.compile(
    r"^\s*(SELECT\s.+\sFROM\s|INSERT INTO\s|UPDATE\s\S+\sSET\s|DELETE FROM\s|COPY\s\S+\s)", re.DOTALL
)
SPEAKS_SQL = {"wire", "cli", "bench", "city"}


def test_only_the_clock_knows_the_time() -> None:
    asked = {
        f"{source.name}: {call}"
        for source in sources()
        if source.name != "limu/wire/clock.py"
        for call in _calls(source)
        if any(call == word or call.endswith(f".{word}") for word in CLOCK)
    }

    assert asked == set()


def test_an_instant_becomes_a_day_in_china() -> None:
    """The database hands instants out in UTC: their own date is yesterday's until eight in the morning."""
    turned = [
        f"{source.name}: {call}"
        for source in sources()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "date"
        if (call := ast.unparse(node.func) + "()").endswith("_at.date()")
    ]

    assert turned == []


def test_sql_stands_in_store_alone() -> None:
    texts = [
        f"{source.name}: {node.value[:60]}"
        for source in sources()
        if source.room not in SPEAKS_SQL and floor_of(source.path.stem) != "store"
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and STATEMENT.match(node.value)
    ]

    assert texts == []


def test_actions_never_commit() -> None:
    # Two rooms work in durable steps (design.md 5 and 8): intake with its cursor, access with its tickets.
    committing = [
        source.name
        for source in sources()
        if floor_of(source.path.stem) in {"actions", "queries", "store", "rules"}
        if source.room not in {"intake", "access"}
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit"
    ]

    assert committing == []


def test_nothing_acts_at_a_distance() -> None:
    # Accounts are Django's: one file opens its connection and migrates its tables (decision 0007).
    imported = [
        f"{source.name}: {name}"
        for source in sources()
        for name in _imported(source) - ({"django.db"} if source.name == "limu/wire/accounts.py" else set())
        if "signals" in name or name.startswith(("django.dispatch", "django.db"))
    ]

    assert imported == []


def _calls(source: Source) -> list[str]:
    return [ast.unparse(node.func) for node in ast.walk(source.tree) if isinstance(node, ast.Call)]


def _imported(source: Source) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return found


def test_no_test_reaches_another_machine() -> None:
    with socket.socket() as way, pytest.raises(PermissionError, match=re.escape("192.0.2.1")):
        way.connect(("192.0.2.1", 80))


def test_every_file_of_the_schema_is_in_the_order_and_once() -> None:
    order = [
        line.partition("#")[0].strip()
        for line in (PACKAGE / "wire/sql/ORDER").read_text("utf-8").splitlines()
        if line.partition("#")[0].strip()
    ]
    there = sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.glob("*/sql/[0-9]*.sql"))

    assert sorted(order) == there


def test_version_and_changelog_agree() -> None:
    version = re.search(r'__version__ = "([^"]+)"', (PACKAGE / "__init__.py").read_text("utf-8"))
    newest = re.search(r"^## \[([^\]]+)\]", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)

    assert version
    assert newest
    assert version[1] == newest[1]


def test_every_direct_dependency_says_why_it_is_here() -> None:
    silent = [
        line
        for name in ("requirements.in", "requirements-dev.in")
        for line in (ROOT / name).read_text("utf-8").splitlines()
        if line and not line.startswith(("#", "-r")) and "#" not in line
    ]

    assert silent == []


def test_every_locked_package_has_a_hash_and_no_address() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text("utf-8")
        packages = re.findall(r"^[a-z0-9][^\n]*==", text, re.MULTILINE)
        blocks = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)

        assert packages
        assert all("--hash=sha256:" in block for block in blocks if block.strip())
        assert "://" not in text
