"""Runs every benchmark: tickets of one kiosk, the sync engine with its peers, the alarm's promises; half an hour."""

from __future__ import annotations

import argparse
import os
import platform
import sys

from rich.console import Console
from rich.table import Table

from benchmarks import alarm, sync, tickets
from benchmarks.alarm.__main__ import show as show_alarm
from benchmarks.sync.__main__ import show as show_sync


def main() -> int:
    arguments = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    arguments.add_argument("--tickets", type=int, default=2_000, help="tickets a row (default: 2000)")
    arguments.add_argument("--only-tickets", action="store_true", help="leave sync and alarm out")
    chosen = arguments.parse_args()
    table = Table(title=f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    table.add_column("what")
    for column in ("clients", "per second", "p50 ms", "p95 ms", "duplicates", "gaps", "errors", "of raw commits"):
        table.add_column(column, justify="right")
    rows = tickets.measure(chosen.tickets)
    raw_per_s = rows[0].per_s
    for row in rows:
        found = ("–", "–", "–") if row.found is None else row.found
        table.add_row(
            row.what,
            str(row.clients),
            f"{row.per_s:,.0f}",
            f"{row.percentile_ms(50):.2f}",
            f"{row.percentile_ms(95):.2f}",
            *map(str, found),
            f"{row.per_s / raw_per_s:.2f}",
        )
    Console(width=120).print(table)
    if not chosen.only_tickets:
        show_sync(sync.Chosen())
        show_alarm(alarm.Chosen())
    return 0 if all(row.found is None or not any(row.found) for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
