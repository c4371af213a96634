"""The bridge's side of the loudspeaker: commands to a process of its own, over a socket that is never waited for.

Starting a program holds Python's lock until the disk has given its first page, and rendering keeps the processor busy:
neither may happen in the process whose loop must turn within 50 ms. So all of it is in another one (`__main__`), begun
once, before the bridge is ready. A command that finds no room is dropped, for it is repeated within a second. One that
has died is begun anew only while nothing is shown: until then it is a fault, and lamps and siren know nothing of it.
"""

from __future__ import annotations

import contextlib
import logging
import socket
import subprocess
import sys
from collections.abc import Sequence

import msgspec

from firmware_bridge.ports import Command
from kiosk.core.alarm_words import Lamp
from kiosk.core.clock import Clock
from kiosk.core.loudspeaker_settings import LoudspeakerSettings

FAULT_WORDS = ("pengeras suara tidak berbunyi",)
WELL, UNWELL = b"well", b"unwell"  # what the process says of itself, every second
RESTART_MS = 60_000
SILENT_MS = 10_000  # a Python that starts on a Pi beside everything else takes some seconds
_PACKET_BYTES = 4_096
_END_WITHIN_S = 5.0

log = logging.getLogger("bridge.voice")


def voice_command(settings: LoudspeakerSettings) -> tuple[str, ...]:
    return (sys.executable, "-m", "firmware_bridge.voice", msgspec.json.encode(settings).decode())


class VoiceProcess:
    """A `Voice`. Used by one thread."""

    def __init__(self, command: Sequence[str], clock: Clock) -> None:
        self._command, self._clock = tuple(command), clock
        self._start()

    def show(self, command: Command) -> None:
        if command.lamp is Lamp.OFF and not command.siren and self._is_to_restart():
            log.error("the loudspeaker's process has ended and is begun anew", extra={"exit": self._process.returncode})
            self._let_go()
            self._start()
        with contextlib.suppress(OSError):  # no room, or nobody there: told by `faults`, and repeated within a second
            self._line.send(msgspec.json.encode(command))

    def faults(self, now_ms: int) -> tuple[str, ...]:
        with contextlib.suppress(OSError):
            while said := self._line.recv(_PACKET_BYTES):
                self._is_well, self._heard_ms = said == WELL, now_ms
        return () if self._is_well and now_ms - self._heard_ms <= SILENT_MS else FAULT_WORDS

    def close(self) -> None:
        self._let_go()

    def _is_to_restart(self) -> bool:
        return self._process.poll() is not None and self._clock.now().mono_ms - self._started_ms >= RESTART_MS

    def _start(self) -> None:
        self._line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._line.setblocking(False)
        self._is_well, self._started_ms = True, self._clock.now().mono_ms
        self._heard_ms = self._started_ms
        with theirs:
            self._process = subprocess.Popen(self._command, stdin=theirs.fileno())

    def _let_go(self) -> None:
        """Its end of the line is its end; one that does not see that is killed."""
        self._line.close()
        try:
            self._process.wait(_END_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
