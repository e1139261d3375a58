"""The reference page of all checks, written from the checks themselves."""

from collections.abc import Iterable
from typing import Final

from limu.check.declare import Check

LEVELS: Final = {"refuse": "退回", "warn": "提示"}


def checks_page(checks: Iterable[Check]) -> str:
    """The page docs/checks.md: code, level, what is wrong, what to do, citation; a test holds it current."""
    head = (
        "# 校验规则\n\n"
        "本页由 `limu catalogue docs docs` 生成，请勿手改。“退回”的行不入库；“提示”的行入库。\n\n"
        "| 代码 | 结果 | 问题 | 怎么办 | 依据 | What it checks |\n|---|---|---|---|---|---|\n"
    )
    return head + "".join(_line(check) for check in checks)


def _line(check: Check) -> str:
    cells = (check.code, LEVELS[check.level], check.wrong, check.cure, check.citation, check.says)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"
