"""A home of its own for a test that runs the whole command."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def home() -> Iterator[dict[str, str]]:
    folder = Path(tempfile.mkdtemp(prefix="limu-demo-"))
    folder.chmod(0o711)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LIMU_")}
    yield kept | {"LIMU_HOME": str(folder / "home")}
    shutil.rmtree(folder, ignore_errors=True)
