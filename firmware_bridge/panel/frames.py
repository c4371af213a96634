"""Frames on the serial line: `00 | COBS(version, type, seq16, body, CRC-16/IBM-3740) | 00`. See PROTOCOL.md.

COBS leaves no zero inside a frame, so after any garbage the next zero begins anew. A frame that is too long, does not
unpack or fails its CRC is dropped and counted, and disturbs nothing around it. Pure, and it knows no types: `codec`
does. Numbers are big-endian. The same is written in MicroPython in `firmware_bridge/firmware/codec.py`, and
`vectors.json` holds both to the same bytes.
"""

from __future__ import annotations

import binascii
import struct

import msgspec

from kiosk.core.errors import BadInput

BODY_LIMIT_BYTES = 200
CRC_START = 0xFFFF  # CRC-16/IBM-3740: polynomial 0x1021, not reflected; of "123456789" it is 0x29B1
_HEAD = struct.Struct(">BBH")
_CRC = struct.Struct(">H")
_SHORTEST_BYTES = _HEAD.size + _CRC.size
_PACKED_LIMIT_BYTES = _HEAD.size + BODY_LIMIT_BYTES + _CRC.size + 1  # COBS adds one byte to up to 254


class BadFrame(BadInput):
    """These bytes are no frame."""

    code = "bad-frame"


class Frame(msgspec.Struct, frozen=True):
    """`version` is the one its sender wrote it in; `sequence` counts the sender's frames, modulo 2^16."""

    version: int
    kind: int
    sequence: int
    body: bytes


def to_bytes(frame: Frame) -> bytes:
    """As it goes on the wire. Raises `BadFrame` for a body that is too long."""
    if len(frame.body) > BODY_LIMIT_BYTES:
        raise BadFrame(f"a body of {len(frame.body)} bytes is longer than {BODY_LIMIT_BYTES}")
    plain = _HEAD.pack(frame.version, frame.kind, frame.sequence & 0xFFFF) + frame.body
    return b"\0" + cobs_packed(plain + _CRC.pack(crc(plain))) + b"\0"


def from_packed(packed: bytes) -> Frame:
    """What stands between two zeros. Raises `BadFrame`."""
    if len(packed) > _PACKED_LIMIT_BYTES:
        raise BadFrame("longer than any frame")
    plain = cobs_unpacked(packed)
    if len(plain) < _SHORTEST_BYTES:
        raise BadFrame("shorter than any frame")
    (told,) = _CRC.unpack(plain[-_CRC.size :])
    if crc(plain[: -_CRC.size]) != told:
        raise BadFrame("the CRC differs")
    version, kind, sequence = _HEAD.unpack(plain[: _HEAD.size])
    return Frame(version, kind, sequence, plain[_HEAD.size : -_CRC.size])


def crc(data: bytes) -> int:
    return binascii.crc_hqx(data, CRC_START)


def cobs_packed(plain: bytes) -> bytes:
    """Consistent overhead byte stuffing (Cheshire and Baker, 1999): each run without a zero behind its length. A frame
    is shorter than the 254 bytes at which a run would have to be cut."""
    return b"".join(bytes([len(run) + 1]) + run for run in plain.split(b"\0"))


def cobs_unpacked(packed: bytes) -> bytes:
    """Raises `BadFrame` for what no packing gives."""
    plain = bytearray()
    at = 0
    while at < len(packed):
        length = packed[at]
        run = packed[at + 1 : at + length]
        if length == 0 or len(run) != length - 1 or 0 in run:
            raise BadFrame("the byte stuffing is broken")
        plain += run
        at += length
        if at < len(packed):
            plain.append(0)
    return bytes(plain)


class FrameCutter:
    """Cuts a stream of bytes into frames. `dropped` counts what stood between two zeros and was none, `missed` the
    sender's numbers that never came."""

    def __init__(self) -> None:
        self.dropped = self.missed = 0
        self._pending = b""
        self._skipping = False
        self._expected: int | None = None

    def feed(self, data: bytes) -> list[Frame]:
        """Frames that are complete with `data`, in order."""
        *pieces, self._pending = (self._pending + data).split(b"\0")
        frames = [frame for piece in pieces if (frame := self._piece(piece)) is not None]
        if len(self._pending) > _PACKED_LIMIT_BYTES:
            self.dropped += not self._skipping
            self._skipping, self._pending = True, b""
        return frames

    def _piece(self, piece: bytes) -> Frame | None:
        if self._skipping:  # the tail of something too long, counted already
            self._skipping = False
            return None
        if not piece:  # between the end of one frame and the start of the next
            return None
        try:
            frame = from_packed(piece)
        except BadFrame:  # a wire may bring anything; counted, and the sender repeats what mattered
            self.dropped += 1
            return None
        if self._expected is not None:
            ahead = (frame.sequence - self._expected) & 0xFFFF
            self.missed += ahead if ahead < 0x8000 else 0  # one from before is a copy, or came late
        self._expected = (frame.sequence + 1) & 0xFFFF
        return frame
