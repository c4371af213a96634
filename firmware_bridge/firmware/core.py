"""The panel board without its pins: samples, bytes and time in, bytes and output levels out.

It knows nothing of alerts. It keeps every event until the host says that it is on disk, sends it again every 500 ms,
and obeys commands until their time is over. It has no import of `machine` and starts no clock, so the very same file
runs on a RP2040, on MicroPython's Unix and WebAssembly ports and on CPython; `main` gives it pins.
"""

from . import messages, sense
from .codec import FrameCutter, packed
from .outputs import Outputs
from .ring import PLACES, Ring

FIRMWARE = (1, 0, 0)
RESEND_MS = 500
RESEND_EVENTS = 64  # a burst is 2.1 kB, a fifth of a second at 115200 baud; more are sent in turns
BEAT_MS = 40  # while anything is going on: how late the host learns that a hold goes on
HOST_SILENT_MS = 10_000  # nobody listens: nothing is sent until somebody does
OUT_LIMIT_BYTES = 3_000  # of a host that does not read: what matters is sent again later


class Board:
    """One life between two power cuts. `boot` must be new at each, and never 0."""

    def __init__(
        self,
        names: tuple[str, ...],
        board: int,
        boot: int,
        started_by: int = 1,
        capabilities: int = messages.LOOPS,
        supply_low_mv: int = 10_500,
        supply_high_mv: int = 15_000,
        self_test_failures: int = 0,
        places: int = PLACES,
    ) -> None:
        self.outputs = Outputs()
        self.ring = Ring(places)
        self.boot = boot
        self._names, self._board, self._started_by, self._capabilities = names, board, started_by, capabilities
        self._supply_limits_mv = (supply_low_mv, supply_high_mv)
        self._self_test_failures = self_test_failures
        self._senses: sense.Senses | None = None
        self._at_ms = 0
        self._cutter = FrameCutter()
        self._unread = 0
        self._line: int | None = None
        self._heard_ms: int | None = None
        self._greet = True
        self._pings: list[int] = []
        self._sequence = self._sent = self._cursor = 0
        self._resend_at_ms = self._beat_at_ms = 0
        self._out = b""

    @property
    def dropped(self) -> int:
        """What came from the host and could not be read."""
        return self._cutter.dropped + self._unread

    def sample(self, readings: list[int], lid_open: bool, supply_mv: int, at_ms: int) -> None:
        """One reading (0–65535) of every input's cable, of the lid and of the supply, in order of time."""
        self._at_ms = at_ms
        if self._senses is None:
            self._senses = sense.Senses(readings, at_ms, self._supply_limits_mv[0], self._supply_limits_mv[1])
            if self._self_test_failures:
                kind, failed = messages.SELF_TEST_FAILED, self._self_test_failures
                self.ring.add(at_ms, kind, messages.WHOLE_BOARD, failed)
        for kind, place, value in self._senses.sampled(readings, lid_open, supply_mv, at_ms):
            self.ring.add(at_ms, kind, place, value)

    def receive(self, data: bytes, now_ms: int) -> None:
        """Bytes from the host."""
        for version, kind, body in self._cutter.feed(data):
            self._heard_ms = now_ms
            if not self._obeyed(version, kind, body, now_ms):
                self._unread += 1

    def turn(self, now_ms: int) -> None:
        """Puts into `take` whatever is to be sent now."""
        if self._senses is None or len(self._out) > OUT_LIMIT_BYTES:
            return
        if self._greet:
            self._greet, self._cursor, self._resend_at_ms = False, 0, now_ms
            self._send(messages.HELLO, self._hello(self._senses))
        if self._heard_ms is None or now_ms - self._heard_ms > HOST_SILENT_MS:
            return
        self._send_new()
        if now_ms >= self._resend_at_ms:
            self._resend()
            self._resend_at_ms = now_ms + RESEND_MS
        if not self._pings and now_ms >= self._beat_at_ms and self._is_busy(self._senses):
            self._pings.append(0)
        for number in self._pings:
            newest, forgotten = self.ring.newest(), self.ring.forgotten
            self._send(messages.PONG, messages.pong(number, self.boot, self._at_ms, newest, self.dropped, forgotten))
            self._beat_at_ms = now_ms + BEAT_MS
        self._pings.clear()

    def has_output(self) -> bool:
        return bool(self._out)

    def take(self, limit_bytes: int) -> bytes:
        """The next bytes to write, at most so many."""
        out, self._out = self._out[:limit_bytes], self._out[limit_bytes:]
        return out

    def _obeyed(self, version: int, kind: int, body: bytes, now_ms: int) -> bool:
        """False for a body that makes no sense; a type that only a newer host knows asks for nothing."""
        if kind == messages.HOST_HELLO:
            line = messages.read_host_hello(body)
            if line is None:
                return False
            if line != self._line:
                self._line = line
                self.outputs.new_line()
            self._greet = True
        elif kind == messages.HOST_PING:
            number = messages.read_ping(body)
            if number is None:
                return False
            self._pings = [number]
        elif kind == messages.HOST_ACK:
            ack = messages.read_ack(body)
            if ack is None:
                return False
            if ack[0] == self.boot:
                for counter in ack[1]:
                    self.ring.release(counter)
        elif kind == messages.HOST_SHOW:
            show = messages.read_show(version, body)
            if show is None:
                return False
            self.outputs.show(*show, now_ms=now_ms)
        return True

    def _is_busy(self, senses: sense.Senses) -> bool:
        return bool(self.ring.oldest()) or any(one.level for one in senses.inputs)

    def _hello(self, senses: sense.Senses) -> bytes:
        levels = [one.level for one in senses.inputs]
        oldest = counter = self.ring.newest()
        while counter > self.ring.forgotten:  # back to what they were before the oldest edge that is held
            oldest = counter
            kind, place = self.ring.event(counter)[1:3]
            if kind <= messages.CLOSED:
                levels[place] = kind == messages.OPENED
            counter = self.ring.held_before(counter)
        since_ms = self.ring.event(oldest)[0] if oldest else self._at_ms
        return messages.hello(
            FIRMWARE,
            self._started_by,
            self._capabilities,
            self._board,
            self.boot,
            self._at_ms,
            since_ms,
            self.ring.newest(),
            self.ring.forgotten,
            (senses.lid.value, senses.supply.value, int(bool(self._self_test_failures))),
            [(name, levels[place], senses.inputs[place].fault.value) for place, name in enumerate(self._names)],
        )

    def _send_new(self) -> None:
        counter, sent = self.ring.held_after(self._sent), 0
        while counter and sent < RESEND_EVENTS:
            self._send_event(counter)
            self._sent, sent = counter, sent + 1
            counter = self.ring.held_after(counter)

    def _resend(self) -> None:
        counter, sent = self.ring.held_after(self._cursor), 0
        while counter and counter <= self._sent and sent < RESEND_EVENTS:
            self._send_event(counter)
            self._cursor, sent = counter, sent + 1
            counter = self.ring.held_after(counter)
        if not counter or counter > self._sent:
            self._cursor = 0

    def _send_event(self, counter: int) -> None:
        at_ms, kind, place, value = self.ring.event(counter)
        before = self.ring.held_before(counter)
        self._send(messages.EVENT, messages.event(self.boot, counter, before, at_ms, kind, place, value))

    def _send(self, kind: int, body: bytes) -> None:
        self._sequence = (self._sequence + 1) & 0xFFFF
        self._out += packed(messages.NEWEST, kind, self._sequence, body)
