"""One child process: started with its own log and its own process group, ended by id, never left behind.

`setpriv` (util-linux, on every Debian) asks the kernel to kill the child when the thread that started it ends, so
that even a demo killed with -9 leaves no orphan that holds the ports. For that reason all processes must be started
by one thread that lives as long as they should: see `supervisor`. Where there is no `setpriv`, a killed demo leaves
its daemons running.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

_SETPRIV = shutil.which("setpriv")
_KILL_TIMEOUT_S = 5.0


class ChildProcess:
    """`start` may be called again once the process has ended; its log goes on in the same file."""

    def __init__(self, name: str, command: list[str], log: Path, environment: Mapping[str, str] | None = None) -> None:
        self.name, self.command, self.log = name, command, log
        self._environment = dict(os.environ) | dict(environment or {})
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        assert not self.alive, f"{self.name} is already running"
        self.log.parent.mkdir(parents=True, exist_ok=True)
        leash = [_SETPRIV, "--pdeathsig", "KILL", "--"] if _SETPRIV else []
        with self.log.open("ab") as output:
            self._process = self._spawn(leash + self.command, output)

    def _spawn(self, command: list[str], output: BinaryIO) -> subprocess.Popen[bytes]:
        # A session of its own: Ctrl-C in the terminal reaches the supervisor only, which then ends the rest in order.
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=self._environment,
            start_new_session=True,
        )

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None else None

    @property
    def exit_code(self) -> int | None:
        """None while running or never started; minus the signal's number when a signal ended it."""
        return self._process.poll() if self._process is not None else None

    def ask_to_end(self) -> None:
        """SIGTERM; returns at once."""
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL to the process and all it started; returns when it is gone."""
        self._signal(signal.SIGKILL)
        if self._process is not None:
            self._process.wait(_KILL_TIMEOUT_S)

    def wait(self, timeout_s: float) -> bool:
        """Whether it ended within the time."""
        if self._process is None:
            return True
        try:
            self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            return False
        return True

    def last_words(self, lines: int = 12) -> str:
        """The end of its log, for a message that says why it died."""
        if not self.log.exists():
            return ""
        with self.log.open("rb") as log:
            log.seek(max(0, log.seek(0, os.SEEK_END) - 8192))
            return "\n".join(log.read().decode(errors="replace").splitlines()[-lines:])

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None and self._process.poll() is None:
            os.killpg(self._process.pid, number)
