"""One thread at a time, in time that only passes when every thread waits: how a schedule is played again exactly.

The code under test runs as it is, in threads of its own, and blocks where it always blocks: in a connection's `step`,
on the event that ends it, on the nudge of another link. Here each of these is a place where it hands over the turn.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import TracebackType
from typing import Literal


class Killed(BaseException):
    """`kill -9` as a thread sees it: nothing of what comes after happens. No `except Exception` catches it."""


class Task:
    def __init__(self, work: Callable[[], None], turns: Turns) -> None:
        self.turn = threading.Semaphore(0)
        self.killed = self.done = False
        self.wake_s = turns.now_s
        self.is_ready: Callable[[], bool] = lambda: True
        self.raised: BaseException | None = None
        self._work, self._turns = work, turns
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        self.turn.acquire()
        try:
            if not self.killed:
                self._work()
        except Killed:
            pass
        except BaseException as error:  # noqa: BLE001  # handed to the test, which raises it
            self.raised = error
        self.done = True
        self._turns.back.release()


class Turns:
    """Every task and the time. Whoever plays the schedule calls `start`, `run` and `kill`; tasks call `wait`."""

    def __init__(self) -> None:
        self.now_s = 1_000.0
        self.back = threading.Semaphore(0)
        self._tasks: list[Task] = []
        self._running: Task | None = None
        self._later: list[tuple[float, int, Callable[[], None]]] = []
        self._count = 0

    def monotonic(self) -> float:
        """Stands in for `time.monotonic`."""
        return self.now_s

    def later(self, seconds: float, do: Callable[[], None]) -> None:
        """Has `do` done when that time has passed; in order where times are equal."""
        self._count += 1
        self._later.append((self.now_s + seconds, self._count, do))

    def start(self, work: Callable[[], None]) -> Task:
        task = Task(work, self)
        self._tasks.append(task)
        return task

    def wait(self, seconds: float, is_ready: Callable[[], bool] = lambda: False) -> None:
        """A task waits: until `is_ready()`, or for this long."""
        task = self._running
        assert task is not None, "only a task may wait"
        if task.killed:
            raise Killed
        task.wake_s, task.is_ready = self.now_s + seconds, is_ready
        self.back.release()
        task.turn.acquire()
        if task.killed:
            raise Killed

    def run(self, seconds: float, until: Callable[[], bool] = lambda: False) -> None:
        """Lets this much time pass, or less if `until()`, which is asked whenever time is about to."""
        end_s = self.now_s + seconds
        while True:
            due = [item for item in self._later if item[0] <= self.now_s]
            if due:
                self._later.remove(min(due, key=lambda item: item[:2]))
                min(due, key=lambda item: item[:2])[2]()
                continue
            able = [task for task in self._tasks if task.is_ready() or task.wake_s <= self.now_s]
            for task in able:
                if not task.done:
                    self._give_turn(task)
            self._tasks = [task for task in self._tasks if not task.done]
            if able:
                continue
            if self.now_s >= end_s or until():
                return
            coming = [at_s for at_s, _, _ in self._later] + [task.wake_s for task in self._tasks]
            self.now_s = min([end_s, *coming])

    def kill(self, tasks: list[Task]) -> None:
        """Ends these tasks where they wait."""
        for task in tasks:
            task.killed = True
            if not task.done:
                self._give_turn(task)
            task.thread.join()
        self._tasks = [task for task in self._tasks if not task.done]

    def _give_turn(self, task: Task) -> None:
        self._running = task
        task.turn.release()
        self.back.acquire()
        self._running = None
        if task.raised is not None:
            raise task.raised


class Stop(threading.Event):
    """The event that ends a daemon; whoever waits on it hands over the turn."""

    def __init__(self, turns: Turns) -> None:
        super().__init__()
        self._turns = turns

    def wait(self, timeout: float | None = None) -> bool:
        self._turns.wait(3_600.0 if timeout is None else timeout, self.is_set)
        return self.is_set()


class Nudge(threading.Condition):
    """The nudge between links. It locks nothing: only one thread runs."""

    def __init__(self, turns: Turns) -> None:
        super().__init__()
        self._turns, self._told = turns, 0

    def __enter__(self) -> bool:
        return True

    def __exit__(
        self, _type: type[BaseException] | None, _value: BaseException | None, _trace: TracebackType | None
    ) -> Literal[None]:
        return None

    def wait(self, timeout: float | None = None) -> bool:
        told = self._told
        self._turns.wait(3_600.0 if timeout is None else timeout, lambda: self._told != told)
        return self._told != told

    def notify_all(self) -> None:
        self._told += 1
