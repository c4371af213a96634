"""A frame counts only as the one that was just announced, whole and in time."""

from __future__ import annotations

from firmware_bridge.modem.answers import FrameNext
from firmware_bridge.modem.emulated_frames import status_report
from firmware_bridge.modem.mailbox import FRAME_LIMIT_MS, Mailbox
from firmware_bridge.modem.pdu import StatusReport

FRAME, LENGTH = status_report(7, "+628123456789", 0, 0, 3_000)
REPORT = StatusReport(7, "+628123456789", 0, 3)
LINE = f"+CDS: {LENGTH}"


def announced() -> Mailbox:
    mailbox = Mailbox()
    mailbox.announce(FrameNext(LENGTH, None), LINE, 0)
    return mailbox


def test_an_announced_frame_is_read_with_both_its_lines() -> None:
    mailbox = announced()

    assert mailbox.take(FRAME, 10) == (REPORT, f"{LINE} / {FRAME}")
    assert mailbox.unacknowledged == 1


def test_other_lines_may_come_between() -> None:
    mailbox = announced()

    assert mailbox.take("+CREG: 1", 5) is None
    assert mailbox.take("OK", 5) is None
    assert mailbox.take(FRAME, 10) == (REPORT, f"{LINE} / {FRAME}")


def test_a_frame_that_nobody_announced_is_none() -> None:
    assert Mailbox().take(FRAME, 0) is None
    mailbox = announced()
    mailbox.take(FRAME, 0)
    assert mailbox.take(FRAME, 0) is None


def test_a_frame_that_comes_much_later_is_none() -> None:
    assert announced().take(FRAME, FRAME_LIMIT_MS + 1) is None


def test_a_frame_of_another_length_is_damaged_and_counted() -> None:
    mailbox = announced()

    assert mailbox.take(FRAME[:-2], 0) == (None, f"{LINE} / {FRAME[:-2]}")
    assert (mailbox.garbled, mailbox.unacknowledged) == (1, 0)


def test_a_frame_out_of_the_memory_is_to_be_removed_there() -> None:
    mailbox = Mailbox()
    mailbox.announce(FrameNext(LENGTH, 3), "+CMGL: 3,1,,25", 0)
    mailbox.take(FRAME, 0)

    assert (mailbox.read_indexes, mailbox.unacknowledged) == ([3], 0)
