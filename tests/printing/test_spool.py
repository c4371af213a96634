"""The spool: a ticket is printed once, or somebody is told that it may not have been. Never twice, never in silence."""

from __future__ import annotations

import threading
from itertools import count

import msgspec
import pytest

from kiosk.core.errors import StoreError
from kiosk.core.print_job import PrintAction, PrintState
from kiosk.printing.interrupted import CUT_OFF, FILLING, HEAD_FILLING
from kiosk.printing.sending import Pace
from kiosk.printing.spool import Outcome, Spooler
from kiosk.printing.status import UNKNOWN, Paper, PrinterStatus
from tests.demo.waiting import wait_until
from tests.printing.jobs_in_memory import JobsInMemory, PrinterOnPaper, queued

TICKET = bytes(range(256)) * 20


class PowerCut(BaseException):
    """Nothing of ours may catch this: the process is gone."""


def spool(jobs: JobsInMemory, printer: PrinterOnPaper) -> Spooler:
    clock = count(0, 10)  # every look at the clock is ten seconds later
    return Spooler(jobs, printer, Pace(), monotonic=lambda: float(next(clock)))


def test_a_printed_and_proven_ticket_is_confirmed() -> None:
    jobs, printer = JobsInMemory(queued("a", TICKET)), PrinterOnPaper()
    assert spool(jobs, printer).run_once() is Outcome.DONE
    assert printer.received == TICKET
    assert jobs.steps == [("a", PrintAction.START), ("a", PrintAction.WRITTEN), ("a", PrintAction.PROVEN)]


def test_jobs_are_printed_in_their_order_one_a_turn() -> None:
    jobs, printer = JobsInMemory(queued("a", b"1"), queued("b", b"2"), queued("c", b"3")), PrinterOnPaper()
    spooler = spool(jobs, printer)
    assert [spooler.run_once() for _ in range(4)] == [Outcome.DONE] * 3 + [Outcome.IDLE]
    assert printer.received == b"123"


def test_sending_is_on_disk_before_the_first_byte_leaves() -> None:
    jobs, printer = JobsInMemory(queued("a", TICKET)), PrinterOnPaper()
    jobs.after_step = lambda: printer.received.extend(b"|")
    spool(jobs, printer).run_once()
    assert printer.received.startswith(b"|")


def test_silence_after_the_data_is_unknown_and_not_sent_again() -> None:
    jobs, printer = JobsInMemory(queued("a", TICKET)), PrinterOnPaper()
    printer.proves = False
    spooler = spool(jobs, printer)
    spooler.run_once()
    assert jobs.state("a") is PrintState.UNKNOWN
    assert spooler.run_once() is Outcome.IDLE
    assert printer.received == TICKET


def test_a_printer_that_never_speaks_prints_and_costs_little_waiting() -> None:
    jobs, printer = JobsInMemory(queued("a", TICKET)), PrinterOnPaper()
    printer.reports, printer.proves = UNKNOWN, False
    spool(jobs, printer).run_once()
    assert (bytes(printer.received), jobs.state("a")) == (TICKET, PrintState.UNKNOWN)
    assert printer.proof_timeouts_s == [Pace().silent_proof_timeout_s]


@pytest.mark.parametrize(
    ("reports", "because"),
    [
        (None, "printer tidak tersambung"),
        (PrinterStatus(True, Paper.OUT, False), "kertas printer habis"),
        (PrinterStatus(False, Paper.UNKNOWN, True), "tutup printer terbuka"),
        (PrinterStatus(False), "printer tidak siap"),
    ],
)
def test_a_job_waits_for_a_printer_that_is_not_ready_and_prints_once_when_it_is(
    reports: PrinterStatus | None, because: str
) -> None:
    jobs, printer = JobsInMemory(queued("a", TICKET)), PrinterOnPaper()
    printer.reports = reports
    spooler = spool(jobs, printer)
    assert [spooler.run_once() for _ in range(3)] == [Outcome.WAITING] * 3
    assert (jobs.steps, bytes(printer.received), spooler.waiting_because) == ([], b"", because)
    printer.reports = PrinterStatus(True, Paper.OK)
    assert spooler.run_once() is Outcome.DONE
    assert (bytes(printer.received), jobs.state("a"), spooler.waiting_because) == (TICKET, PrintState.CONFIRMED, "")


def test_little_paper_is_enough() -> None:
    jobs, printer = JobsInMemory(queued("a", TICKET)), PrinterOnPaper()
    printer.reports = PrinterStatus(True, Paper.LOW)
    spooler = spool(jobs, printer)
    spooler.run_once()
    assert jobs.state("a") is PrintState.CONFIRMED
    assert spooler.status.paper is Paper.LOW


