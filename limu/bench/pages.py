"""`limu bench pages`: lists over a full register as ten people at work open them, against a page of the same frame.

Ten open a page, look at it for a second and open it again. What counts is the 95th of a hundred: at most 300 ms on two
cores. The reference is a signed page that shows no list, opened in the same way right before: what the machine, the
frame and the session cost at that moment. Public pages are asked for under an address of their own each time, so that
none is answered from what is kept."""

import http.cookiejar
import itertools
import re
import statistics
import time
import urllib.parse
import urllib.request
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from limu.account import actions as accounts
from limu.bench.frame import Limit, bench_home, note, say, seed
from limu.bench.page import PATIENCE, product
from limu.department.rules import Officer
from limu.wire.accounts import open_accounts
from limu.wire.database import Database
from limu.wire.passwords import draw_password, hash_password

SUBJECTS, RECORDS = 20_000, 100_000
USERS, LOOKS, PAUSE = 10, 5, 1.0
THREADS = 12
BAR, MOONSHOT = 300.0, 100.0
CENTRE, BODY = "centre.officer", "scjg.reviewer"
FRAME = {CENTRE: "/ops/assign", BODY: "/dept/keys"}
PUBLIC_FRAME = "/verify"
LISTS: dict[str, tuple[str, ...]] = {
    BODY: (
        "/dept", "/dept/records", "/dept/batches", "/dept/problems", "/dept/pending", "/dept/cases", "/dept/notices",
        "/dept/performance", "/dept/quality",
    ),
    CENTRE: (
        "/ops", "/ops/publication", "/ops/publication?view=withheld", "/ops/problems", "/ops/matching",
        "/ops/collection", "/ops/cases", "/ops/declarations", "/ops/checks",
    ),
    "": ("/?", "/lists?", "/disclosure?", "/disclosure?item=penalty&sort=oldest", "/search?q=%E5%BB%BA%E6%9D%90"),
}  # fmt: skip
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass(slots=True)
class Visitor:
    """Somebody at a browser: its cookies, and what it was answered."""

    origin: str
    count: "itertools.count[int]" = field(default_factory=itertools.count)
    opener: urllib.request.OpenerDirector = field(
        default_factory=lambda: urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        )
    )

    def sign_in(self, code: str, password: str) -> None:
        """Sign in as everybody does, on the page."""
        address = f"{self.origin}/account/login/"
        found = _TOKEN.search(self.opener.open(address, timeout=PATIENCE).read().decode())
        assert found
        said = {"csrfmiddlewaretoken": found[1], "login": code, "password": password}
        wish = urllib.request.Request(  # noqa: S310 - our own address
            address, urllib.parse.urlencode(said).encode(), {"Referer": address}
        )
        self.opener.open(wish, timeout=PATIENCE).read()

    def look(self, path: str) -> float:
        """Open a page whole, and return the milliseconds it took; a refusal raises."""
        # A page that is asked for with a question is asked with another one each time.
        own = f"{path}&looked={next(self.count)}" if "?" in path else path
        started = time.perf_counter()
        with self.opener.open(self.origin + own, timeout=PATIENCE) as answer:
            answer.read()
        return 1000 * (time.perf_counter() - started)


def run(words: Mapping[str, str]) -> int:
    """Print a figure a page; `--subjects`, `--records` and `--looks` may be given."""
    subjects, records = int(words.get("--subjects", SUBJECTS)), int(words.get("--records", RECORDS))
    looks = int(words.get("--looks", LOOKS))
    with bench_home() as database:
        seed(database, subjects=subjects, records=records)
        password = _sign_ins(database)
        with product(database, threads=THREADS) as site:
            for code, paths in LISTS.items():
                visitor = Visitor(site.origin)
                if code:
                    visitor.sign_in(code, password)
                for path in paths:
                    note(path)
                    # The first to open a page of a process that has just begun pays for its template.
                    visitor.look(path)
                    frame = opened(visitor, FRAME.get(code, PUBLIC_FRAME), looks=looks)
                    say(_limit(path, opened(visitor, path, looks=looks), frame, records=records).line())
    return 0


def opened(visitor: Visitor, path: str, *, looks: int) -> list[float]:
    """Let ten people open a page so many times each, a second apart; every answer's milliseconds, the least first."""

    def at_work(number: int) -> list[float]:
        time.sleep(PAUSE * number / USERS)
        found = []
        for turn in range(looks):
            time.sleep(PAUSE if turn else 0)
            found.append(visitor.look(path))
        return found

    with ThreadPoolExecutor(USERS) as people:
        return sorted(itertools.chain.from_iterable(people.map(at_work, range(USERS))))


def p95(times: list[float]) -> float:
    """The value that 95 of a hundred do not exceed, of a sorted list."""
    return times[max(0, -(-len(times) * 95 // 100) - 1)]


def _limit(path: str, times: list[float], frame: list[float], *, records: int) -> Limit:
    notes = {
        "records": records, "users": USERS, "looks": len(times), "p50": round(statistics.median(times), 1),
        "frame_p95": round(p95(frame), 1), "ratio_to_frame": round(p95(times) / p95(frame), 2),
    }  # fmt: skip
    return Limit("pages", f"{path} p95, {USERS} at work", p95(times), "milliseconds", BAR, MOONSHOT, notes)


def _sign_ins(database: Database) -> str:
    open_accounts(database)
    password = draw_password()
    with database.connect("account") as logins, database.connect("app") as app:
        for code in (CENTRE, BODY):
            done = accounts.set_password(app, logins, by=None, code=code, hashed=hash_password(password))
            assert isinstance(done, Officer)
    return password
