"""Making a year's assessment, hearing the departments on it, publishing it by two people."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from psycopg import Connection

from limu.assessment import store
from limu.assessment.queries import PRESENT, edition_of, gathered, working_calendar
from limu.assessment.rules import Assessment, figures_of
from limu.catalogue.store import all_items
from limu.department.rules import NOT_THERE, Officer, Refusal, authorise
from limu.department.store import all_departments
from limu.terms.days import add_working_days
from limu.wire.clock import SHANGHAI

CLOSED = Refusal("Z-101", "该年度的评估已经提请公布，不能再改。", "请查看评估的现状。")
SAME_PERSON = Refusal("Z-102", "评估须由两人公布，不能由同一人的两个账号完成。", "请由另一名办理员公布。")
NOTHING = Refusal("Z-104", "该年度没有可以评估的报送。", "请核对年度。")


def make_year(connection: Connection[Any], *, officer: Officer, year: int, today: date) -> int | Refusal:
    """Assess every department that reported in a year; a draft of that year is replaced."""
    if refusal := authorise(officer, "make_assessment", officer.department):
        return refusal
    if any(one.proposed_at for one in store.of_year(connection, year, is_locked=True)):
        return CLOSED
    items, edition, made = all_items(connection, on=today), edition_of(), 0
    for department in all_departments(connection):
        facts = gathered(connection, department=department.id, year=year, items=items, today=today)
        if not facts:
            continue
        store.replace(
            connection, id=uuid4(), year=year, department=department.id, edition=PRESENT,
            until_on=min(today, date(year, 12, 31)), officer=officer.id, facts=facts,
            figures=figures_of(facts, edition),
        )  # fmt: skip
        made += 1
    return made or NOTHING


def comment(connection: Connection[Any], *, officer: Officer, assessment: UUID, text: str) -> Refusal | None:
    """Let a department say what it thinks of its own figures before they are public."""
    if refusal := authorise(officer, "comment_assessment", officer.department):
        return refusal
    own = next((one for one in store.of_department(connection, officer.department) if one.id == assessment), None)
    if own is None:
        return NOT_THERE
    if own.proposed_at is not None:
        return CLOSED
    if not text.strip():
        return Refusal("Z-105", "没有填写意见。", "没有不同意见的，请写“无意见”。")
    store.note_comment(connection, assessment, officer=officer.id, text=text.strip())
    return None


def publish_year(connection: Connection[Any], *, officer: Officer, year: int, today: date) -> Refusal | None:
    """Ask that a year be published; asked a second time, by another person, it is."""
    if refusal := authorise(officer, "make_assessment", officer.department):
        return refusal
    found = store.of_year(connection, year, is_locked=True)
    if not found or found[0].published_at is not None:
        return CLOSED if found else NOTHING
    if found[0].proposed_at is None:
        if waited := unheard(found, today=today):
            silent, ends = waited
            return Refusal(
                "Z-103", f"征求意见的期限未满（{ends} 届满），还有 {silent} 个部门没有答复。",
                "请等期限届满，或者各部门都已答复。",
            )  # fmt: skip
        store.note_proposed(connection, year, officer=officer.id)
        return None
    if found[0].proposed_person == officer.person:
        return SAME_PERSON
    store.note_published(connection, year, officer=officer.id)
    return None


def unheard(found: tuple[Assessment, ...], *, today: date) -> tuple[int, date] | None:
    """How many departments have not answered, and the day from which they need not be waited for; None: nobody."""
    silent = sum(one.commented_at is None for one in found)
    made = max(one.made_at for one in found).astimezone(SHANGHAI).date()
    ends = add_working_days(made, edition_of(found[0].edition).comment_working_days, calendar=working_calendar()).day
    return (silent, ends) if silent and today < ends else None
