"""`limu bench decide`: one decision against a policy engine, everyone against the set join, and a basis that ends.

C1 to C4 of performance.md; C3, one decision over HTTP, stands in decide_http.py."""

import importlib
import time
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import numpy as np

from limu.bench import decide_http
from limu.bench.frame import Figure, Limit, bench_home, note, say, timed
from limu.city.codes import codes_of
from limu.law.book import LawBook, packaged_book
from limu.measure.actions import sync_law
from limu.measure.queries import decide_all
from limu.measure.rules import ALL_ACTS, Ground, Law, decide, law_of
from limu.wire.database import Connection, Database
from limu.wire.migrate import prepare_database
from limu.wire.statutes import read_law_texts

ON = date(2026, 11, 24)
ACT = "bidding"
SUBJECTS, DECIDED, PEER = 1_000_000, 10_000, 200
LISTED = 0.35

_SUBJECTS = """
    INSERT INTO limu.subject (id, name, name_normal, public_name, name_sort, kind, is_searchable, source, region, uscc)
    SELECT lpad(to_hex(i), 32, '0')::uuid, n, n, n, '', 'enterprise', false, 'bench', '990100', code
    FROM bench_code, LATERAL (SELECT '企业' || i) name(n)"""
_ENTRIES = """
    INSERT INTO limu.list_entry (id, list, subject, department, region, facts, evidence, proposed_by, noticed_on,
        statement_until, decided_on, decided_by, decision_document, ends_on, served_on)
    SELECT lpad(to_hex(i), 32, '0')::uuid, (%(lists)s::text[])[1 + i %% cardinality(%(lists)s::text[])],
        lpad(to_hex(i), 32, '0')::uuid, '00000000-0000-0000-0000-000000000001', '990100', '事实', '证据',
        '00000000-0000-0000-0000-000000000001', d, d, d + 1, '00000000-0000-0000-0000-000000000002',
        '示例〔2026〕' || i || '号', d + 900, d + 2
    FROM generate_series(1, %(listed)s) i, LATERAL (SELECT DATE '2025-01-01' + i %% 600) day(d)"""
_PLAIN = """
    CREATE TABLE bench_fact AS SELECT s.uscc::text AS uscc, g.ground, g.ground_kind, g.region, g.from_on, g.until_on
        FROM shown.measure_ground g JOIN limu.subject s ON s.id = g.subject;
    CREATE TABLE bench_rule AS SELECT r.ground_kind, m.name AS measure, b.citation AS basis, r.acts, r.body, r.region,
        lower(r.during) AS rule_from, coalesce(upper(r.during), 'infinity') AS rule_until
        FROM limu.measure_rule r JOIN limu.measure_kind m ON m.code = r.kind
        JOIN limu.measure_basis b ON b.article = r.basis WHERE r.is_confirmed AND NOT isempty(r.during);
    CREATE TABLE bench_decision (
        uscc text, measure text, basis text, ground uuid, from_on date, until_on date, body text);
    ANALYZE bench_fact; ANALYZE bench_rule"""
_JOIN = """
    INSERT INTO bench_decision
    SELECT f.uscc, r.measure, r.basis, f.ground, greatest(f.from_on, r.rule_from), least(f.until_on, r.rule_until),
        r.body
    FROM bench_fact f JOIN bench_rule r ON r.ground_kind = f.ground_kind
    WHERE f.from_on <= %(on)s AND %(on)s < f.until_on
      AND coalesce(r.rule_from, '-infinity') <= %(on)s AND %(on)s < r.rule_until"""


def run(words: Mapping[str, str]) -> int:
    """Print C1 to C4; `--subjects`, `--rounds` and `--only http` may be given."""
    subjects, rounds = int(words.get("--subjects", SUBJECTS)), int(words.get("--rounds", 3))
    if find_spec("cedarpy") is None:
        note("cedarpy is not installed: it is the reference of C1, see requirements-dev.in")
        return 1
    texts = read_law_texts()
    keys = frozenset(one.key for one in packaged_book(texts).rules())
    book = packaged_book(texts, confirmations=keys)
    whole = words.get("--only") != "http"
    if whole:
        say(_alone(law_of(book), rounds).line())
    with bench_home() as database:
        prepare_database(database)
        note(f"{subjects} subjects, {int(subjects * LISTED)} of them on a list")
        _found(database, book, subjects)
        for figure in _together(database, book, subjects=subjects, rounds=rounds) if whole else ():
            say(figure.line())
        figure, stale = decide_http.figures(database, rounds=rounds)
        say(figure.line())
        say(stale)
    return int(bool(stale["stale_answers"]))


def _alone(law: Law, rounds: int) -> Figure:
    """Decide for subjects one after another, from loaded facts, each with article, ground and period."""
    figure = Figure(
        "decide", f"C1 one decision, {DECIDED} subjects, subjects/s",
        "cedarpy is_authorized_batch, the same rules as policies",
        200, 1_000, unit="subjects/s",
    )  # fmt: skip
    kinds = sorted(law)
    facts = [_grounds(kinds, number) for number in range(DECIDED)]
    ask = _cedar(law)
    for _ in range(rounds):
        figure.project_values.append(DECIDED / timed(lambda: [decide(some, law, act=ACT, on=ON) for some in facts]))
        figure.reference_values.append(PEER / timed(lambda: [ask(some) for some in facts[:PEER]]))
    figure.project_count = sum(len({one.measure for one in decide(some, law, act=ACT, on=ON)}) for some in facts[:PEER])
    figure.reference_count = sum(len(ask(some)) for some in facts[:PEER])
    figure.notes = {"rules": sum(len(some) for some in law.values()), "reference_subjects": PEER}
    return figure


