"""Printers on real wires: a TCP port, a terminal, a file."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import tty
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from kiosk.core.errors import PrinterError
from kiosk.core.print_job import PrintState
from kiosk.core.printer_settings import PrinterSettings
from kiosk.printing.mechanism import Manner, Mishap
from kiosk.printing.paper import text_of
from kiosk.printing.printer import Printer, open_printer
from kiosk.printing.sending import Pace
from kiosk.printing.simulated import SimulatedPrinter
from kiosk.printing.slip import render
from kiosk.printing.spool import Outcome, Spooler
from kiosk.printing.status import UNKNOWN, Paper, PrinterStatus
from kiosk.printing.wired import Timeouts
from tests.demo.waiting import wait_until
from tests.printing.jobs_in_memory import JobsInMemory, queued
from tests.printing.slips import USUAL, WIDE

TICKET = render(USUAL, WIDE)
OTHER = render(msgspec.structs.replace(USUAL, number="A-018"), WIDE)
IMPATIENT = Timeouts(write_s=0.1, answer_s=0.3)
PACE = Pace(proof_timeout_s=5, silent_proof_timeout_s=0.1, retry_s=0.01, stall_limit_s=30)


@pytest.fixture
def simulated(tmp_path: Path) -> Iterator[SimulatedPrinter]:
    with SimulatedPrinter(tmp_path / "roll") as printer:
        yield printer


@contextlib.contextmanager
def network(port: int) -> Iterator[Printer]:
    settings = PrinterSettings(connection="network", host="127.0.0.1", port=port)
    printer = open_printer(settings, IMPATIENT)
    try:
        yield printer
    finally:
        printer.close()


@contextlib.contextmanager
def spooling(jobs: JobsInMemory, port: int, pace: Pace = PACE) -> Iterator[Spooler]:
    """The owner thread at work on a network printer, as in the kiosk."""
    stop, wake = threading.Event(), threading.Event()
    with network(port) as printer:
        spooler = Spooler(jobs, printer, pace)
        owner = threading.Thread(target=spooler.run, args=(stop, wake))
        owner.start()
        try:
            yield spooler
        finally:
            stop.set()
            wake.set()
            owner.join(20)
            assert not owner.is_alive()


def test_a_ticket_comes_out_of_a_network_printer_as_it_was_rendered(simulated: SimulatedPrinter) -> None:
    jobs = JobsInMemory(queued("a", TICKET))
    with network(simulated.port) as printer:
        assert Spooler(jobs, printer, PACE).run_once() is Outcome.DONE
    assert jobs.state("a") is PrintState.CONFIRMED
    assert simulated.jobs() == [TICKET]
    assert simulated.faults == []


@pytest.mark.parametrize(
    ("paper", "online", "status"),
    [
        (Paper.OK, True, PrinterStatus(True, Paper.OK, False)),
        (Paper.LOW, True, PrinterStatus(True, Paper.LOW, False)),
        (Paper.OUT, True, PrinterStatus(False, Paper.OUT, False)),
        (Paper.OK, False, PrinterStatus(False, Paper.OK, True)),
    ],
)
def test_the_state_of_the_printer_is_told_over_the_wire(
    simulated: SimulatedPrinter, paper: Paper, online: bool, status: PrinterStatus
) -> None:
    simulated.paper, simulated.online = paper, online
    with network(simulated.port) as printer:
        assert printer.status() == status


@pytest.mark.parametrize("manner", [Manner.SILENT, Manner.GARBAGE])
def test_a_printer_that_does_not_answer_prints_and_stays_unknown(simulated: SimulatedPrinter, manner: Manner) -> None:
    simulated.manner = manner
    jobs = JobsInMemory(queued("a", TICKET))
    with network(simulated.port) as printer:
        assert printer.status() == UNKNOWN
        Spooler(jobs, printer, PACE).run_once()
    assert jobs.state("a") is PrintState.UNKNOWN
    wait_until(lambda: simulated.jobs() == [TICKET])


def test_without_paper_a_ticket_waits_and_is_printed_once_when_paper_is_back(simulated: SimulatedPrinter) -> None:
    simulated.paper = Paper.OUT
    jobs = JobsInMemory(queued("a", TICKET), queued("b", TICKET))
    with spooling(jobs, simulated.port) as spooler:
        wait_until(lambda: spooler.waiting_because == "kertas printer habis")
        assert (jobs.state("a"), simulated.jobs()) == (PrintState.QUEUED, [])
        simulated.paper = Paper.OK
        wait_until(lambda: jobs.state("b") is PrintState.CONFIRMED)
    assert simulated.jobs() == [TICKET, TICKET]


@pytest.mark.parametrize("out_after_bytes", [100, 9_000, 30_000])
def test_paper_that_ends_in_mid_raster_stalls_the_ticket_and_it_ends_whole(
    simulated: SimulatedPrinter, out_after_bytes: int
) -> None:
    simulated.suffer(Mishap.PAPER_OUT, out_after_bytes)
    jobs = JobsInMemory(queued("a", TICKET))
    with spooling(jobs, simulated.port):
        wait_until(lambda: simulated.paper is Paper.OUT)
        assert jobs.state("a") not in (PrintState.CONFIRMED, PrintState.UNKNOWN)
        simulated.paper = Paper.OK
        wait_until(lambda: jobs.state("a") in (PrintState.CONFIRMED, PrintState.UNKNOWN))
    wait_until(lambda: simulated.jobs() == [TICKET])
    assert jobs.state("a") is PrintState.CONFIRMED
    assert simulated.faults == []


def test_paper_that_never_comes_back_leaves_the_ticket_unknown(simulated: SimulatedPrinter) -> None:
    simulated.suffer(Mishap.PAPER_OUT, 9_000)
    # Larger than what this machine's kernel holds for a socket, so that the stall is felt by the sender.
    huge = b"\x1b@" + b"".join(b"\x1dv0\x00\x48\x00\xff\x00" + bytes(72 * 255) for _ in range(600)) + b"\x1dVB\x00"
    jobs = JobsInMemory(queued("a", huge))
    with spooling(jobs, simulated.port, msgspec.structs.replace(PACE, stall_limit_s=0.3, proof_timeout_s=0.3)):
        wait_until(lambda: jobs.state("a") is PrintState.UNKNOWN)
    assert "tidak menerima data setelah" in jobs.jobs["a"].detail
    assert simulated.jobs() == []


def test_a_printer_switched_off_in_mid_ticket_is_not_sent_the_ticket_again(
    simulated: SimulatedPrinter, tmp_path: Path
) -> None:
    simulated.suffer(Mishap.PAPER_OUT, 9_000)
    jobs = JobsInMemory(queued("a", TICKET))
    with spooling(jobs, simulated.port):
        wait_until(lambda: simulated.paper is Paper.OUT)
        simulated.close()
        wait_until(lambda: jobs.state("a") is PrintState.UNKNOWN)
        simulated.paper = Paper.OK
        simulated.start()
        jobs.add(queued("b", TICKET))
        wait_until(lambda: jobs.state("b") is PrintState.CONFIRMED)
    assert simulated.jobs()[-1] == TICKET
    assert [job for job in simulated.jobs() if USUAL.number in text_of(job)] == [TICKET]
    assert simulated.faults == []


def test_a_printer_that_is_switched_on_later_prints_what_waited(tmp_path: Path) -> None:
    with SimulatedPrinter(tmp_path) as printer:
        port = printer.port
    jobs = JobsInMemory(queued("a", TICKET))
    with spooling(jobs, port) as spooler:
        wait_until(lambda: "tidak tersambung" in spooler.waiting_because)
        with SimulatedPrinter(tmp_path, port) as printer:
            wait_until(lambda: jobs.state("a") is PrintState.CONFIRMED)
            assert printer.jobs() == [TICKET]


@pytest.mark.parametrize("gives_ids", [True, False], ids=["process ids", "GS r"])
@pytest.mark.parametrize("at_byte", [5, 24, 9_000, len(TICKET) + 30])
@pytest.mark.parametrize("mishap", [Mishap.SILENT, Mishap.GARBAGE, Mishap.LATE, Mishap.HANG_UP, Mishap.POWER_CUT])
def test_a_mishap_over_tcp_doubles_nothing_and_the_next_ticket_comes_out_whole(
    simulated: SimulatedPrinter, mishap: Mishap, at_byte: int, gives_ids: bool
) -> None:
    simulated.gives_ids = gives_ids
    simulated.suffer(mishap, at_byte)
    jobs = JobsInMemory(queued("a", TICKET))
    ended = (PrintState.CONFIRMED, PrintState.UNKNOWN)
    with spooling(jobs, simulated.port, msgspec.structs.replace(PACE, proof_timeout_s=0.3)):
        wait_until(lambda: jobs.state("a") in ended)
        simulated.suffer(mishap, 1_000_000)
        simulated.manner = Manner.PROPER
    jobs.add(queued("b", OTHER))
    with spooling(jobs, simulated.port):
        wait_until(lambda: jobs.state("b") in ended)
    wait_until(lambda: simulated.jobs()[-1:] == [OTHER])
    assert simulated.jobs().count(TICKET) <= 1
    assert jobs.state("a") is PrintState.UNKNOWN or TICKET in simulated.jobs()


def test_a_question_inside_a_raster_is_not_taken_for_the_proof(simulated: SimulatedPrinter) -> None:
    rows = b"\x10\x04\x01\x00" * 20
    data = b"\x1b@\x1dv0\x00\x04\x00\x14\x00" + rows + b"\x1dVB\x00"
    jobs = JobsInMemory(queued("a", data))
    with network(simulated.port) as printer:
        Spooler(jobs, printer, PACE).run_once()
    assert jobs.state("a") is PrintState.CONFIRMED
    assert simulated.jobs() == [data]


def test_a_plain_file_gets_every_ticket_and_proves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "tickets.escpos"
    jobs = JobsInMemory(queued("a", TICKET), queued("b", TICKET))
    spooler = Spooler(jobs, open_printer(PrinterSettings(connection="file", path=str(path))), PACE)
    assert [spooler.run_once(), spooler.run_once()] == [Outcome.DONE] * 2
    assert path.read_bytes() == TICKET * 2
    assert jobs.state("a") is PrintState.UNKNOWN


@pytest.mark.parametrize("connection", ["file", "usb", "serial"])
def test_an_unplugged_device_is_waited_for_and_no_file_is_made_in_its_place(connection: str) -> None:
    path = Path("/dev/kentongan-no-such-printer")
    settings = msgspec.convert({"connection": connection, "path": str(path)}, PrinterSettings)
    jobs = JobsInMemory(queued("a", TICKET))
    spooler = Spooler(jobs, open_printer(settings), PACE)
    assert spooler.run_once() is Outcome.WAITING
    assert str(path) in spooler.waiting_because
    assert jobs.state("a") is PrintState.QUEUED
    assert not path.exists()


def answering(descriptor: int, received: bytearray) -> Callable[[], None]:
    """A serial printer with paper: answers questions that stand at the end of what came."""

    def run() -> None:
        while True:
            try:
                data = os.read(descriptor, 4096)
            except OSError:
                return
            received.extend(data)
            if received[-3:-1] == b"\x10\x04":
                os.write(descriptor, b"\x12")
            elif received[-3:] == b"\x1dr\x01":
                os.write(descriptor, b"\x00")

    return run


def test_a_ticket_goes_over_a_serial_line() -> None:
    ours, theirs = os.openpty()
    tty.setraw(theirs)
    received = bytearray()
    settings = PrinterSettings(connection="serial", path=os.ttyname(theirs), flow_control="none")
    printer = open_printer(settings)
    jobs = JobsInMemory(queued("a", TICKET))
    far_end = threading.Thread(target=answering(ours, received))
    far_end.start()
    try:
        Spooler(jobs, printer, PACE).run_once()
    finally:
        printer.close()
        os.close(theirs)
        far_end.join(10)
        os.close(ours)
    assert jobs.state("a") is PrintState.CONFIRMED
    assert TICKET in received


def test_a_kiosk_without_a_printer_says_so() -> None:
    jobs = JobsInMemory(queued("a", TICKET))
    spooler = Spooler(jobs, open_printer(PrinterSettings()), PACE)
    assert spooler.run_once() is Outcome.WAITING
    assert "tidak mempunyai printer" in spooler.waiting_because
    with pytest.raises(PrinterError):
        open_printer(PrinterSettings()).write(b"x")


def test_a_port_where_nothing_listens_is_named_in_the_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        port = reserved.getsockname()[1]
    with network(port) as printer, pytest.raises(PrinterError, match=f"127.0.0.1:{port}"):
        printer.status()
