"""Niceness for what is started, where this user may give it: the share that a machine's units give, or other machines.

Linux keeps a niceness for each thread and hands it on to what the thread starts.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

UNIT = -10  # CPUWeight=1000, as kentongan-bridge.service has it, is about the share of this niceness
ANOTHER_MACHINE = -15  # stands in for hardware that has a processor of its own


@contextmanager
def started_with(niceness: int) -> Iterator[None]:
    """Threads and processes that this thread starts meanwhile keep it; with too few rights nothing changes."""
    thread = threading.get_native_id()
    before = os.getpriority(os.PRIO_PROCESS, thread)
    try:
        os.setpriority(os.PRIO_PROCESS, thread, niceness)
    except PermissionError:
        yield
        return
    try:
        yield
    finally:
        os.setpriority(os.PRIO_PROCESS, thread, before)


def may_prefer() -> bool:
    """Whether `started_with` works for this user."""
    with started_with(UNIT):
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) == UNIT
