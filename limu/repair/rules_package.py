"""An application for repair as text, to be handed in where this deployment takes none."""

from collections.abc import Iterable
from datetime import date

from limu.repair.rules import CHANNEL


def write_application(
    party: tuple[str, str], decisions: Iterable[tuple[str, str, date | None]], *, by: str, on: date
) -> str:
    """Write the application as text, to be handed in elsewhere: who, which decisions of which bodies, and what with."""
    listed = "".join(
        f"{place}. {authority or '（认定单位未写明）'}　{number or '（无文号）'}　{day or ''}\n"
        for place, (authority, number, day) in enumerate(decisions, start=1)
    )
    return (
        f"信用修复申请\n\n申请人：{party[0]}（统一社会信用代码 {party[1]}）\n经办人：{by}\n日期：{on}\n\n"
        f"申请修复的信息：\n{listed}\n随附：信用承诺书；按上列顺序编号的纠正和履行义务的证明（已由认定单位核验的除外）。\n"
        f"提交渠道：{CHANNEL}\n"
    )
