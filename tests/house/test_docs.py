"""The documents say what the code does, or the build fails."""

import ast
import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from limu.cli.main import build
from tests.house.rooms import PACKAGE, ROOT, sources

# Set by one process of ours for another, or by a test, never by an operator.
INNER = {"LIMU_TEST_RUN", "LIMU_DATABASE_NAME", "LIMU_SITE_", "LIMU_BENCH_DSN", "LIMU_FAULT"}


def _commands() -> list[str]:
    root = typer.main.get_command(build())
    found = []
    for name, command in sorted(root.commands.items()):  # type: ignore[attr-defined]
        inner = getattr(command, "commands", None)
        found += [f"{name} {sub}" for sub in sorted(inner)] if inner else [name]
    return found


@pytest.mark.parametrize("path", sorted((PACKAGE / "cli").glob("*.py")), ids=lambda path: path.stem)
def test_every_file_of_commands_loads(path: Path) -> None:
    module = importlib.import_module(f"limu.cli.{path.stem}" if path.stem[0] != "_" else "limu.cli")

    assert module.__doc__


@pytest.mark.parametrize("command", _commands())
def test_every_command_is_documented(command: str) -> None:
    assert f"## `limu {command}`" in (ROOT / "docs/commands.md").read_text("utf-8")


def test_every_setting_is_documented_and_none_is_invented() -> None:
    used = {name for source in sources() for name in re.findall(r"\bLIMU_[A-Z_]+", _code(source.text))}
    used |= set(re.findall(r"\bLIMU_[A-Z_]+", (ROOT / "Makefile").read_text("utf-8")))
    documented = set(re.findall(r"`(LIMU_[A-Z_]+)`", (ROOT / "docs/settings.md").read_text("utf-8")))

    assert used - documented - INNER - _django_names() == set()
    assert documented - used - {name for name in documented if name.startswith("LIMU_SITE_")} == set()


def _code(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))


def _django_names() -> set[str]:
    """Names that exist only inside limu/settings.py, as assignments."""
    return set(re.findall(r"^\s*(LIMU_[A-Z_]+) =", (PACKAGE / "settings.py").read_text("utf-8"), re.MULTILINE))


def test_the_map_is_the_one_the_rooms_describe() -> None:
    drawn = subprocess.run(
        [sys.executable, ROOT / "tools/map.py", "--print"], capture_output=True, text=True, check=True
    ).stdout

    assert (ROOT / "docs/map.md").read_text("utf-8") == drawn, "run `make map`"


def test_the_lifecycle_is_the_one_the_code_holds() -> None:
    drawn = subprocess.run(
        [sys.executable, ROOT / "tools/lifecycle.py", "--print"], capture_output=True, text=True, check=True
    ).stdout

    assert (ROOT / "docs/lifecycle.md").read_text("utf-8") == drawn, "run `make map`"


def test_every_decision_is_in_the_index() -> None:
    folder = ROOT / "docs/decisions"
    index = (folder / "index.md").read_text("utf-8")
    records = sorted(path.name for path in folder.glob("[0-9]*.md"))

    assert records
    assert [name for name in records if f"({name})" not in index] == []
    assert [path.name for path in folder.glob("[0-9]*.md") if len(path.read_text("utf-8").splitlines()) > 60] == []


@pytest.mark.parametrize("page", sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").rglob("*.md")))
def test_no_link_in_the_documents_is_broken(page: str) -> None:
    path = ROOT / page
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", path.read_text("utf-8"))
    local = [link for link in links if "://" not in link and not link.startswith("mailto:")]

    assert [link for link in local if not (path.parent / link).exists()] == []


@pytest.mark.parametrize(
    "step", sorted(set(re.findall(r"`([a-z_/]+)\.(\w+)`", (ROOT / "docs/journey.md").read_text("utf-8"))))
)
def test_every_step_of_the_journey_exists(step: tuple[str, str]) -> None:
    path, name = step
    tree = ast.parse((PACKAGE / f"{path}.py").read_text("utf-8"))

    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
