"""What is wrong with the box now, and one health event when a fault begins and one when it ends.

A fault is a flag beside the alarm's states: it is told, and never blocks a press. A line that is lost for less than
two seconds is its own reopening and no fault. A health event that the disk refuses is logged and not tried again: the
flag goes on being shown every second, so nothing is hidden.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from kiosk.core.errors import StoreError
from kiosk.store.database import Store
from kiosk.store.parts import record_health

LINE_FAULT_AFTER_MS = 2_000

log = logging.getLogger("bridge.faults")


class FaultBook:
    """Used by one thread."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._stuck: list[str] = []
        self._absent: list[str] = []
        self._line: tuple[str, ...] = ()
        self._line_since_ms: int | None = None
        self._line_told = False

    def words(self) -> list[str]:
        """Every fault that stands now, for people."""
        stuck = [f"tombol {name} macet" for name in self._stuck]
        absent = [f"tombol {name} tidak ada di kotak" for name in self._absent]
        return stuck + absent + (list(self._line) if self._line_told else [])

    def stuck(self, name: str) -> None:
        if name not in self._stuck:
            self._stuck.append(name)
            self._record("box.fault", {"input": name, "fault": "stuck"})

    def freed(self, name: str) -> None:
        if name in self._stuck:
            self._stuck.remove(name)
            self._record("box.recovered", {"input": name, "fault": "stuck"})

    def absent(self, names: Sequence[str]) -> None:
        """Buttons of the settings that the box does not have."""
        for name in sorted(set(names) ^ set(self._absent)):
            kind = "box.fault" if name in names else "box.recovered"
            self._record(kind, {"input": name, "fault": "absent"})
        self._absent = list(names)

    def line(self, faults: Sequence[str], now_ms: int) -> None:
        """What the line says of itself now; told once it has stood for two seconds."""
        if not faults:
            if self._line_told:
                self._record("box.recovered", {"fault": "line", "words": "; ".join(self._line)})
            self._line, self._line_since_ms, self._line_told = (), None, False
            return
        self._line = tuple(faults)
        if self._line_since_ms is None:
            self._line_since_ms = now_ms
        if not self._line_told and now_ms - self._line_since_ms >= LINE_FAULT_AFTER_MS:
            self._line_told = True
            self._record("box.fault", {"fault": "line", "words": "; ".join(self._line)})

    def _record(self, kind: str, body: dict[str, object]) -> None:
        log.warning(kind, extra=body)
        try:
            record_health(self._store, kind, body)
        except StoreError as error:
            log.error("fault could not be recorded", extra={"error": str(error)})
