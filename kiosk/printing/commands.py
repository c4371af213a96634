"""Bytes for an ESC/POS printer → commands: bytes in, a command, an error or "need more" out. No sockets, no drawing.

Strict on purpose: only the subset that our tickets use, with only the arguments that they may have (`command_forms`). A
byte that a printer could take for something else is an `UnknownCommand` with its place: a preview never shows more than
was sent.
"""

from __future__ import annotations

import msgspec

from kiosk.printing.command_forms import Command, UnknownCommand, command_at_start

__all__ = ["Command", "Reader", "UnknownCommand", "commands"]


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
        found = command_at_start(bytes(self._waiting[:8]), self._waiting, self._offset)
        if found is None:
            return None
        command, length = found
        source = bytes(self._waiting[:length])
        del self._waiting[:length]
        self._offset += length
        return msgspec.structs.replace(command, source=source)

    def skip_byte(self) -> None:
        """Leaves one byte out that is no command."""
        self._offset += len(self._waiting[:1])
        del self._waiting[:1]


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
