"""Reference pages written from the catalogue and the checks themselves; tests hold them current."""

from collections.abc import Iterable
from typing import Final

from limu.catalogue.queries_schema import DictionaryRow, dictionary
from limu.check.declare import Check
from limu.record.item import Item

DICTIONARY_HEAD: Final = ("字段", "名称", "别名", "种类", "长度", "要求", "公开", "报告", "代码表", "说明")
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


def dictionary_page(items: Iterable[Item]) -> str:
    """The page docs/dictionary.md: every item and every field; a test holds it current."""
    head = "# 数据字典\n\n本页由 `limu catalogue docs docs` 生成，请勿手改。\n"
    return head + "".join(_section(item) for item in items)


def _section(item: Item) -> str:
    facts = (
        f"类别：{item.class_number}. {item.class_name}",
        f"依据：{'、'.join(item.basis)}",
        f"报送单位：{item.departments}",
        f"时限：{item.frequency}",
        f"共享：{item.sharing}",
        f"自然键：{' + '.join(item.natural_key)}",
    )
    title = f"\n## {item.name} `{item.code}` 第 {item.version} 版\n\n{item.description}\n\n"
    listed = "".join(f"- {fact}\n" for fact in facts)
    head = f"\n| {' | '.join(DICTIONARY_HEAD)} |\n|{'---|' * len(DICTIONARY_HEAD)}\n"
    return title + listed + head + "".join(_dictionary_line(row) for row in dictionary(item))


def _dictionary_line(row: DictionaryRow) -> str:
    cells = (row.code, row.label, row.aliases, row.kind, row.length, row.need, row.publicity, row.subject_report)
    return "| " + " | ".join((*cells, row.codelist, row.description)) + " |\n"
