"""Loading the register of organisations, and confirming numbers that fail the check."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
from psycopg import Connection, Rollback

from limu.department.rules import Officer, Refusal, authorise
from limu.subject import store_file, store_register
from limu.subject.rules_problems import FLAGS, REFUSALS, WARNINGS, Problem
from limu.subject.rules_region import RegionFinder
from limu.subject.rules_register import choose_headers, prepare_rows, split_former
from limu.subject.store_grams import NAME_SCHEMA, NameIndex
from limu.terms.names import looks_like_person, normalise_name
from limu.terms.pinyin import pinyin_series
from limu.terms.uscc import clean_uscc
from limu.wire.tables import read_table

LISTED = 200
Told = Callable[[int], None]


@dataclass(slots=True)
class Loaded:
    """The account of a load: received = added + updated + unchanged + refused; flagged and warned rows are kept."""

    received: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0
    flagged: int = 0
    warned: int = 0
    seconds: float = 0.0
    problems: list[Problem] = field(default_factory=list)


@cache
def region_finder() -> RegionFinder:
    """Read the finder of regions from the packaged tables, once."""
    known = [row["code"] for name in ("regions_history", "regions_extra") for row in read_table(name)]
    return RegionFinder.from_rows(((row["code"], row["name"]) for row in read_table("regions")), known)


def load_register(
    connection: Connection[Any],
    path: Path,
    *,
    source: str,
    mapping: dict[str, str] | None = None,
    told: Told = lambda _: None,
) -> Loaded | Refusal:
    """Load or update the register from a file, in the caller's transaction: all of it, or nothing.

    Held at a crash: nothing. The search changes in the same transaction, so it never knows more than the register."""
    started = time.perf_counter()
    store_register.take_turn(connection)
    with connection.transaction() as whole:
        loaded = _load_file(connection, path, source=source, mapping=mapping, told=told)
        if isinstance(loaded, Refusal):
            # Chunks written before the fault was met go back with it, whatever the caller does next.
            raise Rollback(whole)
    if isinstance(loaded, Loaded):
        loaded.seconds = round(time.perf_counter() - started, 3)
    return loaded


def _load_file(
    connection: Connection[Any], path: Path, *, source: str, mapping: dict[str, str] | None, told: Told
) -> Loaded | Refusal:
    account = Loaded()
    was_empty = store_register.begin_load(connection)
    index = NameIndex(connection)
    try:
        for headers, place, rows in store_file.read_chunks(path, stated=frozenset(mapping or ())):
            fields = choose_headers(headers, mapping)
            if "name" not in fields:
                return _nameless(headers)
            frame = store_file.frame_of(headers, rows, fields=fields, first=account.received + place + 1)
            _load_chunk(connection, frame, source=source, account=account, index=index)
            told(account.received)
    except store_file.UnreadableError as cause:
        return Refusal("R-102", f"文件无法读取（{cause}）。", "请确认是 CSV 或 Excel 文件，且第一行是表头。")
    index.flush()
    store_register.end_load(connection, was_empty=was_empty, is_changed=bool(account.added or account.updated))
    return account


def _nameless(headers: list[str]) -> Refusal:
    found = "、".join(headers[:12])
    return Refusal("R-101", f"文件里没有名称一栏（现有：{found}）。", "请核对表头，或用 --mapping 指定。")


def load_frame(connection: Connection[Any], frame: pl.DataFrame, *, source: str) -> Loaded:
    """Load rows that are a frame already (columns: the fields of HEADERS, all text); the same path as a file's."""
    account = Loaded()
    store_register.take_turn(connection)
    was_empty = store_register.begin_load(connection)
    index = NameIndex(connection)
    for part in frame.iter_slices(store_file.CHUNK):
        first = account.received + 2
        _load_chunk(
            connection,
            part.with_columns(row=pl.Series(range(first, first + part.height), dtype=pl.Int64)),
            source=source,
            account=account,
            index=index,
        )
    index.flush()
    store_register.end_load(connection, was_empty=was_empty, is_changed=bool(account.added or account.updated))
    return account


