"""Bytes for an ESC/POS printer → commands: bytes in, a command, an error or "need more" out. No sockets, no drawing.

Strict on purpose: only the subset that our tickets use, with only the arguments that they may have. A byte that a
printer could take for something else is an `UnknownCommand` with its place: a preview never shows more than was sent.
"""

from __future__ import annotations

import msgspec

from kiosk.core.errors import BadInput

ESC, GS, DLE = 0x1B, 0x1D, 0x10
_LARGEST_RASTER_BYTES = 1 << 20  # more paper than any ticket; a wrong length must not make a reader wait for ever


class UnknownCommand(BadInput):
    """The bytes at `offset` are no command of our subset."""

    code = "unknown-printer-command"

    def __init__(self, offset: int, head: bytes, why: str) -> None:
        self.offset, self.head = offset, head
        super().__init__(f"byte {offset} ({head.hex(' ')}): {why}")


class Command(msgspec.Struct, frozen=True):
    """One command: where it starts, its name in our words, its arguments, the data it carries, and all its bytes."""

    offset: int
    name: str
    arguments: bytes = b""
    payload: bytes = b""
    source: bytes = b""


_ANY = range(256)
_SIZES = [(width << 4) + height for width in range(8) for height in range(8)]
_SWITCH = (0, 1)
# prefix → (name, what its one argument may be; None: it has none). Named after the Epson ESC/POS reference.
_SHORT: dict[bytes, tuple[str, object]] = {
    b"\x1b@": ("initialise", None),
    b"\x1b2": ("line_spacing_default", None),
    b"\x1b3": ("line_spacing", _ANY),
    b"\x1bE": ("bold", _SWITCH),
    b"\x1b-": ("underline", (0, 1, 2)),
    b"\x1ba": ("align", (0, 1, 2)),
    b"\x1bM": ("font", (0,)),
    b"\x1bt": ("code_page", (0, 2, 16, 19)),
    b"\x1bd": ("feed_lines", _ANY),
    b"\x1bJ": ("feed_dots", _ANY),
    b"\x1d!": ("size", _SIZES),
    b"\x1dB": ("inverse", _SWITCH),
    b"\x1dr": ("ask_in_line", (1, 49)),
    b"\x10\x04": ("ask_now", (1, 2, 3, 4)),
}


class Reader:
    """Feed it what arrived, in any pieces; `next()` gives one command at a time, None when it needs more."""

    def __init__(self) -> None:
        self._waiting = bytearray()
        self._offset = 0

    def feed(self, data: bytes) -> None:
        """Adds bytes that arrived."""
        self._waiting += data

    @property
    def waiting_bytes(self) -> int:
        """Bytes that are no whole command yet."""
        return len(self._waiting)

    def next(self) -> Command | None:
        """The next whole command. Raises UnknownCommand and stays where it is."""
        found = _command_at_start(bytes(self._waiting[:8]), self._waiting, self._offset)
        if found is None:
            return None
        command, length = found
        source = bytes(self._waiting[:length])
        del self._waiting[:length]
        self._offset += length
        return msgspec.structs.replace(command, source=source)


def commands(data: bytes) -> list[Command]:
    """All commands of a finished job. Raises UnknownCommand, also when the last one is cut short."""
    reader = Reader()
    reader.feed(data)
    found = []
    while (command := reader.next()) is not None:
        found.append(command)
    if reader.waiting_bytes:
        offset = len(data) - reader.waiting_bytes
        raise UnknownCommand(offset, data[offset : offset + 4], "the job ends inside this command")
    return found


def _command_at_start(head: bytes, data: bytearray, offset: int) -> tuple[Command, int] | None:
    if not head:
        return None
    first = head[0]
    if first == 0x0A:
        return Command(offset, "line_feed"), 1
    if first not in (ESC, GS, DLE):
        return _text(data, offset)
    if len(head) < 2:
        return None
    if head[:2] in _SHORT:
        return _short(head, offset)
    if head[:2] == b"\x1b*":
        return _column_image(head, data, offset)
    if head[:2] == b"\x1dv":
        return _raster(head, data, offset)
    if head[:2] == b"\x1dV":
        return _cut(head, offset)
    raise UnknownCommand(offset, head[:4], "no command that our tickets use")


def _text(data: bytearray, offset: int) -> tuple[Command, int]:
    end = 0
    while end < len(data) and data[end] >= 0x20 and data[end] != 0x7F:
        end += 1
    if end == 0:
        raise UnknownCommand(offset, bytes(data[:4]), "a control character in the text")
    return Command(offset, "text", payload=bytes(data[:end])), end


def _short(head: bytes, offset: int) -> tuple[Command, int] | None:
    name, allowed = _SHORT[head[:2]]
    if allowed is None:
        return Command(offset, name), 2
    if len(head) < 3:
        return None
    if not isinstance(allowed, range | tuple | list) or head[2] not in allowed:
        raise UnknownCommand(offset, head[:3], f"argument {head[2]} is not one of ours")
    return Command(offset, name, head[2:3]), 3


def _column_image(head: bytes, data: bytearray, offset: int) -> tuple[Command, int] | None:
    if len(head) < 5:
        return None
    if head[2] != 33:
        raise UnknownCommand(offset, head[:5], "only 24-dot double-density columns (mode 33) are ours")
    return _with_payload(Command(offset, "column_image", head[3:5]), 5, 3 * int.from_bytes(head[3:5], "little"), data)


def _raster(head: bytes, data: bytearray, offset: int) -> tuple[Command, int] | None:
    if len(head) < 8:
        return None
    if head[2:4] != b"0\0":
        raise UnknownCommand(offset, head[:4], "only rasters of normal size (GS v 0 0) are ours")
    length = int.from_bytes(head[4:6], "little") * int.from_bytes(head[6:8], "little")
    return _with_payload(Command(offset, "raster", head[4:8]), 8, length, data)


def _with_payload(command: Command, head_bytes: int, length: int, data: bytearray) -> tuple[Command, int] | None:
    if not 0 < length <= _LARGEST_RASTER_BYTES:
        raise UnknownCommand(command.offset, bytes(data[:head_bytes]), f"an image of {length} bytes")
    if len(data) < head_bytes + length:
        return None
    payload = bytes(data[head_bytes : head_bytes + length])
    return Command(command.offset, command.name, command.arguments, payload), head_bytes + length


def _cut(head: bytes, offset: int) -> tuple[Command, int] | None:
    if len(head) < 3:
        return None
    if head[2] in (0, 1, 48, 49):
        return Command(offset, "cut", head[2:3] + b"\0"), 3
    if head[2] not in (65, 66):
        raise UnknownCommand(offset, head[:3], "no way of cutting that we know")
    return None if len(head) < 4 else (Command(offset, "cut", head[2:4]), 4)
