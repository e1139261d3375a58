"""Rows between file and checks, and between checks and staging: litter out, parties apart, keys and hashes in."""

import hashlib
from collections.abc import Callable, Sequence
from typing import Final

import polars as pl

from limu.intake.rules import SPLIT_STEP
from limu.intake.rules_headers import Plan
from limu.record.item import NUMBER_COLUMNS, Item
from limu.terms.columns import through_unique
from limu.terms.names import normalised_names
from limu.terms.parties import persons_in, split_parties

ROW: Final = "row_number"
SURPLUS: Final = "surplus"
FORMULAS: Final = "formulas"
PERSONS: Final = "persons"
MARKS: Final = (SURPLUS, FORMULAS, PERSONS)
"""Columns about a row that are no cells of it (store_table.py)."""
KEY_BYTES: Final = 16
HIDDEN_NAME: Final = "〔个人姓名已隐去〕"

_COUNTED: Final = "[条行件元万家户笔个项份页张]"
_MAKERS: Final = (
    "制表人?|填表人|填报人|审核人?|复核人?|负责人|经办人|联系人|填报单位|制表单位|报送单位|"
    "填报日期|填表日期|制表日期|打印日期|联系电话|责任编辑"
)
_FOOTER: Final = (
    rf"^\s*(?:(?:合\s*计|总\s*计|小\s*计|共\s*计)\s*[:：]?\s*[\d.,]*\s*{_COUNTED}*$"
    rf"|(?:{_MAKERS}|备?注\s*\d*|(?:填[报表])?说\s*明)\s*[:：]"
    rf"|[（(](?:责任编辑|以下空白)|以下空白|以?上?共\s*\d+\s*{_COUNTED}|第\s*\d+\s*页)"
)
_LITTER: Final = r"\s*[（(]责任编辑[:：][^（）()]*[)）]\s*$"
_SEVERAL: Final = r"[、；;，,|\n]|及|和|与|原|现|曾|更名|等|相关|责任人|人员|负责人|当事人"
_NUMBER_KINDS: Final = {
    "party_registration_number": "registration",
    "party_organisation_code": "organisation",
    "party_tax_number": "tax",
    "party_institution_number": "institution",
    "party_social_number": "social",
}
ENTRY: Final = (
    ROW, "party_name", "party_uscc", "region", "address", "registrar", "document_number", "authority", "authority_uscc",
    "decided_on", "published_on", "conduct_ended_on", "valid_from", "valid_until", "severity", "kinds", "fine_fen",
    "content", "closed",
)  # fmt: skip
"""Columns of staging.entry that the checks yield as they are."""


def without_litter(frame: pl.DataFrame) -> pl.DataFrame:
    """Drop empty rows and what stands below a table: sums, who made it, page marks. They are no rows of the table."""
    texts = [name for name in frame.columns if name not in (ROW, *MARKS)]
    filled = [pl.when(pl.col(name).str.strip_chars().str.len_bytes() > 0).then(pl.col(name)) for name in texts]
    if not filled:
        return frame.clear()
    # Most rows are told by their first cell: only where that is empty the others are looked at.
    lead = frame.select(filled[0].alias("lead")).to_series()
    places = lead.is_null().arg_true()
    if len(places):
        lead = lead.scatter(places, frame[places].select(pl.coalesce(filled)).to_series())
    is_row = (lead.is_not_null() & ~lead.str.contains(_FOOTER)).fill_null(value=False)
    return frame if is_row.all() else frame.filter(is_row)


