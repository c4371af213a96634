"""A PIN is given at most twice in a row, however often the program restarts, and never lies about."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import pytest

from firmware_bridge.modem.pin import PinFile


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "sim.pin"
    path.write_text("4711\n")
    return path


@pytest.fixture
def counts(tmp_path: Path) -> Path:
    return tmp_path / "attempts"


def test_the_third_attempt_is_left_to_a_person_also_after_restarts(file: Path, counts: Path) -> None:
    assert [PinFile(str(file), counts).take() for _ in range(4)] == ["4711", "4711", None, None]


def test_an_accepted_pin_starts_afresh(file: Path, counts: Path) -> None:
    for _ in range(10):
        pin = PinFile(str(file), counts)
        assert pin.take() == "4711"
        pin.accepted()


def test_a_corrected_file_starts_afresh(file: Path, counts: Path) -> None:
    for _ in range(3):
        PinFile(str(file), counts).take()
    file.write_text("4712\n")
    os.utime(file, ns=(1, 1))

    assert PinFile(str(file), counts).take() == "4712"


def test_what_cannot_be_counted_is_not_tried(file: Path, tmp_path: Path) -> None:
    assert PinFile(str(file), tmp_path / "absent" / "attempts").take() is None


@pytest.mark.parametrize("text", ["", "123", "123456789", "12a4", "٤٧١١", "4711\n4711"])
def test_a_file_that_holds_no_pin_gives_none_and_costs_no_attempt(text: str, file: Path, counts: Path) -> None:
    file.write_text(text)

    assert PinFile(str(file), counts).take() is None
    assert not counts.exists()


def test_a_missing_file_or_none_at_all_gives_none(tmp_path: Path, counts: Path) -> None:
    assert PinFile(str(tmp_path / "absent"), counts).take() is None
    assert PinFile("", counts).take() is None


def test_a_damaged_count_does_not_stop_the_pin(file: Path, counts: Path) -> None:
    counts.write_text("rusak")

    assert PinFile(str(file), counts).take() == "4711"


def test_no_log_and_no_count_holds_the_pin(file: Path, counts: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for _ in range(3):
        PinFile(str(file), counts).take()
    file.write_text("47119999999")
    PinFile(str(file), counts).take()

    assert "4711" not in counts.read_text().split()[1]
    assert not [record for record in caplog.records if "4711" in str(vars(record))]
