"""What each ESC/POS command of ours looks like: one look at the start of the bytes says which it is and how long.

Named after the Epson ESC/POS reference. `commands.Reader` walks a stream with it; nothing here remembers anything.
"""

from __future__ import annotations

import msgspec

from kiosk.core.errors import BadInput

NUL, ESC, GS, DLE = 0x00, 0x1B, 0x1D, 0x10
_LARGEST_PAYLOAD_BYTES = 1 << 20  # more paper than any ticket; a wrong length must not make a reader wait for ever


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
# GS ( … carries its own length. Prefix and function → (name, the whole payload's head, how long its data may be).
# `process_id`: four printable letters that the printer sends back once all before it is on paper (fn 48).
# `qr_…`: functions 165, 167, 169, 180 and 181 of GS ( k, as the printer's own QR is made (model 2 only).
_PARENTHESISED: dict[bytes, dict[bytes, tuple[str, range]]] = {
    b"H": {b"00": ("process_id", range(4, 5))},
    b"k": {
        b"1A2\0": ("qr_model", range(1)),
        b"1C": ("qr_module", range(1, 2)),
        b"1E": ("qr_correction", range(1, 2)),
        b"1P0": ("qr_store", range(1, 7090)),
        b"1Q0": ("qr_print", range(1)),
    },
}
_LONGEST_PARENTHESISED_BYTES = 7092


def command_at_start(head: bytes, data: bytearray, offset: int) -> tuple[Command, int] | None:
    """The command that `data` begins with and its length; None when more bytes are needed. `head`: its first eight.

    `offset` is where it stands in the stream, for whoever reads of an UnknownCommand.
    """
    if not head:
        return None
    first = head[0]
    if first == 0x0A:
        return Command(offset, "line_feed"), 1
    if first == NUL:  # every printer passes over it outside a command: see `interrupted`
        return Command(offset, "nothing"), len(data) - len(data.lstrip(b"\0"))
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
    if head[:2] == b"\x1d(":
        return _parenthesised(head, data, offset)
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
    if not 0 < length <= _LARGEST_PAYLOAD_BYTES:
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


def _parenthesised(head: bytes, data: bytearray, offset: int) -> tuple[Command, int] | None:
    if len(head) < 5:
        return None
    functions, length = _PARENTHESISED.get(head[2:3]), int.from_bytes(head[3:5], "little")
    if functions is None:
        raise UnknownCommand(offset, head[:5], "no function group that our tickets use")
    if not 0 < length <= _LONGEST_PARENTHESISED_BYTES:
        raise UnknownCommand(offset, head[:5], f"a function of {length} bytes")
    if len(data) < 5 + length:
        return None
    whole = bytes(data[5 : 5 + length])
    for start, (name, lengths) in functions.items():
        if whole.startswith(start) and len(whole) - len(start) in lengths:
            return _function(Command(offset, name, payload=whole[len(start) :]), head), 5 + length
    raise UnknownCommand(offset, head, "no function that our tickets use, or not with these arguments")


def _function(command: Command, head: bytes) -> Command:
    value = command.payload[0] if command.payload else 0
    wrong = {
        "process_id": not all(32 <= letter <= 126 for letter in command.payload),
        "qr_module": not 1 <= value <= 16,
        "qr_correction": not 48 <= value <= 51,
    }
    if wrong.get(command.name):
        raise UnknownCommand(command.offset, head, f"{command.name} may not be {command.payload.hex(' ')}")
    return command
