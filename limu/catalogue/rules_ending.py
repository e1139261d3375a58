"""That a department no longer files an item from a day on (终止报送): what must be said, and what stays."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from limu.department.rules import Refusal

NO_TASK: Final = Refusal("C-411", "该单位没有在报送这一事项。", "请在归集监控中选择仍在报送的一格。")
ENDS: Final = Refusal("C-412", "这一事项已经确定终止日。", "需要恢复报送的，请从终止日起重新分配。")
NO_DAY: Final = Refusal("C-413", "终止日不能用。", "请填写明天或者以后的日期，让该单位在这以前看到并报完应报的各期。")
NO_GROUND: Final = Refusal("C-414", "没有填写终止的依据。", "请写明不再由该单位报送的依据，例如机构职责调整的文件。")
WAITS: Final = Refusal("C-415", "终止这一事项的申请已在等待确认。", "请由另一人确认或者退回后再提出。")
OWN_WISH: Final = Refusal("C-416", "提出终止的人不能自己确认。", "请由另一人核对后确认。")
DONE: Final = Refusal("C-417", "这一终止申请已经办结。", "请返回查看结果。")
DAY_GONE: Final = Refusal("C-418", "申请中的终止日已过。", "请退回这一申请，另定一个以后的日期重新提出。")


@dataclass(frozen=True, slots=True)
class Ending:
    """A wish that a department no longer file an item, with its two people, as it is kept."""

    id: UUID
    item: str
    department: UUID
    until: date
    basis: str
    item_name: str
    department_name: str
    asked_by: UUID
    asked_person: UUID
    asked_name: str
    asked_at: datetime
    settled_name: str | None
    is_agreed: bool | None


def read_ending(until: str, basis: str, *, today: date) -> tuple[date, str] | Refusal:
    """Read the day and the basis, or say what is missing; a day that has begun is too late."""
    try:
        day = date.fromisoformat(until)
    except ValueError:
        return NO_DAY
    if day <= today:
        return NO_DAY
    return (day, basis.strip()) if basis.strip() else NO_GROUND
