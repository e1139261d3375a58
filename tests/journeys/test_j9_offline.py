"""J9 without the register (issue 4, section 4): the database is stopped under the running site, and started again."""

import os
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from wsgiref.simple_server import make_server

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from limu.measure.tasks import renew_caches
from limu.wire.database import Database, running_database
from limu.wire.home import Home
from limu.wire.migrate import prepare_database
from limu.wire.postgres import TEST_SETTINGS, Child, find_server, start_server, stop_server
from tests import people
from tests.conftest import RUN
from tests.front import town
from tests.journeys import desks
from tests.journeys.conftest import Quiet, Server
from tests.journeys.test_j9_window import _list_a_builder

pytestmark = pytest.mark.browser


@dataclass(slots=True)
class Site:
    """A site on a database server of its own, which may be stopped and started under it."""

    origin: str
    database: Database
    child: Child | None = None

    def stop(self) -> None:
        """Stop the database server, as an operator would."""
        server = find_server(self.database.home)
        assert server
        stop_server(server, self.child.process if self.child else None)

    def start(self) -> None:
        """Start it again."""
        self.child = start_server(self.database.home, TEST_SETTINGS)


@pytest.fixture(scope="module")
def lonely() -> Iterator[Site]:
    """The region of the other journeys on its own server; its officers have opened the window this morning."""
    home = Home(Path(os.environ[RUN]) / "lonely")
    home.prepare()
    home.root.chmod(0o711)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LIMU_HOME", str(home.root))
        patch.delenv("LIMU_DATABASE_NAME", raising=False)
        with running_database(home, TEST_SETTINGS) as database:
            prepare_database(database)
            town.build(database)
            with people.doors_open(database):
                desks.staff(database)
                _list_a_builder(database)
                from django.db import connections  # noqa: PLC0415 - settings need the run's home

                patch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)
                from django.core.wsgi import get_wsgi_application  # noqa: PLC0415 - beside its neighbour

                server = make_server("127.0.0.1", 0, get_wsgi_application(), server_class=Server, handler_class=Quiet)
                threading.Thread(target=server.serve_forever, daemon=True).start()
                site = Site(f"http://127.0.0.1:{server.server_port}", database)
                yield site
                if find_server(home) is None:
                    site.start()
                server.shutdown()
                server.server_close()
            if site.child:
                stop_server(site.child.server, site.child.process)


@pytest.fixture(scope="module")
def clerk(lonely: Site, browser: Browser) -> Iterator[BrowserContext]:
    """A clerk who has opened the window while the register was there."""
    context = desks.signed_in(browser, lonely.origin, desks.CLERK)
    context.pages[0].goto("/dept/check")
    yield context
    context.close()


def _check(page: Page, code: str, act: str) -> None:
    page.goto("/dept/check")
    page.get_by_test_id("check-act").select_option(act)
    page.get_by_test_id("check-q").fill(code)
    page.get_by_test_id("check-go").click()


def test_the_window_works_from_a_dated_cache_and_makes_good_when_the_register_is_back(
    lonely: Site, browser: Browser, clerk: BrowserContext
) -> None:
    page = clerk.pages[0]
    assert renew_caches(lambda: lonely.database.connect("app"), lonely.database.home) >= 1
    lonely.stop()

    _says_of_which_instant_it_speaks(page)
    verify = _answers_by_code_with_a_slip(page)
    _is_nobodys_else(browser, lonely, page)

    lonely.start()

    _makes_good(page, verify)
    _stands_in_the_trail(lonely.database)


def _says_of_which_instant_it_speaks(page: Page) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto("/dept/check")
    note = page.get_by_test_id("offline-note")
    expect(note).to_contain_text(re.compile(r"按 \d{4}-\d\d-\d\d \d\d:\d\d:\d\d 的缓存显示"))
    expect(note).to_contain_text("不得仅据此作出不利决定")
    assert desks.faults_of(page) == []
    desks.picture(page, "offline-form")
    # A name finds nobody; what was typed stays.
    _check(page, "清河建材", "government_funds")
    expect(page.get_by_test_id("error")).to_contain_text("不能按名称")
    expect(page.get_by_test_id("check-q")).to_have_value("清河建材")


def _answers_by_code_with_a_slip(page: Page) -> str:
    _check(page, town.BUILDER, "government_funds")
    expect(page.get_by_test_id("check-told")).to_contain_text("缓存中命中 1 项")
    expect(page.get_by_test_id("check-measure")).to_contain_text(re.compile("依据：.*第四十八条"))
    page.set_viewport_size({"width": 375, "height": 800})
    assert desks.faults_of(page) == []
    desks.picture(page, "offline-told")
    page.get_by_test_id("check-slip").click()
    slip = page.get_by_test_id("slip")
    expect(slip).to_contain_text("的缓存作出，不得仅据此作出不利决定")
    desks.picture(page, "offline-slip")
    verify = re.search(r"(/verify\?\S+)", slip.inner_text())
    assert verify
    # Another act of the same subject, on which the law brings nothing.
    _check(page, town.BUILDER, "consumption")
    expect(page.get_by_test_id("check-told")).to_contain_text("缓存中未命中")
    return verify[1]


def _is_nobodys_else(browser: Browser, lonely: Site, page: Page) -> None:
    """Whoever has not opened the window before is nobody now; a list waits for the register."""
    stranger = browser.new_context(base_url=lonely.origin, locale="zh-CN").new_page()
    answer = stranger.goto("/dept/check")
    assert answer is not None
    assert answer.status == 503
    expect(stranger.get_by_test_id("error")).to_contain_text("无法确认您的身份")
    stranger.context.close()
    page.goto("/dept/check-list")
    expect(page.get_by_test_id("error")).to_contain_text("内容在登记库中")


def _makes_good(page: Page, verify: str) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto("/dept/check")
    done = page.get_by_test_id("check-offline")
    expect(done).to_contain_text("重新核查，结果相同")
    assert desks.faults_of(page) == []
    desks.picture(page, "offline-after")
    done.get_by_role("link").last.click()
    expect(page.get_by_test_id("check-repeated")).to_contain_text("结果相同")
    expect(page.get_by_test_id("check-told")).to_contain_text("命中 1 项")
    page.goto(verify)
    expect(page.get_by_test_id("verify-told")).to_contain_text("核查单真实")


def _stands_in_the_trail(database: Database) -> None:
    """Both reads are in the trail of the subject: at the window without the register, and again with it."""
    with database.connect("owner") as owner:
        rows = owner.execute(
            "SELECT t.scope FROM limu.read_ticket t JOIN limu.subject s ON s.id = t.subject WHERE s.uscc = %s",
            [town.BUILDER],
        ).fetchall()
    scopes = [row["scope"] for row in rows]
    assert sum("停机期间" in one for one in scopes) == 2
    assert len(scopes) == 4
