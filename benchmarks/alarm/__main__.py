"""`python -m benchmarks.alarm`: measures every promise of the alarm and prints one table; some eight minutes."""

from __future__ import annotations

import argparse
import os
import platform
import signal
import sys

from rich.console import Console

from benchmarks.alarm import Chosen, rows
from benchmarks.niceness import may_prefer
from benchmarks.table import table

WITHOUT_RIGHTS = "without the right to set priorities: the bridge had no larger share than its neighbours"


def main() -> None:
    arguments = argparse.ArgumentParser(prog="python -m benchmarks.alarm", description=__doc__)
    usual = Chosen()
    arguments.add_argument("--presses", type=int, default=usual.presses)
    arguments.add_argument("--alarms", type=int, default=usual.alarms)
    arguments.add_argument("--backlog", type=int, default=usual.backlog, help="events")
    arguments.add_argument("--only-quick", action="store_true", help="leave out what takes minutes by its nature")
    chosen = arguments.parse_args()
    show(Chosen(chosen.presses, alarms=chosen.alarms, backlog=chosen.backlog, only_quick=chosen.only_quick))


def show(chosen: Chosen) -> None:
    """Measures and prints. Told to end, it ends its daemons first."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    console = Console(width=180)
    before = os.getloadavg()[0]
    console.print(table(rows(chosen), "the alarm's promises; what could not be measured says why"))
    console.print(f"{platform.machine()}, {os.cpu_count()} cores, load {before:.1f} when it began")
    if not may_prefer():
        console.print(WITHOUT_RIGHTS)


if __name__ == "__main__":
    main()
