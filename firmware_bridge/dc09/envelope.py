"""What is around every DC-09 body: LF, CRC, length, the body from its first quote, CR.

A body is ASCII text, so LF and CR cannot occur in it and cut a stream into frames. What is longer than the limit or
has another CRC or length is no frame. Pure; what a body says is `frames`.
"""

from __future__ import annotations

import re

from kiosk.core.errors import BadInput

LF, CR = b"\n", b"\r"
BODY_LIMIT_BYTES = 1_024  # the length field could say 4,095; the longest encrypted message of ours has 200
_OVERHEAD_BYTES = 10
_EVIDENCE_LIMIT = 500
_FRAME = re.compile(rb"\n([0-9A-Fa-f]{4})0([0-9A-Fa-f]{3})([\x20-\x7e]+)\r")


def crc16(data: bytes) -> int:
    """CRC-16/ARC: polynomial 0x8005, reflected (0xA001), starting at 0."""
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ 0xA001 if crc & 1 else crc >> 1
    return crc


def wrap(body: bytes) -> bytes:
    """The frame around `body`. Raises BadInput when it is over the limit."""
    if len(body) > BODY_LIMIT_BYTES:
        raise BadInput(f"pesan DC-09 sebesar {len(body)} byte melebihi batas {BODY_LIMIT_BYTES}")
    return b"\n%04X0%03X%b\r" % (crc16(body), len(body), body)


def unwrap(frame: bytes) -> str:
    """The body of one whole frame. Raises BadInput saying what is wrong with it."""
    if len(frame) > BODY_LIMIT_BYTES + _OVERHEAD_BYTES:
        raise BadInput(f"bingkai DC-09 sebesar {len(frame)} byte melebihi batas")
    found = _FRAME.fullmatch(frame)
    if found is None:
        raise BadInput("ini bukan bingkai DC-09: LF, CRC, panjang, isi, CR")
    crc, length, body = found.groups()
    if int(length, 16) != len(body):
        raise BadInput(f"panjang tertulis {int(length, 16)} byte, isinya {len(body)}")
    if int(crc, 16) != crc16(body):
        raise BadInput(f"CRC tertulis {crc.decode()}, seharusnya {crc16(body):04X}")
    return body.decode("ascii")


def printable(frame: bytes) -> str:
    """A frame, or whatever came instead of one, as text for evidence and logs; never longer than 500 characters."""
    shown = (chr(byte) if 0x20 <= byte < 0x7F else f"\\x{byte:02x}" for byte in frame.strip(LF + CR)[:_EVIDENCE_LIMIT])
    return "".join(shown)[:_EVIDENCE_LIMIT]


class FrameReader:
    """Cuts a stream into frames, LF to CR. `dropped_bytes` counts what belonged to none."""

    def __init__(self) -> None:
        self._pending = b""
        self.dropped_bytes = 0

    def feed(self, data: bytes) -> list[bytes]:
        """Frames that are complete with `data`, in order; not yet checked."""
        *ended, rest = (self._pending + data).split(CR)
        frames = [frame for piece in ended if (frame := self._from_last_lf(piece, 1))]
        rest = self._from_last_lf(rest, 0)
        if len(rest) > BODY_LIMIT_BYTES + _OVERHEAD_BYTES:
            self.dropped_bytes += len(rest)
            rest = b""
        self._pending = rest
        return [frame + CR for frame in frames]

    def _from_last_lf(self, piece: bytes, ending_bytes: int) -> bytes:
        start = piece.rfind(LF)
        if start < 0:
            self.dropped_bytes += len(piece) + ending_bytes
            return b""
        self.dropped_bytes += start
        return piece[start:]
