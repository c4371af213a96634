"""The simulated printer with a plug: the site's power cuts take it along, and its roll is there again afterwards.

Behind the plug is the same printer that the tests of the spool use (`kiosk.printing.simulated`): strict about every
byte, and it loses what it had not printed when it is switched off.
"""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from kiosk.printing.paper import text_of
from kiosk.printing.simulated import SimulatedPrinter
from kiosk.printing.status import Paper

_LISTED = 20


class Job(msgspec.Struct, frozen=True):
    """One ticket on the roll: which one it was since the roll was new, and what is written on it."""

    number: int
    text: str


class PluggedPrinter:
    """Listens from `start` to `stop`, except while the power is off."""

    def __init__(self, folder: Path, port: int) -> None:
        self._printer = SimulatedPrinter(folder, port)
        self._listed: tuple[Job, ...] = ()

    @property
    def paper(self) -> str:
        return self._printer.paper.value

    @property
    def online(self) -> bool:
        return self._printer.online

    @property
    def printed(self) -> int:
        """Tickets that ever came out."""
        return self._printer.printed_count

    def set_paper(self, paper: str) -> None:
        self._printer.paper = Paper(paper)

    def set_online(self, online: bool) -> None:
        """False: it can be reached and prints nothing, as with its cover open."""
        self._printer.online = online

    def power_off(self) -> None:
        self._printer.close()

    def power_on(self) -> None:
        self._printer.start()

    def jobs(self) -> tuple[Job, ...]:
        """The last tickets, newest first; read anew only when one was added."""
        printed = self._printer.printed_count
        if printed != (self._listed[0].number if self._listed else 0):
            newest = reversed(self._printer.jobs()[-_LISTED:])
            self._listed = tuple(Job(printed - age, text_of(job)) for age, job in enumerate(newest))
        return self._listed

    def picture(self) -> bytes:
        return self._printer.picture()

    def __enter__(self) -> Self:
        self._printer.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._printer.close()
