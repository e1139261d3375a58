"""The city's departments and officers: who they are, what they may do, what they own."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from psycopg import Connection

from limu.city.codes import REGION
from limu.department import actions, store
from limu.department.rules import Department, Officer, Refusal
from limu.terms.uscc import check_character, organisation_check_character

Found = TypeVar("Found", Department, Officer)


class CityError(Exception):
    """The city could not be founded: a door refused its own demonstration."""


@dataclass(frozen=True, slots=True)
class Office:
    """A department of the city: short name, prefix of its code, items it may file, lists of a shared item it keeps."""

    key: str
    name: str
    short_name: str
    prefix: str
    items: tuple[str, ...]
    lists: tuple[str, ...] = ()


CENTRE = Office("centre", "示例市信用中心", "信用中心", "12", ())
OFFICES = (
    Office(
        "scjg",
        "示例市市场监督管理局",
        "市场监管局",
        "11",
        (
            "penalty",
            "penalty_summary",
            "permit",
            "inspection",
            "abnormal_list",
            "serious_list",
            "registration",
            "honour",
            "intellectual_property",
            "ip_pledge",
            "pledge",
            "pledge_outcome",
            "coercion",
            "confirmation",
        ),
        ("list/samr",),
    ),
    Office(
        "sthj",
        "示例市生态环境局",
        "生态环境局",
        "11",
        ("penalty", "penalty_summary", "permit", "inspection", "coercion", "pledge", "evaluation"),
    ),
    Office(
        "zjj",
        "示例市住房和城乡建设局",
        "住建局",
        "11",
        ("penalty", "penalty_summary", "permit", "inspection", "qualification", "evaluation", "honour", "pledge"),
    ),
    Office(
        "swj",
        "示例市税务局",
        "税务局",
        "11",
        ("tax_grade_a", "tax_violation", "tax_credit_evaluation", "penalty", "penalty_summary", "levy"),
    ),
    Office("jrjg", "示例市金融监管局", "金融监管局", "11", ("penalty", "penalty_summary", "permit", "inspection")),
    Office(
        "yjj",
        "示例市药品监督管理局",
        "药监局",
        "11",
        ("permit", "penalty", "penalty_summary", "inspection", "registration"),
    ),
    Office(
        "czj",
        "示例市财政局",
        "财政局",
        "11",
        ("contract", "contract_breach", "serious_list", "penalty", "payment", "payment_overdue", "reward"),
        ("list/procurement",),
    ),
    Office(
        "rsj",
        "示例市人力资源和社会保障局",
        "人社局",
        "11",
        ("wage_arrears", "penalty", "social_insurance_arrears", "inspection", "permit"),
    ),
    Office(
        "mzj",
        "示例市民政局",
        "民政局",
        "11",
        ("abnormal_list", "registration", "penalty", "evaluation", "honour"),
    ),
    Office(
        "fgw",
        "示例市发展和改革委员会",
        "发改委",
        "11",
        ("compliance", "honour", "voluntary", "pledge", "evaluation", "permit"),
    ),
    Office("fy", "示例市中级人民法院", "中级法院", "11", ("court_defaulter", "judgment", "ruling", "false_litigation")),
    Office("hg", "示例市海关", "海关", "11", ("customs_aeo", "serious_list", "penalty"), ("list/customs",)),
)

# Roles of the accounts: a department's five people, the centre's nine.
DEPARTMENT_STAFF = (
    ("clerk", ("clerk",)),
    ("reviewer", ("reviewer",)),
    ("reviewer2", ("reviewer", "repair_officer")),
    ("lister", ("list_officer",)),
    ("lister2", ("list_officer",)),
)
CENTRE_STAFF = (
    ("officer", ("centre_officer",)),
    ("officer2", ("centre_officer",)),
    ("catalogue", ("catalogue_editor",)),
    ("catalogue2", ("catalogue_editor",)),
    ("confirmer", ("confirmer",)),
    ("supervisor", ("supervisor",)),
    ("auditor", ("auditor",)),
    ("security", ("security_administrator",)),
    ("system", ("system_administrator",)),
)
_STEMS, _BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"


@dataclass(frozen=True, slots=True)
class Staff:
    """A founded department and its accounts, by the last word of their names."""

    department: Department
    officers: dict[str, Officer]


def office_code(office: Office, place: int) -> str:
    """Return the unified code of a department: valid in both check characters, in region 990100."""
    body = f"MC0000{place:02d}"
    first17 = f"{office.prefix}{REGION}{body}{organisation_check_character(body)}"
    return first17 + check_character(first17)


def office_codes() -> dict[str, str]:
    """Name every department's code by its key."""
    return {office.key: office_code(office, place) for place, office in enumerate((CENTRE, *OFFICES))}


def found_departments(connection: Connection[Any]) -> dict[str, Staff]:
    """Open the departments with their accounts, everyone another person, and give each its items."""
    names = iter(f"示例员{_STEMS[number % 10]}{_BRANCHES[number % 12]}{'二' * (number // 60)}" for number in range(120))
    return {
        office.key: _found(connection, office, uscc=office_code(office, place), names=names)
        for place, office in enumerate((CENTRE, *OFFICES))
    }


def _found(connection: Connection[Any], office: Office, *, uscc: str, names: Iterator[str]) -> Staff:
    department = _must(
        actions.add_department(
            connection,
            officer=None,
            uscc=uscc,
            name=office.name,
            region=REGION,
            short_name=office.short_name,
            is_centre=office is CENTRE,
        )
    )
    officers = {
        word: _must(
            actions.add_officer(
                connection,
                by=None,
                code=f"{office.key}.{word}",
                person_name=next(names),
                department=department,
                roles=roles,
                is_demonstration=True,
            )
        )
        for word, roles in (CENTRE_STAFF if office is CENTRE else DEPARTMENT_STAFF)
    }
    for item in office.items:
        store.own_item(connection, item=item, department=department.id)
    for code in office.lists:
        store.keep_list(connection, code=code, item="serious_list", department=department.id)
    return Staff(department, officers)


def find_staff(connection: Connection[Any]) -> dict[str, Staff]:
    """Find the departments of a city founded before; empty where there is none."""
    keys = {uscc: key for key, uscc in office_codes().items()}
    return {
        keys[department.uscc]: Staff(department, _by_word(store.officers_of(connection, department.id)))
        for department in store.all_departments(connection)
        if department.uscc in keys
    }


def _by_word(officers: tuple[Officer, ...]) -> dict[str, Officer]:
    return {officer.code.partition(".")[2]: officer for officer in officers}


def _must(outcome: Found | Refusal) -> Found:
    if isinstance(outcome, Refusal):
        raise CityError(f"{outcome.code} {outcome.message}")
    return outcome
