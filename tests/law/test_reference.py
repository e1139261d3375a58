"""docs/law.md is the one that the texts make."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_reference_is_the_one_the_texts_make() -> None:
    drawn = subprocess.run(
        [sys.executable, ROOT / "tools/law.py", "--print"],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )

    assert drawn.stdout == (ROOT / "docs/law.md").read_text("utf-8"), "run python tools/law.py"
