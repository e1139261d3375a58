"""A chunk of linked rows made ready for the ledger: which of them enter, and what is written of each. Pure."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import polars as pl

from limu.ledger.rules import Chunk, KnownRow, written_around
from limu.seal.leaf import commit_many
from limu.terms.columns import through_unique

KNOWN_SCHEMA: Final[dict[str, pl.DataType]] = {
    "subject": pl.String(), "natural_key": pl.Binary(), "id": pl.String(), "version": pl.Int64(),
    "content_hash": pl.Binary(), "ended_as": pl.String(),
}  # fmt: skip
"""What is told of a record that is there already: the newest version under its subject and key."""

_KEY: Final = ["subject", "natural_key"]


@dataclass(frozen=True, slots=True)
class Sorted:
    """The linked rows of a chunk told apart: those that enter, with version and predecessor; those that are known."""

    entering: pl.DataFrame
    known: tuple[KnownRow, ...]


@dataclass(frozen=True, slots=True)
class Moment:
    """When a chunk is written, and under which salts: 32 random bytes a row."""

    now: datetime
    today: date
    salts: bytes


def sort_rows(linked: pl.DataFrame, known: pl.DataFrame, chunk: Chunk) -> Sorted:
    """Tell which rows enter: the first under a key that is new, or that a stated correction changes.

    Every other row is known: with the content that stands there after this chunk, or with other; and where the record
    has ended, nothing brings it back."""
    there = known.select(*_KEY, "ended_as", old_version="version", old="id", old_hash="content_hash")
    rows = linked.join(there, on=_KEY, how="left", maintain_order="left")
    is_new = pl.col("old_version").is_null()
    is_open = pl.col("ended_as").is_null() & pl.lit(chunk.intent == "correction")
    changes = (pl.col("content_hash") != pl.col("old_hash")) & is_open
    entering = rows.filter(is_new | changes).unique(_KEY, keep="first", maintain_order=True)
    entering = entering.with_columns((pl.col("old_version").fill_null(0) + 1).alias("version"))
    if entering.height == rows.height:
        return Sorted(entering, ())
    stands = entering.select(*_KEY, new_hash="content_hash")
    rest = rows.join(entering.select("row_number"), on="row_number", how="anti", maintain_order="left").join(
        stands, on=_KEY, how="left", maintain_order="left"
    )
    is_equal = pl.col("content_hash") == pl.coalesce("new_hash", "old_hash")
    return Sorted(
        entering, tuple(map(_known, rest.select("row_number", is_equal, "old", "subject", "ended_as").iter_rows()))
    )


def _known(row: tuple[Any, ...]) -> KnownRow:
    number, is_equal, record, subject, ended = row
    return KnownRow(number, is_equal, UUID(record) if record else None, UUID(subject), ended)


def as_known(entering: pl.DataFrame) -> pl.DataFrame:
    """What rows that enter will be to the chunks after them."""
    return entering.with_columns(ended_as=None).select(list(KNOWN_SCHEMA)).cast(KNOWN_SCHEMA)  # type: ignore[arg-type]


def newest(*known: pl.DataFrame) -> pl.DataFrame:
    """Of what several tellings say of a key, the newest version."""
    return pl.concat(known).sort("version", descending=True).unique(_KEY, keep="first", maintain_order=True)


def event_frame(entering: pl.DataFrame, chunk: Chunk, moment: Moment) -> pl.DataFrame:
    """The first event of each record that enters: its body as the database keeps it, its commitment, its salt."""
    kinds = pl.when(pl.col("version") > 1).then(pl.lit("record_corrected")).otherwise(pl.lit("record_entered"))
    parts = _parts(entering, chunk.item)
    written = entering.select("id", "subject", kind=kinds, salt_index=pl.int_range(pl.len(), dtype=pl.Int32), **parts)
    told = written.select(
        "id", "subject", "kind", "salt_index",
        # What the log commits to has its keys in the order of RFC 8785; jsonb keeps shorter ones first, and sorts them
        # anew where they come otherwise.
        canonical=_object(sorted(parts)), body=_object(sorted(parts, key=lambda key: (len(key), key))),
    )  # fmt: skip
    bodies = told.select(_canonical(chunk, moment)).to_series().cast(pl.Binary).to_list()
    return told.drop("canonical").with_columns(
        pl.Series("commitment", commit_many(moment.salts, bodies), dtype=pl.Binary)
    )


def _canonical(chunk: Chunk, moment: Moment) -> pl.Expr:
    """The bytes that the log commits to (decision 0005)."""
    around = {
        kind: written_around(chunk, kind=kind, now=moment.now, today=moment.today)
        for kind in ("record_entered", "record_corrected")
    }
    before_record = pl.when(pl.col("kind") == "record_corrected").then(
        pl.lit(around["record_corrected"]["before_record"])
    ).otherwise(pl.lit(around["record_entered"]["before_record"]))  # fmt: skip
    same = around["record_entered"]
    return pl.concat_str(
        pl.lit('{"body":'), "canonical", pl.lit(same["before_id"]), "id", before_record, "id",
        pl.lit(same["before_subject"]), "subject", pl.lit('"}'),
    )  # fmt: skip


def _parts(entering: pl.DataFrame, item: str) -> dict[str, pl.Expr]:
    """What the body of an event says, each value as RFC 8785 writes it."""
    written = {name: through_unique(entering.get_column(name), _quoted, pl.String) for name in ("reason", "rule")}
    return {
        "content_hash": _word(pl.col("content_hash").bin.encode("hex")), "decision": _word(pl.col("decision")),
        "earliest_repair_on": _day("earliest_repair_on"), "item": pl.lit(_quoted(item)),
        "link_basis": _word(pl.col("basis")), "reason": pl.lit(written["reason"]),
        "rule": pl.lit(written["rule"]).fill_null("null"), "shown_from": _day("shown_from"),
        "shown_until": _day("shown_until"), "version": pl.col("version").cast(pl.String),
    }  # fmt: skip


def _object(order: list[str]) -> pl.Expr:
    """An object of these columns with nothing between."""
    written = [part for key in order for part in (pl.lit(f',"{key}":'), pl.col(key))]
    return pl.concat_str(pl.lit("{" + f'"{order[0]}":'), *written[1:], pl.lit("}"))


def _word(text: pl.Expr) -> pl.Expr:
    return pl.concat_str(pl.lit('"'), text, pl.lit('"'))


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _day(name: str) -> pl.Expr:
    return pl.concat_str(pl.lit('"'), pl.col(name).cast(pl.String), pl.lit('"')).fill_null("null")
