"""COPY of a Polars frame into a table, the one way rows enter the register in bulk."""

from typing import Any

import polars as pl
from psycopg import Connection, sql

_NULL = "\\N"
_PIECE = 1 << 20


def copy_frame(connection: Connection[Any], table: str, frame: pl.DataFrame) -> None:
    """Copy a frame into a table whose columns have the frame's names; lists become arrays of text or numbers."""
    ready = frame.select(_as_text(name, kind) for name, kind in frame.schema.items())
    text = ready.write_csv(include_header=False, null_value=_NULL, quote_style="necessary").encode()
    target = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv, NULL {})").format(
        sql.Identifier(*table.split(".")), sql.SQL(", ").join(map(sql.Identifier, frame.columns)), sql.Literal(_NULL)
    )
    with connection.cursor().copy(target) as copy:
        for start in range(0, len(text), _PIECE):
            copy.write(text[start : start + _PIECE])


def _as_text(name: str, kind: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if not isinstance(kind, pl.List):
        return column
    inner = pl.element()
    if kind.inner == pl.String:
        inner = inner.str.replace_all("\\", "\\\\", literal=True).str.replace_all('"', '\\"', literal=True)
        inner = pl.lit('"') + inner + pl.lit('"')
    else:
        inner = inner.cast(pl.String)
    return (pl.lit("{") + column.list.eval(inner).list.join(",") + pl.lit("}")).alias(name)
