"""The load under which every promise is measured again: both cores busy, and 100,000 events on their way to a central.

The drain is of a site of its own, begun anew with a fresh kiosk and central whenever it has ended, so that there is one
for as long as anything is measured; where a promise speaks of a backlog, the measured site has its own besides.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import msgspec

from benchmarks.rig import Rig, TooSlow, wait_until
from kiosk.core.event import Lane

WITHIN_S = 300
LOOK_EVERY_S = 0.2
COUNT = "import os\nparent = os.getppid()\nwhile os.getppid() == parent: sum(range(100_000))"


class Drained(msgspec.Struct):
    """What the load has carried so far."""

    events: int = 0
    failed: str = ""


@contextmanager
def busy_cores() -> Iterator[None]:
    """One process for each core that does nothing but count, at the niceness of everything else, while we live."""
    with ExitStack() as stack:
        for _ in range(os.cpu_count() or 1):
            process = subprocess.Popen([sys.executable, "-c", COUNT])
            stack.callback(process.wait)
            stack.callback(process.kill)
        yield


@contextmanager
def drain_after_drain(new_folder: Callable[[], Path], journal: Path) -> Iterator[Drained]:
    """Entered once the first events have arrived."""
    drained, stop, begun = Drained(), threading.Event(), threading.Event()

    def work() -> None:
        try:
            while not stop.is_set():
                drained.events += _drain(new_folder(), journal, stop, begun)
        except (TooSlow, OSError, AssertionError) as error:
            drained.failed = f"{type(error).__name__}: {error}"
        finally:
            begun.set()

    thread = threading.Thread(target=work, name="drain")
    thread.start()
    try:
        begun.wait(WITHIN_S)
        yield drained
    finally:
        stop.set()
        thread.join()
    if drained.failed:
        raise TooSlow(f"the drain has failed: {drained.failed}")


def _drain(folder: Path, journal: Path, stop: threading.Event, begun: threading.Event) -> int:
    rig = Rig(folder, f"sqlite:///{folder}-central.db", journal)
    with rig.central(), rig.watch() as look, rig.agent():

        def is_over() -> bool:
            acknowledged, last = look(Lane.SERVICE)
            if acknowledged:
                begun.set()
            return stop.is_set() or acknowledged == last

        wait_until(is_over, "the backlog is acknowledged", WITHIN_S, LOOK_EVERY_S)
        return look(Lane.SERVICE)[0]
