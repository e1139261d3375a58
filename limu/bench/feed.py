"""`limu bench feed`: G1–G4 of performance.md, each against a reference measured in the same run.

G1's reference is an outbox table read by one client in pages of 500 with a digest for each page, on the same events.
G2's is a full comparison by hash of both copies in one database (a join of 10^6 with 10^6): reladiff is not among the
locked libraries, and the join is what a bisection over the network cannot beat. G4 has no reference: a limit."""

import hashlib
import http.client
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from psycopg.rows import tuple_row

from limu.bench.frame import Figure, Limit, bench_home, note, say, seed, timed
from limu.bench.page import product_site
from limu.client.http import Site
from limu.client.reconcile import differences
from limu.client.store import Copy
from limu.feed import actions, store_holder
from limu.feed.rules import Change
from limu.feed.rules_holder import Wish, token_hash
from limu.publication import store as publication
from limu.wire.database import Database

TOKEN, NARROW = "limu_h_bench_full", "limu_h_bench_narrow"
PAGE, OUTBOX_PAGE = 5_000, 500
DIFFERING = 100
START = 5.0
FIELDS = ("subject_name", "document_number", "authority", "decided_on", "severity", "facts", "decision")


@dataclass(frozen=True, slots=True)
class Sizes:
    """How large the run is."""

    rows: int
    rounds: int
    changes: int
    per_second: int


def run(words: Mapping[str, str]) -> int:
    """Print one line of JSON a figure; 1 if one is below its bar."""
    sizes = Sizes(
        int(words.get("--rows", "1000000")), int(words.get("--rounds", "3")), int(words.get("--changes", "10000")),
        int(words.get("--per-second", "1000")),
    )  # fmt: skip
    folder = Path(tempfile.mkdtemp(prefix="limu-bench-copy-"))
    lines = []
    try:
        with bench_home() as database:
            seed(database, subjects=2_000, records=max(sizes.changes, 1_000))
            _holders(database)
            with product_site(database) as origin:
                lines.append(_latency(database, origin, sizes))
                note(f"writing {sizes.rows} events")
                last = _write(database, sizes.rows)
                lines += [_events(database, origin, sizes, last=last)]
                lines += _reconcile(database, origin, folder, sizes=sizes)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    for line in lines:
        say(line)
    return int(any(line["reached"] == "below the bar" for line in lines))


def _holders(database: Database) -> None:
    """Add two holders, one with a field policy; the acts of two people are tested elsewhere."""
    with database.connect("app") as connection:
        people = connection.execute(
            "SELECT DISTINCT ON (person) id FROM limu.officer ORDER BY person, id LIMIT 2"
        ).fetchall()
        today = connection.execute("SELECT limu.register_today() AS day").fetchone()
        assert today is not None
        for name, token, fields in (("全部", TOKEN, ()), ("部分", NARROW, FIELDS)):
            wish = Wish(name, "值班室", "协议", today["day"], today["day"] + timedelta(days=300), fields=fields)
            holder, act = uuid4(), uuid4()
            store_holder.insert_holder(connection, holder, wish, hashed=token_hash(token))
            store_holder.insert_act(connection, act, holder=holder, kind="add", reason="测量", officer=people[0]["id"])
            store_holder.settle_act(connection, act, officer=people[1]["id"], is_done=True)
    with database.connect("sequencer", autocommit=True) as sequencer:
        actions.tell(sequencer)


def _write(database: Database, rows: int) -> int:
    """Write events and copies by the writer's own path."""
    with database.connect("sequencer", autocommit=True) as sequencer:
        last = actions.tell(sequencer)
        for start in range(0, rows, actions.BATCH):
            made = [_change(number) for number in range(start, min(start + actions.BATCH, rows))]
            with sequencer.transaction():
                last = actions.write(sequencer, last + 1, made)
    with database.connect("owner", autocommit=True) as owner:
        owner.execute("VACUUM ANALYZE limu.feed_event")
        owner.execute("VACUUM ANALYZE limu.feed_copy")
        owner.execute("VACUUM ANALYZE limu.feed_bucket")
    return last


def _change(number: int) -> Change:
    record = uuid4()
    body = {
        "id": str(record), "subject_uscc": f"91990100MA{number:08d}", "subject_name": f"示例市{number}号建材有限公司",
        "item": "penalty", "item_version": 1, "version": 1, "document_number": f"示市监罚〔2026〕{number}号",
        "authority": "示例市市场监督管理局", "decided_on": "2026-07-01", "severity": "general", "kinds": ["罚款"],
        "fine_fen": 2_000_000, "valid_from": None, "valid_until": "2027-07-01", "shown_from": "2026-07-01",
        "shown_until": "2099-07-01", "earliest_repair_on": "2026-10-01", "rule": "publication.general",
        "is_disputed": False, "department_name": "示例市市场监督管理局", "recorded_at": "2026-07-02T01:00:00+00:00",
        "content": {"facts": f"抽样检验发现第{number}批次不符合国家标准。", "decision": "罚款二万元"},
    }  # fmt: skip
    return Change(
        record, uuid4(), "penalty", "990100", "record.published", "published", date(2099, 7, 1), body
    )  # fmt: skip


