"""Charts: a few bars, always with the table they are drawn from; without script the table alone is shown."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Tone = Literal["good", "calm", "warn", "bad", "plain"]
Number = float | int | None


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure as the script reads it and as a person reads it; a dash where there is none."""

    head: str
    value: str
    shown: str


@dataclass(frozen=True, slots=True)
class Chart:
    """What a chart says in one sentence, and its table: a head and figures in each row, one column a series."""

    key: str
    title: str
    told: str
    head: str
    series: tuple[tuple[str, Tone], ...]
    rows: tuple[tuple[str, tuple[Number, ...]], ...]
    unit: str = ""
    is_stacked: bool = True
    is_flat: bool = False
    """Flat bars run from left to right: for long names, departments and the like."""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw: no row, or no figure in any."""
        return not any(figure for _, figures in self.rows for figure in figures)

    @property
    def table(self) -> list[tuple[str, list[Cell]]]:
        """The rows with each figure as a cell."""
        return [
            (name, [_cell(head, figure, self.unit) for (head, _), figure in zip(self.series, figures, strict=True)])
            for name, figures in self.rows
        ]


def _cell(head: str, figure: Number, unit: str) -> Cell:
    if figure is None:
        return Cell(head, "", "—")
    text = f"{figure:.1f}" if isinstance(figure, float) else str(figure)
    return Cell(head, text, text + unit)


def counted_rows(
    names: Iterable[tuple[str, str]], counts: Mapping[tuple[str, str], int], series: Sequence[str]
) -> tuple[tuple[str, tuple[Number, ...]], ...]:
    """Lay counts by (row, series) out as rows, in the order of the names; what was not counted is nought."""
    return tuple((name, tuple(counts.get((key, one), 0) for one in series)) for key, name in names)
