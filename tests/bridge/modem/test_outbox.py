"""Texts are tried for ever at a growing pause, and a report proves only the text that it can mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.modem.outbox import REPORT_WAIT_MS, TEXTS_LIMIT, Outbox, Text, retry_ms
from firmware_bridge.modem.pdu import StatusReport
from kiosk.core.errors import BadInput
from tests.bridge.modem.rig import OFFICER, SECOND, TEXT

OTHER = Text("alert-2", OFFICER, "Panggilan lain")


def report(reference: int, status: int = 0, under_way_s: int | None = 5, number: str = OFFICER) -> StatusReport:
    return StatusReport(reference, number, status, under_way_s)


def taken(*references: tuple[Text, int, int]) -> Outbox:
    """An outbox whose texts were taken under these references at these times."""
    box = Outbox()
    for text, reference, at_ms in references:
        box.add(text, at_ms)
        box.taken(text, reference, at_ms, 0)
    return box


def test_pauses_grow_from_five_seconds_to_a_minute() -> None:
    assert [retry_ms(attempt, 1.0) for attempt in range(1, 7)] == [5_000, 10_000, 20_000, 40_000, 60_000, 60_000]


@given(attempt=st.integers(1, 10**9), jitter=st.floats(0, 1))
def test_every_pause_is_between_five_seconds_and_a_minute(attempt: int, jitter: float) -> None:
    assert 5_000 <= retry_ms(attempt, jitter) <= 60_000


def test_a_text_that_failed_comes_again_for_ever() -> None:
    box, now_ms = Outbox(), 0
    box.add(TEXT, 0)
    for _ in range(200):
        assert box.due(now_ms) == TEXT
        box.failed(TEXT, now_ms, 1.0)
        assert box.due(now_ms + 4_999) is None
        now_ms += 60_000


def test_another_text_goes_while_one_waits_for_its_next_attempt() -> None:
    box = Outbox()
    box.add(TEXT, 0)
    box.add(OTHER, 0)
    box.failed(TEXT, 0, 1.0)

    assert box.due(0) == OTHER


def test_a_text_that_waits_already_is_not_queued_twice() -> None:
    box = Outbox()
    assert box.add(TEXT, 0)
    assert not box.add(TEXT, 0)
    assert box.waiting == 1


def test_the_queue_has_a_limit() -> None:
    box = Outbox()
    texts = [Text(f"alert-{number}", OFFICER, "x") for number in range(TEXTS_LIMIT + 1)]

    assert [box.add(text, 0) for text in texts].count(False) == 1


def test_a_withdrawn_text_is_not_sent_and_not_again_when_its_report_is_bad() -> None:
    box = taken((TEXT, 1, 0))
    box.add(Text("alert-1", SECOND, "x"), 0)
    box.withdraw("alert-1")

    assert box.due(10**9) is None
    assert box.report(report(1, 0x46), 1_000, 0) == TEXT
    assert box.due(10**9) is None
    assert box.unreported == 0


@pytest.mark.parametrize("number", [OFFICER, "628123456789", "08123456789"])
def test_a_report_finds_its_text_by_reference_and_number(number: str) -> None:
    box = taken((TEXT, 1, 0), (OTHER, 2, 0))

    assert box.report(report(2, number=number), 1_000, 0) == OTHER
    assert box.unreported == 1


@pytest.mark.parametrize("wrong", [report(3), report(1, number=SECOND), report(1, number="TELKOMSEL")])
def test_a_report_that_fits_nothing_proves_nothing(wrong: StatusReport) -> None:
    box = taken((TEXT, 1, 0))

    assert box.report(wrong, 1_000, 0) is None
    assert box.unreported == 1


@pytest.mark.parametrize("status", range(0x20, 0x40))
def test_a_centre_that_still_tries_leaves_the_text_waiting(status: int) -> None:
    box = taken((TEXT, 1, 0))

    assert box.report(report(1, status), 1_000, 0) == TEXT
    assert box.due(REPORT_WAIT_MS) is None
    assert box.unreported == 1
    assert box.report(report(1, 0), 2_000, 0) == TEXT
    assert box.unreported == 0


@pytest.mark.parametrize("status", [0x02, *range(0x40, 0x80)])
def test_a_centre_that_gave_up_makes_the_text_go_again(status: int) -> None:
    box = taken((TEXT, 1, 0))
    box.report(report(1, status), 1_000, 1.0)

    assert box.due(1_000) is None
    assert box.due(6_000) == TEXT
    assert box.unreported == 0


@pytest.mark.parametrize("status", [0x01, 0x03, 0x1F, 0x80, 0xFF])
def test_a_status_that_says_neither_leaves_the_text_waiting_for_another(status: int) -> None:
    box = taken((TEXT, 1, 0))

    assert box.report(report(1, status), 1_000, 0) == TEXT
    assert box.unreported == 1


def test_a_reference_in_use_for_two_alerts_proves_neither_and_the_newer_goes_again() -> None:
    box = taken((TEXT, 7, 0))
    box.add(OTHER, 1_000)

    assert not box.taken(OTHER, 7, 1_000, 1.0)
    assert box.report(report(7), 2_000, 0) is None
    assert box.due(5_999) is None
    assert box.due(6_000) == OTHER
    assert box.taken(OTHER, 8, 6_000, 0)
    assert box.report(report(8), 7_000, 0) == OTHER


def test_a_report_older_than_the_text_belongs_to_the_one_before() -> None:
    box = taken((TEXT, 7, 0))
    box.add(OTHER, 600_000)
    box.taken(OTHER, 7, 600_000, 0)

    assert box.report(report(7, under_way_s=590), 601_000, 0) == TEXT


def test_a_report_of_a_message_from_before_the_restart_proves_nothing() -> None:
    box = taken((TEXT, 1, 0))

    assert box.report(report(1, under_way_s=1_800), 10_000, 0) is None


def test_a_report_without_times_is_believed() -> None:
    assert taken((TEXT, 1, 0)).report(report(1, under_way_s=None), 1_000, 0) == TEXT


def test_references_that_wrap_are_told_apart_by_time() -> None:
    box = Outbox()
    for count in range(600):
        text = Text(f"alert-{count}", OFFICER, "x")
        now_ms = count * 20_000
        box.expired(now_ms, 0)
        box.add(text, now_ms)
        box.taken(text, count % 256, now_ms, 0)
        assert box.report(report(count % 256), now_ms + 5_000, 0) == text


def test_the_same_alert_again_to_the_same_number_is_proven_by_either_report() -> None:
    box = taken((TEXT, 7, 0), (TEXT, 8, 10_000))

    assert box.report(report(7), 12_000, 0) == TEXT
    assert box.unreported == 0


def test_a_text_without_any_report_goes_again_after_the_centres_own_limit() -> None:
    box = taken((TEXT, 1, 0))

    assert box.expired(REPORT_WAIT_MS - 1, 0) == []
    assert box.expired(REPORT_WAIT_MS, 1.0) == [TEXT]
    assert box.due(REPORT_WAIT_MS + 5_000) == TEXT


@pytest.mark.parametrize(
    ("number", "text"), [("08123456789", "x"), (OFFICER, ""), (OFFICER, "x" * 161), (OFFICER, "ꦏ")]
)
def test_what_is_no_single_message_is_refused_before_it_is_queued(number: str, text: str) -> None:
    with pytest.raises(BadInput):
        Text("alert-1", number, text)
