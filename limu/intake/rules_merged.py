"""Merged cells of a table's rows: what stands in the first of them is said of all that lie below it in the range."""

from collections import defaultdict
from collections.abc import Iterable

Range = tuple[tuple[int, int], tuple[int, int]]


class Spans:
    """The merged ranges below a header, as rows are walked in their order; rows and columns are counted from 0."""

    def __init__(self, ranges: Iterable[Range], *, header_row: int, first_column: int, width: int) -> None:
        self._begins: dict[int, list[tuple[int, int]]] = defaultdict(list)
        self._open: dict[int, tuple[int, str]] = {}
        self.down = self.across = 0
        for (top, left), (bottom, right) in ranges:
            if top <= header_row or not 0 <= left - first_column < width:
                continue
            self.down += bottom > top
            self.across += right > left
            if bottom > top:
                self._begins[top].append((left - first_column, bottom))

    def filled(self, row: int, cells: list[str]) -> list[str]:
        """The row with what a range above says of it; a row that is blank but for that stays blank."""
        for column, bottom in self._begins.get(row, ()):
            if column < len(cells):
                self._open[column] = (bottom, cells[column])
        if not self._open:
            return cells
        is_blank = not any(cell.strip() for cell in cells)
        said = list(cells)
        for column, (bottom, text) in list(self._open.items()):
            if not is_blank and column < len(said) and not said[column].strip():
                said[column] = text
            if row >= bottom:
                del self._open[column]
        return said

    def notes(self) -> list[str]:
        """What a person is told about it."""
        told = []
        if self.down:
            told.append(f"数据行有 {self.down} 处上下合并的单元格，已按合并范围逐行填写")
        if self.across:
            told.append(f"数据行有 {self.across} 处左右合并的单元格，内容只计入最左一列；请拆分后核对")
        return told
