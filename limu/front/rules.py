"""Decide how public facts are laid out: the tab of an item, how far a term has run, how one may seek relief."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from limu.law.book import LawBook
from limu.law.period import due_on
from limu.law.rule import Deadline, ReliefRule
from limu.law.term import region_matches
from limu.terms.days import Calendar

# Tabs of a subject's public file (ux.md 5.1) and the items under each. The first six are always shown, because
# an empty tab is an answer too; the rest appear when they hold something.
TABS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("permits", ("permit", "qualification")),
    ("penalties", ("penalty", "penalty_summary")),
    ("lists", ("serious_list", "court_defaulter", "tax_violation", "wage_arrears", "abnormal_list")),
    ("pledges", ("pledge", "pledge_outcome")),
    ("honours", ("honour", "reward", "tax_grade_a", "customs_aeo")),
    ("contracts", ("contract", "contract_breach", "payment_overdue")),
    ("judgments", ("judgment", "false_litigation")),
    ("inspections", ("inspection",)),
    ("registration", ("registration",)),
    ("others", ()),
)
ALWAYS_SHOWN = 6
LISTS = TABS[2][1]
DISCLOSED = ("penalty", "penalty_summary", "permit")

SEVERITY_TONES: Mapping[str, str] = {"minor": "", "general": "tag-warn", "serious": "tag-grave"}


# Columns of an exported list; a checkup reads them back (checkup/store_own.py).
HEADS = (
    "主体名称", "统一社会信用代码", "信息类别", "文号", "作出机关", "决定日期", "失信程度", "公示自",
    "公示至（含当日）", "依据", "来源单位", "异议处理中", "记录地址",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab of a subject's file with what it holds."""

    key: str
    items: tuple[str, ...]
    count: int


def tab_of(item: str) -> str:
    """Name the tab an item stands under; an item an operator added stands under the last one."""
    return next((key for key, items in TABS if item in items), TABS[-1][0])


def lay_tabs(counts: Mapping[str, int]) -> tuple[Tab, ...]:
    """Lay out the tabs for what is public about a subject, each with its count."""
    laid = []
    for number, (key, _) in enumerate(TABS):
        items = tuple(item for item, count in counts.items() if count > 0 and tab_of(item) == key)
        total = sum(counts[item] for item in items)
        if number < ALWAYS_SHOWN or total:
            laid.append(Tab(key, items, total))
    return tuple(laid)


def open_tab(tabs: tuple[Tab, ...], wanted: str) -> Tab:
    """Open the tab asked for, else the first that holds something, else the first."""
    asked = next((tab for tab in tabs if tab.key == wanted), None)
    return asked or next((tab for tab in tabs if tab.count), tabs[0])


@dataclass(frozen=True, slots=True)
class Period:
    """A public term as the page draws it: first day, last day, and how much of it has gone, in per cent."""

    first_on: date
    last_on: date | None
    gone: int
    days_left: int | None


def period_of(shown_from: date, shown_until: date | None, today: date) -> Period:
    """Measure a term; its end is exclusive in the register and shown as the last public day."""
    if shown_until is None or shown_until.year >= OPEN_YEAR:
        return Period(shown_from, None, 0, None)
    whole = (shown_until - shown_from).days
    passed = min(max((today - shown_from).days, 0), whole)
    return Period(shown_from, shown_until - timedelta(days=1), round(100 * passed / whole), (shown_until - today).days)


# The register writes an open end as a far day; nothing that ends is shown longer than this.
OPEN_YEAR = 2900


def is_hit(hit_region: str | None, hit_status: str, *, region: str, status: str) -> bool:
    """Tell whether a search result passes the filters of the address."""
    return (not status or hit_status == status) and (hit_region or "").startswith(region.rstrip("0"))


def is_late(newest_on: date, today: date, *, promised: Deadline | None, calendar: Calendar) -> bool:
    """Tell whether data stopped coming: the newest is older than the law gives for putting a decision online."""
    due = due_on(promised, newest_on, calendar=calendar) if promised else None
    return due is not None and today > due.day


@dataclass(frozen=True, slots=True)
class Route:
    """One way to seek relief: to which body by which articles, and within which period."""

    relief: ReliefRule
    deadline: Deadline


def leniency_for(region: str, *, book: LawBook, on: date) -> tuple[tuple[str, str], ...]:
    """The articles on first offences and minor harm that hold in a body's region: citation and content."""
    told = []
    for rule in book.leniencies():
        article = book.article(rule.citations[0])
        text = book.instrument(article.instrument) if article else None
        if article is None or text is None or not rule.is_in_force(on) or not region_matches(text.region, region):
            continue
        if (text.from_on is None or text.from_on <= on) and (text.until_on is None or on < text.until_on):
            told.append((f"《{text.title}》{article.number}", article.summary))
    return tuple(told)


RELIEF_ACTS = ("reconsideration", "litigation")


def relief_for(item: str, authority: str, *, book: LawBook, on: date) -> tuple[Route, ...]:
    """Tell how a party may contest the decision behind a record: body, period and article (行政处罚法 59)."""
    routes = []
    for act in RELIEF_ACTS:
        relief = book.relief(act, item=item, authority=authority, on=on)
        deadline = book.deadline(act, on=on)
        if relief is not None and deadline is not None:
            routes.append(Route(relief, deadline))
    return tuple(routes)
