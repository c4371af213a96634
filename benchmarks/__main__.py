"""Runs every benchmark: the office of one kiosk, its paper, the sync engine with its peers, the alarm's promises."""

from __future__ import annotations

import argparse
import sys

from benchmarks import alarm, printing, sync
from benchmarks.alarm.__main__ import show as show_alarm
from benchmarks.office.__main__ import run
from benchmarks.sync.__main__ import show as show_sync


def main() -> int:
    arguments = argparse.ArgumentParser(prog="python -m benchmarks", description=f"{__doc__} Half an hour.")
    arguments.add_argument("--tickets", type=int, default=2_000, help="tickets a row (default: 2000)")
    arguments.add_argument("--only-tickets", action="store_true", help="leave printing, sync and alarm out")
    arguments.add_argument("--only-printing", action="store_true", help="how long paper takes, and nothing else")
    chosen = arguments.parse_args()
    if chosen.only_printing:
        printing.show(printing.measure(slips=200, tickets=100))
        return 0
    sound = run(chosen.tickets)
    if not chosen.only_tickets:
        printing.show(printing.measure(slips=200, tickets=100))
        show_sync(sync.Chosen())
        show_alarm(alarm.Chosen())
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(main())
