"""Who may do what: one table for every door (issue 2; trust.md 1.7)."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

Reach = Literal["own", "centre"]


@dataclass(frozen=True, slots=True)
class Department:
    """A department (认定单位) that reports, or the credit centre itself."""

    id: UUID
    uscc: str
    name: str
    short_name: str
    region: str
    is_centre: bool


@dataclass(frozen=True, slots=True)
class Officer:
    """An account (经办人) by which a person acts for a department."""

    id: UUID
    code: str
    person: UUID
    person_name: str
    department: UUID
    department_name: str
    is_centre: bool
    roles: tuple[str, ...]
    is_active: bool


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an act may not be done; the same words at every door."""

    code: str
    message: str
    cure: str


ROLES: dict[str, str] = {
    "clerk": "报送员",
    "reviewer": "复核员",
    "repair_officer": "修复办理员",
    "confirmer": "确认员",
    "list_officer": "名单认定员",
    "catalogue_editor": "目录管理员",
    "centre_officer": "信用中心办理员",
    "supervisor": "监督员",
    "auditor": "审计员",
    "security_administrator": "安全管理员",
    "system_administrator": "系统管理员",
}

_CENTRE = frozenset(
    {"centre_officer", "catalogue_editor", "confirmer", "supervisor", "auditor"}
    | {"security_administrator", "system_administrator"}
)

_WATCHERS = frozenset({"centre_officer", "supervisor", "auditor"})
_WATCHING = frozenset({"supervisor", "auditor"})
_READING = _WATCHING | {"centre_officer"}
_RUNNING = frozenset({"system_administrator", "supervisor"})
_EMERGENCY = frozenset({"system_administrator", "security_administrator"})

