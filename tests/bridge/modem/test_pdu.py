"""Frames as other people's modems made them, and what a damaged one says: nothing."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.modem import emulated_frames, gsm7
from firmware_bridge.modem.pdu import Delivered, StatusReport, read, submit
from kiosk.core.errors import BadInput


def test_a_text_is_framed_as_the_standard_says() -> None:
    frame, length = submit("+46708251358", "hellohello")

    # Service centre from the SIM; SUBMIT with relative validity and a status report wanted; 60 minutes.
    assert frame == "0031000B916407281553F800000B0AE8329BFD4697D9EC37"
    assert length == 23


def test_a_received_text_of_another_network_is_read() -> None:
    frame = "07917283010010F5040BC87238880900F10000993092516195800AE8329BFD4697D9EC37"

    assert read(frame, 28) == Delivered("27838890001", "hellohello")


def test_a_frame_without_the_service_centre_is_read_too() -> None:
    frame = "040BC87238880900F10000993092516195800AE8329BFD4697D9EC37"

    assert read(frame, 28) == Delivered("27838890001", "hellohello")


def test_a_report_as_a_real_modem_printed_it_is_read() -> None:
    # Taken from a public log of a Huawei stick in India, with another number in it: 4 s under way, time zone +5:30.
    frame = "079119890400202306400C91198987654321511090718384225110907183252200"

    assert read(frame, 25) == StatusReport(0x40, "+919878563412", 0, 4)


@pytest.mark.parametrize("status", [0x00, 0x01, 0x20, 0x46, 0x7F])
def test_a_report_of_the_emulated_network_is_read(status: int) -> None:
    frame, length = emulated_frames.status_report(255, "+628123456789", status, 0, 90_000)

    assert read(frame, length) == StatusReport(255, "+628123456789", status, 90)


def test_a_report_whose_times_are_nonsense_is_a_report_all_the_same() -> None:
    frame, length = emulated_frames.status_report(7, "+628123456789", 0, 0, 0)
    spoilt = frame[:-30] + "FF" * 14 + frame[-2:]

    assert read(spoilt, length) == StatusReport(7, "+628123456789", 0, None)


@pytest.mark.parametrize("sender", ["+628123456789", "08123456789", "TELKOMSEL", "3636"])
@given(text=st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=70))
def test_any_text_from_any_sender_is_read(sender: str, text: str) -> None:
    plain = text if gsm7.is_sendable(text) else text[:35]
    frame, length = emulated_frames.deliver(sender, plain, 0)

    assert read(frame, length) == Delivered(sender, plain)


def test_a_number_marked_national_gets_its_zero_back() -> None:
    frame, length = emulated_frames.deliver("8123456789", "OK", 0)

    assert read(frame.replace("0A81", "0AA1"), length) == Delivered("08123456789", "OK")


def test_a_part_of_a_long_message_is_read_without_its_header() -> None:
    header = bytes.fromhex("050003A70201")
    septets = (int.from_bytes(header, "little") | int.from_bytes(gsm7.pack("OK"), "little") << 49).to_bytes(8, "little")
    body = bytes((0x44, 12, 0x91)) + bytes.fromhex("268143658709") + bytes(9) + bytes((9,)) + septets

    assert read("00" + body.hex(), len(body)) == Delivered("+621834567890", "OK")


@given(st.binary(max_size=200), st.integers(0, 200))
def test_junk_is_a_frame_or_refused(data: bytes, length: int) -> None:
    with suppress(BadInput):
        read(data.hex(), length)


@given(at=st.integers(0, 200), bit=st.integers(0, 7))
def test_a_cut_frame_is_refused(at: int, bit: int) -> None:
    frame, length = emulated_frames.status_report(7, "+628123456789", 0, 0, 500)
    cut = frame[: at % len(frame)]

    with pytest.raises(BadInput):
        read(cut, length)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("08123456789", "OK"),
        ("+62x", "OK"),
        ("+628123456789", "a" * 161),
        ("+628123456789", "ꦏ"),
        ("+" + "1" * 16, "OK"),
    ],
)
def test_what_is_no_single_message_is_refused(number: str, text: str) -> None:
    with pytest.raises(BadInput):
        submit(number, text)


@given(st.text())
def test_what_is_framed_is_what_the_network_reads(text: str) -> None:
    plain = gsm7.cut(gsm7.transliterate(text), 160)
    frame, length = submit("+628123456789", plain)

    assert emulated_frames.submitted(bytes.fromhex(frame)) == emulated_frames.Submitted("+628123456789", plain, True)
    assert length == len(frame) // 2 - 1
