"""The simulated printer's roll: what came out is kept, shown, and found again."""

from __future__ import annotations

import io
import socket
from pathlib import Path

from PIL import Image

from kiosk.printing.paper import picture
from kiosk.printing.simulated import SimulatedPrinter
from kiosk.printing.slip import render
from tests.demo.waiting import wait_until
from tests.printing.slips import LONG, USUAL, WIDE


def send(printer: SimulatedPrinter, data: bytes, piece_bytes: int = 4096) -> None:
    with socket.create_connection(("127.0.0.1", printer.port)) as line:
        for start in range(0, len(data), piece_bytes):
            line.sendall(data[start : start + piece_bytes])


def shown(printer: SimulatedPrinter, newest: int = 4) -> Image.Image:
    image = Image.open(io.BytesIO(printer.picture(newest)))
    image.load()
    return image


def test_tickets_are_split_at_the_cut_and_shown_newest_first(tmp_path: Path) -> None:
    first, second = render(USUAL, WIDE), render(LONG, WIDE)
    with SimulatedPrinter(tmp_path) as printer:
        blank = shown(printer)
        send(printer, first + second, piece_bytes=997)
        wait_until(lambda: printer.printed_count == 2)
        assert printer.jobs() == [first, second]
        newest = picture(second)
        assert shown(printer).crop((0, 0, *newest.size)).tobytes() == newest.tobytes()
        assert shown(printer, 1).size == newest.size
        assert shown(printer).height == newest.height + picture(first).height > blank.height


def test_the_roll_is_found_again_after_a_restart(tmp_path: Path) -> None:
    with SimulatedPrinter(tmp_path) as printer:
        send(printer, render(USUAL, WIDE))
        wait_until(lambda: printer.printed_count == 1)
    with SimulatedPrinter(tmp_path) as printer:
        assert printer.jobs() == [render(USUAL, WIDE)]
        send(printer, render(LONG, WIDE))
        wait_until(lambda: printer.printed_count == 2)
        assert printer.jobs() == [render(USUAL, WIDE), render(LONG, WIDE)]


def test_a_command_that_no_ticket_of_ours_has_is_a_fault_not_a_print(tmp_path: Path) -> None:
    with SimulatedPrinter(tmp_path) as printer:
        send(printer, b"\x1b@abc\x1bp\x00\x19\xfa" + render(USUAL, WIDE))
        wait_until(lambda: len(printer.faults) == 1)
        send(printer, render(USUAL, WIDE))
        wait_until(lambda: printer.printed_count == 1)
        assert "byte 5" in printer.faults[0]
        assert printer.jobs() == [render(USUAL, WIDE)]


def test_half_a_ticket_is_lost_when_its_sender_goes_away(tmp_path: Path) -> None:
    with SimulatedPrinter(tmp_path) as printer:
        send(printer, render(USUAL, WIDE)[:5000])
        send(printer, render(LONG, WIDE))
        wait_until(lambda: printer.printed_count == 1)
        assert printer.jobs() == [render(LONG, WIDE)]
