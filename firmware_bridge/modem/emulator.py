"""The simulation's GSM modem: AT commands in, answers and texts out, with every fault that real ones have. Pure.

It is what the demo's simulated box has in place of a modem, and what the tests talk to; `emulated_line` puts it behind
a real pseudo-terminal. It follows 3GPP TS 27.005 and 27.007 as far as a host that sends texts can see, in PDU mode only
(text mode is its state after power-up, and refused for sending). Time is passed in.
"""

from __future__ import annotations

from firmware_bridge.modem.emulated_frames import Submitted, deliver, status_report, submitted
from firmware_bridge.modem.emulated_world import Commands, Quirks, World

ACKNOWLEDGE_WITHIN_MS = 15_000
_ESCAPE, _CONTROL_Z = 0x1B, 0x1A


class EmulatedModem:
    """Used by one thread at a time. `world` may be looked at and changed between any two calls."""

    def __init__(self, quirks: Quirks = Quirks(), world: World | None = None) -> None:
        self.world = world or World()
        self.quirks = quirks
        self._due: list[tuple[int, bytes]] = []
        self._now_ms = 0
        self._start()

    def _start(self) -> None:
        self._commands = Commands(self.world, self.quirks)
        self._input = bytearray()
        self._awaits_frame = self._hung = False
        self._unacknowledged_ms: int | None = None

    def receive(self, data: bytes, now_ms: int) -> None:
        """Bytes from the host."""
        self._now_ms = now_ms
        for byte in data:
            if self._hung:
                self._hung = not (byte == _ESCAPE and self.world.hangs_until == "escape")
            elif self._awaits_frame:
                self._frame_byte(byte)
            elif byte == 0x0D:
                line, self._input = self._input.decode("ascii", "replace"), bytearray()
                self._say(f"{line}\r".encode() if self._commands.echo else b"")
                self._command(line)
            elif byte not in (0x0A, _ESCAPE):
                self._input.append(byte)

    def outgoing(self, now_ms: int) -> bytes:
        """Bytes for the host that are due."""
        self._now_ms = now_ms
        if self._unacknowledged_ms is not None and now_ms - self._unacknowledged_ms > ACKNOWLEDGE_WITHIN_MS:
            self._commands.routing, self._unacknowledged_ms = "2,0,0,0,0", None  # TS 27.005, +CNMA
        ready = [data for at_ms, data in self._due if at_ms <= now_ms]
        self._due = [(at_ms, data) for at_ms, data in self._due if at_ms > now_ms]
        return b"".join(ready)

    def text_in(self, sender: str, text: str, now_ms: int) -> None:
        """Somebody texts the modem's number."""
        self._now_ms = now_ms
        frame, length = deliver(sender, text, now_ms)
        if self._commands.texts_to == "2":
            return self._hand_over("+CMT: ,", frame, length, now_ms)
        index = max(self.world.stored, default=0) + 1
        self.world.stored[index] = f"+CMGL: {index},0,,{length}\r\n{frame}"
        if self._commands.texts_to == "1":
            self._end(f'+CMTI: "SM",{index}')

    def report_in(self, reference: int, number: str, status: int, taken_ms: int, now_ms: int) -> None:
        """The service centre reports on a text that it took at `taken_ms`."""
        frame, length = status_report(reference, number, status, taken_ms, now_ms)
        if self._commands.reports_to == "1":
            self._hand_over("+CDS: ", frame, length, now_ms)

    def say(self, data: bytes, now_ms: int) -> None:
        """Says something that nobody asked for."""
        self._now_ms = now_ms
        self._say(data)

    def dtr_dropped(self) -> None:
        """The host let go of DTR, or closed the port."""
        self._awaits_frame = False
        self._input.clear()
        self._hung = self._hung and self.world.hangs_until == "power"

    def power_cut(self, now_ms: int) -> None:
        """The supply was taken away and is back."""
        self._due.clear()
        self._start()
        self._now_ms = now_ms
        self.world.sim = "SIM PIN" if self.world.pin and self.world.sim == "READY" else self.world.sim
        self._say(b"\x00\x00\r\nRDY\r\n")

    def _hand_over(self, announcement: str, frame: str, length: int, at_ms: int) -> None:
        self._due.append((at_ms, f"\r\n{announcement}{length}\r\n{frame}\r\n".encode()))
        if self._commands.service == 1 and self._unacknowledged_ms is None:
            self._unacknowledged_ms = at_ms

    def _command(self, line: str) -> None:
        if not line:
            return
        self.world.heard.append(line)
        self._say(self.quirks.chatter)
        command, _, value = line.upper().partition("=")
        if command in self.quirks.refused or line.upper() in self.quirks.refused:
            self._end("ERROR")
        elif command == "AT+CMGS":
            self._offered()
        elif command == "AT+CFUN":
            self.power_cut(self._now_ms)
        else:
            if command == "AT+CNMA":
                self._unacknowledged_ms = None
            self._end(*self._commands.answer(command, value))

    def _offered(self) -> None:
        world = self.world
        if world.hangs and world.hangs[0] == "prompt":
            world.hangs.pop(0)
            self._hung = True
        elif world.sim != "READY" or not self._commands.pdu_mode:
            self._end("+CMS ERROR: 310" if world.sim != "READY" else "+CMS ERROR: 304")
        else:
            self._awaits_frame = True
            self._input.clear()
            self._say(b"\r\n>\r\n" if self.quirks.bare_prompt else b"\r\n> ")

    def _frame_byte(self, byte: int) -> None:
        if byte not in (_ESCAPE, _CONTROL_Z):
            self._input.append(byte)
            return
        hex_digits, self._input = self._input.decode("ascii", "replace"), bytearray()
        self._awaits_frame = False
        if byte == _ESCAPE:
            self._end("OK")
        elif self.world.hangs:
            self.world.hangs.pop(0)
            self._hung = True
        else:
            self._say(f"{hex_digits}\x1a\r\n".encode() if self._commands.echo else b"")
            self._say(self.quirks.chatter)
            self._frame(hex_digits)

    def _frame(self, hex_digits: str) -> None:
        world = self.world
        try:
            text = submitted(bytes.fromhex(hex_digits))
        except (ValueError, IndexError):
            return self._end("+CMS ERROR: 304")
        if not world.is_registered or world.refusals:
            return self._end(world.refusals.pop(0) if world.is_registered else "+CMS ERROR: 331")
        world.reference = (world.reference + 1) % 256
        world.sent.append(text)
        if world.reports_first:
            self._report(text)
        self._end(f"+CMGS: {world.reference}")
        self._end("OK")
        if not world.reports_first:
            self._report(text)

    def _report(self, text: Submitted) -> None:
        for status, delay_ms in self.world.reports if text.wants_report and self._commands.reports_to == "1" else ():
            at_ms = self._now_ms + (0 if self.world.reports_first else delay_ms)
            self._hand_over(
                "+CDS: ", *status_report(self.world.reference, text.number, status, self._now_ms, at_ms), at_ms
            )

    def _end(self, *lines: str) -> None:
        self._say("".join(f"\r\n{line}\r\n" for line in lines).encode())

    def _say(self, data: bytes) -> None:
        if data:
            self._due.append((self._now_ms, data))