@pytest.mark.parametrize("unreachable", [False, True])
def test_a_job_of_which_no_byte_left_goes_back_to_the_queue(unreachable: bool) -> None:
    jobs, printer = JobsInMemory(queued("a", TICKET)), PrinterOnPaper()
    printer.takes, printer.unreachable = lambda chunk: 0, unreachable
    spooler = spool(jobs, printer)
    assert spooler.run_once() is Outcome.WAITING
    assert jobs.state("a") is PrintState.QUEUED
    printer.takes, printer.unreachable = len, False
    assert spooler.run_once() is Outcome.DONE
    assert printer.received == TICKET


def test_a_first_write_that_failed_may_have_left_bytes_and_is_not_repeated() -> None:
    jobs, printer = JobsInMemory(queued("a", TICKET)), PrinterOnPaper()
    printer.takes = lambda chunk: None
    assert spool(jobs, printer).run_once() is Outcome.DONE
    assert jobs.state("a") is PrintState.UNKNOWN


def test_a_connection_lost_in_mid_ticket_is_unknown_and_never_repeated() -> None:
    jobs, printer = JobsInMemory(queued("a", TICKET), queued("b", b"next")), PrinterOnPaper()
    printer.takes = lambda chunk: None if len(printer.received) >= 2048 else len(chunk)
    spooler = spool(jobs, printer)
    spooler.run_once()
    assert jobs.state("a") is PrintState.UNKNOWN
    assert jobs.jobs["a"].detail == "printer terputus setelah 2048 dari 5120 byte"
    printer.takes = len
    spooler.run_once()
    assert printer.received == TICKET[:2048] + HEAD_FILLING + CUT_OFF + b"next"


def test_a_stalled_printer_goes_on_with_the_same_stream_when_it_has_paper_again() -> None:
    jobs, printer = JobsInMemory(queued("a", TICKET)), PrinterOnPaper()
    stalls = iter([700, 0, 0, 0])
    printer.takes = lambda chunk: next(stalls, min(len(chunk), 333))
    spooler = spool(jobs, printer)
    assert spooler.run_once() is Outcome.DONE
    assert (bytes(printer.received), jobs.state("a"), spooler.waiting_because) == (TICKET, PrintState.CONFIRMED, "")


def test_a_printer_that_stays_stalled_leaves_the_job_unknown() -> None:
    jobs, printer = JobsInMemory(queued("a", TICKET)), PrinterOnPaper()
    printer.takes = lambda chunk: 0 if printer.received else 700
    spool(jobs, printer).run_once()
    assert jobs.state("a") is PrintState.UNKNOWN
    assert "700 dari 5120" in jobs.jobs["a"].detail


def test_a_stalled_ticket_does_not_keep_the_service_from_stopping() -> None:
    jobs, printer, stop = JobsInMemory(queued("a", TICKET)), PrinterOnPaper(), threading.Event()
    printer.takes = lambda chunk: 0 if printer.received else 700
    stop.set()
    spool(jobs, printer).run_once(stop)
    assert jobs.state("a") is PrintState.UNKNOWN


def test_bytes_that_changed_on_disk_are_not_printed() -> None:
    damaged = msgspec.structs.replace(queued("a", TICKET), bytes=TICKET[:-1])
    jobs, printer = JobsInMemory(damaged), PrinterOnPaper()
    spool(jobs, printer).run_once()
    assert (jobs.state("a"), bytes(printer.received)) == (PrintState.FAILED, b"")


@pytest.mark.parametrize("cut_at", range(14))
def test_a_power_cut_at_any_step_prints_once_or_leaves_unknown_never_twice(cut_at: int) -> None:
    """The power goes before or after any commit and before any chunk; then the process starts again."""
    jobs, printer, moments = JobsInMemory(queued("a", TICKET)), PrinterOnPaper(), count()

    def moment() -> None:
        if next(moments) == cut_at:
            raise PowerCut

    def taking(chunk: bytes) -> int:
        moment()
        return len(chunk)

    jobs.before_step = jobs.after_step = moment
    printer.takes = taking
    try:
        spool(jobs, printer).run_once()
    except PowerCut:
        on_paper_at_cut = len(printer.received)
    else:
        on_paper_at_cut = -1
    jobs.before_step = jobs.after_step = lambda: None
    printer.takes = len
    begun = ("a", PrintAction.START) in jobs.steps

    jobs.recover()
    restarted = spool(jobs, printer)
    restarted.run_once()

    if on_paper_at_cut < 0 or not begun:
        assert (bytes(printer.received), jobs.state("a")) == (TICKET, PrintState.CONFIRMED)
    else:
        assert len(printer.received) == on_paper_at_cut
        assert jobs.state("a") is (PrintState.CONFIRMED if cut_at == 10 else PrintState.UNKNOWN)


