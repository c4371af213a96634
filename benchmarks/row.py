"""One line of the table: what was measured, over which runs, and what it should have been.

A figure is a median over its runs. Machines differ and are shared, so what counts is the ratio to a peer measured in
the same run, and the limits that do not depend on the machine's speed.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence

import msgspec


class Row(msgspec.Struct, frozen=True):
    """`value` is None when it could not be measured; `note` then says why. `met` is None when nothing is promised."""

    name: str
    value: float | None
    unit: str
    runs: tuple[float, ...] = ()
    target: str = ""
    met: bool | None = None
    note: str = ""


def median_row(name: str, runs: Sequence[float], unit: str, note: str = "") -> Row:
    """A figure without a promise of its own, e.g. a peer's."""
    return Row(name, statistics.median(runs), unit, tuple(runs), note=note)


def at_least(row: Row, least: float, words: str) -> Row:
    """The same row with the promise `value >= least`."""
    met = None if row.value is None else row.value >= least
    return msgspec.structs.replace(row, target=words, met=met)


def at_most(row: Row, most: float, words: str) -> Row:
    """The same row with the promise `value <= most`."""
    met = None if row.value is None else row.value <= most
    return msgspec.structs.replace(row, target=words, met=met)


def missing(name: str, unit: str, why: str) -> Row:
    """A figure that could not be measured here."""
    return Row(name, None, unit, note=f"not measured: {why}")


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of all do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered) + 0.5) - 1))]