def _load_chunk(
    connection: Connection[Any], frame: pl.DataFrame, *, source: str, account: Loaded, index: NameIndex
) -> None:
    ready = prepare_rows(frame, region_finder())
    kept = _without_repeats(ready.filter(pl.col("refusal").is_null()))
    kept = _with_formers(kept).with_columns(
        subject=pl.Series(store_register.new_identifiers(connection, kept.height), dtype=pl.String),
        name_sort=pl.col("pinyin"),
    )
    written = store_register.write_chunk(connection, kept, source=source)
    index.add(_new_names(kept, written.known_rows))
    names = store_register.searchable_names(connection, written.renamed) if written.renamed else []
    index.replace(written.renamed, pl.DataFrame(names, schema=NAME_SCHEMA, orient="row"))
    _tell(account, ready)
    account.received += frame.height
    account.added += written.added
    account.updated += written.updated
    account.unchanged = account.received - account.added - account.updated - account.refused


def _without_repeats(rows: pl.DataFrame) -> pl.DataFrame:
    key = pl.coalesce("uscc", pl.col("numbers").list.join(" ") + " " + pl.col("name_normal"))
    return rows.with_columns(key=key).unique("key", keep="last", maintain_order=True).drop("key")


def _with_formers(rows: pl.DataFrame) -> pl.DataFrame:
    """Add the former names of each row, whole and in normal form; names of persons are left out."""
    stated = rows.select("row", "former").filter(pl.col("former").is_not_null())
    found = [[name for name in split_former(text) if not looks_like_person(name)] for text in stated["former"]]
    lists = {
        "row": stated["row"],
        "formers": pl.Series(found, dtype=pl.List(pl.String)),
        "formers_normal": pl.Series(
            [[normalise_name(one) for one in names] for names in found], dtype=pl.List(pl.String)
        ),
    }
    joined = rows.join(pl.DataFrame(lists), on="row", how="left", maintain_order="left")
    return joined.with_columns(pl.col("formers", "formers_normal").fill_null([]))


def _new_names(rows: pl.DataFrame, known: tuple[int, ...]) -> pl.DataFrame:
    """Names that the search takes up: of new subjects that it may show, current and former, as they are read."""
    new = rows.filter(~pl.col("row").is_in(list(known)) & pl.col("is_searchable") & pl.col("uscc").is_not_null())
    current = new.select("subject", "name_normal", "initials", "pinyin", is_current=pl.lit(value=True))
    former = new.filter(pl.col("formers_normal").list.len() > 0).select(
        "subject", pl.col("name_normal").alias("now"), pl.col("formers_normal").alias("name_normal")
    ).explode("name_normal").filter(pl.col("name_normal") != pl.col("now")).unique(maintain_order=True)  # fmt: skip
    spelt = pinyin_series(former["name_normal"])
    formers = former.select(
        "subject", "name_normal", initials=spelt["initials"].fill_null(""), pinyin=spelt["full"].fill_null(""),
        is_current=pl.lit(value=False),
    )  # fmt: skip
    return pl.concat((current, formers))


def _tell(account: Loaded, rows: pl.DataFrame) -> None:
    refused = rows.filter(pl.col("refusal").is_not_null())
    flagged = rows.filter(pl.col("refusal").is_null() & pl.col("flag").is_not_null())
    account.refused += refused.height
    account.flagged += flagged.height
    warned = rows.filter(pl.col("refusal").is_null() & pl.col("warning").is_not_null())
    account.warned += warned.height
    told = ((refused, "refusal", REFUSALS), (flagged, "flag", FLAGS), (warned, "warning", WARNINGS))
    for part, column, words in told:
        for row, code in part.select("row", column).head(max(0, LISTED - len(account.problems))).iter_rows():
            account.problems.append(Problem(row, code, f"第 {row} 行：{words[code]}"))


def confirm_number(connection: Connection[Any], *, number: str, officer: Officer) -> int | Refusal:
    """Confirm that an irregular number is really the one the register holds: two people, one after the other.

    Returns how many people have confirmed it now; with two it may be used for linking (design.md 8)."""
    if refusal := authorise(officer, "confirm_number", officer.department):
        return refusal
    wanted = clean_uscc(number)
    found = store_register.find_numbers(connection, wanted)
    if not found:
        return Refusal("R-103", f"登记库中没有号码 {wanted} 的待确认记录。", "请核对号码。")
    if found[0]["second"] is not None:
        return Refusal("R-104", f"号码 {wanted} 已由两人确认。", "无须再次确认。")
    if found[0]["first"] == officer.person:
        return Refusal("R-105", "同一人不能确认两次。", "请由另一名工作人员确认。")
    is_second = found[0]["first"] is not None
    store_register.confirm_number(connection, number=wanted, person=officer.person, is_second=is_second)
    return 2 if is_second else 1
