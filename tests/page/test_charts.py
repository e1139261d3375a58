"""A chart is its table: what is drawn, and that the drawing script is the one that was vendored."""

import hashlib
import re
from pathlib import Path

import limu.page
from limu.page.rules_charts import Cell, Chart, counted_rows

STATIC = Path(limu.page.__file__).parent / "static"


def test_a_figure_is_told_with_its_unit_and_none_by_a_dash() -> None:
    chart = Chart(
        "q", "质效一览", "", "事项", (("入库率", "calm"),), (("行政处罚", (96.25,)), ("许可", (None,))), unit="%"
    )

    assert chart.table == [
        ("行政处罚", [Cell("入库率", "96.2", "96.2%")]), ("许可", [Cell("入库率", "", "—")]),
    ]  # fmt: skip
    assert not chart.is_empty


def test_counts_are_laid_out_in_the_order_of_the_names() -> None:
    rows = counted_rows([("b", "乙局"), ("a", "甲局")], {("a", "late"): 2}, ("filed", "late"))

    assert rows == (("乙局", (0, 0)), ("甲局", (0, 2)))
    assert Chart("x", "", "", "", (("已报送", "good"), ("逾期", "bad")), rows[:1]).is_empty


def test_the_vendored_files_are_those_whose_hashes_are_written_down() -> None:
    told = re.findall(r"^([0-9a-f]{64})  (\S+)$", (STATIC / "VENDOR.md").read_text("utf-8"), re.MULTILINE)
    there = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (STATIC / "limu/vendor").iterdir() if path.suffix in (".css", ".js")
    }  # fmt: skip

    assert {name: digest for digest, name in told} == there
