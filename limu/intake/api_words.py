"""The words of reporting by machine: the shapes that OpenAPI describes."""

from typing import Any, Final

from ninja import Schema


class Finding(Schema):
    """One fault of one cell, as the desk and the workbook tell it."""

    row: int
    field: str
    label: str
    code: str
    level: str
    message: str
    cure: str
    citation: str


class Receipt(Schema):
    """What became of a batch: received = accepted + refused + duplicate + conflict."""

    submission: str
    state: str
    state_text: str
    told: str
    item: str
    department: str
    officer: str
    intent: str
    received_at: str
    done_at: str | None
    received: int
    accepted: int
    refused: int
    duplicate: int
    conflict: int
    linked: int
    unlinked: int
    published: int
    withheld: int
    codes: dict[str, int]
    findings: list[Finding]
    links: dict[str, str]


_TEXT: Final = {"type": "string"}
_FORM: Final = {
    "type": "object",
    "required": ["item", "file"],
    "properties": {"item": _TEXT, "intent": {"enum": ["report", "nil"]}, "mapping": _TEXT,
                   "file": {"type": "string", "format": "binary"}},
    "additionalProperties": False,
}  # fmt: skip
_ROWS: Final = {
    "type": "object",
    "required": ["item"],
    "properties": {"item": _TEXT, "intent": {"enum": ["report", "nil"]},
                   "rows": {"type": "array", "items": {"type": "object", "additionalProperties": _TEXT}}},
    "additionalProperties": False,
}  # fmt: skip
_PROBLEM: Final = {
    "content": {"application/problem+json": {"schema": {"type": "object", "properties": {
        "type": _TEXT, "title": _TEXT, "status": {"type": "integer"}, "detail": _TEXT, "code": _TEXT,
        "request_id": _TEXT, "errors": {"type": "array", "items": {"type": "object"}}}}}},
}  # fmt: skip
_TOLD: Final = {"content": {"application/json": {"schema": Receipt.json_schema()}}}
ACCEPTED: Final[dict[str, Any]] = {
    "parameters": [
        {"name": "Idempotency-Key", "in": "header", "required": True, "schema": {"type": "string", "maxLength": 255}},
        {"name": "Authorization", "in": "header", "required": True, "schema": _TEXT, "description": "Bearer limu_…"},
    ],
    "requestBody": {"required": True, "content": {
        "multipart/form-data": {"schema": _FORM}, "application/json": {"schema": _ROWS}}},
    "responses": {
        201: {"description": "Entered; rows may be refused, see findings", **_TOLD},
        202: {"description": "A large file, entered by the worker; ask for the receipt", **_TOLD},
        401: {"description": "No key that lives", **_PROBLEM},
        403: {"description": "The key is not for this item or act", **_PROBLEM},
        409: {"description": "The same request is in work", **_PROBLEM},
        422: {"description": "Unreadable, or another request under the same Idempotency-Key", **_PROBLEM},
        429: {"description": "Too often; see Retry-After", **_PROBLEM},
    },
}  # fmt: skip
