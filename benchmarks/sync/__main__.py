"""`python -m benchmarks.sync`: measures the sync engine and its peers and prints one table."""

from __future__ import annotations

import argparse
import os
import platform

from rich.console import Console

from benchmarks.sync import Chosen, rows, table


def main() -> None:
    arguments = argparse.ArgumentParser(prog="python -m benchmarks.sync", description=__doc__)
    usual = Chosen()
    arguments.add_argument("--runs", type=int, default=usual.runs)
    arguments.add_argument("--backlog", type=int, default=usual.backlog)
    arguments.add_argument("--long-backlog", type=int, default=usual.long_backlog)
    chosen = arguments.parse_args()
    console = Console(width=160)
    console.print(table(rows(Chosen(chosen.runs, chosen.backlog, chosen.long_backlog))))
    console.print(f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
