"""`limu bench search`: the public search against a ranked bigram index in PostgreSQL (performance.md B).

The reference is the best that PostgreSQL does by itself: bigrams of each name in a GIN index, every match counted, the
best twenty ranked. Project and reference answer the same questions by turns; a figure whose totals differ is void."""

import math
import random
import resource
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from rapidfuzz.distance import OSA

from limu.bench.frame import Figure, Limit, bench_home, note, say
from limu.city.register import write_register
from limu.subject import queries
from limu.subject.actions import Loaded, load_register
from limu.terms.names import normalise_name
from limu.wire.database import Connection, Database
from limu.wire.migrate import prepare_database

SIZES = (100_000, 1_000_000)
QUESTIONS = 200
SLIPS = 400
SEED = 20_260_702
_REFERENCE = """
    CREATE FUNCTION bench.bigrams(name text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
        $$ SELECT array_agg(DISTINCT substr(name, at, 2)) FROM generate_series(1, length(name) - 1) AS at $$;
    CREATE TABLE bench.name AS SELECT n.subject AS id, s.uscc::text AS code, n.name_normal AS name
        FROM limu.search_name n JOIN limu.subject s ON s.id = n.subject;
    CREATE INDEX ON bench.name USING gin (bench.bigrams(name));
    CREATE INDEX ON bench.name (code);
    ANALYZE bench.name
"""
_RANKED = """
    WITH found AS MATERIALIZED (
        SELECT id, name, CASE WHEN name = %(whole)s THEN 0 WHEN starts_with(name, %(whole)s) THEN 1 ELSE 2 END AS rank
        FROM bench.name WHERE bench.bigrams(name) @> %(grams)s AND strpos(name, %(whole)s) > 0)
    SELECT (SELECT count(DISTINCT id) FROM found) AS total,
           ARRAY(SELECT id FROM found ORDER BY rank, length(name), name LIMIT 20) AS best
"""


@dataclass(slots=True)
class Round:
    """The times of one round of questions in milliseconds, and the totals that were answered."""

    times: list[float]
    totals: list[int]

    @property
    def p95(self) -> float:
        """The 95th of a hundred times."""
        return statistics.quantiles(self.times, n=20)[-1]


def run(words: Mapping[str, str]) -> int:
    """Print B1 for each size, B2, B3 and the share of misspelt names found; `--names N` asks for one size alone."""
    sizes = (int(words["--names"]),) if "--names" in words else SIZES
    rounds = int(words.get("--rounds", 3))
    p95: dict[int, float] = {}
    for size in sizes:
        with bench_home() as database:
            prepare_database(database)
            p95[size] = _try(database, size, rounds=rounds)
    if len(p95) > 1:
        small, large = sorted(p95)
        growth = math.log(p95[large] / p95[small]) / math.log(large / small)
        say(Limit("search", "B2 growth exponent of that p95", growth, "exponent", 0.6, 0.3, {"p95": p95}).line())
    return 0


def _try(database: Database, size: int, *, rounds: int) -> float:
    names = _load(database, size)
    chance = random.Random(SEED)  # noqa: S311 - reproducible questions
    with database.connect("owner") as owner:
        note("building the reference index")
        owner.execute("CREATE SCHEMA bench")
        owner.execute(_REFERENCE)
        owner.execute("GRANT USAGE ON SCHEMA bench TO limu_web; GRANT SELECT ON bench.name TO limu_web")
    with database.connect("owner", autocommit=True) as owner:
        owner.execute("VACUUM ANALYZE limu.search_name, limu.search_gram, limu.subject, bench.name")
    with database.connect("web", autocommit=True) as connection:
        middle = _two_characters(connection, names, chance, size=size, rounds=rounds)
        _look_ups(connection, chance, size=size)
        _slips(connection, names, chance, size=size)
    return middle


