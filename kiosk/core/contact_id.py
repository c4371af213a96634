"""What an alarm receiving centre is told, as Contact ID event codes (SIA DC-05), sent with qualifier 1 (new).

A drill is a manual test report (601) there and not its own code: Contact ID has no mark for an exercise, and a centre
that reads 120 sends a car. Frames, accounts and zones are the business of whoever sends them (DC-09).
"""

from __future__ import annotations

from kiosk.core.alert import CONTACT_ID, Alert

TAMPER = 137  # the box was opened
LOOP_CUT = 371  # "protection loop open"
LOOP_SHORT = 372  # "protection loop short"
CANCEL = 406
MANUAL_TEST = 601
PERIODIC_TEST = 602


def contact_id(alert: Alert) -> int:
    """The event code of an alert: silent 122, audible 123, a drill 601."""
    return MANUAL_TEST if alert.drill else CONTACT_ID[alert.code]
