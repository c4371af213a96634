"""Benchmarks of the alarm, row by row as it is promised: `python -m benchmarks.alarm`.

Each promise is measured with the box otherwise idle and again with both cores busy and 100,000 events under way. The
daemons are the real ones, each its own process; box, modem and receiving centre stand in for hardware and say so.
"""

from benchmarks.alarm.measure import Chosen, rows

__all__ = ["Chosen", "rows"]
