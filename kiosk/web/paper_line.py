"""What an officer must know of the kiosk's paper, in one line: nothing while all is well.

The number is the resident's from the moment it is on disk, so a printer without paper stops nobody; but somebody has
to put a roll in, and to look whether the ticket that it broke off in came out.
"""

from __future__ import annotations

from kiosk.store.database import Store
from kiosk.store.parts import parts
from kiosk.store.print_jobs import counts, unproven
from kiosk.store.reading import find
from kiosk.store.tickets import today
from kiosk.web.way_to_central import speaks


def words(store: Store) -> str:
    """One line for the officer; empty when the printer is ready and every paper of today is accounted for."""
    in_doubt = [find(store, ticket_id).number for ticket_id in unproven(store, today(store) or "")]
    said = [_obstacle(store), _doubt(in_doubt)]
    return " ".join(filter(None, said))


def _obstacle(store: Store) -> str:
    kiosk = next((part for part in parts(store) if part.name == "kiosk"), None)
    printer = kiosk.detail.get("printer") if kiosk is not None and speaks(kiosk) else None
    if not isinstance(printer, dict) or printer.get("ok"):
        return ""
    waiting = counts(store).get("queued", 0)
    follows = f" {waiting} cetakan menunggu dan keluar sendiri sesudahnya." if waiting else ""
    return f"{printer.get('advice')}.{follows}"


def _doubt(numbers: list[str]) -> str:
    if not numbers:
        return ""
    return f"Periksa apakah kertas {', '.join(reversed(numbers))} keluar; bila tidak, cetak salinannya."
