"""The words of the decision door: the shapes that OpenAPI describes."""

from typing import Any, Final

from ninja import Schema

from limu.law.measure import ACTS
from limu.measure.rules_decision import PURPOSES


class Measure(Schema):
    """One lawful measure: its article, its ground, from when until when (exclusive), and by whom."""

    measure: str
    basis: str
    ground: str
    from_: str
    until: str | None
    by: str
    rule: str
    ground_text: str
    is_disputed: bool


class Decision(Schema):
    """Every measure the law allows against an organisation at one act today; none of the list means: none."""

    uscc: str
    name: str
    act: str
    act_text: str
    as_of: str
    is_disputed: bool
    measures: list[Measure]


def _described() -> dict[str, Any]:
    # `from` is no name in Python; the answer has it.
    told = Decision.json_schema()
    fields = told["$defs"]["Measure"]
    fields["properties"] = {name.rstrip("_"): one for name, one in fields["properties"].items()}
    fields["required"] = [name.rstrip("_") for name in fields["required"]]
    told["properties"]["measures"]["items"] = fields
    del told["$defs"]
    return told


_TEXT: Final = {"type": "string"}
_PROBLEM: Final = {
    "content": {"application/problem+json": {"schema": {"type": "object", "properties": {
        "type": _TEXT, "title": _TEXT, "status": {"type": "integer"}, "detail": _TEXT, "code": _TEXT,
        "request_id": _TEXT}}}},
}  # fmt: skip
_MARK: Final = {"description": "Number of the trace of this read; keep it with the file", "schema": _TEXT}
DESCRIBED: Final[dict[str, Any]] = {
    "parameters": [
        {"name": "uscc", "in": "path", "required": True, "schema": {"type": "string", "maxLength": 18}},
        {"name": "act", "in": "query", "required": True, "schema": {"enum": list(ACTS)}},
        {"name": "purpose", "in": "query", "required": True, "schema": {"enum": list(PURPOSES)}},
        {"name": "Authorization", "in": "header", "required": True, "schema": _TEXT, "description": "Bearer limu_…"},
    ],
    "responses": {
        200: {"description": "Decided by the register of this moment; the read is in the trail",
              "headers": {"Limu-Trace": _MARK}, "content": {"application/json": {"schema": _described()}}},
        401: {"description": "No key that lives", **_PROBLEM},
        403: {"description": "The key is not for decisions", **_PROBLEM},
        404: {"description": "No organisation has this code", **_PROBLEM},
        422: {"description": "No code, no act of the closed list, or no purpose", **_PROBLEM},
        429: {"description": "Too often; see Retry-After", **_PROBLEM},
        503: {"description": "The register cannot be reached: without a trace there is no answer", **_PROBLEM},
    },
}  # fmt: skip
