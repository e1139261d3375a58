"""A checkup put together: read what a site shows, judge it by our own checks and law, name what should not be there."""

import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path

import polars as pl

from limu.catalogue.queries import shipped_items
from limu.check.finding import PERSON
from limu.checkup.rules import Fault, Shown, faults_of
from limu.checkup.store import PAGES, files_of, tables_of, write_rows
from limu.checkup.store_own import own_parts
from limu.intake.queries import PERSONS_CODE, SPLIT_CODE, SURPLUS_CODE, Judged, judged_rows
from limu.intake.rules import FaultyFileError, Order, UserFault, stated_row
from limu.intake.rules_mapping import HeaderMapping
from limu.intake.rules_rows import ROW, as_fields
from limu.intake.store_reading import open_reading
from limu.law.book import LawBook
from limu.publication.rules import REASONS, decide_frame
from limu.record.item import Item
from limu.terms.days import parse_day

UNKNOWN_LIST = "名单名称不在目录中"
UNKNOWN_ITEM = "本地增加的条目请用 limu check 按目录核对。"
SORTING = frozenset({"severity", "kinds"})


@dataclass(slots=True)
class Checkup:
    """The outcome: rows looked at, rows with a fault, every fault, files that could not be read and why.

    `absent` names the elements that a file has no column for: whether they lack was not looked at."""

    rows: int = 0
    faulty: int = 0
    faults: list[Fault] = field(default_factory=list)
    unread: list[tuple[str, UserFault]] = field(default_factory=list)
    absent: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Measure:
    """What a site is held against: the item, the law, the place, the day."""

    item: Item
    mapping: HeaderMapping
    law: LawBook
    region: str
    today: date


@dataclass(frozen=True, slots=True)
class Looked:
    """A table being looked at: the file it is told under, what it is held against, the row of the file each row was.

    `absent` are elements that the table has no column for: what it does not speak of is not lacking."""

    name: str
    measure: Measure
    rows: tuple[int, ...] = ()
    absent: frozenset[str] = frozenset()

    def row(self, entry: int) -> int:
        """The row of the file that an entry was."""
        row = stated_row(entry)
        return self.rows[row - 1] if self.rows else row

    def item(self, *, is_lenient: bool = False) -> Item:
        """The item, asking only for elements there are columns for; a lenient one asks for none."""
        fields = self.measure.item.fields
        return replace(
            self.measure.item,
            fields=tuple(
                replace(one, required="no") if is_lenient or one.code in self.absent else one for one in fields
            ),
        )


def check_up(path: Path, measure: Measure) -> Checkup:
    """Look through a file or a folder of exports and saved pages. Nothing is stored, nothing leaves the machine."""
    done = Checkup()
    with tempfile.TemporaryDirectory(prefix="limu-checkup-") as folder:
        for file, looked in _readable(path, Path(folder), measure=measure, done=done):
            _look(file, looked, done=done)
    return done


def _readable(path: Path, folder: Path, *, measure: Measure, done: Checkup) -> Iterator[tuple[Path, Looked]]:
    for one in files_of(path):
        name = str(one.relative_to(path)) if path.is_dir() else one.name
        if one.suffix.lower() in PAGES:
            for number, table in enumerate(tables_of(one)):
                target = folder / f"page-{number}.csv"
                write_rows(target, table)
                yield target, Looked(name, measure)
        elif parts := own_parts(one, folder):
            for part in parts:
                item = next((known for known in shipped_items() if part.item in (known.code, known.name)), None)
                if item is None:
                    done.unread.append((name, UserFault("F-131", f"目录中没有“{part.item}”。", UNKNOWN_ITEM)))
                else:
                    own = replace(measure, item=item, mapping=HeaderMapping())
                    yield part.path, Looked(name, own, tuple(part.rows))
        else:
            yield one, Looked(name, measure)


def _look(file: Path, looked: Looked, *, done: Checkup) -> None:
    measure = looked.measure
    reading = open_reading(file, item=measure.item, mapping=measure.mapping)
    if isinstance(reading, UserFault):
        # A page has tables of other kinds: navigation, layout. They hold no record.
        if not file.name.startswith("page-"):
            done.unread.append((looked.name, reading))
        return
    there = {*reading.plan.columns, *reading.plan.constants}
    absent = [one for one in measure.item.fields if one.required == "publish" and one.code not in there]
    if absent:
        done.absent.setdefault(looked.name, []).extend(one.label for one in absent)
    looked = replace(looked, absent=frozenset(one.code for one in absent) | (SORTING - there))
    try:
        with closing(judged_rows(reading, item=measure.item, order=Order(measure.today, None))) as chunks:
            for rows, judged in chunks:
                done.rows += judged.rows
                _judge(judged, looked, as_fields(rows, reading.plan), done=done)
    except FaultyFileError as faulty:
        done.unread.append((looked.name, faulty.fault))


