"""The loudspeaker's own process: commands come as packets on standard input, and every second it says how it is.

Ends when the bridge does, for the line has then no other end.
"""

from __future__ import annotations

import contextlib
import select
import socket
import sys

from firmware_bridge.ports import Command
from firmware_bridge.voice.loudspeaker import Loudspeaker, loudspeaker_of
from firmware_bridge.voice.process import UNWELL, WELL
from kiosk.core import logs
from kiosk.core.clock import SystemClock
from kiosk.core.decoding import from_json
from kiosk.core.loudspeaker_settings import LoudspeakerSettings

_TELL_EVERY_S = 1.0
_PACKET_BYTES = 65_536


def obey(line: socket.socket, loudspeaker: Loudspeaker, clock: SystemClock) -> None:
    """Until the other end is gone."""
    while True:
        if select.select([line], [], [], _TELL_EVERY_S)[0]:
            packet = line.recv(_PACKET_BYTES)
            if not packet:
                return
            loudspeaker.show(from_json(packet, Command))
        with contextlib.suppress(BlockingIOError):  # the bridge has other things to do; it hears the next
            line.send(WELL if loudspeaker.is_well(clock.now().mono_ms) else UNWELL, socket.MSG_DONTWAIT)


def main() -> None:
    logs.setup()
    clock = SystemClock()
    settings = from_json(sys.argv[1], LoudspeakerSettings)
    loudspeaker = loudspeaker_of(settings, clock)
    try:
        with socket.socket(fileno=0) as line, contextlib.suppress(ConnectionError):
            obey(line, loudspeaker, clock)
    finally:
        loudspeaker.close()


if __name__ == "__main__":
    main()
