"""Bytes to a printer, in small pieces and with patience: how many left, and what broke off.

Nothing is ever sent twice here. A printer that stops in the middle is given time to get paper, and the *same* stream
goes on; how the job is called afterwards is the spool's business.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

import msgspec

from kiosk.core.errors import PrinterError, PrinterUnreachable
from kiosk.printing.printer import Printer


class Pace(msgspec.Struct, frozen=True):
    """The spool's patience."""

    chunk_bytes: int = 1024  # a network printer's buffer is 4 kB or more; small pieces tell exactly what it took
    proof_timeout_s: float = 10.0  # a ticket takes about a second; ten leave room for a printer that cools its head
    silent_proof_timeout_s: float = 0.5  # for one that did not answer the status question either
    stall_limit_s: float = 300.0  # time for an officer to put paper into a printer that stopped in mid-ticket
    retry_s: float = 2.0
    idle_status_s: float = 30.0


USUAL_PACE = Pace()


class Sent(msgspec.Struct, frozen=True):
    """Bytes that were taken, and what broke off (empty when all were).

    `begun`: whether a byte may have left; also when a write failed, since a USB transfer may end in its middle and be
    reported as failed. `halted`: whether the printer stopped in between.
    """

    sent_bytes: int
    trouble: str
    begun: bool
    halted: bool


def send(
    printer: Printer,
    data: bytes,
    pace: Pace,
    monotonic: Callable[[], float],
    stop: threading.Event | None,
    on_halt: Callable[[], None],
) -> Sent:
    """Sends `data`; `on_halt` hears that the printer stopped in the middle, for whoever looks at it meanwhile."""
    sent_bytes, progress_at, halted = 0, monotonic(), False
    while sent_bytes < len(data):
        try:
            taken = printer.write(data[sent_bytes : sent_bytes + pace.chunk_bytes])
        except PrinterUnreachable as error:
            return Sent(sent_bytes, str(error), sent_bytes > 0, halted)
        except PrinterError as error:
            return Sent(sent_bytes, str(error), True, halted)
        if taken:
            sent_bytes, progress_at = sent_bytes + taken, monotonic()
        elif stop is not None and stop.is_set():
            return Sent(sent_bytes, "layanan dihentikan", sent_bytes > 0, halted)
        elif sent_bytes == 0 or monotonic() - progress_at >= pace.stall_limit_s:
            return Sent(sent_bytes, "printer tidak menerima data", sent_bytes > 0, halted)
        else:
            halted = True
            on_halt()
    return Sent(sent_bytes, "", True, halted)
