"""Every template compiles: one that does not is a page that fails for whoever opens it."""

import os
import subprocess
import sys
from pathlib import Path

LOOK = """
import django
django.setup()
from pathlib import Path
from django.template import TemplateSyntaxError
from django.template.loader import get_template
names = sorted(str(path).partition("/templates/")[2] for path in Path("limu").glob("*/templates/**/*.html"))
for name in names:
    try:
        get_template(name)
    except TemplateSyntaxError as wrong:
        print(name, wrong)
print(len(names))
"""


def test_every_template_compiles(tmp_path: Path) -> None:
    settings = {"DJANGO_SETTINGS_MODULE": "limu.settings", "LIMU_HOME": str(tmp_path), "LIMU_MODE": "test"}
    done = subprocess.run(
        [sys.executable, "-c", LOOK], env=os.environ | settings, cwd=Path(__file__).parents[2], capture_output=True,
        text=True, check=True,
    )  # fmt: skip

    *wrong, count = done.stdout.splitlines()
    assert wrong == []
    assert int(count) > 150
