"""A wire into the simulated mechanism with no time of its own: what would be waited for passes on a clock in memory.

So every fault can be tried at every byte in seconds. The conversation, the spool and the states are the product's own.
"""

from __future__ import annotations

from kiosk.core.errors import PrinterError
from kiosk.printing.feed import Feed
from kiosk.printing.mechanism import Manner, Mechanism
from kiosk.printing.status import Paper


class FeedWire:
    """`keeps_half`: the printer goes on with half a command when the wire comes back, as on USB and serial lines.

    `kernel_takes`: bytes that a lost connection never delivered still count as taken, as in a socket's buffer.
    """

    answers = True

    def __init__(self, keeps_half: bool, kernel_takes: bool, somebody_helps: bool) -> None:
        self.strips: list[bytes] = []
        self.mechanism = Mechanism(self.strips.append)
        self.sent = bytearray()
        self.now_s = 0.0
        self._keeps_half, self._kernel_takes, self._somebody_helps = keeps_half, kernel_takes, somebody_helps
        self._feed = Feed(self.mechanism, lasts=keeps_half)
        self._answers = b""

    def monotonic(self) -> float:
        return self.now_s

    def wait(self, seconds: float) -> None:
        """Time passes; whoever helps puts paper in and closes the cover."""
        self.now_s += max(seconds, 0.001)
        if self._somebody_helps:
            self.make_well()

    def make_well(self) -> None:
        self.mechanism.paper, self.mechanism.online, self.mechanism.manner = Paper.OK, True, Manner.PROPER
        self._answers += self._feed.work()

    def write(self, chunk: bytes, timeout_s: float) -> int:
        self._require_line()
        if not self._feed.has_room:
            self.wait(timeout_s)
            return 0
        self.sent += chunk
        self._answers += self._feed.receive(chunk)
        if self._feed.hung_up and not self._kernel_takes:
            self._lost()
        return len(chunk)

    def read(self, timeout_s: float) -> bytes:
        self._require_line()
        if not self._answers and timeout_s:
            self.wait(timeout_s)
        found, self._answers = self._answers[:1], self._answers[1:]
        return found

    def close(self) -> None:
        """The next use plugs it in again."""
        self._answers = b""
        if self._keeps_half:
            self._feed.hung_up = False
        else:
            self._feed = Feed(self.mechanism)

    def _require_line(self) -> None:
        if self._feed.hung_up:
            self._lost()

    def _lost(self) -> None:
        self.close()
        raise PrinterError("printer terputus")