def _judge(judged: Judged, looked: Looked, fields: pl.DataFrame, *, done: Checkup) -> None:
    lists, law = _lists(looked.measure), looked.measure.law
    found = [
        replace(fault, law=_cited(law, fault.law))
        for shown in (*_accepted(judged, looked), *_refused(judged, looked, fields))
        for fault in faults_of(shown, file=looked.name, lists=lists, words=REASONS)
    ]
    done.faults += found
    # A cell with several parties is one row of the site, whatever is wrong with each of them.
    done.faulty += len({fault.row for fault in found})


def _cited(law: LawBook, key: str) -> str:
    """Write the law of a fault for reading: the instrument and its article."""
    if law.article(key):
        return law.cite(key)
    return law.ref(key).citation if law.rule(key) else key


def _lists(measure: Measure) -> frozenset[str] | None:
    if measure.item.code != "serious_list":
        return None
    names = {word for one in measure.law.lists() if one.rule for word in (one.label, *one.words)}
    return frozenset(names)


def _accepted(judged: Judged, looked: Looked) -> Iterator[Shown]:
    if not judged.accepted.height:
        return
    measure = looked.measure
    decide = partial(decide_frame, judged.accepted, law=measure.law, region=measure.region, today=measure.today)
    strict = decide(item=looked.item())["reason"]
    # What lacks an element may be over its term besides: the decision is made as if nothing lacked.
    decided = decide(item=looked.item(is_lenient=True)).with_columns(
        missing=pl.when(strict.str.starts_with(REASONS["incomplete"])).then(strict).otherwise(pl.lit(""))
    )
    codes = _codes(judged)
    content = {name: _of_text(name) for name in ("display_until", "status", "list_name")}
    # Neither the severity nor what it follows from is told: that it is unknown here says nothing of the site.
    is_untold = looked.absent >= SORTING
    for row in decided.with_columns(**content).iter_rows(named=True):
        is_open = is_untold and row["reason"] == REASONS["no_class"]
        yield Shown(
            row=looked.row(row["row_number"]), party=row["party_name"] or "", document=row["document_number"] or "",
            codes=codes.get(stated_row(row["row_number"]), frozenset()), is_person=False,
            decision="" if is_open else row["decision"], reason=row["reason"], rule=row["rule"] or "",
            until_on=row["shown_until"], stated_until=parse_day(row["display_until"] or ""),
            status=row["status"] or "", list_name=row["list_name"] or "", missing=row["missing"],
        )  # fmt: skip


def _of_text(name: str) -> pl.Expr:
    """A field's text, wherever it lies: a field that is closed to the public lies apart."""
    found = f'"{name}":"([^"]*)"'
    return pl.coalesce(pl.col("content").str.extract(found), pl.col("closed").str.extract(found))


def _refused(judged: Judged, looked: Looked, fields: pl.DataFrame) -> Iterator[Shown]:
    """Rows our gate would turn away: of a person nothing is repeated, of the others whom and which document."""
    codes = _codes(judged)
    unnamed = judged.findings.filter(pl.col("field") == "list_name")["row_number"].to_list()
    named = _named(fields, looked.measure.item, {stated_row(entry) for entry, _ in judged.refused})
    persons = {stated_row(entry) for entry, why in judged.refused if PERSON in why}
    for entry, why in judged.refused:
        row = stated_row(entry)
        found = codes.get(row, frozenset()) | frozenset(why)
        # A cell of several parties, a row that is shifted: what stands there may be a person's name after all.
        is_sure = row not in persons and not found & {PERSON, PERSONS_CODE, SPLIT_CODE, SURPLUS_CODE}
        party, document = named.get(row, ("", "")) if is_sure else ("", "")
        name = UNKNOWN_LIST if row in unnamed else ""
        yield Shown(
            looked.row(entry), found, is_person=PERSON in why, list_name=name, party=party, document=document,
        )  # fmt: skip


def _named(fields: pl.DataFrame, item: Item, rows: set[int]) -> dict[int, tuple[str, str]]:
    """The party and the document of some rows, as their file writes them."""
    wanted = [one.code for name in ("party_name", "document_number") if (one := item.field_for(name))]
    there = [code for code in wanted if code in fields.columns]
    if len(there) < len(wanted):
        return {}
    texts = fields.filter(pl.col(ROW).is_in(list(rows))).select(ROW, *there)
    return {row: (str(cells[0] or "")[:100], str(cells[-1] or "")[:100]) for row, *cells in texts.iter_rows()}


def _codes(judged: Judged) -> dict[int, frozenset[str]]:
    grouped = judged.findings.group_by("row_number").agg(pl.col("code").unique())
    return {row: frozenset(codes) for row, codes in grouped.iter_rows()}
