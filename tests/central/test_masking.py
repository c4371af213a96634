"""No telephone number is read at the post in a carrier's raw reply, in whatever form it came."""

from __future__ import annotations

import pytest

from firmware_bridge.modem.emulated_frames import status_report
from sync.central.masking import masked


@pytest.mark.parametrize("number", ["+6281210005000", "081210005000", "6281210005000", "0812-1000-5000", "021 7654321"])
def test_a_number_is_known_only_to_who_knows_it(number: str) -> None:
    said = masked(f"from {number}: OK")
    assert number not in said
    assert "…" in said
    assert said.endswith(number[-3:] + ": OK")


def test_a_delivery_report_keeps_its_status_and_hides_its_number() -> None:
    frame, length = status_report(7, "+6281210005000", 0x00, 0, 1_000)
    said = masked(f"+CDS: {length} / {frame}")
    assert said == f"+CDS: {length} / PDU {len(frame) // 2} oktet …00"
    assert frame[20:28] not in said


@pytest.mark.parametrize(
    "raw",
    [
        "+CMGS: 12",
        '58120029"ADM-CID"0001R0L0#1234[#1234|1120 01 001]',
        'DBE70014"ACK"0001R0L0#1234[]_08:00:00,05-11-2026',
        "OK 3F9A2C 4711",
        "",
    ],
)
def test_what_is_no_number_stays_as_it_came(raw: str) -> None:
    assert masked(raw) == raw
