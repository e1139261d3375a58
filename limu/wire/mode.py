"""What an installation is for: production, demonstration or test. It decides whether the clock may be shifted."""

from collections.abc import Mapping
from typing import Final, Literal, get_args

from limu.wire.home import Home
from limu.wire.keys import write_private

Mode = Literal["production", "demonstration", "test"]
MODES: Final[tuple[Mode, ...]] = get_args(Mode)
NAME = "mode"


class WrongModeError(Exception):
    """An installation has one mode for its life: a demonstration does not become a register of record."""


def read_mode(home: Home, environment: Mapping[str, str]) -> Mode:
    """Read the mode: what the home was made as, else LIMU_MODE, else production, which refuses most."""
    written = _written(home)
    if written:
        return written
    wanted = environment.get("LIMU_MODE", "production")
    for mode in MODES:
        if wanted == mode:
            return mode
    raise WrongModeError(f"LIMU_MODE 只能是 {'、'.join(MODES)}，现为“{wanted}”。请改正或者去掉。")


def write_mode(home: Home, mode: Mode) -> None:
    """Fix the mode of a home when it is made; another mode later is refused."""
    written = _written(home)
    if written not in (None, mode):
        raise WrongModeError(f"{home.root} 是按 {written} 建立的，不能改为 {mode}。请用 LIMU_HOME 指定另一个目录。")
    home.prepare()
    write_private(home.root / NAME, f"{mode}\n".encode())


def _written(home: Home) -> Mode | None:
    path = home.root / NAME
    text = path.read_text().strip() if path.is_file() else ""
    return next((mode for mode in MODES if mode == text), None)
