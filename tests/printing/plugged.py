"""The simulated mechanism behind a real terminal line, under a name that stays when the cable is pulled and put back.

A pull makes the kernel hang up the line as an unplugged adapter does; the printer, on a supply of its own,
keeps whatever half command it had.
"""

from __future__ import annotations

import os
import select
import threading
import tty
from pathlib import Path

from kiosk.printing.feed import Feed
from kiosk.printing.mechanism import Mechanism

_LOOK_S = 0.01


class PluggedPrinter:
    """`path` is where it is plugged in."""

    def __init__(self, folder: Path) -> None:
        self.strips: list[bytes] = []
        self.mechanism = Mechanism(self.strips.append)
        self.path = folder / "lp0"
        self._feed = Feed(self.mechanism, lasts=True)
        self._stop = threading.Event()
        self._plugged_again = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> PluggedPrinter:
        self._near, self._far = self._plug()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._plugged_again.set()
        self._thread.join(10)
        assert not self._thread.is_alive()
        os.close(self._near)
        os.close(self._far)

    def plug_in_again(self) -> None:
        self._plugged_again.set()

    def _plug(self) -> tuple[int, int]:
        near, far = os.openpty()
        tty.setraw(far)
        link = self.path.with_name("new-lp0")
        link.symlink_to(os.ttyname(far))
        link.replace(self.path)
        return near, far

    def _run(self) -> None:
        while not self._stop.is_set():
            answers = self._feed.work()
            if self._feed.has_room and select.select([self._near], [], [], _LOOK_S)[0]:
                answers += self._feed.receive(os.read(self._near, 1024))
            elif not self._feed.has_room:
                self._stop.wait(_LOOK_S)
            if answers:
                os.write(self._near, answers)
            if self._feed.hung_up:
                self._pull()

    def _pull(self) -> None:
        self.path.unlink()
        os.close(self._near)
        os.close(self._far)
        self._plugged_again.wait()
        self._near, self._far = self._plug()
        self._feed.hung_up = False