# Act → roles that may do it for their own department, and roles that may do it for every department.
ACTS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "check": (frozenset({"clerk", "reviewer", "centre_officer"}), frozenset({"centre_officer"})),
    "submit": (frozenset({"clerk"}), frozenset()),
    "submit_nil": (frozenset({"clerk"}), frozenset()),
    "withdraw": (frozenset({"reviewer"}), frozenset({"centre_officer"})),
    "read_submission": (frozenset({"clerk", "reviewer", "centre_officer"}), frozenset({"centre_officer", "auditor"})),
    "read_history": (frozenset({"reviewer", "repair_officer"}), frozenset({"auditor"})),
    "register_subjects": (frozenset({"centre_officer"}), frozenset({"centre_officer"})),
    "confirm_number": (frozenset({"centre_officer"}), frozenset({"centre_officer"})),
    "judge_link": (frozenset({"centre_officer"}), frozenset({"centre_officer"})),
    "edit_catalogue": (frozenset({"catalogue_editor"}), frozenset({"catalogue_editor"})),
    "confirm_law": (
        frozenset({"centre_officer", "catalogue_editor"}),
        frozenset({"centre_officer", "catalogue_editor"}),
    ),
    "add_department": (frozenset({"security_administrator"}), frozenset({"security_administrator"})),
    "add_officer": (frozenset({"security_administrator"}), frozenset({"security_administrator"})),
    "list_propose": (frozenset({"list_officer"}), frozenset()),
    "list_state": (frozenset({"list_officer", "clerk"}), frozenset()),
    "list_decide": (frozenset({"list_officer"}), frozenset()),
    "list_serve": (frozenset({"list_officer"}), frozenset()),
    "list_exit": (frozenset({"list_officer"}), frozenset()),
    "decide_measures": (
        frozenset({"clerk", "reviewer", "repair_officer", "list_officer", "centre_officer", "auditor"}),
        frozenset({"clerk", "reviewer", "repair_officer", "list_officer", "centre_officer", "auditor"}),
    ),
    "check_measures": (
        frozenset({"clerk", "reviewer", "repair_officer", "list_officer"}),
        frozenset(),
    ),
    "read_overreach": (frozenset({"supervisor", "auditor"}), frozenset({"supervisor", "auditor", "centre_officer"})),
    "set_password": (frozenset({"security_administrator"}), frozenset({"security_administrator"})),
    "close_officer": (frozenset({"security_administrator"}), frozenset({"security_administrator"})),
    "read_officers": (
        frozenset({"security_administrator", "auditor"}),
        frozenset({"security_administrator", "auditor"}),
    ),
    "open_emergency": (frozenset({"system_administrator"}), frozenset({"system_administrator"})),
    "second_emergency": (frozenset({"security_administrator"}), frozenset({"security_administrator"})),
    "read_catalogue": (_READING | frozenset({"catalogue_editor"}), _READING | frozenset({"catalogue_editor"})),
    "try_checks": (
        frozenset({"catalogue_editor", "centre_officer"}),
        frozenset({"catalogue_editor", "centre_officer"}),
    ),
    "read_publication": (_READING, _READING),
    "read_system": (_RUNNING, _RUNNING),
    "retry_task": (frozenset({"system_administrator"}), frozenset({"system_administrator"})),
    "read_emergency": (_WATCHING | _EMERGENCY, _WATCHING | _EMERGENCY),
    "read_trail": (_WATCHING, _WATCHING),
    "replay_shown": (frozenset({"auditor"}), frozenset({"auditor"})),
    "read_tasks": (frozenset({"clerk", "reviewer"}), frozenset()),
    "read_batches": (frozenset({"clerk", "reviewer"}), frozenset()),
    "read_records": (frozenset({"reviewer"}), frozenset()),
    "ask_removal": (frozenset({"clerk", "reviewer"}), frozenset()),
    "confirm_removal": (frozenset({"reviewer"}), frozenset()),
    "set_upward": (frozenset({"centre_officer"}), frozenset({"centre_officer"})),
    "make_assessment": (frozenset({"centre_officer"}), frozenset({"centre_officer"})),
    "comment_assessment": (frozenset({"reviewer"}), frozenset()),
    "mend_row": (frozenset({"clerk"}), frozenset()),
    "decide_waiver": (frozenset({"centre_officer"}), frozenset({"centre_officer"})),
    "ask_correction": (frozenset({"clerk", "reviewer"}), frozenset()),
    "confirm_correction": (frozenset({"reviewer"}), frozenset()),
    "read_keys": (frozenset({"clerk", "reviewer"}), frozenset()),
    "ask_key": (frozenset({"clerk"}), frozenset()),
    "settle_key": (frozenset({"reviewer"}), frozenset()),
    "change_key": (frozenset({"clerk", "reviewer"}), frozenset()),
    "open_dept": (frozenset({"clerk", "reviewer", "repair_officer", "list_officer"}), frozenset()),
    "open_ops": (_CENTRE, frozenset({"centre_officer", "catalogue_editor", "supervisor", "auditor"})),
    "read_running": (_WATCHERS, _WATCHERS),
    "read_collection": (_WATCHERS | {"catalogue_editor"}, _WATCHERS | {"catalogue_editor"}),
    "send_reminder": (frozenset({"centre_officer"}), frozenset({"centre_officer"})),
    "edit_schedule": (
        frozenset({"centre_officer", "catalogue_editor"}),
        frozenset({"centre_officer", "catalogue_editor"}),
    ),
    "assign_item": (frozenset({"centre_officer", "catalogue_editor"}),) * 2,
    "read_problems": (_WATCHERS, _WATCHERS),
    "dispatch_problems": (frozenset({"centre_officer"}), frozenset({"centre_officer"})),
    "work_cases": (frozenset({"repair_officer", "reviewer"}), frozenset()),
    "handle_case": (frozenset({"repair_officer", "reviewer"}), frozenset()),
    "confirm_case": (frozenset({"repair_officer", "reviewer"}), frozenset()),
    "serve_notice": (frozenset({"repair_officer", "reviewer"}), frozenset()),
    "answer_reliance": (frozenset({"repair_officer", "reviewer"}), frozenset()),
    "receive_case": (frozenset({"repair_officer", "centre_officer"}), frozenset({"centre_officer"})),
    "forward_repair": (frozenset({"centre_officer"}),) * 2,
    "watch_cases": (
        frozenset({"centre_officer", "supervisor", "auditor"}),
        frozenset({"centre_officer", "supervisor", "auditor"}),
    ),
    "review_declaration": (frozenset({"centre_officer"}), frozenset({"centre_officer"})),
    "answer_reading": (frozenset({"supervisor", "auditor"}), frozenset({"supervisor", "auditor"})),
    "settle_appeal": (frozenset({"supervisor"}), frozenset({"supervisor"})),
    "read_holders": (frozenset({"centre_officer", "confirmer", "supervisor", "auditor"}),) * 2,
    "edit_holders": (frozenset({"centre_officer"}),) * 2,
    "confirm_holders": (frozenset({"centre_officer", "confirmer"}),) * 2,
    "bind_agent": (frozenset({"centre_officer"}),) * 2,
    "destroy_uploads": (frozenset({"system_administrator"}), frozenset({"system_administrator"})),
}

# Three administrations no person holds two of (GB/T 22239-2019 8.1.5); the database refuses it too.
ADMINISTRATIONS = frozenset({"auditor", "security_administrator", "system_administrator"})

# "Not allowed" and "not there" are one answer, so that nobody learns what exists elsewhere (trust.md 3.6).
NOT_THERE = Refusal("A-404", "没有这一对象，或者您没有办理的权限。", "请核对编号，或联系本单位的安全管理员。")


def authorise(officer: Officer, act: str, department: UUID) -> Refusal | None:
    """Say why this officer may not do this act on that department's objects; None means: may."""
    own, everywhere = ACTS[act]
    if not officer.is_active:
        return NOT_THERE
    held = frozenset(officer.roles)
    if held & everywhere or (officer.department == department and held & own):
        return None
    return NOT_THERE


def reach_of(officer: Officer, act: str) -> Reach:
    """Tell how far row-level security opens for this act: own department, or all of them."""
    return "centre" if frozenset(officer.roles) & ACTS[act][1] else "own"
