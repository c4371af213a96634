"""Runs every benchmark: the office of one kiosk, and the sync engine with its peers; some ten minutes."""

from __future__ import annotations

import argparse
import sys

from benchmarks.office.__main__ import run
from benchmarks.sync import Chosen
from benchmarks.sync.__main__ import show


def main() -> int:
    arguments = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    arguments.add_argument("--tickets", type=int, default=2_000, help="tickets a row (default: 2000)")
    arguments.add_argument("--only-tickets", action="store_true", help="leave the sync engine out")
    chosen = arguments.parse_args()
    sound = run(chosen.tickets)
    if not chosen.only_tickets:
        show(Chosen())
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(main())