def _events(database: Database, origin: str, sizes: Sizes, *, last: int) -> dict[str, object]:
    figure = Figure(
        "feed", "G1 events a second through the feed with a field policy", "outbox table, pages of 500, digest a page",
        0.15, 0.5, unit="events/s",
    )  # fmt: skip
    with database.connect("owner", autocommit=True) as owner:
        owner.execute("CREATE TABLE bench_outbox (position bigint PRIMARY KEY, payload text NOT NULL)")
        owner.execute("INSERT INTO bench_outbox SELECT timepoint, body FROM limu.feed_copy WHERE policy = 1")
        owner.execute("VACUUM ANALYZE bench_outbox")
    first = last - sizes.rows
    for turn in range(sizes.rounds):
        note(f"G1 round {turn + 1}")
        counts: list[int] = []
        seconds = timed(lambda counts=counts: counts.append(_read_feed(origin, first)))  # type: ignore[misc]
        figure.project_values.append(counts[0] / seconds)
        seconds = timed(lambda counts=counts: counts.append(_read_outbox(database, first)))  # type: ignore[misc]
        figure.reference_values.append(counts[1] / seconds)
        figure.project_count, figure.reference_count = counts
    figure.notes = {"page": PAGE, "fields": len(FIELDS), "events": sizes.rows}
    return figure.line()


def _read_feed(origin: str, after: int) -> int:
    """Read the feed to its end as a narrow holder, and check the digest of each page."""
    place = urlsplit(origin)
    line = http.client.HTTPConnection(str(place.hostname), place.port, timeout=60)
    count = 0
    while True:
        line.request("GET", f"/feed?after={after}&limit={PAGE}", headers={"Authorization": f"Bearer {NARROW}"})
        answer = line.getresponse()
        text = answer.read()
        assert answer.status == 200, text[:200]
        hashlib.sha256(text).digest()
        count += text.count(b"\n")
        after = int(answer.headers["Limu-Timepoint"])
        if after >= int(answer.headers["Limu-Head"]):
            line.close()
            return count


def _read_outbox(database: Database, after: int) -> int:
    count = 0
    with database.connect("owner", autocommit=True) as owner:
        cursor = owner.cursor(row_factory=tuple_row)
        while rows := cursor.execute(
            "SELECT position, payload FROM bench_outbox WHERE position > %s ORDER BY position LIMIT %s",
            (after, OUTBOX_PAGE),
        ).fetchall():
            hashlib.sha256("\n".join(row[1] for row in rows).encode()).digest()
            after = rows[-1][0]
            count += len(rows)
    return count


def _reconcile(database: Database, origin: str, folder: Path, *, sizes: Sizes) -> list[dict[str, object]]:
    note("filling a copy")
    copy, site = Copy(folder / "copy.db"), Site(origin, TOKEN, patience=120)
    copy.begin_again(_all(site), timepoint=site.tree("whole")["timepoint"])
    same = statistics.median(_asked(origin, copy)[0] for _ in range(5))
    spent, exchanged, found = _asked(origin, copy)
    assert not found
    nothing = Limit(
        "feed", "G3 reconcile when nothing differs", same * 1000, "milliseconds", 1000, 20,
        {"exchanged_bytes": exchanged, "rows": sizes.rows, "last": spent},
    )  # fmt: skip
    with database.connect("owner", autocommit=True) as owner:
        owner.execute("CREATE TABLE bench_copy (id uuid PRIMARY KEY, body text NOT NULL)")
        owner.execute("INSERT INTO bench_copy SELECT record, body FROM limu.feed_copy WHERE policy = 1")
    broken = _break(database, copy)
    figure = Figure(
        "feed", f"G2 reconcile with {DIFFERING} differing, all named", "full hash join in one database (no reladiff)",
        0.7, 0.1, less_is_better=True,
    )  # fmt: skip
    rehashed = []
    for _ in range(sizes.rounds):
        rehashed.append(timed(copy.measure_again))
        spent, exchanged, found = _asked(origin, copy)
        figure.project_values.append(spent)
        figure.project_count = len(broken & found)
        figure.reference_values.append(timed(lambda: _joined(database, figure)))
    figure.notes = {
        "exchanged_bytes": exchanged, "rows": sizes.rows, "named": len(found), "rehash_all_seconds": rehashed,
        "ratio_with_rehash": statistics.median(
            (again + own) / other
            for again, own, other in zip(rehashed, figure.project_values, figure.reference_values, strict=True)
        ),
    }  # fmt: skip
    copy.close()
    return [figure.line(), nothing.line()]


