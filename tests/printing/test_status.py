"""What a printer says about itself, and what silence means."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.printing.status import UNKNOWN, Paper, PrinterStatus, parse


def test_a_silent_printer_is_unknown_never_adequate() -> None:
    status = parse({1: b"", 2: b"", 3: b"", 4: b""})
    assert status == parse({}) == UNKNOWN
    assert status.paper is Paper.UNKNOWN
    assert status.online is None
    assert status.cover_open is None
    assert not status.answered


@pytest.mark.parametrize("garbage", [b"\x00", b"\xff", b"\x12\x12", b"OK", b"\x02", b"\x10", b"\x93"])
def test_garbage_is_unknown(garbage: bytes) -> None:
    assert parse(dict.fromkeys((1, 2, 3, 4), garbage)) == UNKNOWN


@pytest.mark.parametrize(
    ("answers", "status"),
    [
        ({1: b"\x12", 2: b"\x12", 3: b"\x12", 4: b"\x12"}, PrinterStatus(True, Paper.OK, False)),
        ({1: b"\x12", 4: b"\x1e"}, PrinterStatus(True, Paper.LOW, None)),
        ({4: b"\x16"}, PrinterStatus(None, Paper.LOW, None)),
        ({1: b"\x1a", 2: b"\x32", 4: b"\x7e"}, PrinterStatus(False, Paper.OUT, False)),
        ({2: b"\x32"}, PrinterStatus(None, Paper.OUT, False)),
        ({1: b"\x1a", 2: b"\x16"}, PrinterStatus(False, Paper.UNKNOWN, True)),
        ({1: b"\x1a", 3: b"\x1a"}, PrinterStatus(False, Paper.UNKNOWN, None, "pemotong kertas macet")),
        ({3: b"\x32"}, PrinterStatus(None, Paper.UNKNOWN, None, "kerusakan printer")),
        ({1: b"\x12", 4: b"\xff"}, PrinterStatus(True, Paper.UNKNOWN, None)),
    ],
)
def test_each_bit_is_read_by_itself(answers: dict[int, bytes], status: PrinterStatus) -> None:
    assert parse(answers) == status


def test_an_officer_is_told_the_cause_not_the_symptom() -> None:
    assert parse({1: b"\x1a", 4: b"\x7e"}).obstacle == "kertas printer habis"
    assert parse({1: b"\x1a", 2: b"\x16"}).obstacle == "tutup printer terbuka"
    assert parse({1: b"\x1a"}).obstacle == "printer tidak siap"
    assert parse({1: b"\x12", 4: b"\x1e"}).obstacle == ""
    assert UNKNOWN.obstacle == ""


@given(st.dictionaries(st.integers(1, 4), st.binary(max_size=3)))
def test_no_bytes_whatever_break_the_parser(answers: dict[int, bytes]) -> None:
    parse(answers)
