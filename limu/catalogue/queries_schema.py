"""Machine-readable forms of an item: JSON Schema, Frictionless descriptor, data dictionary."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from limu.record.item import Field, Item

SCHEMA_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
TABLE_PROFILE: Final = "https://datapackage.org/profiles/2.0/datapackage.json"
USCC_PATTERN: Final = "^[0-9ANY][0-9][0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}$"


_TYPES: Final = {"integer": "integer", "number": "number", "amount_wan": "number", "amount_yuan": "number"}
NEEDS: Final = {"accept": "必填", "publish": "公示前必填", "no": "可不填"}


@dataclass(frozen=True, slots=True)
class DictionaryRow:
    """One field as the data dictionary prints it."""

    code: str
    label: str
    aliases: str
    kind: str
    length: str
    need: str
    publicity: str
    subject_report: str
    personal: str
    codelist: str
    description: str
    example: str

    def has(self, word: str) -> bool:
        """Whether a word stands in its names or its description; none stands in all."""
        names = (self.label, self.code, self.aliases, self.description)
        return any(word.casefold() in name.casefold() for name in names)


def json_schema(item: Item) -> dict[str, Any]:
    """A record of the item as JSON Schema 2020-12; field codes are the property names."""
    return {
        "$schema": SCHEMA_DIALECT,
        "$id": f"urn:limu:item:{item.code}:{item.version}",
        "title": item.name,
        "description": item.description,
        "type": "object",
        "additionalProperties": False,
        "required": [field.code for field in item.fields if field.required == "accept"],
        "properties": {field.code: _property(field) for field in item.fields},
    }


def table_schema(item: Item) -> dict[str, Any]:
    """The item as a Frictionless Table Schema; several kinds stand in one cell as text."""
    return {
        "fields": [_column(field) for field in item.fields],
        "primaryKey": list(item.natural_key),
        "missingValues": [""],
    }


def data_package(items: Iterable[Item]) -> dict[str, Any]:
    """A Frictionless descriptor of the whole catalogue, one resource an item."""
    return {
        "$schema": TABLE_PROFILE,
        "name": "limu-catalogue",
        "title": "公共信用信息目录",
        "resources": [
            {
                "name": item.code.replace("_", "-"),
                "title": item.name,
                "path": f"{item.code}.csv",
                "encoding": "utf-8",
                "schema": table_schema(item),
            }
            for item in items
        ],
    }


def dictionary(item: Item) -> tuple[DictionaryRow, ...]:
    """The item's fields in the words of the data dictionary (数据字典)."""
    return tuple(_row(field) for field in item.fields)


def _property(field: Field) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "title": field.label,
        "description": field.description,
        "type": _TYPES.get(field.kind, "string"),
    }
    if field.kind == "uscc":
        plain["pattern"] = USCC_PATTERN
    elif field.kind == "day":
        plain["format"] = "date"
    elif field.length is not None and plain["type"] == "string":
        plain["maxLength"] = field.length
    if field.kind == "code" and not _is_open(field):
        plain["enum"] = list(field.codelist)
    if field.example:
        plain["examples"] = [field.example]
    plain["x-publicity"] = "public" if field.is_public else "closed"
    return plain


def _column(field: Field) -> dict[str, Any]:
    kind = {"day": "date", **_TYPES}.get(field.kind, "string")
    constraints: dict[str, Any] = {"required": field.required == "accept"}
    if field.length is not None and kind == "string":
        constraints["maxLength"] = field.length
    if field.kind == "code" and not _is_open(field):
        constraints["enum"] = list(field.codelist)
    column = {"name": field.code, "title": field.label, "description": field.description, "type": kind}
    return {**column, **({"format": "%Y/%m/%d"} if kind == "date" else {}), "constraints": constraints}


def _is_open(field: Field) -> bool:
    return any(entry.endswith("*") for entry in field.codelist)


def _row(field: Field) -> DictionaryRow:
    return DictionaryRow(
        code=field.code,
        label=field.label,
        aliases="、".join(field.aliases),
        kind=field.kind,
        length=str(field.length or ""),
        need=NEEDS[field.required],
        publicity="公开" if field.is_public else "不公开",
        subject_report="进入" if field.subject_report else "不进入",
        personal=field.personal,
        codelist="；".join(entry.replace("*", "…") for entry in field.codelist),
        description=field.description,
        example=field.example,
    )
