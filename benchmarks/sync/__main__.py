"""`python -m benchmarks.sync`: measures the sync engine and its peers and prints one table."""

from __future__ import annotations

import argparse
import os
import platform

from rich.console import Console

from benchmarks.sync import Chosen, rows
from benchmarks.table import table


def main() -> None:
    arguments = argparse.ArgumentParser(prog="python -m benchmarks.sync", description=__doc__)
    usual = Chosen()
    arguments.add_argument("--runs", type=int, default=usual.runs)
    arguments.add_argument("--backlog-tickets", type=int, default=usual.backlog_tickets)
    arguments.add_argument("--long-backlog", type=int, default=usual.long_backlog)
    chosen = arguments.parse_args()
    show(Chosen(chosen.runs, chosen.backlog_tickets, long_backlog=chosen.long_backlog))


def show(chosen: Chosen) -> None:
    """Measures and prints."""
    console = Console(width=160)
    console.print(table(rows(chosen), "sync engine, medians; what could not be measured says why"))
    console.print(f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
