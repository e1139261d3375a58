"""What the house tests look at: rooms, files and functions, read from the source."""

import ast
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "limu"

FLOORS = (
    ("site", "portal", "desk", "api", "tasks", "admin"),
    ("actions",),
    ("queries",),
    ("store",),
    ("models",),
    ("rules",),
)
FLOOR = {name: height for height, names in enumerate(reversed(FLOORS)) for name in names}
GROUND = ("terms", "law", "record", "check", "seal")
DATA = {"sql", "templates", "static", "texts", "tables", "items", "packs"}


@dataclass(frozen=True, slots=True)
class Source:
    """One Python file of the package."""

    path: Path

    @property
    def room(self) -> str:
        """The folder it lies in, or nothing at the top."""
        parts = self.path.relative_to(PACKAGE).parts
        return parts[0] if len(parts) > 1 else ""

    @property
    def name(self) -> str:
        """Where it is, as a reader would write it."""
        return self.path.relative_to(ROOT).as_posix()

    @property
    def text(self) -> str:
        return self.path.read_text("utf-8")

    @property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)


def sources() -> list[Source]:
    """Every Python file of the package, in order."""
    return [Source(path) for path in sorted(PACKAGE.rglob("*.py")) if "__pycache__" not in path.parts]


def rooms() -> list[Path]:
    """Every folder of the package that holds Python."""
    return sorted({source.path.parent for source in sources()} - {PACKAGE})


def floor_of(stem: str) -> str:
    """The floor of a file: `desk_rulings` stands on the floor `desk`."""
    return stem.partition("_")[0]
