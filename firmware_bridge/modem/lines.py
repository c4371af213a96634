"""From the modem's bytes to lines and the `>` prompt, however the stream is cut. No ports, no clock.

A prompt has no line end, and its space is missing on some modems (SIM7670G sends `\\r\\n>\\r\\n`), so a bare `>` at the
start of a line is the prompt, but only while one is wanted: whoever reads the items may set `prompt_wanted` between
two of them. Bytes that are no text are passed over at the start of a line (a modem that powers up sends NULs); inside
a line they spoil it, because leaving them out could turn one number into another.
"""

from __future__ import annotations

from collections.abc import Iterator

LINE_LIMIT = 1_024  # characters; the longest line that means something is a frame of 354
PROMPT = ">"
_CONTROL_Z = 0x1A  # ends the echo of a message


class LineReader:
    """`dropped` counts lines that could not be read."""

    def __init__(self) -> None:
        self.prompt_wanted = False
        self.dropped = 0
        self._line = bytearray()
        self._spoilt = False

    def feed(self, data: bytes) -> Iterator[str]:
        """Lines without their ends, and PROMPT. Must be read to the end, for what is not taken is lost."""
        for byte in data:
            if byte in b"\r\n":
                if self._spoilt:
                    self.dropped += 1
                elif line := self._line.decode("ascii").strip():
                    yield line
                self._line.clear()
                self._spoilt = False
            elif byte == _CONTROL_Z or (not self._line and not 0x20 < byte < 0x7F):
                continue
            elif not 0x20 <= byte < 0x7F or len(self._line) >= LINE_LIMIT:
                self._spoilt = True
            else:
                self._line.append(byte)
                if self.prompt_wanted and self._line == PROMPT.encode():
                    self._line.clear()
                    yield PROMPT
