"""Frames on the wire, the board's end: `00 | COBS(version, type, seq16, body, CRC-16/IBM-3740) | 00`.

Written for MicroPython and runs on any Python. `firmware_bridge/panel/frames.py` is the host's end and `vectors.json`
holds both to the same bytes; `firmware_bridge/PROTOCOL.md` is the text. A bad frame is dropped and counted.
"""

import struct

BODY_LIMIT_BYTES = 200
_PACKED_LIMIT_BYTES = 4 + BODY_LIMIT_BYTES + 2 + 1


def _crc_table() -> list[int]:
    table = []
    for value in range(256):
        crc = value << 8
        for _ in range(8):
            crc = crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1
        table.append(crc & 0xFFFF)
    return table


_CRC = _crc_table()


def crc(data: bytes) -> int:
    """CRC-16/IBM-3740; of b"123456789" it is 0x29B1."""
    value = 0xFFFF
    for byte in data:
        value = (value << 8 & 0xFFFF) ^ _CRC[value >> 8 ^ byte]
    return value


def packed(version: int, kind: int, sequence: int, body: bytes) -> bytes:
    """A frame as it goes on the wire."""
    plain = struct.pack(">BBH", version, kind, sequence) + body
    plain += struct.pack(">H", crc(plain))
    out = bytearray(b"\0")
    for run in plain.split(b"\0"):  # none is longer than 206 bytes, so every run fits behind one length byte
        out.append(len(run) + 1)
        out += run
    out.append(0)
    return bytes(out)


def unpacked(piece: bytes) -> tuple[int, int, bytes] | None:
    """Version, type and body of what stood between two zeros; None when it is no frame."""
    plain = bytearray()
    at, end = 0, len(piece)
    while at < end:
        after = at + piece[at]
        if after == at or after > end:
            return None
        plain += piece[at + 1 : after]
        at = after
        if at < end:
            plain.append(0)
    if len(plain) < 6:
        return None
    body_end = len(plain) - 2
    if crc(bytes(plain[:body_end])) != plain[body_end] << 8 | plain[body_end + 1]:
        return None
    return plain[0], plain[1], bytes(plain[4:body_end])


class FrameCutter:
    """Cuts a stream of bytes into frames. `dropped` counts what was none."""

    def __init__(self) -> None:
        self.dropped = 0
        self._pending = b""
        self._skipping = False

    def feed(self, data: bytes) -> list[tuple[int, int, bytes]]:
        frames = []
        pieces = (self._pending + data).split(b"\0")
        self._pending = pieces.pop()
        for piece in pieces:
            if self._skipping:  # the tail of something too long, counted already
                self._skipping = False
            elif piece:
                frame = unpacked(piece) if len(piece) <= _PACKED_LIMIT_BYTES else None
                if frame is None:
                    self.dropped += 1
                else:
                    frames.append(frame)
        if len(self._pending) > _PACKED_LIMIT_BYTES:
            if not self._skipping:
                self.dropped += 1
            self._skipping, self._pending = True, b""
        return frames
