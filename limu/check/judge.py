"""Every check over every row at once: what is refused, what is warned of, and the sentences that say so."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

import polars as pl

from limu.check import amounts, codes, days, documents, lengths, party, severity, text
from limu.check.declare import SCOPES, Check, Scope
from limu.check.distinct import Distinct
from limu.check.finding import FINDING_SCHEMA, PERSON, no_findings
from limu.check.prepare import ROW, prepare
from limu.check.typed import member_columns, record_columns
from limu.record.item import Field, Item
from limu.terms.columns import through_unique
from limu.terms.identity import mask_personal_numbers

CHECKS: Final[tuple[Check, ...]] = (
    *party.CHECKS,
    *documents.CHECKS,
    *lengths.CHECKS,
    *days.CHECKS,
    *amounts.CHECKS,
    *codes.CHECKS,
    *text.CHECKS,
    *severity.CHECKS,
)
"""All checks in the order in which a row's findings are told."""

SHOWN_LENGTH: Final = 40


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What the checks say of a frame.

    `frame` has every row, in the order given: row_number, refused, is_person, and the typed columns of a record
    (null where the row is about a person: nothing of it travels on). `findings` has one row per fault. `keys` tell the
    rows of one act (documents.py: repeat_key), so that a file of many frames can be compared as a whole."""

    frame: pl.DataFrame
    findings: pl.DataFrame
    keys: pl.Series

    @property
    def refused_count(self) -> int:
        """How many rows may not be taken in."""
        return int(self.frame.get_column("refused").sum())


@dataclass(frozen=True, slots=True)
class _Trial:
    check: Check
    field: Field
    order: int


def apply_checks(frame: pl.DataFrame, item: Item, *, today: date, with_warnings: bool = True) -> CheckResult:
    """Judge every row of a frame of texts whose columns are field codes and `row_number` (row of the user's file).

    All faults of a row are found at once; a one-row form is a frame of one row. A row about a person yields the
    one finding `person`, without any value."""
    cells, scope = prepare(frame, item, today=today)
    trials = _trials(scope, with_warnings=with_warnings)
    prepared, masks = cells.frame, _masks(cells, scope, with_warnings=with_warnings)
    refusing = [masks.get_column(_name(trial)) for trial in trials if trial.check.level == "refuse"]
    refused = pl.DataFrame(refusing).select(pl.any_horizontal(pl.all())).to_series().alias("refused")
    is_person = prepared.get_column("is_person")
    found = masks.select(pl.all().any()).row(0)
    hits = [trial for trial, is_found in zip(trials, found, strict=True) if is_found]
    told = [_told(_faulty(prepared, masks.get_column(_name(trial)), trial), trial, scope) for trial in hits]
    framed = _frame_of(cells, scope, refused=refused, is_person=is_person)
    return CheckResult(framed, _ordered(told), _keys(prepared, scope))


def _keys(prepared: pl.DataFrame, scope: Scope) -> pl.Series:
    field = scope.item.field_for("document_number")
    if field is None or field.code not in scope.present:
        return pl.repeat(None, prepared.height, dtype=pl.UInt64, eager=True)
    return prepared.select(documents.repeat_key(field, scope)).to_series()


def repeat_findings(rows: pl.Series, item: Item, *, today: date) -> pl.DataFrame:
    """Say of rows of a file that the same act stands in another row of it, as the check itself says it."""
    field = item.field_for("document_number")
    if field is None:
        return no_findings()
    scope = Scope(item, today, frozenset())
    told = _told(pl.DataFrame({ROW: rows}), _Trial(documents.document_number_is_repeated, field, 0), scope)
    return _ordered([told])


def typed_columns(frame: pl.DataFrame, item: Item, *, today: date) -> pl.DataFrame:
    """The record columns of a frame without judging it; rows about persons come out empty."""
    cells, scope = prepare(frame, item, today=today)
    nobody = pl.repeat(value=False, n=frame.height, dtype=pl.Boolean, eager=True).alias("refused")
    return _frame_of(cells, scope, refused=nobody, is_person=cells.frame.get_column("is_person")).drop("refused")


@lru_cache(SCOPES)
def _trials(scope: Scope, *, with_warnings: bool) -> list[_Trial]:
    wanted = [one for one in CHECKS if with_warnings or one.level == "refuse"]
    pairs = [(one, field) for one in wanted for field in one.fields(scope.item, scope.present)]
    return [_Trial(one, field, order) for order, (one, field) in enumerate(pairs)]


def _name(trial: _Trial) -> str:
    return f"{trial.check.code}|{trial.field.code}"


@lru_cache(SCOPES)
def _questions(scope: Scope, *, with_warnings: bool, compares_rows: bool) -> list[pl.Expr]:
    """What the checks ask, as expressions: a file's chunks ask the same, and to write it down costs time."""
    trials = _trials(scope, with_warnings=with_warnings)
    return [_mask(trial, scope) for trial in trials if trial.check.compares_rows == compares_rows]


def _masks(cells: Distinct, scope: Scope, *, with_warnings: bool) -> pl.DataFrame:
    """A column of true and false for each trial; of a row about a person nothing but that is told."""
    trials = _trials(scope, with_warnings=with_warnings)
    apart = _questions(scope, with_warnings=with_warnings, compares_rows=True)
    found = cells.computed(_questions(scope, with_warnings=with_warnings, compares_rows=False))
    found = found.hstack(cells.frame.with_columns(apart).select([one.meta.output_name() for one in apart]))
    is_person = cells.frame.get_column("is_person")
    if not is_person.any():
        return found.select([_name(trial) for trial in trials])
    return found.select([
        pl.col(_name(trial)) if trial.check.code == PERSON else pl.col(_name(trial)) & ~is_person for trial in trials
    ])  # fmt: skip


def _mask(trial: _Trial, scope: Scope) -> pl.Expr:
    return trial.check.fault(trial.field, scope).fill_null(value=False).alias(_name(trial))


def _faulty(prepared: pl.DataFrame, mask: pl.Series, trial: _Trial) -> pl.DataFrame:
    """The rows a check speaks of, and of them only what its sentence needs."""
    needed = [ROW] if trial.field.code not in prepared.columns else [ROW, trial.field.code]
    return prepared.select(needed).filter(mask)


def _told(faulty: pl.DataFrame, trial: _Trial, scope: Scope) -> pl.DataFrame:
    values = _values(faulty, trial)
    wrong, cure = _texts(values, trial, scope)
    label = trial.field.label
    told = pl.DataFrame({ROW: faulty.get_column(ROW), "wrong": wrong, "cure": cure}).rechunk()
    return told.select(
        ROW,
        pl.lit(trial.field.code).alias("field"),
        pl.lit(label).alias("label"),
        pl.lit(trial.check.code).alias("code"),
        pl.lit(trial.check.level).alias("level"),
        pl.concat_str(
            pl.lit("第 "), pl.col(ROW).cast(pl.String), pl.lit(f" 行「{label}」："), "wrong", pl.lit("。"), "cure"
        ).alias("message"),
        "cure",
        pl.lit(trial.check.citation).alias("citation"),
        pl.lit(trial.order, dtype=pl.Int32).alias("order"),
    )


def _values(faulty: pl.DataFrame, trial: _Trial) -> pl.Series:
    if trial.field.code not in faulty.columns or trial.field.personal != "none" or trial.check.code == PERSON:
        return pl.repeat("", faulty.height, dtype=pl.String, eager=True)
    return faulty.get_column(trial.field.code).fill_null("")


def _texts(values: pl.Series, trial: _Trial, scope: Scope) -> tuple[pl.Series, pl.Series]:
    said = {value: wording(trial.check, trial.field, value, today=scope.today) for value in values.unique()}
    wrong = {value: texts[0] for value, texts in said.items()}
    cure = {value: texts[1] for value, texts in said.items()}
    return through_unique(values, wrong.__getitem__, pl.String), through_unique(values, cure.__getitem__, pl.String)


def wording(check: Check, field: Field, value: str, *, today: date) -> tuple[str, str]:
    """What is wrong and what to do, for one value; personal numbers in the value are masked, long ones cut."""
    if check.explain is not None and value:
        return check.explain(value)
    shown = mask_personal_numbers(value)
    shown = shown if len(shown) <= SHOWN_LENGTH else shown[:SHOWN_LENGTH] + "…"
    words = {"value": shown, "label": field.label, "length": field.length, "today": today.isoformat()}
    return check.wrong.format(**words), check.cure.format(**words)


def _ordered(told: list[pl.DataFrame]) -> pl.DataFrame:
    if not told:
        return no_findings()
    return pl.concat(told).sort(ROW, "order", maintain_order=True).select(list(FINDING_SCHEMA)).cast(FINDING_SCHEMA)  # type: ignore[arg-type]


@lru_cache(SCOPES)
def _columns(scope: Scope) -> list[pl.Expr]:
    return [one.alias(name) for name, one in record_columns(scope)]


def _frame_of(cells: Distinct, scope: Scope, *, refused: pl.Series, is_person: pl.Series) -> pl.DataFrame:
    cells.with_columns(member_columns(scope))
    columns = cells.computed(_columns(scope))
    if is_person.any():
        columns = columns.select(pl.when(~is_person).then(pl.all()))
    return cells.frame.select(ROW).with_columns(refused, is_person).hstack(columns)
