"""Keeping the search tables true: set-wise, in the transaction that changes the register."""

from collections.abc import Sequence
from typing import Any

import polars as pl
from psycopg import Connection
from psycopg.rows import tuple_row

from limu.subject.rules_grams import CHUNK, KEPT, fold, gram_lines, index_grams, initials_pairs_of, pair, read_gram
from limu.subject.store_copy import copy_frame
from limu.terms.pinyin import pinyin_series

NAME_SCHEMA = {"subject": pl.String, "name_normal": pl.String, "is_current": pl.Boolean}
LINE_SCHEMA = {"gram": pl.Int64, "total": pl.Int64, "best": pl.List(pl.String)}
# Lines of best subjects held back before they are merged into the table; bounds memory while a register loads.
FLUSH_AT = 1_000_000
# With more changed subjects than this, counting everything anew is cheaper than gram by gram.
REBUILD_AT = 20_000
STREAMED = 50_000
_MERGE = """
    WITH known AS (
        UPDATE limu.search_gram g SET total = g.total + c.total,
            best = CASE WHEN c.best = '{}' THEN g.best ELSE limu.merge_best(g.best, c.best) END
        FROM gram_change c WHERE c.gram = g.gram RETURNING g.gram)
    INSERT INTO limu.search_gram (gram, total, best)
    SELECT c.gram, c.total, c.best FROM gram_change c
    WHERE c.total > 0 AND NOT EXISTS (SELECT FROM known k WHERE k.gram = c.gram)
"""
_MERGE_ADDED = """
    INSERT INTO limu.search_gram AS g (gram, total, best)
    SELECT gram, total, best FROM gram_change ORDER BY gram
    ON CONFLICT (gram) DO UPDATE SET total = g.total + excluded.total, best = limu.merge_best(g.best, excluded.best)
"""
_SHORTEN = """
    UPDATE limu.search_gram SET best = ARRAY(
        SELECT e FROM unnest(best) AS e WHERE substr(e, 5) <> ALL(%(subjects)s) ORDER BY e COLLATE "C")
    WHERE gram = ANY(%(grams)s) AND EXISTS (SELECT FROM unnest(best) AS e WHERE substr(e, 5) = ANY(%(subjects)s))
    RETURNING gram
"""
_RANK = """
    UPDATE limu.search_gram SET best = ARRAY(
        SELECT line FROM (
            SELECT to_char(min(
                       CASE WHEN n.{text} = %(whole)s THEN CASE WHEN n.is_current THEN 0 ELSE 1 END
                            WHEN NOT n.is_current THEN 4 WHEN starts_with(n.{text}, %(whole)s) THEN 2 ELSE 3 END * 100
                       + least(length(n.name_normal), 99)), 'FM0000') || n.subject AS line
            FROM limu.search_name n WHERE n.grams @> %(grams)s::int[] AND strpos(n.{text}, %(whole)s) > 0
            GROUP BY n.subject) AS ranked
        ORDER BY line COLLATE "C" LIMIT 20)
    WHERE gram = %(gram)s AND total > cardinality(best)
"""


class NameIndex:
    """Names that join or leave the search, gathered over the chunks of one transaction and written at its end."""

    def __init__(self, connection: Connection[Any]) -> None:
        """Prepare the place where changes of grams wait for their merge."""
        self._connection = connection
        self._totals: list[pl.DataFrame] = []
        self._best: list[pl.DataFrame] = []
        self._held = 0
        connection.execute(
            "CREATE TEMPORARY TABLE IF NOT EXISTS gram_change (gram bigint, total bigint, best text[]) ON COMMIT DROP"
        )

    def add(self, names: pl.DataFrame) -> None:
        """Index the names of subjects new to the search. Columns: NAME_SCHEMA, and where known initials, pinyin."""
        if names.height:
            self._hold(_insert_names(self._connection, names))

    def _hold(self, spelt: pl.DataFrame) -> None:
        totals, best = _lines(spelt)
        self._totals.append(totals)
        self._best.append(best)
        self._held += best.height
        if self._held > FLUSH_AT:
            self.flush()

    def replace(self, subjects: Sequence[str], names: pl.DataFrame) -> None:
        """Index subjects anew whose names changed; grams that lose one of their best are ranked again."""
        if not subjects:
            return
        self.flush()
        before = _taken_out(self._connection, subjects)
        after = _insert_names(self._connection, names)
        if len(subjects) > REBUILD_AT:
            self._rebuild()
            return
        gone, _ = _lines(before)
        come, best = _lines(after)
        shortened = _shorten(self._connection, gone["gram"].to_list(), list(subjects))
        changes = pl.concat((gone.with_columns(-pl.col("total")), come)).group_by("gram").agg(pl.col("total").sum())
        _merge(self._connection, _MERGE, totals=changes, best=best)
        for gram in shortened:
            _rank_again(self._connection, gram)

    def _rebuild(self) -> None:
        self._connection.execute("DELETE FROM limu.search_gram")
        with self._connection.cursor("search_names", row_factory=tuple_row) as cursor:
            cursor.execute(
                "SELECT subject::text, name_normal, is_current, initials FROM limu.search_name ORDER BY subject"
            )
            held: list[Any] = []
            while rows := cursor.fetchmany(STREAMED):
                # A subject's names must meet in one chunk to be counted once, so its last subject waits for the next.
                held += rows
                self._hold(_named([row for row in held if row[0] != held[-1][0]]))
                held = [row for row in held if row[0] == held[-1][0]]
            self._hold(_named(held))
        self.flush()

    def flush(self) -> None:
        """Merge what is held into the table of grams."""
        if self._totals:
            totals = pl.concat(self._totals).group_by("gram").agg(pl.col("total").sum())
            _merge(self._connection, _MERGE_ADDED, totals=totals, best=pl.concat(self._best))
        self._totals, self._best, self._held = [], [], 0