def _load(database: Database, size: int) -> list[str]:
    """Load the city's register by the product's own path; returns the normalised names that can be searched."""
    note(f"loading {size} names")
    file = database.home.folder("bench") / "register.csv"
    write_register(file, subjects=size)
    with database.connect("app") as connection:
        loaded = load_register(connection, file, source="bench", told=lambda count: note(f"{count} rows"))
        assert isinstance(loaded, Loaded)
        connection.commit()
        rows = connection.execute("SELECT name_normal FROM limu.search_name WHERE is_current").fetchall()
    say(
        {
            "job": "search",
            "figure": "register loaded, search included",
            "rows": loaded.received,
            "seconds": loaded.seconds,
            "rows_a_second": round(loaded.received / loaded.seconds),
            "peak_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        }
    )
    return [row["name_normal"] for row in rows]


def _two_characters(
    connection: Connection, names: list[str], chance: random.Random, *, size: int, rounds: int
) -> float:
    asked = [_fragment(chance.choice(names), chance) for _ in range(QUESTIONS)]
    figure = Figure(
        "search", f"B1 two characters, first 20 with total, {size} names", "pg_bigram_ranked p95", 0.25, 0.025,
        less_is_better=True, unit="milliseconds",
    )  # fmt: skip
    middles: list[float] = []
    _ask(lambda text: queries.search(connection, text).total, asked[:20])
    for _ in range(rounds):
        ours = _ask(lambda text: queries.search(connection, text).total, asked)
        theirs = _ask(lambda text: _reference(connection, text), asked)
        figure.project_values.append(ours.p95)
        figure.reference_values.append(theirs.p95)
        figure.project_count, figure.reference_count = sum(ours.totals), sum(theirs.totals)
        middles += [statistics.median(ours.times), statistics.median(theirs.times)]
    differing = sum(one != other for one, other in zip(ours.totals, theirs.totals, strict=True))
    figure.notes |= {"questions": len(asked), "totals_differing": differing, "p50": [round(one, 3) for one in middles]}
    say(figure.line())
    return statistics.median(figure.project_values)


def _fragment(name: str, chance: random.Random) -> str:
    place = chance.randrange(len(name) - 1)
    return name[place : place + 2]


def _ask(answer: Callable[[str], int], asked: list[str]) -> Round:
    done = Round([], [])
    for text in asked:
        started = time.perf_counter()
        done.totals.append(answer(text))
        done.times.append((time.perf_counter() - started) * 1000)
    return done


def _reference(connection: Connection, text: str) -> int:
    row: Any = connection.execute(_RANKED, {"whole": text, "grams": [text]}).fetchone()
    return int(row["total"])


def _look_ups(connection: Connection, chance: random.Random, *, size: int) -> None:
    # A hundredth of the pages of a small table may be none of them.
    share = 1 if size >= SIZES[0] else 100
    rows = connection.execute("SELECT code FROM bench.name TABLESAMPLE SYSTEM (%s) LIMIT 500", [share]).fetchall()
    codes = [row["code"] for row in rows]
    misses = ["".join(chance.choices("龘靐齉爩", k=4)) for _ in range(100)]
    found = _ask(lambda text: queries.search(connection, text).total, codes)
    missed = _ask(lambda text: queries.search(connection, text).total, misses)
    notes = {"p50": round(statistics.median(found.times), 3), "found": sum(found.totals), "asked": len(codes)}
    say(Limit("search", f"B3 code p95, {size} names", found.p95, "milliseconds", 2.0, 0.5, notes).line())
    say(
        Limit(
            "search", f"B3 miss p95, {size} names", missed.p95, "milliseconds", 2.0, 0.5, {"hits": sum(missed.totals)}
        ).line()
    )


def _slips(connection: Connection, names: list[str], chance: random.Random, *, size: int) -> None:
    """Ask for whole names with one slip each: wrong, dropped, added, swapped; count those among the first ten."""
    letters = sorted({letter for name in names[:50_000] for letter in name})
    long = [name for name in names if len(name) > 6]
    times: list[float] = []
    found = ambiguous = 0
    for number in range(SLIPS):
        name = chance.choice(long)
        wrong = _slip(name, number % 4, chance=chance, letters=letters)
        started = time.perf_counter()
        hits = queries.search(connection, wrong, limit=10).hits
        times.append((time.perf_counter() - started) * 1000)
        shown = [normalise_name(hit.name) for hit in hits]
        found += name in shown
        # Ten other registered names are one slip away as well: no order could know which was meant.
        ambiguous += name not in shown and sum(OSA.distance(wrong, other) <= 1 for other in shown) >= len(shown) > 9
    share = found / SLIPS
    say({
        "job": "search", "figure": f"one slip in a whole name, among the first ten, {size} names",
        "share": share,
        "ambiguous": ambiguous,
        "asked": SLIPS,
        "p50": round(statistics.median(times), 2), "p95": round(Round(times, []).p95, 2),
        "bar": 0.95, "moonshot": 0.99,
        "reached": "moonshot" if share >= 0.99 else "bar" if share >= 0.95 else "below the bar",
    })  # fmt: skip


def _slip(name: str, kind: int, *, chance: random.Random, letters: list[str]) -> str:
    at = chance.randrange(len(name) - 1)
    if kind == 0:
        return name[:at] + chance.choice(letters) + name[at + 1 :]
    if kind == 1:
        return name[:at] + name[at + 1 :]
    if kind == 2:
        return name[:at] + chance.choice(letters) + name[at:]
    return name[:at] + name[at + 1] + name[at] + name[at + 2 :]