def _grounds(kinds: list[str], number: int) -> tuple[Ground, ...]:
    """Grounds of a subject: about a third stand on one list, a few on two."""
    if number % 20 >= 20 * LISTED:
        return ()
    begun = ON - timedelta(days=100 + number % 400)
    picked = {kinds[number % len(kinds)]} | ({kinds[number * 7 % len(kinds)]} if number % 60 == 0 else set())
    return tuple(Ground(UUID(int=number), kind, "990100", begun, ON + timedelta(days=300)) for kind in sorted(picked))


def _cedar(law: Law) -> Callable[[tuple[Ground, ...]], set[str]]:
    """Ask the policy engine which measures are allowed: one policy a consequence, one request a measure."""
    cedarpy = importlib.import_module("cedarpy")
    names = sorted({one.measure for follows in law.values() for one in follows})
    number = {name: f"m{at}" for at, name in enumerate(names)}
    policies = "\n".join(
        f'permit(principal, action == Action::"{number[one.measure]}", resource == Act::"{act}")'
        f' when {{ principal.grounds.contains("{ground}") && context.on >= {one.from_on.toordinal()}'
        f" && context.on < {one.until_on.toordinal()} }};"
        for ground, follows in law.items()
        for one in follows
        for act in sorted(one.acts)
    )
    parsed = cedarpy.PolicySet.from_str(policies)

    def ask(some: tuple[Ground, ...]) -> set[str]:
        requests = [
            {"principal": 'Subject::"s"', "action": f'Action::"{code}"', "resource": f'Act::"{ACT}"',
             "context": {"on": ON.toordinal()}}
            for code in number.values()
        ]  # fmt: skip
        subject = {
            "uid": {"__entity": {"type": "Subject", "id": "s"}}, "parents": [],
            "attrs": {"grounds": [one.kind for one in some]},
        }  # fmt: skip
        answers = cedarpy.is_authorized_batch(requests, parsed, [subject])
        return {name for name, answer in zip(number, answers, strict=True) if answer.allowed}

    return ask


def _found(database: Database, book: LawBook, subjects: int) -> None:
    """Lay out the subjects and their list entries; the checks of the tables stay on, triggers and keys rest."""
    lists = sorted(one.key for one in book.lists() if one.rule)
    with database.connect("admin") as admin:
        admin.execute("SET search_path = limu, shown")
        sync_law(admin, book)
        admin.execute("SET session_replication_role = replica")
        admin.execute(
            "INSERT INTO limu.department (id, uscc, name, short_name, region)"
            " VALUES ('00000000-0000-0000-0000-000000000001', '11990100MC00000121', '测试局', '测试局', '990100')"
        )
        admin.execute("CREATE TEMP TABLE bench_code (i int, code text)")
        codes = codes_of(np.arange(1, subjects + 1, dtype=np.uint64), np.zeros(subjects, dtype=np.int64), ("91",))
        with admin.cursor().copy("COPY bench_code FROM STDIN") as copy:
            copy.write("".join(f"{number}\t{code}\n" for number, code in enumerate(codes, start=1)))
        admin.execute(_SUBJECTS)
        admin.execute(_ENTRIES, {"listed": int(subjects * LISTED), "lists": lists})
        admin.execute("SET session_replication_role = origin")
        admin.execute("ANALYZE limu.subject")
        admin.execute("ANALYZE limu.list_entry")
        admin.execute(_PLAIN)


def _together(database: Database, book: LawBook, *, subjects: int, rounds: int) -> list[Figure | Limit]:
    figure = Figure(
        "decide", f"C2 everyone, {subjects} subjects, from rows to stored decisions",
        "set join of plain tables into a logged table, basis and evidence included", 0.3, 1.0,
    )  # fmt: skip
    shares: list[float] = []
    with TemporaryDirectory() as folder, database.connect("app") as connection, database.connect("admin") as admin:
        admin.execute("SET search_path = limu, shown")
        out = Path(folder) / "decisions.parquet"
        basis = _middle(book)
        for _ in range(rounds):
            figure.project_values.append(_stored(connection, book, out=out, figure=figure))
            shares.append(_again(connection, book, basis=basis, out=out) / figure.project_values[-1])
            figure.reference_values.append(_joined(admin, figure))
    figure.notes = {"decisions": figure.project_count}
    share = sorted(shares)[len(shares) // 2]
    return [
        figure,
        Limit("decide", "C4 one basis ends: deciding again ÷ full pass", share, "share", 0.3, 0.05, {"basis": basis}),
    ]


def _stored(connection: Connection, book: LawBook, *, out: Path, figure: Figure) -> float:
    started = time.perf_counter()
    frame = decide_all(connection, book=book, act=ALL_ACTS, on=ON)
    frame.write_parquet(out)
    seconds = time.perf_counter() - started
    figure.project_count = frame.height
    return seconds


def _again(connection: Connection, book: LawBook, *, basis: str, out: Path) -> float:
    return timed(lambda: decide_all(connection, book=book, act=ALL_ACTS, on=ON, basis=basis).write_parquet(out))


def _joined(admin: Connection, figure: Figure) -> float:
    admin.execute("TRUNCATE bench_decision")
    admin.commit()

    def act() -> None:
        figure.reference_count = admin.execute(_JOIN, {"on": ON}).rowcount
        admin.commit()

    return timed(act)


def _middle(book: LawBook) -> str:
    """The article in the middle by how many lists it touches: neither the easiest nor the hardest to lose."""
    touched: dict[str, set[str]] = {}
    for ground, follows in law_of(book).items():
        for one in follows if ground.startswith("list/") else ():
            touched.setdefault(one.basis, set()).add(ground)
    ordered = sorted(touched, key=lambda basis: (len(touched[basis]), basis))
    return ordered[len(ordered) // 2]
