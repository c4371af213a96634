"""How the threads of one daemon share the processor, so that an alarm never waits for a backlog.

Two things, on both ends of the line. Python gives another thread its turn after 5 ms, and an alert needs a dozen turns
on its way to the disk. And where the processor is all taken, the kernel would hold a thread that wakes for an alert
back behind those that have been busy for minutes: so whoever carries a backlog says that it can wait. That is a
courtesy: where a sandbox forbids it, everything works, only alarms are slower during a drain.
"""

from __future__ import annotations

import logging
import os
import sys
import threading

log = logging.getLogger(__name__)

TURN_S = 0.0002
STANDS_BACK = 10  # niceness: about a tenth of the share of a thread that has none, and all of an idle processor


def short_turns() -> None:
    """For the whole process."""
    sys.setswitchinterval(TURN_S)


def stand_back() -> None:
    """For the calling thread and those that it starts; Linux keeps a niceness for each."""
    try:
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), STANDS_BACK)
    except OSError as error:
        log.warning("bulk thread cannot stand back", extra={"who": threading.current_thread().name, "why": str(error)})
