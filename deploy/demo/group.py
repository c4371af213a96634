"""A machine of the demo: its one-shots in order, then its daemons for good, each started again when it dies.

The site's box and the central are two machines in real life, so each is a group that can lose its power by itself. A
group is driven by `tick(now_s)` from one thread and knows no clock and no threads of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path

import msgspec

from deploy.demo.process import ChildProcess

# A daemon that dies at once must not fill the log or eat the machine; one that ran well starts anew at once.
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.2, 10.0
_RAN_WELL_S = 10.0


class Command(msgspec.Struct, frozen=True):
    """What to run, and the name under which its log and its status are found."""

    name: str
    argv: tuple[str, ...]


class State(StrEnum):
    """Of one process."""

    OFF = "off"
    WAITING = "waiting"
    """For the one-shots before it."""
    RUNNING = "running"
    FAILED = "failed"
    """Ended when it should not; will be started again after a pause."""


class Status(msgspec.Struct, frozen=True):
    """Of one process: how it is, how often it had to be started again since the group was, and its last exit code."""

    state: State
    failures: int
    exit_code: int | None


def pause_s(failures: int) -> float:
    """How long to wait after the n-th failure in a row (n ≥ 1)."""
    return float(min(_FIRST_PAUSE_S * 2.0 ** (failures - 1), _LONGEST_PAUSE_S))


class Member:
    """One process of a group, with its failures in a row."""

    def __init__(self, command: Command, logs: Path, say: Callable[[str], None]) -> None:
        self.name = command.name
        self.process = ChildProcess(command.name, list(command.argv), logs / f"{command.name}.log")
        self.failures = 0
        self.failed = False
        self._say = say
        self._began_at_s = 0.0
        self._start_at_s = 0.0

    def begin(self, now_s: float) -> None:
        self.failures, self.failed = 0, False
        self._start(now_s)

    def keep_alive(self, now_s: float) -> None:
        if self.process.alive:
            if self.failures and now_s - self._began_at_s >= _RAN_WELL_S:
                self.failures = 0
        elif not self.failed:
            self.note_failure(now_s)
        else:
            self.try_again(now_s)

    def note_failure(self, now_s: float) -> None:
        self.failures += 1
        self.failed = True
        wait_s = pause_s(self.failures)
        self._start_at_s = now_s + wait_s
        self._say(f"{self.name} berhenti (kode {self.process.exit_code}); dijalankan lagi dalam {wait_s:g} detik")

    def try_again(self, now_s: float) -> None:
        if now_s >= self._start_at_s:
            self.failed = False
            self._start(now_s)

    def _start(self, now_s: float) -> None:
        self._began_at_s = now_s
        self.process.start()


class Group:
    """Starts with `start`, loses its power with `kill`; `tick` does the rest.

    `prepare` runs at every boot; `once` runs after it until all of it has succeeded one time.
    """

    def __init__(
        self,
        name: str,
        prepare: Sequence[Command],
        daemons: Sequence[Command],
        logs: Path,
        say: Callable[[str], None],
        once: Sequence[Command] = (),
    ) -> None:
        self.name = name
        self._steps = [Member(command, logs, say) for command in (*prepare, *once)]
        self._boot_steps = len(prepare)
        self._daemons = [Member(command, logs, say) for command in daemons]
        self._on = False
        self._step = 0

    def start(self, now_s: float) -> None:
        """Begins with the first one-shot, as at boot; does nothing when it is on."""
        if not self._on:
            self._on = True
            self._step = -1
            self._next_step(now_s)

    def tick(self, now_s: float) -> None:
        if not self._on:
            return
        if not self._prepared:
            self._tick_step(self._steps[self._step], now_s)
            return
        for daemon in self._daemons:
            daemon.keep_alive(now_s)

    def kill(self) -> None:
        """Everything of it ends by SIGKILL, now, as when the power goes."""
        self._on = False
        for process in self.processes():
            process.kill()

    def release(self) -> None:
        """No process is started again from now on; those that run go on until they are ended."""
        self._on = False

    @property
    def running(self) -> bool:
        """Whether all one-shots are done and every daemon has been started."""
        return self._on and self._prepared

    def processes(self) -> list[ChildProcess]:
        return [member.process for member in (*self._steps, *self._daemons)]

    def failed_steps(self) -> list[ChildProcess]:
        return [step.process for step in self._steps if step.failures]

    def status(self) -> dict[str, Status]:
        """Of every daemon; the one-shots are no daemons."""
        return {daemon.name: self._status(daemon) for daemon in self._daemons}

    @property
    def _prepared(self) -> bool:
        return self._step >= len(self._steps)

    def _status(self, daemon: Member) -> Status:
        if not self._on:
            state = State.OFF
        elif not self._prepared:
            state = State.WAITING
        else:
            state = State.RUNNING if daemon.process.alive else State.FAILED
        return Status(state=state, failures=daemon.failures, exit_code=daemon.process.exit_code)

    def _tick_step(self, step: Member, now_s: float) -> None:
        if step.process.alive:
            return
        if step.failed:
            step.try_again(now_s)
        elif step.process.exit_code == 0:
            self._next_step(now_s)
        else:
            step.note_failure(now_s)

    def _next_step(self, now_s: float) -> None:
        self._step += 1
        if self._prepared:
            del self._steps[self._boot_steps :]
            self._step = self._boot_steps
        for member in self._daemons if self._prepared else [self._steps[self._step]]:
            member.begin(now_s)