def as_fields(frame: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    """Name the columns after the fields they feed; constants and translated words in, page litter out of the cells."""
    names = {f"c{place}" for place in plan.columns.values()}
    littered = frame.select(pl.col(name).str.contains("责任编辑", literal=True).any() for name in names)
    columns = []
    for code, place in plan.columns.items():
        text = pl.col(f"c{place}")
        clean = text.str.replace(_LITTER, "") if frame.height and littered.item(0, f"c{place}") else text
        columns.append(_translated(clean, plan.values.get(code)).alias(code))
    constants = [pl.lit(value, dtype=pl.String).alias(code) for code, value in plan.constants.items()]
    marks = [pl.col(name) for name in MARKS if name in frame.columns]
    return frame.select(ROW, *columns, *constants, *marks)


def _translated(text: pl.Expr, words: dict[str, str] | None) -> pl.Expr:
    return text.str.strip_chars().replace(words) if words else text


def split_cells(frame: pl.DataFrame, item: Item) -> pl.DataFrame:
    """Give every party of a cell a row of its own, persons left out; the numbers of such a row are nobody's for sure.

    The second party is entered under the row's number plus SPLIT_STEP, the third under twice that."""
    party = item.field_for("party_name")
    if party is None or party.code not in frame.columns:
        return frame
    suspects = frame.get_column(party.code).unique().drop_nulls()
    suspects = suspects.filter(suspects.str.contains(_SEVERAL))
    names = {text: found for text in suspects if (found := _names_in(text)) != [text]}
    frame = _without_persons(frame, item, party=party.code, persons={text: persons_in(text) for text in names})
    if not names:
        return frame
    table = pl.DataFrame(
        {party.code: list(names), "names": list(names.values())}, schema_overrides={"names": pl.List(pl.String)}
    )
    spread = (
        frame.join(table, on=party.code, how="left", maintain_order="left")
        .with_columns(pl.col("names").fill_null(pl.concat_list(party.code)))
        .with_columns(several=pl.col("names").list.len() > 1, part=pl.int_ranges(pl.col("names").list.len()))
        .explode("names", "part")
    )
    numbers = [one.code for one in item.fields if one.column in NUMBER_COLUMNS and one.code in frame.columns]
    return spread.with_columns(
        pl.col(ROW) + pl.col("part").cast(pl.Int64) * SPLIT_STEP,
        pl.col("names").alias(party.code),
        *(pl.when(~pl.col("several")).then(pl.col(code)).alias(code) for code in numbers),
    ).select(frame.columns)


def _without_persons(
    frame: pl.DataFrame, item: Item, *, party: str, persons: dict[str, tuple[str, ...]]
) -> pl.DataFrame:
    """Take the names of persons that stand among the parties of a row out of its other texts; the row is marked."""
    named = {text: found for text, found in persons.items() if found}
    if not named:
        return frame
    is_named = frame.get_column(party).is_in(list(named)).fill_null(value=False)
    places = is_named.arg_true()
    cells = [named[text] for text in frame.get_column(party).gather(places)]
    codes = [one.code for one in item.fields if one.kind == "text" and one.code in frame.columns]
    return frame.with_columns(
        *(_hidden(frame.get_column(code), places, cells) for code in codes), is_named.alias(PERSONS)
    )


def _hidden(column: pl.Series, places: pl.Series, names: Sequence[tuple[str, ...]]) -> pl.Series:
    def hide(text: str | None, persons: tuple[str, ...]) -> str | None:
        for person in persons:
            text = text.replace(person, HIDDEN_NAME) if text else text
        return text

    told = [hide(text, persons) for text, persons in zip(column.gather(places), names, strict=True)]
    return column.clone().scatter(places, pl.Series(told, dtype=pl.String))


def _names_in(text: str) -> list[str]:
    found = split_parties(text)
    return [party.name for party in found.organisations] or [text]


def entry_frame(judged: pl.DataFrame, ids: Sequence[str], *, place: Callable[[str], str | None]) -> pl.DataFrame:
    """Rows as staging.entry wants them, decisions excepted (see ledger/sql/0003_staging.sql).

    `place` turns a region as written (福建省) into its code, by which linking compares."""
    rows = judged.select(
        *ENTRY, "natural_key", normalised_names(pl.col("party_name")).alias("party_normal"), _numbers(judged)
    )
    rows = rows.with_columns(through_unique(rows.get_column("region"), place, pl.String))
    hashes = [hashlib.sha256(text).digest()[:KEY_BYTES] for text in _joined(rows, "content", "closed")]
    stated = rows.get_column("natural_key").cast(pl.Binary).to_list()
    # Nothing but the authority told them apart: then only a row with the same content is the same row.
    keys = [
        own if key is None else hashlib.sha256(key).digest()[:KEY_BYTES]
        for key, own in zip(stated, hashes, strict=True)
    ]
    return rows.with_columns(
        pl.Series("natural_key", keys, dtype=pl.Binary),
        pl.Series("content_hash", hashes, dtype=pl.Binary),
        pl.Series("id", ids, dtype=pl.String),
    )


def _joined(rows: pl.DataFrame, *names: str) -> Sequence[bytes]:
    parts = [pl.col(name).fill_null("") for name in names]
    return rows.select(pl.concat_str(parts, separator="\x1f").cast(pl.Binary)).to_series().to_list()


def _numbers(judged: pl.DataFrame) -> pl.Expr:
    """Older numbers as `kind:number`, the way linking reads them."""
    stated = [name for name in _NUMBER_KINDS if judged.get_column(name).null_count() < judged.height]
    if not stated:
        return pl.lit(None, dtype=pl.List(pl.String)).alias("party_numbers")
    parts = [pl.lit(f"{_NUMBER_KINDS[name]}:") + pl.col(name) for name in stated]
    every = pl.concat_list(parts).list.drop_nulls()
    return pl.when(every.list.len() > 0).then(every).alias("party_numbers")
