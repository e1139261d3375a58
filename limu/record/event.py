"""What can happen to a record, as plain values; the canonical form that the public log commits to."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal
from uuid import UUID

EventKind = Literal[
    "record_entered", "record_corrected", "record_superseded", "record_withdrawn", "record_revoked", "record_unlinked",
    "record_repaired", "record_disputed", "record_undisputed", "record_shielded", "record_unshielded",
    "record_restored",
]  # fmt: skip

EVENT_LABELS: dict[str, str] = {
    "record_entered": "入库并关联主体",
    "record_corrected": "更正后入库",
    "record_superseded": "已由更正后的版本替代",
    "record_withdrawn": "报送单位撤回",
    "record_revoked": "原决定被撤销",
    "record_unlinked": "撤销主体关联",
    "record_repaired": "信用修复",
    "record_disputed": "主体提出异议",
    "record_undisputed": "异议办结，维持原信息",
    "record_shielded": "破产重整或者和解期间屏蔽",
    "record_unshielded": "屏蔽解除",
    "record_restored": "凭送达的文书恢复公示",
}

# Who may cause each, in the words of docs/lifecycle.md.
CAUSES: dict[str, str] = {
    "record_entered": "报送员报送，或者信用中心办理员判定关联",
    "record_corrected": "报送员以“更正”报送",
    "record_superseded": "随更正后的版本入库",
    "record_withdrawn": "认定单位两人（撤回，或者异议决定删除）",
    "record_revoked": "认定单位两人（原决定被撤销、变更、确认违法或者无效）",
    "record_unlinked": "信用中心撤销判定，或者认定单位两人（异议决定更正主体）",
    "record_repaired": "认定单位两人，或者接收上级平台决定的信用中心两人",
    "record_disputed": "主体提出异议",
    "record_undisputed": "认定单位两人（异议维持），或者主体撤回异议",
    "record_shielded": "认定单位两人，凭人民法院裁定",
    "record_unshielded": "认定单位两人，凭人民法院裁定",
    "record_restored": "认定单位两人，凭送达的文书，限三种情形",
}

# Events after which a record is never public again, whatever its term says. RESTORING alone undoes one, by a served
# document of two people in one of three cases (RESTORATIONS): nothing else brings a record back.
ENDING: frozenset[str] = frozenset(
    {"record_superseded", "record_withdrawn", "record_revoked", "record_unlinked", "record_repaired"}
)
RESTORING: frozenset[str] = frozenset({"record_restored"})
RESTORATIONS: dict[str, str] = {
    "failed_plan": "重整计划执行失败",
    "false_material": "以虚假材料取得修复",
    "order": "人民法院或者上级机关的命令",
}

Plain = str | int | bool | None


@dataclass(frozen=True, slots=True)
class Event:
    """One act on one record: who, when, effective from which day, on which ground."""

    id: UUID
    record: UUID
    subject: UUID
    department: UUID
    kind: EventKind
    effective_on: date
    recorded_at: datetime
    officers: tuple[UUID, ...]
    reason: str | None
    citation: str | None
    body: dict[str, Plain]


def instant_text(instant: datetime) -> str:
    """Write an instant in UTC to the microsecond, the form the log commits to (RFC 3339)."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def canonical_value(event: Event) -> dict[str, object]:
    """Lay an event out as the value whose canonical bytes (RFC 8785) the log commits to. Final: see docs/decisions."""
    return {
        "body": dict(event.body),
        "citation": event.citation,
        "department": str(event.department),
        "effective_on": event.effective_on.isoformat(),
        "id": str(event.id),
        "kind": event.kind,
        "officers": [str(officer) for officer in event.officers],
        "reason": event.reason,
        "record": str(event.record),
        "recorded_at": instant_text(event.recorded_at),
        "subject": str(event.subject),
    }
