"""`python -m benchmarks.office`: tickets, screens and memory of one kiosk; under a minute."""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.office import screens, tickets

# The best open peer measured on such a machine (two cores, this disk): its tickets per second and p50.
PEER_PER_S = {1: 234, 8: 310}
PEER_P50_MS = {1: 2.9, 8: 14.0}
LONG_DAY = 10_000


def run(count: int, long_day: int = LONG_DAY) -> bool:
    """Measures, shows one table, and says whether every number was given once and every call arrived everywhere."""
    console = Console(width=130)
    with tempfile.TemporaryDirectory(prefix="kentongan-bench-") as name:
        folder = Path(name)
        raw = tickets.measure_raw_commits(folder / "raw.db", count)
        with tickets.kiosk(folder / "site", folder / "kentongan.toml") as (port, process_id):
            rows = tickets.measure(count, port)
            drawn = 2 * count
            if drawn < long_day:
                drawn += len(tickets.measure_one(8, long_day - drawn, port).each_s)
            seen = screens.measure(folder, port, process_id, drawn)
    console.print(_table([raw, *rows], raw.per_s))
    console.print(
        f"a call on {screens.SCREENS} screens: p50 {screens.percentile_ms(seen, 50):.1f} ms,"
        f" p95 {screens.percentile_ms(seen, 95):.1f} ms, lost {seen.lost};"
        f" daemon {seen.resident_mib:.0f} MiB with them and {seen.tickets:,} tickets of the day"
    )
    return not seen.lost and not any(row.found and any(row.found) for row in rows)


def _table(rows: list[tickets.Row], raw_per_s: float) -> Table:
    table = Table(title=f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    table.add_column("what")
    columns = (
        "clients",
        "per second",
        "p50 ms",
        "p95 ms",
        "duplicates",
        "gaps",
        "errors",
    )
    for column in [*columns, "of raw commits", "of best peer"]:
        table.add_column(column, justify="right")
    for row in rows:
        found = ("–", "–", "–") if row.found is None else row.found
        peer = f"{row.per_s / PEER_PER_S[row.clients]:.1f}×" if row.found is not None else "–"
        table.add_row(
            *(row.what, str(row.clients), f"{row.per_s:,.0f}"),
            *(f"{row.percentile_ms(50):.2f}", f"{row.percentile_ms(95):.2f}"),
            *map(str, found),
            *(f"{row.per_s / raw_per_s:.2f}", peer),
        )
    return table


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(prog="python -m benchmarks.office", description=__doc__)
    arguments.add_argument("--tickets", type=int, default=2_000, help="tickets a row (default: 2000)")
    sys.exit(0 if run(arguments.parse_args().tickets) else 1)
