"""The same printer over each kind of wire, as the kernel has it: a serial line, a USB printer's device, a TCP port."""

from __future__ import annotations

import contextlib
import os
import termios
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec
import pytest

from kiosk.core.errors import PrinterError
from kiosk.core.print_job import PrintState
from kiosk.core.printer_settings import PrinterSettings
from kiosk.printing import printer as connections
from kiosk.printing.mechanism import Manner, Mishap
from kiosk.printing.printer import Printer, open_printer
from kiosk.printing.sending import Pace
from kiosk.printing.slip import render
from kiosk.printing.spool import Outcome, Spooler
from kiosk.printing.status import UNKNOWN, Paper, PrinterStatus
from kiosk.printing.wired import Timeouts
from tests.demo.waiting import wait_until
from tests.printing.jobs_in_memory import JobsInMemory, queued
from tests.printing.plugged import PluggedPrinter
from tests.printing.slips import NARROW, REQUEST, USUAL, WIDE

TICKET, RECEIPT = render(USUAL, WIDE), render(REQUEST, NARROW)
PACE = Pace(proof_timeout_s=10, silent_proof_timeout_s=0.1, retry_s=0.01, stall_limit_s=30)
IMPATIENT = Timeouts(write_s=0.2, answer_s=0.3)
Wire = Literal["serial", "usb", "file"]
ON_EVERY_LINE = pytest.mark.parametrize("wire", ["serial", "usb", "file"])


@pytest.fixture
def plugged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PluggedPrinter]:
    monkeypatch.setattr(connections, "USB_PRINTERS", tmp_path)
    with PluggedPrinter(tmp_path) as printer:
        yield printer


@contextlib.contextmanager
def opened(wire: Wire, path: Path) -> Iterator[Printer]:
    named = "" if wire == "usb" else str(path)  # the only USB printer needs no name
    settings = PrinterSettings(connection=wire, path=named, flow_control="none")
    printer = open_printer(settings, IMPATIENT)
    try:
        yield printer
    finally:
        printer.close()


@ON_EVERY_LINE
def test_a_ticket_and_a_receipt_come_out_and_are_proven_by_their_process_ids(
    plugged: PluggedPrinter, wire: Wire
) -> None:
    jobs = JobsInMemory(queued("a", TICKET), queued("b", RECEIPT))
    with opened(wire, plugged.path) as printer:
        spooler = Spooler(jobs, printer, PACE)
        assert [spooler.run_once(), spooler.run_once()] == [Outcome.DONE] * 2
    assert (jobs.state("a"), jobs.state("b")) == (PrintState.CONFIRMED, PrintState.CONFIRMED)
    assert jobs.jobs["a"].detail == "bukti: nomor proses"
    assert plugged.strips == [TICKET, RECEIPT]
    assert plugged.mechanism.faults == []


@ON_EVERY_LINE
def test_it_says_what_it_knows_of_its_paper_and_nothing_when_it_is_silent(plugged: PluggedPrinter, wire: Wire) -> None:
    with opened(wire, plugged.path) as printer:
        plugged.mechanism.paper = Paper.LOW
        assert printer.status() == PrinterStatus(True, Paper.LOW, False)
        plugged.mechanism.manner = Manner.SILENT
        assert printer.status() == UNKNOWN


@pytest.mark.parametrize("wire", ["serial", "usb"])
@pytest.mark.parametrize("at_byte", [30, 2_345, 20_001])
def test_a_cable_pulled_in_mid_ticket_leaves_it_unknown_and_the_next_comes_out_whole(
    plugged: PluggedPrinter, wire: Wire, at_byte: int
) -> None:
    plugged.mechanism.suffer(Mishap.HANG_UP, at_byte)
    jobs = JobsInMemory(queued("a", TICKET))
    with opened(wire, plugged.path) as printer:
        spooler = Spooler(jobs, printer, PACE)
        while jobs.state("a") is PrintState.QUEUED:
            spooler.run_once()
        assert jobs.state("a") is PrintState.UNKNOWN
        jobs.add(queued("b", RECEIPT))
        assert spooler.run_once() is Outcome.WAITING
        plugged.plug_in_again()
        wait_until(lambda: spooler.run_once() is Outcome.DONE)
    assert jobs.state("b") is PrintState.CONFIRMED
    assert plugged.strips[-1] == RECEIPT, jobs.jobs["b"].detail
    assert plugged.strips.count(TICKET) == 0


def test_paper_that_ends_in_mid_raster_holds_up_a_serial_line_until_there_is_more(plugged: PluggedPrinter) -> None:
    plugged.mechanism.suffer(Mishap.PAPER_OUT, 9_000)
    jobs = JobsInMemory(queued("a", TICKET))

    class Officer(Spooler):
        """Puts paper in once the spool says that it is needed."""

        def _halted(self) -> None:
            super()._halted()
            assert "periksa kertas" in self.waiting_because
            assert jobs.state("a") is PrintState.SENDING
            plugged.mechanism.paper = Paper.OK

    with opened("serial", plugged.path) as printer:
        Officer(jobs, printer, PACE).run_once()
    assert plugged.strips == [TICKET]
    assert jobs.state("a") is PrintState.CONFIRMED
    assert "kertas mungkin terpotong" in jobs.jobs["a"].detail


def test_a_serial_line_has_one_owner(plugged: PluggedPrinter) -> None:
    with opened("serial", plugged.path) as ours, opened("serial", plugged.path) as theirs:
        assert ours.status().answered
        with pytest.raises(PrinterError, match="tidak dapat dibuka"):
            theirs.write(b"x")


def test_two_usb_printers_are_told_apart_by_name_only(plugged: PluggedPrinter) -> None:
    plugged.path.with_name("lp1").symlink_to(os.readlink(plugged.path))
    with opened("usb", plugged.path) as printer, pytest.raises(PrinterError, match="2 printer USB"):
        printer.status()
    settings = PrinterSettings(connection="usb", path=str(plugged.path))
    named = open_printer(settings, IMPATIENT)
    assert named.status().answered
    named.close()


@pytest.mark.parametrize(
    ("flow_control", "hardware", "software"),
    [("none", False, False), ("rts_cts", True, False), ("xon_xoff", False, True)],
)
def test_a_serial_line_is_set_as_the_site_says(
    tmp_path: Path, flow_control: str, hardware: bool, software: bool
) -> None:
    with PluggedPrinter(tmp_path) as plugged:
        settings = msgspec.convert(
            {"connection": "serial", "path": str(plugged.path), "baud": 19200, "flow_control": flow_control},
            PrinterSettings,
        )
        line = connections._serial(settings)
        flags_in, _, flags_control, _, speed, _, _ = termios.tcgetattr(line.descriptor)
        line.close()
    assert speed == termios.B19200
    assert bool(flags_control & termios.CRTSCTS) is hardware
    assert bool(flags_in & termios.IXON) is software


def test_a_printer_that_says_stop_is_not_sent_more_until_it_says_go(tmp_path: Path) -> None:
    near, far = os.openpty()
    try:
        settings = PrinterSettings(connection="serial", path=os.ttyname(far), flow_control="xon_xoff")
        printer = open_printer(settings, Timeouts(write_s=0.05, answer_s=0.05))
        assert printer.write(b"first") == 5
        assert os.read(near, 100) == b"first"
        os.write(near, b"\x13")
        wait_until(lambda: printer.write(b"x") == 0)
        os.write(near, b"\x11")
        wait_until(lambda: printer.write(b"second") == 6)
        printer.close()
    finally:
        os.close(near)
        os.close(far)
