"""The mapping file: source header to field code, constants under "=", columns left out under "-", "!" for a refusal."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from limu.intake.rules import UserFault

Shape = Literal["table", "key_value", "json"]

NEVER = "!"
"""Under it a mapping says why its table is no public credit information and may not be taken in at all."""


@dataclass(frozen=True, slots=True)
class HeaderMapping:
    """How a department's file is to be read for an item.

    `values` turns words of the file into words of the item, by field. Shape key_value: one `key,value` a line, a
    record begins at `first_key`. Shape json: `rows` is the path of the objects that are rows (`releases[].items[]`),
    and headers are paths from the top."""

    columns: dict[str, str] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    shape: Shape = "table"
    first_key: str | None = None
    rows: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The mapping as plain values, for storing."""
        return asdict(self)


def parse_mapping(text: str, *, fields: Iterable[str]) -> HeaderMapping | UserFault:
    """Read a mapping file and refuse what names no field of the item."""
    try:
        stated = json.loads(text)
    except ValueError:
        return UserFault("F-120", "映射文件不是有效的 JSON。", "请核对引号和逗号。")
    if not isinstance(stated, dict):
        return UserFault("F-120", "映射文件应为一个 JSON 对象。", '请写成 {"源表头": "要素代码"}。')
    if (reason := stated.get(NEVER)) is not None:
        return UserFault("F-123", str(reason), "这张表不能报送，请勿更换目录代码重试。")
    mapping = _of_plain(stated)
    unknown = sorted({*mapping.columns.values(), *mapping.constants, *mapping.values} - set(fields))
    if unknown:
        return UserFault("F-121", f"映射文件中有目录没有的要素：{'、'.join(unknown)}。", "请用目录中的要素代码。")
    return mapping


def stored_mapping(stored: dict[str, Any]) -> HeaderMapping:
    """The mapping out of what `HeaderMapping.as_json` gave."""
    return HeaderMapping(**{**stored, "ignored": tuple(stored.get("ignored", ()))})


def _of_plain(stated: dict[str, Any]) -> HeaderMapping:
    shape = stated.get("shape", "table")
    special = {"=", "-", "values", "shape", "first_key", "rows"}
    return HeaderMapping(
        columns={source: code for source, code in stated.items() if source not in special and isinstance(code, str)},
        constants={code: str(value) for code, value in stated.get("=", {}).items()},
        ignored=tuple(stated.get("-", ())),
        values=stated.get("values", {}),
        shape=shape if shape in ("key_value", "json") else "table",
        first_key=stated.get("first_key"),
        rows=stated.get("rows"),
    )
