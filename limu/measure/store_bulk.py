"""Grounds as one table and the law as another: everyone decided at once without a loop over subjects."""

import io
from collections.abc import Iterable
from datetime import date
from typing import Any, Final

import polars as pl
from psycopg import Connection

from limu.law.period import day_after
from limu.law.term import region_matches
from limu.measure.rules import Law

_GROUNDS: Final = """
    COPY (SELECT s.uscc, g.ground, g.ground_kind, g.region, g.from_on, nullif(g.until_on, 'infinity') AS until_on
          FROM shown.measure_ground g JOIN limu.subject s ON s.id = g.subject
          WHERE g.from_on <= '{on}' AND '{on}' < g.until_on AND s.uscc IS NOT NULL {which})
    TO STDOUT (FORMAT csv)"""
_FACTS: Final = {
    "uscc": pl.String, "ground": pl.String, "ground_kind": pl.String, "region": pl.String, "from_on": pl.Date,
    "until_on": pl.Date,
}  # fmt: skip
_FAR: Final = date.max


def grounds_on(connection: Connection[Any], *, on: date, kinds: Iterable[str]) -> pl.DataFrame:
    """Every ground that runs on a day: uscc, ground, ground_kind, region, from_on, until_on (null: none set).

    Only grounds of these kinds; the words are codes of our own law texts."""
    names = [f"'{one.replace(chr(39), chr(39) * 2)}'" for one in kinds]
    which = f"AND g.ground_kind IN ({', '.join(names) or 'NULL'})"
    target = io.BytesIO()
    with connection.cursor().copy(_GROUNDS.format(on=on, which=which).encode()) as copy:
        for part in copy:
            target.write(part)
    if not target.tell():
        return pl.DataFrame(schema=_FACTS)
    target.seek(0)
    return pl.read_csv(target, has_header=False, schema=_FACTS)


def rules_on(law: Law, *, act: str, on: date) -> pl.DataFrame:
    """The law of a day as a table, one row a consequence, each with the kind of ground it follows from."""
    rows = [
        (ground, one.measure, one.basis, one.by, one.region, one.from_on, one.until_on, one.term)
        for ground, follows in law.items()
        for one in follows
        if (not act or act in one.acts) and one.from_on <= on < one.until_on
    ]
    names = ("ground_kind", "measure", "basis", "by", "territory", "rule_from", "rule_until", "term")
    kinds: dict[str, Any] = dict.fromkeys(names, pl.String) | {"rule_from": pl.Date, "rule_until": pl.Date}
    return pl.DataFrame(rows, schema=kinds, orient="row")


def decide_frame(facts: pl.DataFrame, rules: pl.DataFrame, *, on: date) -> pl.DataFrame:
    """Decide for all facts: the same answer as `limu.measure.rules.decide`, row by row (tests/measure)."""
    joined = facts.join(rules, on="ground_kind", how="inner")
    local = joined.select("region", "territory").unique().rows()
    within = [(place, whole) for place, whole in local if region_matches(whole, place)]
    if len(within) < len(local):
        joined = joined.join(pl.DataFrame(within, schema=["region", "territory"], orient="row"),
                             on=["region", "territory"])  # fmt: skip
    return (
        joined.join(_term_ends(joined), on=["from_on", "term"], how="left")
        .with_columns(until=pl.min_horizontal("until_on", "rule_until", "term_end").fill_null(_FAR))
        .filter(pl.col("until") > on)
        .select(
            "uscc", "measure", "basis", "ground", pl.max_horizontal("from_on", "rule_from").alias("from"),
            pl.when(pl.col("until") < _FAR).then("until").alias("until"), "by",
        )
    )  # fmt: skip


def _term_ends(joined: pl.DataFrame) -> pl.DataFrame:
    """The day each term ends, by the one rule of days (law.period): there are few days and few terms."""
    pairs = joined.filter(pl.col("term") != "").select("from_on", "term").unique().rows()
    rows = [(start, term, day_after(start, term)) for start, term in pairs]
    kinds = {"from_on": pl.Date, "term": pl.String, "term_end": pl.Date}
    return pl.DataFrame(rows, schema=kinds, orient="row")
