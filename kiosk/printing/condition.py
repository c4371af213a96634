"""In what condition the printer is, in one word, and when a change of it is worth a line in the journal.

Heartbeats are not journalled; faults and recoveries are. The rule: a condition is told when it differs from the last
one told, and none within a minute of another, so that a loose plug does not fill the journal; what stands after that
minute is told at the next look. Silence is a condition of its own (`unknown`) and never ends another one's trouble in
words: a printer out of paper that falls silent is not said to have paper.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from kiosk.printing.status import Paper, PrinterStatus

QUIET_S = 60.0


class Condition(StrEnum):
    """From well to worst; each becomes a health event `printer.<value>`."""

    READY = "ready"
    PAPER_LOW = "paper-low"
    UNKNOWN = "unknown"
    OFFLINE = "offline"
    COVER_OPEN = "cover-open"
    PAPER_OUT = "paper-out"
    FAULT = "fault"
    UNREACHABLE = "unreachable"


CONDITION_WORDS = {
    Condition.READY: "Printer siap",
    Condition.PAPER_LOW: "Kertas printer hampir habis: siapkan gulungan baru",
    Condition.UNKNOWN: "Printer tidak menjawab: keadaannya tidak diketahui",
    Condition.OFFLINE: "Printer tidak siap: periksa lampunya",
    Condition.COVER_OPEN: "Tutup printer terbuka: tutup sampai berbunyi klik",
    Condition.PAPER_OUT: "Kertas printer habis: pasang gulungan baru",
    Condition.FAULT: "Printer rusak atau macet: periksa pemotong dan kertas, lalu nyalakan ulang",
    Condition.UNREACHABLE: "Printer tidak tersambung: periksa kabel dan listriknya",
}


def condition_of(status: PrinterStatus) -> Condition:
    """The worst that is known; UNKNOWN when nothing is known to be wrong and not everything to be well."""
    known = (
        (not status.reached, Condition.UNREACHABLE),
        (bool(status.error), Condition.FAULT),
        (status.paper is Paper.OUT, Condition.PAPER_OUT),
        (status.cover_open is True, Condition.COVER_OPEN),
        (status.online is False, Condition.OFFLINE),
        (status.paper is Paper.UNKNOWN or status.online is None, Condition.UNKNOWN),
        (status.paper is Paper.LOW, Condition.PAPER_LOW),
    )
    return next((condition for holds, condition in known if holds), Condition.READY)


class ConditionLog:
    """Hears every look at the printer and tells those that are worth it. `tell` may raise: it is tried again."""

    def __init__(
        self,
        tell: Callable[[Condition, PrinterStatus], None],
        monotonic: Callable[[], float],
        last_told: Condition | None = None,
    ) -> None:
        """`last_told`: what an earlier life told last. None: never any; being well or silent is then no news."""
        self._tell, self._monotonic = tell, monotonic
        self._told, self._told_at_s = last_told, -QUIET_S

    def hear(self, status: PrinterStatus) -> None:
        """Tells the condition if it is new and the last telling is long enough ago."""
        condition = condition_of(status)
        if self._told is None and condition in (Condition.READY, Condition.UNKNOWN):
            return
        now_s = self._monotonic()
        if condition is not self._told and now_s - self._told_at_s >= QUIET_S:
            self._tell(condition, status)
            self._told, self._told_at_s = condition, now_s