def _all(site: Site) -> Iterator[dict[str, object]]:
    after = 0
    while True:
        page = site.events(after, limit=PAGE)
        yield from (event["data"] for event in page.events if "data" in event)
        after = page.last
        if after >= page.head:
            return


def _asked(origin: str, copy: Copy) -> tuple[float, int, set[UUID]]:
    site = Site(origin, TOKEN, patience=120)
    started = time.perf_counter()
    found = differences(site, copy)
    return time.perf_counter() - started, site.exchanged, set(found.records)


def _break(database: Database, copy: Copy) -> set[UUID]:
    """Change a character in a hundred copies, here and in the reference's."""
    records = {record for record, _ in zip((r for r, _ in copy.records()), range(DIFFERING), strict=False)}
    copy.spoil(records)
    with database.connect("owner", autocommit=True) as owner:
        owner.execute("UPDATE bench_copy SET body = body || ' ' WHERE id = ANY (%s)", (list(records),))
        owner.execute("VACUUM ANALYZE bench_copy")
    return records


def _joined(database: Database, figure: Figure) -> None:
    with database.connect("owner") as owner:
        rows = owner.execute(
            """SELECT coalesce(a.record, b.id) AS id FROM limu.feed_copy a
               FULL JOIN bench_copy b ON b.id = a.record
               WHERE (a.policy = 1 OR a.policy IS NULL)
                 AND sha256(convert_to(a.body, 'UTF8')) IS DISTINCT FROM sha256(convert_to(b.body, 'UTF8'))"""
        ).fetchall()
    figure.reference_count = len(rows)


def _latency(database: Database, origin: str, sizes: Sizes) -> dict[str, object]:
    """Withdraw at a steady rate while one holder waits; from commit to the moment its line is read."""
    note(f"G4: {sizes.changes} withdrawals, {sizes.per_second} a second")
    committed: dict[UUID, float] = {}
    seen: dict[UUID, float] = {}
    with database.connect("app") as connection, connection.cursor(row_factory=tuple_row) as cursor:
        connection.execute("SELECT set_config('limu.reach', 'centre', true)")
        open_ones = cursor.execute(
            """SELECT p.record, p.subject FROM limu.publication p
               JOIN limu.feed_event e ON e.record = p.record AND e.is_current AND NOT e.is_end
               WHERE p.known_until = 'infinity' AND p.decision = 'published' LIMIT %s""",
            (sizes.changes,),
        ).fetchall()
    with _working(database):
        head = Site(origin, TOKEN).tree("whole")["timepoint"]
        waiting = threading.Thread(target=_wait_for, args=(origin, head, seen), kwargs={"wanted": len(open_ones)})
        waiting.start()
        started = time.perf_counter()
        _withdraw(database, open_ones, committed, per_second=sizes.per_second)
        spent = time.perf_counter() - started
        waiting.join(120)
    spans = sorted((seen[one] - at) * 1000 for one, at in committed.items() if one in seen)
    lost = len(committed) - len(spans)
    p99 = spans[int(len(spans) * 0.99)] if spans and not lost else float("inf")
    notes = {
        "changes": len(spans), "lost": lost, "rate": round(len(spans) / spent), "p50": statistics.median(spans or [0]),
    }  # fmt: skip
    return Limit("feed", "G4 withdrawal committed to seen, p99", p99, "milliseconds", 2000, 100, notes).line()


@contextmanager
def _working(database: Database) -> Iterator[None]:
    command = [sys.executable, "-m", "limu.cli", "worker"]
    worker = subprocess.Popen(command, env=os.environ | database.environment(), stderr=subprocess.DEVNULL)
    time.sleep(START)
    try:
        yield
    finally:
        worker.terminate()
        worker.wait(timeout=60)


def _withdraw(
    database: Database, records: list[tuple[UUID, UUID]], committed: dict[UUID, float], *, per_second: int
) -> None:
    at_once = max(per_second // 20, 1)
    started = time.perf_counter()
    with database.connect("app") as connection:
        for number, start in enumerate(range(0, len(records), at_once)):
            time.sleep(max(0.0, started + number / 20 - time.perf_counter()))
            connection.execute("SELECT set_config('limu.reach', 'centre', true)")
            some = records[start : start + at_once]
            for record, subject in some:
                publication.end(connection, subject=subject, record=record, reason="record_withdrawn")
            connection.commit()
            now = time.perf_counter()
            committed.update((record, now) for record, _ in some)


def _wait_for(origin: str, after: int, seen: dict[UUID, float], *, wanted: int) -> None:
    site = Site(origin, TOKEN)
    deadline = time.perf_counter() + 100
    while len(seen) < wanted and time.perf_counter() < deadline:
        page = site.events(after, wait=5)
        now = time.perf_counter()
        after = page.last
        seen.update((UUID(event["subject"]), now) for event in page.events if event["ended"])
