"""Out to the loudspeaker: samples into `aplay`, which every Raspberry Pi OS has (alsa-utils).

A process of its own, so that a sound card that hangs hangs nobody here but the thread that writes, and ending the
process ends even that. The pipe to it and its own buffer are kept short, so what is cut off is soon silent.
"""

from __future__ import annotations

import contextlib
import fcntl
import subprocess
import threading
from collections.abc import Sequence
from typing import Protocol

from kiosk.voice.sound import RATE_HZ

_PIPE_BYTES = 4_096  # a tenth of a second
_BUFFER_US = 200_000
_END_WITHIN_S = 2.0


class Player(Protocol):
    def write(self, samples: bytes) -> None:
        """Waits until there is room for them. Raises OSError when nothing can be played now."""

    def cut(self) -> None:
        """What was written and not yet heard is dropped; a `write` that waits ends. From any thread."""


def aplay_command(device: str) -> tuple[str, ...]:
    wav = ("-t", "raw", "-f", "S16_LE", "-c", "1", "-r", str(RATE_HZ))
    return ("aplay", "-q", "-D", device, *wav, f"--buffer-time={_BUFFER_US}")


class ProcessPlayer:
    """A `Player` that gives the samples to a program's standard input; the program runs only while there are any."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = tuple(command)
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def write(self, samples: bytes) -> None:
        with self._lock:
            process = self._process
            if process is None:
                process = self._process = self._start()
        assert process.stdin is not None
        try:
            left = memoryview(samples)
            while left:  # whoever ends in the middle has taken a part, and only the next write tells
                left = left[process.stdin.write(left) :]
        except (OSError, ValueError) as error:  # it has ended, or was ended meanwhile
            self.cut()
            raise OSError(f"{self._command[0]} plays nothing: {error}") from error

    def cut(self) -> None:
        with self._lock:
            process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):  # the kernel holds it in the driver; init will have it
            process.wait(_END_WITHIN_S)
        assert process.stdin is not None
        with contextlib.suppress(OSError):
            process.stdin.close()

    def _start(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, bufsize=0
        )
        assert process.stdin is not None
        fcntl.fcntl(process.stdin, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        return process
