"""A program of ours that the test starts and kills, and that must never end by itself."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path


class Program:
    """`python -m …`; what it says goes to `log`, from one life to the next."""

    def __init__(self, words: Sequence[str], log: Path) -> None:
        self._words, self._log = [sys.executable, "-m", *words], log
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def is_running(self) -> bool:
        return self._process is not None

    def start(self) -> None:
        """Does nothing when it runs."""
        if self._process is None:
            with self._log.open("ab") as log:
                self._process = subprocess.Popen(self._words, stdout=log, stderr=log)

    def kill(self) -> None:
        """SIGKILL; does nothing when it does not run."""
        if self._process is not None:
            self.require_alive()
            self._process.kill()
            self._process.wait()
            self._process = None

    def require_alive(self) -> None:
        """That it has not ended by itself."""
        if self._process is not None:
            ended = self._process.poll()
            assert ended is None, f"{self._words[2:]} ended with {ended}: {self._log.read_text()[-3_000:]}"

    def close(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
