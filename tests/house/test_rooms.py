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
NAMED["wire"] += " aside box halt pour together"
NAMED["page"] += " machine paging"
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


@pytest.mark.parametrize("source", sources(), ids=lambda source: source.name)
def test_every_file_has_its_place(source: Source) -> None:
    stem = source.path.stem
    assert stem not in VAGUE
    assert len(source.path.relative_to(PACKAGE).parts) <= 2, "Python lies no deeper than a room"
    if source.room == "":
        assert stem in TOP or floor_of(stem) == "reactions"
    elif source.room not in FREE and stem != "__init__":
        known = NAMED.get(source.room, "").split()
        placed = stem in known or (source.room not in GROUND and floor_of(stem) in FLOOR)
        assert placed, f"no floor for {source.name}; see docs/decisions/0001-rooms-and-floors.md"


@pytest.mark.parametrize("room", rooms(), ids=lambda room: room.name)
def test_a_room_holds_python_and_known_kinds_of_data_alone(room: object) -> None:
    folders = {entry.name for entry in (PACKAGE / str(room)).iterdir() if entry.is_dir()}

    assert folders - DATA - {"__pycache__"} == set()


@pytest.mark.parametrize("source", sources(), ids=lambda source: source.name)
def test_inside_a_room_imports_go_down_the_floors(source: Source) -> None:
    height = FLOOR.get(floor_of(source.path.stem))
    if height is None or source.room in FREE | {""}:
        return
    for name in _own_imports(source):
        other = FLOOR.get(floor_of(name), -1)
        same_word = floor_of(name) == floor_of(source.path.stem)
        assert other < height or same_word or other == height == max(FLOOR.values()), f"{source.name} imports {name}"


def _own_imports(source: Source) -> set[str]:
    prefix = f"limu.{source.room}"
    found: set[str] = set()
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ImportFrom) and node.module == prefix:
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"{prefix}."):
            found.add((node.module or "").removeprefix(f"{prefix}."))
    return found
