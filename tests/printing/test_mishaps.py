"""Whatever happens to a printer, at whichever byte: no ticket twice, no proof of what is not on paper, and the next
ticket comes out whole."""

from __future__ import annotations

import itertools

import pytest

from kiosk.core.print_job import PrintState
from kiosk.printing.interrupted import FILLING
from kiosk.printing.mechanism import Mishap
from kiosk.printing.sending import Pace
from kiosk.printing.spool import Spooler
from kiosk.printing.wired import WiredPrinter
from tests.printing.feed_wire import FeedWire
from tests.printing.jobs_in_memory import JobsInMemory, queued

# One of each command that our tickets have; the marks tell the two jobs apart in what was sent.
RASTER = b"\x1dv0\x00\x02\x00\x06\x00" + bytes(range(0x81, 0x8D))
OWN_QR = b"\x1d(k\x03\x001C\x03\x1d(k\x05\x001P0QR\x1d(k\x03\x001Q0"
HEAD, END = b"\x1b@\x1b2\x1bt\x00", b"\x1bE\x01\x1ba\x01\x1b*!\x01\x00\x00\xff\x00 rest\n\x1bd\x02\x1dVB\x00"
FIRST = HEAD + b"<one>\n" + RASTER + OWN_QR + END
SECOND = HEAD + b"<two>\n" + RASTER + END
ASKED_BEFORE = 4 * 3 + 11  # DLE EOT 1-4 and whether it gives process ids
ASKED_BEHIND = 11
PLACES = range(1, ASKED_BEFORE + len(FIRST) + ASKED_BEHIND + 2)
PACE = Pace(chunk_bytes=100)
ENDED = (PrintState.CONFIRMED, PrintState.UNKNOWN)


@pytest.mark.parametrize("gives_ids", [True, False], ids=["process ids", "GS r"])
@pytest.mark.parametrize(
    ("keeps_half", "kernel_takes"),
    [(False, True), (False, False), (True, True), (True, False)],
    ids=["network", "network, at once", "cable", "cable, at once"],
)
@pytest.mark.parametrize("mishap", Mishap)
def test_a_mishap_at_any_byte_prints_no_ticket_twice_and_spoils_no_other(
    mishap: Mishap, keeps_half: bool, kernel_takes: bool, gives_ids: bool
) -> None:
    help_counts = mishap in (Mishap.PAPER_OUT, Mishap.COVER_OPEN)
    for at_byte, somebody_helps in itertools.product(PLACES, {False, help_counts}):
        wire = FeedWire(keeps_half, kernel_takes, somebody_helps)
        wire.mechanism.gives_ids = gives_ids
        wire.mechanism.suffer(mishap, at_byte)
        jobs = JobsInMemory(queued("a", FIRST))
        printer = WiredPrinter(wire, monotonic=wire.monotonic, pause=wire.wait)
        spooler = Spooler(jobs, printer, PACE, wire.monotonic)
        for _ in range(3):
            spooler.run_once()
        sent_before_help = wire.sent.count(b"<one>")
        wire.mechanism.suffer(mishap, 1_000_000)  # one that did not come is over
        wire.make_well()
        jobs.add(queued("b", SECOND))
        for _ in range(3):
            spooler.run_once()
        where = f"{mishap} at byte {at_byte}"
        assert wire.sent.count(b"<one>") == 1, where
        assert sent_before_help == 1 or jobs.state("a") in ENDED, where
        on_paper = [strip for strip in wire.strips if FIRST in strip]
        assert len(on_paper) <= 1, where
        assert jobs.state("a") in ENDED, where
        assert jobs.state("a") is PrintState.UNKNOWN or on_paper, f"{where}: proven, and not on paper"
        assert jobs.state("b") is PrintState.CONFIRMED, where
        assert wire.strips[-1].removeprefix(b"\n") == SECOND, f"{where}: {wire.mechanism.faults}"


@pytest.mark.parametrize("gives_ids", [True, False], ids=["process ids", "GS r"])
def test_without_a_mishap_every_ticket_is_proven_and_nothing_else_is_sent(gives_ids: bool) -> None:
    wire = FeedWire(keeps_half=True, kernel_takes=True, somebody_helps=False)
    wire.mechanism.gives_ids = gives_ids
    jobs = JobsInMemory(*(queued(name, FIRST) for name in "abcdef"))
    spooler = Spooler(jobs, WiredPrinter(wire, monotonic=wire.monotonic, pause=wire.wait), PACE, wire.monotonic)
    for _ in jobs.jobs:
        spooler.run_once()
    assert {jobs.state(name) for name in jobs.jobs} == {PrintState.CONFIRMED}
    assert wire.strips == [FIRST] * 6
    assert (wire.mechanism.faults, FILLING in wire.sent) == ([], False)
    assert wire.sent.count(b"\x1d(H") == (7 if gives_ids else 1)
    assert wire.sent.count(b"\x1dr\x01") == (0 if gives_ids else 6)
    assert jobs.jobs["f"].detail == ("bukti: nomor proses" if gives_ids else "bukti: jawaban pada gilirannya")
