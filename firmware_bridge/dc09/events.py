"""What an alarm receiving centre is told: an event of ours as Contact ID (SIA DC-05). Pure.

Two alerts of one kind are told apart only by their zone, so a caller gives every button a zone of its own. Whatever
belongs to a drill is 601 (manual test): nothing a drill sends can be taken for an alarm.
"""

from __future__ import annotations

from enum import IntEnum, StrEnum

import msgspec

from kiosk.core.alert import CONTACT_ID, AlertCode
from kiosk.core.errors import BadInput

SILENT, TAMPER, CANCELLED, MANUAL_TEST, PERIODIC_TEST = 122, 137, 406, 601, 602
_KEY_LIMIT = 64


class Qualifier(IntEnum):
    NEW = 1  # a new event, or opening
    RESTORED = 3  # a restored event, or closing


class Report(StrEnum):
    """What happened. The rank of `_RANKS` decides what goes first: help before good order."""

    RAISED = "raised"
    CANCELLED = "cancelled"
    CLOSED = "closed"
    FAULT = "fault"
    FAULT_OVER = "fault-over"
    TEST = "test"


_RANKS = {
    Report.RAISED: 0,
    Report.CANCELLED: 1,
    Report.CLOSED: 1,
    Report.FAULT: 2,
    Report.FAULT_OVER: 2,
    Report.TEST: 3,
}
_WITHOUT_CODE = {
    Report.CANCELLED: (Qualifier.NEW, CANCELLED),
    Report.FAULT: (Qualifier.NEW, TAMPER),
    Report.FAULT_OVER: (Qualifier.RESTORED, TAMPER),
    Report.TEST: (Qualifier.NEW, PERIODIC_TEST),
}


class Event(msgspec.Struct, frozen=True):
    """`key` names the thing for good (an alert's id, a fault's name, a test's day): with the report it is told once.

    `code` belongs to an alert; `silent` is the hidden duress input. Raises BadInput for what Contact ID cannot say.
    """

    key: str
    report: Report
    code: AlertCode | None = None
    silent: bool = False
    drill: bool = False
    zone: int = 0

    def __post_init__(self) -> None:
        if not 1 <= len(self.key) <= _KEY_LIMIT:
            raise BadInput(f"nama peristiwa harus 1 sampai {_KEY_LIMIT} huruf")
        if not 0 <= self.zone <= 999:
            raise BadInput(f"zona {self.zone} di luar 0 sampai 999")
        if self.code is None and self.report not in _WITHOUT_CODE:
            raise BadInput("panggilan harus punya jenis")

    @property
    def rank(self) -> int:
        """0 goes first."""
        return _RANKS[self.report]


def contact_id(event: Event) -> tuple[Qualifier, int]:
    """Qualifier and event code, e.g. (NEW, 120) for a raised panic alert."""
    if event.drill:
        ends = event.report in (Report.CANCELLED, Report.CLOSED)
        return (Qualifier.RESTORED if ends else Qualifier.NEW), MANUAL_TEST
    if event.code is None or event.report in _WITHOUT_CODE:
        return _WITHOUT_CODE[event.report]
    code = SILENT if event.silent else CONTACT_ID[event.code]
    return (Qualifier.RESTORED if event.report is Report.CLOSED else Qualifier.NEW), code


def data_of(event: Event, account: str, partition: int) -> str:
    """What stands between the brackets of an ADM-CID message, e.g. `#1234|1120 01 001`."""
    qualifier, code = contact_id(event)
    return f"#{account}|{qualifier.value}{code} {partition:02} {event.zone:03}"
