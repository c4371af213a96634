"""The rows as a table for people."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table

from benchmarks.row import Row

_MET = {True: "yes", False: "NO", None: ""}


def table(rows: Sequence[Row], title: str) -> Table:
    """`title` says what the figures are."""
    drawn = Table(title=title)
    drawn.add_column("what")
    drawn.add_column("value", justify="right")
    drawn.add_column("unit")
    for column in ("promised", "met", "runs", "remark"):
        drawn.add_column(column)
    for row in rows:
        value = "–" if row.value is None else _figure(row.value)
        drawn.add_row(
            *(row.name, value, row.unit, row.target, _MET[row.met], " ".join(map(_figure, row.runs)), row.note)
        )
    return drawn


def _figure(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
