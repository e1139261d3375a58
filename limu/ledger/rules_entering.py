"""A chunk of linked rows made ready for the ledger: which of them enter, and what is written of each. Pure."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import polars as pl

from limu.ledger.rules import Chunk, KnownRow, written_around
from limu.seal.leaf import commit_many
from limu.terms.columns import through_unique, told_together

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
    # But for its content the same is said of many records: that is written once for all of them.
    same, which = told_together(entering, _SAID)
    parts = _parts(same, chunk.item)
    texts = same.select(
        _kind().alias("kind"),
        # What the log commits to has its keys in the order of RFC 8785; jsonb keeps shorter ones first, and sorts them
        # anew where they come otherwise.
        **_around_content(sorted((*parts, _CONTENT)), parts, name="canonical"),
        **_around_content(sorted((*parts, _CONTENT), key=lambda key: (len(key), key)), parts, name="body"),
        before_record=_by_kind(chunk, moment),
    )[which]
    content = entering.get_column(_CONTENT).bin.encode("hex").alias("content")
    told = pl.DataFrame([entering.get_column("id"), entering.get_column("subject"), content]).hstack(texts).select(
        "id", "subject", "kind", _canonical(chunk, moment),
        body=pl.concat_str("body_before", "content", "body_after"), salt_index=pl.int_range(pl.len(), dtype=pl.Int32),
    )  # fmt: skip
    bodies = told.get_column("canonical").cast(pl.Binary).to_list()
    return told.drop("canonical").with_columns(
        pl.Series("commitment", commit_many(moment.salts, bodies), dtype=pl.Binary)
    )


_SAID: Final = (
    "decision", "reason", "rule", "shown_from", "shown_until", "earliest_repair_on", "basis", "version",
)  # fmt: skip
_CONTENT: Final = "content_hash"


def _kind() -> pl.Expr:
    return pl.when(pl.col("version") > 1).then(pl.lit("record_corrected")).otherwise(pl.lit("record_entered"))


def _by_kind(chunk: Chunk, moment: Moment) -> pl.Expr:
    """What stands before the record's identifier: the kind of the event among other things."""
    first, other = (
        written_around(chunk, kind=kind, now=moment.now, today=moment.today)["before_record"]
        for kind in ("record_entered", "record_corrected")
    )
    return pl.when(pl.col("version") > 1).then(pl.lit(other)).otherwise(pl.lit(first))


def _canonical(chunk: Chunk, moment: Moment) -> pl.Expr:
    """The text that the log commits to (decision 0005)."""
    same = written_around(chunk, kind="record_entered", now=moment.now, today=moment.today)
    return pl.concat_str(
        pl.lit('{"body":'), "canonical_before", "content", "canonical_after", pl.lit(same["before_id"]), "id",
        "before_record", "id", pl.lit(same["before_subject"]), "subject", pl.lit('"}'),
    ).alias("canonical")  # fmt: skip


def _parts(said: pl.DataFrame, item: str) -> dict[str, pl.Expr]:
    """What the body of an event says, its content's hash excepted, each value as RFC 8785 writes it."""
    written = {name: through_unique(said.get_column(name), _quoted, pl.String) for name in ("reason", "rule")}
    return {
        "decision": _word(pl.col("decision")), "earliest_repair_on": _day("earliest_repair_on"),
        "item": pl.lit(_quoted(item)), "link_basis": _word(pl.col("basis")), "reason": pl.lit(written["reason"]),
        "rule": pl.lit(written["rule"]).fill_null("null"), "shown_from": _day("shown_from"),
        "shown_until": _day("shown_until"), "version": pl.col("version").cast(pl.String),
    }  # fmt: skip


def _around_content(order: list[str], parts: dict[str, pl.Expr], *, name: str) -> dict[str, pl.Expr]:
    """An object with these keys and nothing between, as what stands before its content's hash and what behind it."""
    place = order.index(_CONTENT)
    before = [part for key in order[:place] for part in (pl.lit(f'"{key}":'), parts[key], pl.lit(","))]
    behind = [part for key in order[place + 1 :] for part in (pl.lit(f',"{key}":'), parts[key])]
    return {
        f"{name}_before": pl.concat_str(pl.lit("{"), *before, pl.lit(f'"{_CONTENT}":"')),
        f"{name}_after": pl.concat_str(pl.lit('"'), *behind, pl.lit("}")),
    }


def _word(text: pl.Expr) -> pl.Expr:
    return pl.concat_str(pl.lit('"'), text, pl.lit('"'))


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _day(name: str) -> pl.Expr:
    return pl.concat_str(pl.lit('"'), pl.col(name).cast(pl.String), pl.lit('"')).fill_null("null")
