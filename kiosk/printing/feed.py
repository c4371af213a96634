"""What a simulated printer does with the bytes of one connection: bytes in, answers and strips of paper out.

As strict as the interpreter, with which it reads: an unknown command is a fault. It stops taking bytes when the paper
is out, answers DLE EOT at once wherever it stands and GS r and GS ( H in their turn. On a wire without connections one
feed lives for ever, and half a command that was left there swallows what comes next, as in a real printer. It has no
socket, thread or clock, and no print head is timed.
"""

from __future__ import annotations

from kiosk.printing.commands import Command, Reader, UnknownCommand
from kiosk.printing.mechanism import Mechanism, Mishap
from kiosk.printing.print_head import PrintHead

BUFFER_BYTES = 4096  # the receive buffer of a common 80 mm printer
_BEFORE_INITIALISE = ("initialise", "nothing", "line_feed", "ask_now", "ask_in_line", "process_id")


class Feed:
    """What came over one connection and was not printed yet. `lasts`: the wire has no connections to end."""

    def __init__(self, mechanism: Mechanism, lasts: bool = False) -> None:
        self._mechanism, self._lasts = mechanism, lasts
        self.hung_up = False
        self._reader = Reader()
        self._head = PrintHead(mechanism.width_dots)
        self._strip = bytearray()
        self._is_initialised = False
        self._is_deaf = False
        self._last_bytes = b""

    @property
    def has_room(self) -> bool:
        """Whether it would take more bytes now."""
        return self._mechanism.ready or self._reader.waiting_bytes < BUFFER_BYTES

    @property
    def waits(self) -> bool:
        """Whether something arrived that could be printed if only the printer were ready."""
        return not self._mechanism.ready and self._reader.waiting_bytes > 0

    def receive(self, data: bytes) -> bytes:
        """Takes bytes, prints what is whole, returns the answers. Bytes behind a hang-up are lost."""
        answers = b""
        while data and not self.hung_up:
            first = self._mechanism.bytes_until_mishap()
            part = data if first is None else data[: max(1, first)]
            data = data[len(part) :]
            if not self._is_deaf:
                self._reader.feed(part)
            answers += self._answers_now(part) + self.work()
            mishap = self._mechanism.count(len(part))
            if mishap is Mishap.POWER_CUT:
                self.forget()
            self.hung_up = mishap in (Mishap.HANG_UP, Mishap.POWER_CUT)
        return answers

    def work(self) -> bytes:
        """Prints what is whole while it can; returns the answers whose turn came."""
        answers = b""
        while self._mechanism.ready:
            try:
                command = self._reader.next()
            except UnknownCommand as error:
                self._stumble(error)
                self._reader.skip_byte()
                continue
            if command is None:
                break
            try:
                answers += self._obey(command)
            except UnknownCommand as error:
                self._stumble(error)
        return answers

    def forget(self) -> None:
        """What a printer loses with its power."""
        self._reader, self._strip = Reader(), bytearray()
        self._head, self._is_initialised = PrintHead(self._mechanism.width_dots), False

    def _answers_now(self, data: bytes) -> bytes:
        """As in real printers, DLE EOT is found wherever it stands, even inside a raster, and before any printing."""
        seen = self._last_bytes + data
        self._last_bytes = seen[-2:]
        if b"\x10\x04" not in seen:
            return b""
        return b"".join(
            self._mechanism.answer_now(seen[place + 2])
            for place in range(len(seen) - 2)
            if seen[place : place + 2] == b"\x10\x04" and seen[place + 2] in (1, 2, 3, 4)
        )

    def _obey(self, command: Command) -> bytes:
        if not self._is_initialised and command.name not in _BEFORE_INITIALISE:
            raise UnknownCommand(command.offset, command.source[:4], "a job begins with ESC @")
        self._is_initialised |= command.name == "initialise"
        self._head.obey(command)
        if command.name == "ask_in_line":
            return self._mechanism.answer_in_turn()
        if command.name == "process_id":
            return self._mechanism.answer_process(command.payload)
        if command.name not in ("ask_now", "nothing"):
            self._strip += command.source
        if command.name == "cut":
            self._mechanism.strip_out(bytes(self._strip))
            self._strip.clear()
            self._head, self._is_initialised = PrintHead(self._mechanism.width_dots), False
        return b""

    def _stumble(self, error: UnknownCommand) -> None:
        """On a connection the rest is thrown away; a wire goes on behind what it did not know, as real printers do."""
        self._mechanism.faults.append(str(error))
        if not self._lasts:
            self._is_deaf = True
            self.forget()
