"""What the kiosk says of its printer: in its heartbeat for /healthz and the metrics, in the journal for the central."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

import msgspec

from kiosk.core.errors import StoreError
from kiosk.printing.condition import CONDITION_WORDS, Condition, ConditionLog, condition_of
from kiosk.printing.spool import Spooler
from kiosk.printing.status import PrinterStatus
from kiosk.store.database import Store
from kiosk.store.journal import last_of_kinds
from kiosk.store.parts import record_health

log = logging.getLogger(__name__)

_KINDS = {f"printer.{condition}": condition for condition in Condition}


class PrinterPart(msgspec.Struct, frozen=True):
    """`ok` false while something keeps a ticket waiting; `obstacle` says what, `advice` what an officer can do."""

    ok: bool
    condition: Condition
    paper: str
    obstacle: str
    advice: str


def condition_log(store: Store, monotonic: Callable[[], float] = time.monotonic) -> ConditionLog:
    """Paper that is low or out, an open cover, a pulled cable: each change once, in the health lane."""

    def tell(condition: Condition, status: PrinterStatus) -> None:
        body = {"paper": str(status.paper), "detail": status.obstacle, "words": CONDITION_WORDS[condition]}
        record_health(store, f"printer.{condition}", body)

    last = last_of_kinds(store, tuple(_KINDS))
    return ConditionLog(tell, monotonic, _KINDS[last] if last else None)


class Listener:
    """Hears the spool's looks; a store that cannot write just now must not stop the printing."""

    def __init__(self, conditions: ConditionLog) -> None:
        self._conditions = conditions

    def hear(self, status: PrinterStatus) -> None:
        try:
            self._conditions.hear(status)
        except StoreError as error:
            log.error("printer's condition not journalled", extra={"event": "printer.untold", "error": str(error)})


def printer_part(spooler: Spooler, spools: bool) -> PrinterPart:
    """What the part "kiosk" tells of its printer. `spools`: the thread that owns it lives."""
    status, condition = spooler.status, condition_of(spooler.status)
    obstacle = (spooler.waiting_because or status.obstacle) if spools else "pencetakan berhenti: mulai ulang layanan"
    return PrinterPart(not obstacle, condition, str(status.paper), obstacle, CONDITION_WORDS[condition])
