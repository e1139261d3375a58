"""The folder of this installation: database, keys, files, logs."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

DEMONSTRATION = ".limu"


@dataclass(frozen=True, slots=True)
class Home:
    """LIMU_HOME and the places in it. Folders are made on first use and are readable by their owner only."""

    root: Path

    @property
    def secrets(self) -> Path:
        """Passwords of the database's roles and keys, mode 0600."""
        return self.root / "secrets.json"

    @property
    def files(self) -> Path:
        """Uploads and answer workbooks, encrypted."""
        return self.folder("files")

    @property
    def log(self) -> Path:
        """Logs of the server and of unexpected failures; they hold no personal data."""
        return self.folder("log")

    @property
    def run(self) -> Path:
        """Locks of running programs."""
        return self.folder("run")

    def folder(self, name: str) -> Path:
        """Make one folder of the home, mode 0700, and return it."""
        self.prepare()
        path = self.root / name
        path.mkdir(mode=0o700, exist_ok=True)
        return path

    def prepare(self) -> None:
        """Make the home itself, mode 0700; an existing one keeps its mode."""
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)


def find_home(environment: Mapping[str, str] | None = None, *, demonstration: bool = False) -> Home:
    """Find the home: LIMU_HOME, else `./.limu` (a demonstration was started here), else the user's data folder."""
    settings = os.environ if environment is None else environment
    if named := settings.get("LIMU_HOME"):
        return Home(Path(named).expanduser().absolute())
    here = Path.cwd() / DEMONSTRATION
    if demonstration or _is_ours(here):
        return Home(here)
    base = settings.get("XDG_DATA_HOME") or "~/.local/share"
    return Home(Path(base).expanduser() / "limu")


def _is_ours(folder: Path) -> bool:
    # A stranger's .limu in a shared folder must not be taken for ours.
    return folder.is_dir() and folder.stat().st_uid == os.getuid()
