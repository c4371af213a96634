"""Frames that the modem hands us: an announcing line, then the frame in hex, directly or out of its memory. Pure.

Whatever else comes between the two is read as usual; a frame that does not fit its announcement is counted and claims
nothing. What was read out of the memory is to be forgotten there, or the memory fills up and nothing more comes in.
"""

from __future__ import annotations

import re

from firmware_bridge.modem.answers import FrameNext
from firmware_bridge.modem.pdu import Delivered, StatusReport, read
from kiosk.core.errors import BadInput

_HEX = re.compile(r"(?:[0-9A-Fa-f]{2}){2,}\Z")
FRAME_LIMIT_MS = 5_000  # a frame follows its line at once; even at 9,600 baud it takes 0.4 s


class Mailbox:
    """`unacknowledged` counts frames that came directly; `read_indexes` are places in the memory to be freed."""

    def __init__(self) -> None:
        self.garbled = 0
        self.unacknowledged = 0
        self.read_indexes: list[int] = []
        self._announced: tuple[FrameNext, str, int] | None = None

    def announce(self, coming: FrameNext, line: str, now_ms: int) -> None:
        self._announced = coming, line, now_ms

    def take(self, line: str, now_ms: int) -> tuple[Delivered | StatusReport | None, str] | None:
        """The frame and both its lines when `line` is the announced one (None for a damaged one); else None."""
        if self._announced is None or not _HEX.match(line):
            return None
        coming, announcement, at_ms = self._announced
        self._announced = None
        if now_ms - at_ms > FRAME_LIMIT_MS:
            return None
        raw = f"{announcement} / {line}"
        try:
            frame = read(line, coming.length)
        except BadInput:  # counted; a damaged report must not pass for one
            self.garbled += 1
            return None, raw
        if coming.index is None:
            self.unacknowledged += 1
        else:
            self.read_indexes.append(coming.index)
        return frame, raw

    def reset(self) -> None:
        """The modem has started anew: nothing is announced or unacknowledged any more."""
        self.unacknowledged, self.read_indexes, self._announced = 0, [], None
