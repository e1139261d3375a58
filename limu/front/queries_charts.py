"""The charts of the two desks: what came in day by day, how the departments stand with what they file."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final

from psycopg import Connection

from limu.department.rules import Department
from limu.front import store_watch as store
from limu.intake.queries_quality import ItemQuality
from limu.intake.queries_tasks import Task
from limu.page.rules_charts import Chart, counted_rows
from limu.wire.clock import midnight

DAYS: Final = 14


def intake_chart(connection: Connection[Any], *, today: date) -> Chart:
    """Rows received on each of the last days, by what became of them."""
    first = today - timedelta(days=DAYS - 1)
    found = {
        row["day"]: (row["accepted"], row["refused"], row["again"])
        for row in store.received_by_day(connection, since=midnight(first))
    }
    days = [first + timedelta(days=past) for past in range(DAYS)]
    received = sum(sum(one) for one in found.values())
    refused = sum(one[1] for one in found.values())
    return Chart(
        "intake", "每天收到的行",
        f"近 {DAYS} 天收到 {received} 行，其中退回 {refused} 行。",
        "日期", (("入库", "calm"), ("退回或冲突", "bad"), ("重复", "plain")),
        tuple((f"{day:%m-%d}", found.get(day, (0, 0, 0))) for day in days),
    )  # fmt: skip


def filing_chart(filed: Sequence[Task], departments: Sequence[Department]) -> Chart:
    """How each department stands with what it has to file in this period, by light."""
    counts: Counter[tuple[str, str]] = Counter(
        (str(task.department), "filed" if task.standing.filed else task.standing.light) for task in filed
    )  # fmt: skip
    there = {department for department, _light in counts}
    late = {department for (department, light), _number in counts.items() if light == "overdue"}
    names = [(str(one.id), one.short_name) for one in departments if str(one.id) in there]
    return Chart(
        "filing", "各单位本期报送",
        f"{len(there)} 个单位中 {len(late)} 个有逾期未报的事项。",
        "单位", (("已报送", "good"), ("正常", "plain"), ("临期", "warn"), ("逾期", "bad")),
        counted_rows(names, counts, ("filed", "normal", "near", "overdue")), is_flat=True,
    )  # fmt: skip


def quality_chart(rows: Sequence[tuple[ItemQuality, str]]) -> Chart:
    """A department's three shares, item by item."""
    return Chart(
        "quality", "质效一览", "每个事项的入库率、即时关联率和及时率。", "事项",
        (("入库率", "calm"), ("即时关联率", "good"), ("及时率", "plain")),
        tuple((name, (one.valid_share, one.linked_share, one.timely_share)) for one, name in rows),
        unit="%", is_stacked=False, is_flat=True,
    )  # fmt: skip
