"""Officers of the region for the journeys at a desk, how they sign in, and what every page of a desk must hold."""

import os
import sys
import threading
import traceback
from pathlib import Path

import psycopg
from playwright.sync_api import Browser, BrowserContext, Page
from playwright.sync_api import TimeoutError as Timeout

from limu.catalogue.rules_schedule import Schedule
from limu.catalogue.store_schedule import set_schedule
from limu.department.store import all_departments, enter, own_item
from limu.wire.database import Database
from tests import people

AXE = (Path(__file__).parent / "vendor" / "axe-4.14.1.min.js").read_text("utf-8")
# What is minor or moderate by its rule is not asked for; of what is fine only its number, not each place of it.
GRAVE = """spared => axe.run({exclude: spared.map(one => [one])}, {resultTypes: ['violations'], runOnly: {type: 'rule',
    values: axe._audit.rules.filter(r => r.enabled && !r.tags.some(tag => axe._audit.tagExclude.includes(tag))
        && !['minor', 'moderate'].includes(r.impact)).map(r => r.id)}})
    .then(r => r.violations.filter(v => ['serious', 'critical'].includes(v.impact))
        .map(v => v.id + ' ' + v.nodes[0].html))"""
# The watermark is decoration, hidden from readers (WCAG 2.2, 1.4.3).
WATERMARK = ".watermark"
WIDER = "document.documentElement.scrollWidth - window.innerWidth"
WIDTHS = (1440, 375)
CLERK, REVIEWER, SECOND, STRANGER = "clerk.one", "reviewer.one", "reviewer.two", "stranger.clerk"
CENTRE, CENTRE_SECOND = "centre.one", "centre.two"
# Items besides penalties and permits that the bureau files, with the day of the month by which they are due.
DUE = {"coercion": 23, "confirmation": 24}


def staff(database: Database) -> None:
    """Give the bureau its reviewers, its tasks and its logins, and make a second department with a clerk."""
    with database.connect("app") as connection:
        bureau = next(one for one in all_departments(connection) if one.short_name == "市场监管局")
        people.officer_in(connection, bureau, REVIEWER, "reviewer")
        people.officer_in(connection, bureau, SECOND, "reviewer")
        other = people.department_of(connection, 2)
        people.officer_in(connection, other, STRANGER, "clerk")
        own_item(connection, item="permit", department=other.id)
        centre = people.department_of(connection, 9, is_centre=True)
        for code in (CENTRE, CENTRE_SECOND):
            people.officer_in(connection, centre, code, "centre_officer")
        enter(connection, department=bureau.id)
        for item, day in DUE.items():
            own_item(connection, item=item, department=bureau.id)
            set_schedule(connection, item=item, department=bureau.id, schedule=Schedule(day))
    people.give_logins(database, [CLERK, REVIEWER, SECOND, STRANGER, CENTRE, CENTRE_SECOND])
    people.give_factors(database)


def signed_in(browser: Browser, site: str, code: str, *, width: int = 1440, script: bool = True) -> BrowserContext:
    """A browser window in which an officer has signed in through the page."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, base_url=site, java_script_enabled=script, locale="zh-CN"
    )
    page = context.new_page()
    page.goto("/account/login/")
    page.locator("input[name=login]").fill(code)
    page.locator("input[name=password]").fill(people.PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    _leaves(page, "/account/login")
    if "/2fa/authenticate" in page.url:
        page.locator("input[name=code]").fill(people.fresh_code(code))
        page.locator("main form button[type=submit]").first.click()
        _leaves(page, "/2fa/authenticate")
    return context


def _leaves(page: Page, step: str) -> None:
    # Once in some thousand times a sign-in does not come to an end: then what the page says and where the server's
    # threads stand is worth more than that half a minute has passed.
    try:
        page.wait_for_url(lambda url: step not in url)
    except Timeout as late:
        frames = sys._current_frames()
        threads = [f"{one.name}:\n{''.join(traceback.format_stack(frames[one.ident]))}" for one in threading.enumerate()
                   if one.ident in frames and one is not threading.current_thread()]  # fmt: skip
        said = page.evaluate("document.body.innerText")
        raise AssertionError("\n".join([f"{page.url} is not left; it says: {said}", *threads])) from late


def again(browser: Browser, context: BrowserContext, *, width: int = 1440, script: bool = True) -> BrowserContext:
    """The same sign-in in a window of another width, or without script; a code of the second factor is good once."""
    pages = context.pages[0].url.split("/")[:3]
    return browser.new_context(
        storage_state=context.storage_state(), base_url="/".join(pages), viewport={"width": width, "height": 900},
        java_script_enabled=script, locale="zh-CN",
    )  # fmt: skip


def faults_of(page: Page, *, spared: str = WATERMARK) -> list[str]:
    """What is grave on a page: findings of axe, and a width that makes it scroll sideways."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found = [str(fault) for fault in page.evaluate(GRAVE, [spared] if spared else [])]
    wider = page.evaluate(WIDER)
    return found + ([f"{wider} px wider than the window"] if wider > 0 else [])


def picture(page: Page, name: str) -> None:
    """Keep a screenshot for people to look at, where LIMU_PICTURES names a folder."""
    if folder := os.environ.get("LIMU_PICTURES"):
        width = page.viewport_size["width"] if page.viewport_size else 0
        page.screenshot(path=str(Path(folder) / f"{name}-{width}.png"), full_page=True)


def shift_days(database: Database, days: int) -> None:
    """Move the register's clock on."""
    with database.connect("owner") as owner:
        try:
            owner.execute("UPDATE limu.clock_setting SET shift = shift + make_interval(days => %s)", [days])
        except psycopg.Error as wrong:
            raise AssertionError("the owner alone may shift the clock") from wrong
