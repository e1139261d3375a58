"""The two bodies of J6 and J7 (ux.md 5.7): A is 市场监管局's, B 生态环境局's, C 住建局's, and people who sign in."""

from datetime import date

from playwright.sync_api import Browser, BrowserContext, Page

from limu.account.store import put_login
from limu.agent.actions import open_demonstration_agent
from limu.department.actions import add_department
from limu.department.rules import Department
from limu.department.store import all_departments
from limu.wire.database import Connection, Database
from limu.wire.passwords import hash_password
from tests import people
from tests.front import town
from tests.journeys import desks
from tests.standing import code_of

EPB = ("epb.one", "epb.two")
SUPERVISOR = "sup.one"
BODIES = (
    (town.B, 21, "生态环境局", "general", date(2026, 11, 1)),
    (town.C, 22, "住建局", "serious", date(2027, 3, 1)),
)


def two_bodies(database: Database) -> str:
    """Give B and C to the bodies that decided them, and 清河建材 its agent; returns the agent's code."""
    with database.connect("app") as app:
        offices = [_office(app, deed.authority, number, short) for deed, number, short, *_ in BODIES]
        for code in EPB:
            people.officer_in(app, offices[0], code, "reviewer")
        centre = next(one for one in all_departments(app) if one.is_centre)
        people.officer_in(app, centre, SUPERVISOR, "supervisor")
        agent = open_demonstration_agent(
            app, uscc=town.BUILDER, person_name="赵经办", expires_on=date(2028, 1, 1), department=centre.id
        )
    assert agent is not None
    people.give_logins(database, [*EPB, SUPERVISOR])
    people.give_factors(database)
    with database.connect("account") as logins:
        put_login(logins, code=agent, name="赵经办", hashed=hash_password(people.PASSWORD))
    with database.connect("admin") as admin:
        # The region is written without its history; who reported is set once more, before anything happens.
        admin.execute("SET session_replication_role = replica")
        for (deed, _, _, severity, day), office in zip(BODIES, offices, strict=True):
            admin.execute("UPDATE limu.record SET department = %s WHERE id = %s", (office.id, deed.id))
            admin.execute(
                "UPDATE limu.publication SET department = %s, rule = %s, earliest_repair_on = %s WHERE record = %s",
                (office.id, f"term/ndrc-36/{severity}", day, deed.id),
            )
    return agent


def _office(app: Connection, name: str, number: int, short: str) -> Department:
    made = add_department(
        app, officer=None, uscc=code_of(number, prefix="11", place="MB"), name=name, region="990100", short_name=short
    )
    assert isinstance(made, Department)
    return made


def photo(browser: Browser, *, number: int = 1, lines: int = 30) -> bytes:
    """A photograph of a receipt: a page, as a camera would keep it; without lines, of nothing."""
    context = browser.new_context(viewport={"width": 1200, "height": 1600})
    page = context.new_page()
    text = "".join(f"<p>缴款凭证 第 {number} 页第 {n} 行　金额 20000.00 元　示例银行</p>" for n in range(lines))
    page.set_content(f"<body style='font-size:28px'>{text}")
    made = page.screenshot(type="jpeg", quality=80)
    context.close()
    return made


def window(browser: Browser, site: str, code: str, windows: dict[str, BrowserContext]) -> Page:
    """The window of a person, signed in once."""
    if code not in windows:
        windows[code] = desks.signed_in(browser, site, code)
    return windows[code].pages[0]


def looked_at(page: Page, name: str) -> None:
    """Nothing grave at both widths, and a picture of each."""
    for width in desks.WIDTHS[::-1]:
        page.set_viewport_size({"width": width, "height": 900})
        assert desks.faults_of(page) == [], (name, width)
        desks.picture(page, f"portal-{name}")
