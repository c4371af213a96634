"""Runs every process of the demo, from one thread: the one that calls `tick`.

Only that thread may start processes, because the kernel kills a child when the *thread* that started it ends (see
`process`). Others ask: `cut` and `restore` put their wish in a queue and wait for it to be carried out. Whether a
daemon that runs is also *well* is the business of `health`.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterable

from deploy.demo.group import Group, Status
from kiosk.core.errors import Conflict, NotFound

# What a daemon may take to finish what it holds; systemd gives more, a person at Ctrl-C gives less.
_END_TIMEOUT_S = 5.0
_WISH_TIMEOUT_S = 30.0


class _Wish:
    """Something that another thread wants done by the owner thread."""

    def __init__(self, act: Callable[[], None]) -> None:
        self.act = act
        self.done = threading.Event()


class Supervisor:
    """Owner of the groups. Call `start`, then `tick` every few milliseconds, then `end`, all from one thread."""

    def __init__(self, groups: Iterable[Group], now_s: Callable[[], float] = time.monotonic) -> None:
        self._groups = {group.name: group for group in groups}
        self._now_s = now_s
        self._wishes: queue.SimpleQueue[_Wish] = queue.SimpleQueue()
        self._ended = False

    def start(self) -> None:
        for group in self._groups.values():
            group.start(self._now_s())

    def tick(self) -> None:
        while not self._wishes.empty():
            wish = self._wishes.get()
            wish.act()
            wish.done.set()
        for group in self._groups.values():
            group.tick(self._now_s())

    def end(self) -> None:
        """Asks every process to end, waits, and kills what did not; the first groups end last."""
        self._ended = True
        for group in self._groups.values():
            group.release()
        for group in reversed(self._groups.values()):
            self._end_group(group)

    def cut(self, name: str) -> None:
        """From another thread: returns when every process of the group was killed. Raises `Conflict` at the end."""
        self._ask(self._group(name).kill)

    def restore(self, name: str) -> None:
        """From another thread: returns when the group has begun to start, as at boot."""
        group = self._group(name)
        self._ask(lambda: group.start(self._now_s()))

    def status(self) -> dict[str, Status]:
        """Of every daemon by name, from any thread."""
        return {name: status for group in self._groups.values() for name, status in group.status().items()}

    def failed_start(self) -> str:
        """Why a one-shot failed, with the end of its log; empty when none did."""
        failed = [process for group in self._groups.values() for process in group.failed_steps()]
        return "\n".join(f"{process.name}: {process.last_words()}" for process in failed)

    def last_words(self, names: Iterable[str]) -> str:
        """The end of the logs of these daemons, for a message that gives up."""
        wanted = set(names)
        processes = [process for group in self._groups.values() for process in group.processes()]
        return "\n".join(f"{process.name}: {process.last_words()}" for process in processes if process.name in wanted)

    def _group(self, name: str) -> Group:
        if name not in self._groups:
            raise NotFound(f"tidak ada kelompok proses bernama {name}")
        return self._groups[name]

    def _ask(self, act: Callable[[], None]) -> None:
        wish = _Wish(act)
        self._wishes.put(wish)
        if self._ended or not wish.done.wait(_WISH_TIMEOUT_S):
            raise Conflict("demo sedang berhenti; jalankan lagi lalu ulangi")

    def _end_group(self, group: Group) -> None:
        for process in group.processes():
            process.ask_to_end()
        deadline_s = time.monotonic() + _END_TIMEOUT_S
        for process in group.processes():
            if not process.wait(max(0.0, deadline_s - time.monotonic())):
                process.kill()
