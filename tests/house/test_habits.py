"""Habits that decay unless a machine holds them: one clock, one place for SQL, no action at a distance."""

import ast
import re

import pytest

from tests.house.rooms import PACKAGE, ROOT, Source, floor_of, sources

CLOCK = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "timezone.now"}
# A statement begins with one of these and says where: prose does not.
STATEMENT = re.compile(
    r"^\s*(SELECT\s.+\sFROM\s|INSERT INTO\s|UPDATE\s\S+\sSET\s|DELETE FROM\s|COPY\s\S+\s)", re.DOTALL
)
SPEAKS_SQL = {"wire", "cli", "bench", "city"}


@pytest.mark.parametrize("source", sources(), ids=lambda source: source.name)
def test_only_the_clock_knows_the_time(source: Source) -> None:
    if source.name == "limu/wire/clock.py":
        return
    asked = [ast.unparse(node.func) for node in ast.walk(source.tree) if isinstance(node, ast.Call)]

    assert [call for call in asked if any(call == word or call.endswith(f".{word}") for word in CLOCK)] == []


@pytest.mark.parametrize("source", sources(), ids=lambda source: source.name)
def test_an_instant_becomes_a_day_in_china(source: Source) -> None:
    """The database hands instants out in UTC: their own date is yesterday's until eight in the morning."""
    turned = [
        ast.unparse(node) for node in ast.walk(source.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "date"
    ]  # fmt: skip

    assert [call for call in turned if call.endswith("_at.date()")] == []


@pytest.mark.parametrize("source", sources(), ids=lambda source: source.name)
def test_sql_stands_in_store_alone(source: Source) -> None:
    if source.room in SPEAKS_SQL or floor_of(source.path.stem) == "store":
        return
    texts = [n.value for n in ast.walk(source.tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)]

    assert [text[:60] for text in texts if STATEMENT.match(text)] == []


@pytest.mark.parametrize("source", sources(), ids=lambda source: source.name)
def test_actions_never_commit(source: Source) -> None:
    if floor_of(source.path.stem) not in {"actions", "queries", "store", "rules"}:
        return
    calls = [
        n.func.attr for n in ast.walk(source.tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute)
    ]

    # Two rooms work in durable steps (design.md 5 and 8): intake with its cursor, access with its tickets.
    if source.room not in {"intake", "access"}:
        assert "commit" not in calls


@pytest.mark.parametrize("source", sources(), ids=lambda source: source.name)
def test_nothing_acts_at_a_distance(source: Source) -> None:
    imported = {
        name
        for node in ast.walk(source.tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }

    # Accounts are Django's: one file opens its connection and migrates its tables (decision 0007).
    if source.name == "limu/wire/accounts.py":
        imported -= {"django.db"}
    assert not [name for name in imported if "signals" in name or name.startswith(("django.dispatch", "django.db"))]


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