def test_the_owner_thread_prints_what_is_queued_and_stops_when_told() -> None:
    jobs, printer = JobsInMemory(queued("a", b"1")), PrinterOnPaper()
    stop, wake = threading.Event(), threading.Event()
    spooler = Spooler(jobs, printer)
    owner = threading.Thread(target=spooler.run, args=(stop, wake))
    owner.start()
    wait_until(lambda: jobs.state("a") is PrintState.CONFIRMED)
    jobs.add(queued("b", b"2"))
    wake.set()
    wait_until(lambda: jobs.state("b") is PrintState.CONFIRMED)
    stop.set()
    wake.set()
    owner.join(10)
    assert not owner.is_alive()
    assert printer.received == b"12"


def test_a_full_disk_in_mid_job_leaves_it_unknown_and_the_next_is_printed(caplog: pytest.LogCaptureFixture) -> None:
    jobs, printer = JobsInMemory(queued("a", b"1")), PrinterOnPaper()
    failures = iter([False, True])

    def disk() -> None:
        if next(failures, False):
            raise StoreError("penyimpanan penuh")

    jobs.before_step = disk
    stop, wake = threading.Event(), threading.Event()
    spooler = Spooler(jobs, printer, Pace(retry_s=0.01))
    owner = threading.Thread(target=spooler.run, args=(stop, wake))
    owner.start()
    wait_until(lambda: jobs.state("a") is PrintState.UNKNOWN)
    jobs.add(queued("b", b"2"))
    wait_until(lambda: jobs.state("b") is PrintState.CONFIRMED)
    stop.set()
    wake.set()
    owner.join(10)
    assert printer.received.replace(HEAD_FILLING, b"") == (b"1" + CUT_OFF + b"2").replace(HEAD_FILLING, b"")
    assert "print spool stumbled" in caplog.text


def test_after_a_ticket_without_its_proof_the_next_is_not_taken_for_the_rest_of_it() -> None:
    jobs, printer = JobsInMemory(queued("a", b"1"), queued("b", b"2"), queued("c", b"3")), PrinterOnPaper()
    printer.proves = False
    spooler = spool(jobs, printer)
    spooler.run_once()
    printer.proves = True
    spooler.run_once()
    spooler.run_once()
    assert printer.received == b"1" + HEAD_FILLING + FILLING + b"2" + b"3"


def test_half_a_ticket_is_let_go_as_often_as_it_takes_and_costs_no_job() -> None:
    jobs, printer = JobsInMemory(queued("a", TICKET), queued("b", b"next")), PrinterOnPaper()
    printer.takes = lambda chunk: None if len(printer.received) >= 1024 else len(chunk)
    spooler = spool(jobs, printer)
    spooler.run_once()
    printer.takes = lambda chunk: None if len(printer.received) >= 3072 else len(chunk)
    assert [spooler.run_once(), spooler.run_once()] == [Outcome.WAITING] * 2
    assert (jobs.state("b"), spooler.waiting_because) == (PrintState.QUEUED, "printer terputus")
    printer.takes = len
    assert spooler.run_once() is Outcome.DONE
    assert printer.received.endswith(CUT_OFF + b"next")
    assert jobs.state("b") is PrintState.CONFIRMED


def test_what_an_earlier_life_left_half_way_is_let_go_before_the_first_ticket() -> None:
    jobs, printer = JobsInMemory(queued("a", b"1")), PrinterOnPaper()
    jobs.take("a", PrintAction.START)
    jobs.add(queued("b", b"2"))
    spooler = spool(jobs, printer)
    spooler.recover()
    spooler.run_once()
    assert (bytes(printer.received), jobs.state("a")) == (HEAD_FILLING + CUT_OFF + b"2", PrintState.UNKNOWN)


def test_a_ticket_whose_printer_stopped_half_way_says_so_although_it_is_proven() -> None:
    jobs, printer = JobsInMemory(queued("a", TICKET)), PrinterOnPaper()
    stalls = iter([700, 0])
    printer.takes = lambda chunk: next(stalls, len(chunk))
    spool(jobs, printer).run_once()
    assert jobs.state("a") is PrintState.CONFIRMED
    assert "berhenti di tengah" in jobs.jobs["a"].detail


def test_every_look_at_the_printer_is_told() -> None:
    heard: list[PrinterStatus] = []
    jobs, printer = JobsInMemory(queued("a", b"1")), PrinterOnPaper()
    spooler = Spooler(jobs, printer, told=heard.append)
    printer.reports = None
    spooler.run_once()
    printer.reports = PrinterStatus(True, Paper.LOW, False)
    spooler.run_once()
    assert [status.paper for status in heard] == [Paper.UNKNOWN, Paper.LOW]
