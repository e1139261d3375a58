"""Long files of lines are held piece by piece, whatever their lines weigh."""

import json
from pathlib import Path

from limu.intake import store_lines
from limu.intake.store_table import Table


def test_heavy_lines_come_in_small_frames(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    line = json.dumps({"名称": "甲", "事实": "x" * 500_000}, ensure_ascii=False)
    path.write_text("\n".join([line] * 60), "utf-8")

    table = store_lines.read_json_lines(path)

    assert isinstance(table, Table)
    heights = [frame.height for frame in table.frames]
    assert (sum(heights), max(heights)) == (60, 17)