def _insert_names(connection: Connection[Any], names: pl.DataFrame) -> pl.DataFrame:
    ready = names
    if "pinyin" not in names.columns:
        spelt = pinyin_series(names["name_normal"])
        ready = names.with_columns(initials=spelt["initials"].fill_null(""), pinyin=spelt["full"].fill_null(""))
    if ready.height:
        grams = index_grams(ready["name_normal"], ready["initials"])
        copy_frame(connection, "limu.search_name", ready.with_columns(grams=grams))
    return ready


def _lines(names: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """How many subjects have each gram, and the best of each as lines of rank and subject."""
    if not names.height:
        return pl.DataFrame(schema={"gram": pl.Int64, "total": pl.Int64}), pl.DataFrame(
            schema={"gram": pl.Int64, "line": pl.String}
        )
    owned = names.with_columns(owner=pl.col("subject").rank("dense").cast(pl.Int64) - 1)
    who = owned.select("owner", "subject").unique()
    assert who.height < CHUNK
    lines = gram_lines(owned)
    text = pl.col("rank").cast(pl.String).str.zfill(4) + pl.col("subject")
    return lines.totals, lines.best.join(who, on="owner").select("gram", line=text)


def _taken_out(connection: Connection[Any], subjects: Sequence[str]) -> pl.DataFrame:
    with connection.cursor(row_factory=tuple_row) as cursor:
        rows = cursor.execute(
            "DELETE FROM limu.search_name WHERE subject = ANY(%s::uuid[])"
            " RETURNING subject::text, name_normal, is_current, initials",
            (list(subjects),),
        ).fetchall()
    return _named(rows)


def _named(rows: list[Any]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=NAME_SCHEMA | {"initials": pl.String}, orient="row")


def _merge(connection: Connection[Any], statement: str, *, totals: pl.DataFrame, best: pl.DataFrame) -> None:
    if not totals.height:
        return
    kept = best.sort("gram", "line").group_by("gram", maintain_order=True).agg(pl.col("line").head(KEPT).alias("best"))
    changes = totals.join(kept, on="gram", how="left").select("gram", "total", pl.col("best").fill_null([]))
    copy_frame(connection, "gram_change", changes)
    connection.execute("ANALYZE gram_change")
    connection.execute(statement)
    connection.execute("TRUNCATE gram_change")


def _shorten(connection: Connection[Any], grams: list[int], subjects: list[str]) -> list[int]:
    with connection.cursor(row_factory=tuple_row) as cursor:
        return [row[0] for row in cursor.execute(_SHORTEN, {"grams": grams, "subjects": subjects}).fetchall()]


def _rank_again(connection: Connection[Any], gram: int) -> None:
    """Rank a gram over all names that have it; only where more subjects have it than are kept now."""
    text, is_initials = read_gram(gram)
    inside = initials_pairs_of(text) if is_initials else (pair(text),) if len(text) > 1 else ()
    statement = _RANK.replace("{text}", "initials" if is_initials else "name_normal")
    connection.execute(
        statement,
        {"gram": gram, "whole": text, "grams": [fold(one) for one in inside]},
    )
