"""In which language commands speak of themselves: Chinese, or English where LIMU_LANG or the terminal's locale says so.

Our texts are Chinese and find their English in the catalogue of the pages; the argument parser's are English and find
their Chinese here. What a program reads (`--json`) and a locale without a language (C, POSIX) are not touched."""

import os
import re
from collections.abc import Mapping

ENGLISH = re.compile(r"en(?![a-z])", re.IGNORECASE)
LOCALES = ("LC_ALL", "LC_MESSAGES", "LANG")

PARSER = (
    (r"Show this message and exit\.", "显示本说明。"),
    (r"Install completion for the current shell\.", "为当前终端安装命令补全。"),
    (r"Show completion for the current shell, .*", "显示当前终端的命令补全脚本。"),
    (r"Usage: ", "用法："),
    (r"Missing argument '(.+?)'\.", r"缺少参数 \1。"),
    (r"Missing option '(.+?)'\.", r"缺少选项 \1。"),
    (r"Missing command\.", "缺少命令。"),
    (r"No such command '(.*)'\.", r"没有命令 \1。"),
    (r"No such option: (\S+) \(Possible options: (.*)\)", r"没有选项 \1；相近的有 \2。"),
    (r"No such option: (\S+)", r"没有选项 \1。"),
    (r"Got unexpected extra argument\(s\) \((.*)\)", r"多余的参数：\1。"),
    (r"Option '(.+)' does not take a value\.", r"选项 \1 不带值。"),
    (r"Option '(.+)' requires an argument\.", r"选项 \1 后面须写值。"),
    (r"Invalid value for '?(.+?)'?: Input should be a valid integer.*", r"\1 应为整数。"),
    (r"Invalid value for '?(.+?)'?: Input should be a valid number.*", r"\1 应为数字。"),
    (r"Invalid value for '?(.+?)'?: Input should be a valid UUID.*", r"\1 应为编号（UUID）。"),
    (r"Invalid value for '?(.+?)'?: \w+ '(.+)' does not exist\.", r"\1 的值无效：没有 \2。"),
    (r"Invalid value for '?(.+?)'?: Input should be less than or equal to (\S+)", r"\1 不得大于 \2。"),
    (r"Invalid value for '?(.+?)'?: Input should be greater than or equal to (\S+)", r"\1 不得小于 \2。"),
    (r"Invalid value for '?(.+?)'?: Value error, '(.*)' is not one of (.+?)\.?$", r"\1 不能是 \2，只能是 \3。"),
    (
        r"Invalid value for '?(.+?)'?: Value error, '(.*)' does not match the formats '%Y-%m-%d'.*",
        r"\1 读不出 \2，应写成 2026-07-01 这样的日期。",
    ),
    (r"Invalid value for '?(.+?)'?: (.*)", r"\1 的值无效：\2"),
)
"""What the argument parser says, and the same in Chinese."""


def is_english(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether commands speak English: LIMU_LANG says, else the locale of the terminal; C and POSIX say nothing."""
    locale = next((environment[name] for name in LOCALES if environment.get(name)), "")
    return bool(ENGLISH.match(environment.get("LIMU_LANG") or locale))


def told(text: str) -> str:
    """Say a text of ours in the language of this terminal."""
    if not is_english():
        return text
    from limu.page.speech import say  # noqa: PLC0415 - a quarter of a second that Chinese need not wait

    bare = text.strip()
    flat = " ".join(bare.split("\t"))
    said = say(flat)
    if said == flat:
        # No sentence as a whole: columns, each by itself.
        said = "\t".join(map(say, bare.split("\t")))
    return text.replace(bare, said, 1) if bare else text


def parser_told(text: str) -> str:
    """Say a text of the argument parser, or one of ours that it repeats, in the language of this terminal."""
    text = text.removeprefix("Invalid value: ")
    if is_english():
        return told(text)
    return next((found.expand(words) for shape, words in PARSER if (found := re.match(shape, text))), text)
