"""Every kind of slip by one door: values in, bytes for the printer out.

    render(Receipt(kind="request", …), settings.printer.medium)   # bytes now
    queued(Receipt(…))                                            # what a print job holds until its turn comes

A slip is queued as its values (`kiosk.store.slips`), so that committing never waits for drawing, and drawn for the
paper that is in the printer when its turn comes.
"""

from __future__ import annotations

import msgspec

from kiosk.core.decoding import from_json
from kiosk.core.errors import BadInput
from kiosk.core.printer_settings import Medium
from kiosk.printing.blocks import Bar, Block, Gap
from kiosk.printing.layout import TicketSlip, ticket_blocks
from kiosk.printing.receipt import Receipt, receipt_blocks
from kiosk.printing.sheet import Sheet

Slip = TicketSlip | Receipt


def blocks_of(slip: Slip) -> tuple[Block, ...]:
    """What stands on it."""
    return ticket_blocks(slip) if isinstance(slip, TicketSlip) else receipt_blocks(slip)


def render(slip: Slip, medium: Medium) -> bytes:
    """The whole print job, ESC @ … cut; the same values always give the same bytes. Any text is printed somehow."""
    return _set(blocks_of(slip), medium)


def copy_of(job: bytes, number: int, medium: Medium) -> bytes:
    """The job again, byte by byte, under a bar that says SALINAN and which: nobody can take it for the original."""
    bar = _set((Bar(f"SALINAN {number}"), Gap(20)), medium, cut=False)
    return bar + job


def queued(slip: Slip) -> bytes:
    """The values as a print job keeps them."""
    return msgspec.json.encode(slip)


def render_queued(values: bytes, medium: Medium) -> bytes:
    """The bytes for the printer, from the values that were queued. Raises BadInput for values that are no slip."""
    try:
        slip: Slip = from_json(values, Slip)  # type: ignore[arg-type]
    except msgspec.DecodeError as error:
        raise BadInput(f"isi cetakan tidak dikenal: {error}") from error
    return render(slip, medium)


def _set(blocks: tuple[Block, ...], medium: Medium, cut: bool = True) -> bytes:
    sheet = Sheet(medium)
    for block in blocks:
        sheet.put(block)
    return sheet.finish() if cut else sheet.so_far()
