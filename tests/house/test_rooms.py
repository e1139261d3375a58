"""The order of the house, held by a machine: an unplaced room or file fails the build (decision 0001)."""

import ast

import pytest

from tests.house.rooms import DATA, FLOOR, GROUND, PACKAGE, Source, floor_of, rooms, sources

# Rooms whose files are named after what they hold: the ground, the machines, the shell and the tools.
NAMED: dict[str, str] = {
    "terms": "columns days identity industries money names numbers parties pinyin regions surnames uscc",
    "law": "book check check_measures lost measure pack period read regime rule severity statute term",
    "record": "event item state",
    "check": "amounts codes days declare distinct documents finding judge kinds lengths party prepare severity text "
    "typed",
    "seal": "canonical leaf tree",
    "wire": "accounts binaries clock cluster confine container database doctor emergency exchange files home keys "
    "lawbook lawlog "
    "migrate mode outgoing passwords port postgres roles sheets signing staging statutes tables",
    "page": "doors edition frame guard messages signed speech texts",
    "account": "adapter forms guard proof",
    "client": "digest follow http reconcile snapshot",
    "front": "reply schemas tags words",
}
NAMED["wire"] += " apart aside box halt memory outbox pour said together"
NAMED["page"] += " kept machine paging"
FREE = {"cli", "city", "bench"}
TOP = {"__init__", "settings", "urls", "wsgi", "reactions"}
VAGUE = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "base", "core", "data", "lib"}


@pytest.mark.parametrize("room", rooms(), ids=lambda room: room.name)
def test_every_room_says_in_one_line_what_it_is_for(room: object) -> None:
    text = (PACKAGE / str(room) / "__init__.py").read_text("utf-8")
    tree = ast.parse(text)
    docstring = ast.get_docstring(tree) or ""

    assert docstring.endswith((".", "。"))
    assert "\n" not in docstring
    assert len(tree.body) == 1, "an __init__ holds its docstring alone"


def test_every_file_has_its_place() -> None:
    wrong = [source.name for source in sources() if not _is_placed(source)]

    assert wrong == [], "no floor for these; see docs/decisions/0001-rooms-and-floors.md"
    assert [source.name for source in sources() if source.path.stem in VAGUE] == []


def test_python_lies_no_deeper_than_a_room() -> None:
    assert [source.name for source in sources() if len(source.path.relative_to(PACKAGE).parts) > 2] == []


def _is_placed(source: Source) -> bool:
    stem = source.path.stem
    if source.room == "":
        return stem in TOP or floor_of(stem) == "reactions"
    if source.room in FREE or stem == "__init__":
        return True
    known = NAMED.get(source.room, "").split()
    return stem in known or (source.room not in GROUND and floor_of(stem) in FLOOR)


@pytest.mark.parametrize("room", rooms(), ids=lambda room: room.name)
def test_a_room_holds_python_and_known_kinds_of_data_alone(room: object) -> None:
    folders = {entry.name for entry in (PACKAGE / str(room)).iterdir() if entry.is_dir()}

    assert folders - DATA - {"__pycache__"} == set()


def test_inside_a_room_imports_go_down_the_floors() -> None:
    upward = [
        f"{source.name} imports {name}"
        for source in sources()
        if floor_of(source.path.stem) in FLOOR and source.room not in FREE | {""}
        for name in _own_imports(source)
        if not _goes_down(floor_of(source.path.stem), floor_of(name))
    ]

    assert upward == []


def _goes_down(floor: str, other: str) -> bool:
    height, below = FLOOR[floor], FLOOR.get(other, -1)
    return below < height or other == floor or below == height == max(FLOOR.values())


def _own_imports(source: Source) -> set[str]:
    prefix = f"limu.{source.room}"
    found: set[str] = set()
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ImportFrom) and node.module == prefix:
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"{prefix}."):
            found.add((node.module or "").removeprefix(f"{prefix}."))
    return found
