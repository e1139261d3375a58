"""The city's register, written as a file and loaded through the door that every register takes."""

from pathlib import Path
from typing import Any

from psycopg import Connection

from limu.city.people import CityError
from limu.city.progress import Listener
from limu.city.seven import seven_subjects
from limu.city.subjects import subject_frames
from limu.department.rules import Refusal
from limu.subject.actions import Loaded, load_register

SOURCE = "示例市登记库（合成）"


def write_register(path: Path, *, subjects: int) -> None:
    """Write the seven named organisations and the first `subjects` of the city, chunk by chunk."""
    with path.open("wb") as file:
        seven_subjects().write_csv(file, include_bom=True)
        for frame in subject_frames(subjects):
            frame.write_csv(file, include_header=False)


def load(
    connection: Connection[Any], path: Path, *, source: str, listener: Listener, mapping: dict[str, str] | None = None
) -> Loaded:
    """Load a register's file; a refusal is a broken promise of this demonstration."""
    loaded = load_register(connection, path, source=source, mapping=mapping, told=listener.done)
    if isinstance(loaded, Refusal):
        raise CityError(f"{loaded.code} {loaded.message}")
    return loaded
