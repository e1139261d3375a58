"""Decide what holders are told: which event a change makes, what a field policy lets through."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from limu.check.kinds import KIND_LABELS
from limu.client.digest import canonical, digest_of, leaf_of, mark_of
from limu.record.item import Item, is_shown

# What always travels: which record of whom, its term, and that it is disputed (same content, same term; policy 8).
ALWAYS: Final[frozenset[str]] = frozenset(
    {"id", "subject_uscc", "item", "item_version", "version", "shown_from", "shown_until", "is_disputed", "content"}
)
OPTIONAL: Final[Mapping[str, str]] = {
    "subject_name": "主体名称",
    "document_number": "文书号",
    "authority": "决定机关",
    "decided_on": "决定日期",
    "severity": "失信严重程度",
    "kinds": "处罚种类",
    "fine_fen": "罚款金额",
    "valid_from": "生效日期",
    "valid_until": "有效期至",
    "earliest_repair_on": "最早可申请修复日期",
    "rule": "公示期依据",
    "department_name": "报送单位",
    "recorded_at": "入库时间",
}
# The subject's own declaration travels with the record wherever there is one; a record without has no such name.
DECLARATION: Final = "declaration"
KIND_WORDS: Final[Mapping[str, str]] = {
    "record.published": "公示",
    "record.changed": "内容变更",
    "record.annotated": "主体声明变更",
    "record.objected": "标注异议",
    "record.objection_closed": "取消异议标注",
    "record.expired": "公示期满",
    "record.withdrawn": "撤回",
    "record.revoked": "决定撤销",
    "record.superseded": "已更正替代",
    "record.unlinked": "撤销关联",
    "record.repaired": "已修复",
    "record.withheld": "不再公示",
    "record.moved": "主体所在地区变更",
    "list.entered": "列入名单",
    "list.changed": "名单信息变更",
    "list.exited": "移出名单",
    "list.withheld": "名单不再公示",
    "list.moved": "主体所在地区变更",
}
# A subject that moved: the record ends for the holders of its old region, and is told anew to those of the new one.
MOVED: Final = "record.moved"
ENTRY_MOVED: Final = "list.moved"
# An entry of a list travels as this item; these of its reasons are an exit, others may pass.
LISTED: Final = "serious_list"
EXITS: Final[frozenset[str]] = frozenset({"list_condition", "list_repair", "list_revocation", "term_over"})
EVERY_FIELD: Final[tuple[str, ...]] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """A record, or an entry of a list, as it stands now: its public content, or nothing, and why."""

    record: UUID
    subject: UUID
    source: Mapping[str, Any] | None
    reason: str
    is_entry: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """The newest event that holders have of a record, and the digest of what it said."""

    timepoint: int
    is_end: bool
    item: str
    region: str
    digest: bytes | None
    is_disputed: bool = False
    is_annotated: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """The next event of a record; an end has no body."""

    record: UUID
    subject: UUID
    item: str
    region: str
    kind: str
    reason: str
    shown_until: date | None
    body: Mapping[str, Any] | None

    @property
    def is_end(self) -> bool:
        """Whether the record is public no more."""
        return self.body is None


@dataclass(frozen=True, slots=True)
class Copy:
    """What a policy lets through of an event: the text that is served, its digest and its place."""

    leaf: int
    digest: bytes
    mark: int
    body: str


def next_change(seen: Seen, told: Told | None, item: Item | None) -> Change | None:
    """Compare what is public with what was told last; None when holders know it already."""
    if seen.source is None:
        return None if told is None or told.is_end else _end(seen, told)
    if told is not None and not told.is_end and told.region != seen.source["region"]:
        kind = ENTRY_MOVED if seen.is_entry else MOVED
        return Change(seen.record, seen.subject, told.item, told.region, kind, "region_changed", None, None)
    body = entry_body(seen.source) if seen.is_entry else body_of(seen.source, item)
    if told is not None and not told.is_end and told.digest == digest_of(canonical(body)):
        return None
    kind = _entry_kind(told) if seen.is_entry else _kind(told, body)
    source = seen.source
    return Change(
        seen.record, seen.subject, source["item"], source["region"], kind, source["reason"], source["shown_until"], body
    )


def _entry_kind(told: Told | None) -> str:
    return "list.entered" if told is None or told.is_end else "list.changed"


def _kind(told: Told | None, body: Mapping[str, Any]) -> str:
    if told is None or told.is_end:
        return "record.published"
    if told.is_disputed != body["is_disputed"]:
        return "record.objected" if body["is_disputed"] else "record.objection_closed"
    return "record.annotated" if told.is_annotated != (DECLARATION in body) else "record.changed"


def _end(seen: Seen, told: Told) -> Change:
    if seen.is_entry:
        kind = "list.exited" if seen.reason in EXITS else "list.withheld"
        return Change(seen.record, seen.subject, told.item, told.region, kind, seen.reason, None, None)
    kind = f"record.{seen.reason.removeprefix('record_')}" if seen.reason.startswith("record_") else "record.withheld"
    kind = "record.expired" if seen.reason == "term_over" else kind
    return Change(seen.record, seen.subject, told.item, told.region, kind, seen.reason, None, None)


def body_of(source: Mapping[str, Any], item: Item | None) -> dict[str, Any]:
    """Write a public record as the interface writes it: fields that the item opens and no others."""
    uscc = source["subject_uscc"]
    public = {field.code for field in item.fields if is_shown(field, uscc)} if item else set()
    content = {code: text for code, text in source["content"].items() if code in public and text not in (None, "")}
    body: dict[str, Any] = {name: _plain(source[name]) for name in (*ALWAYS, *OPTIONAL) if name != "content"}
    body["kinds"] = [KIND_LABELS.get(kind, kind) for kind in source["kinds"] or ()]
    declared = {DECLARATION: source[DECLARATION]} if source.get(DECLARATION) else {}
    return body | {"content": content} | declared


def entry_body(source: Mapping[str, Any]) -> dict[str, Any]:
    """Write an entry of a list as the list's page shows it, in the shape of a record of its item."""
    body: dict[str, Any] = {
        name: _plain(source.get(name)) for name in (*ALWAYS, *OPTIONAL) if name not in ("content", "kinds")
    }
    content = {"list_name": source["list_name"], "legal_basis": f"{source['basis']}；{source['rule']}"}
    return body | {"kinds": [], "rule": source["basis"], "content": content}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def let_through(body: Mapping[str, Any], fields: tuple[str, ...]) -> dict[str, Any]:
    """Keep what a policy names, and what always travels; an empty policy names everything that is public."""
    if not fields:
        return dict(body)
    allowed = ALWAYS.union(fields, (DECLARATION,))
    kept = {name: value for name, value in body.items() if name in allowed}
    kept["content"] = {code: text for code, text in body["content"].items() if code in allowed}
    return kept


def copy_of(record: UUID, body: Mapping[str, Any], fields: tuple[str, ...]) -> Copy:
    """Make the copy that a policy lets through."""
    text = canonical(let_through(body, fields))
    digest = digest_of(text)
    return Copy(leaf_of(record), digest, mark_of(record, digest), text)
