"""Nothing is claimed of an alert that a reply did not show."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.alert import CONTACT_ID, AlertAction, AlertCode, Evidence
from kiosk.core.clock import Moment
from kiosk.core.contact_id import CANCEL, MANUAL_TEST, PERIODIC_TEST, TAMPER, contact_id
from kiosk.core.proof import Delivery, delivery, of_dc09, of_delivery, of_puback, of_submission, plain
from kiosk.core.retry import PAUSES_S, Attempts, is_attempt_due
from tests.core.ladders import an_alert, at


def test_a_carriers_word_proves_that_it_was_carried_and_no_more() -> None:
    for proof in (of_puback(True, "Success"), of_submission("+CMGS: 7"), of_dc09("ACK", '"ACK"0001R0L0#1234[]')):
        assert proof is not None
        assert (proof.action, proof.level) == (AlertAction.CARRY, Evidence.CARRIED)


@pytest.mark.parametrize("status", range(256))
def test_of_all_delivery_reports_only_zero_proves_receipt(status: int) -> None:
    proof = of_delivery(status, f"+CDS: {status}")
    assert (proof is not None and proof.level is Evidence.RECEIVED) is (status == 0)


def test_a_report_that_the_network_is_still_trying_is_no_failure() -> None:
    assert {delivery(status) for status in range(0x20, 0x40)} == {Delivery.WAITING}
    assert {delivery(status) for status in range(0x40, 0x80)} == {Delivery.FAILED}
    assert delivery(0x01) is delivery(0x02) is Delivery.WAITING


@pytest.mark.parametrize("reply", ["NAK", "DUH", "", "ack", "ACK2"])
def test_any_other_reply_of_a_receiving_centre_proves_nothing(reply: str) -> None:
    assert of_dc09(reply, reply) is None


def test_a_puback_that_refuses_proves_nothing() -> None:
    assert of_puback(False, "Not authorized") is None


@given(st.text(max_size=800), st.integers(1, 500))
def test_a_reply_is_kept_printable_and_bounded(raw: str, limit: int) -> None:
    kept = plain(raw, limit)
    assert len(kept) <= limit
    assert kept.isascii()
    assert kept == "" or kept.isprintable()


def test_a_reply_with_control_signs_is_spelled_out() -> None:
    assert plain('\n58120029"ACK"\r\x00é') == '\\n58120029"ACK"\\r\\x00\\xe9'


def test_a_receiving_centre_is_told_the_code_of_what_was_pressed_and_of_a_drill_only_that_it_is_a_test() -> None:
    assert {code: contact_id(an_alert(code)) for code in AlertCode} == CONTACT_ID
    assert contact_id(an_alert(AlertCode.SILENT)) == 122
    assert {contact_id(an_alert(code, drill=True)) for code in AlertCode} == {MANUAL_TEST}
    assert (TAMPER, CANCEL, PERIODIC_TEST) == (137, 406, 602)


def test_a_send_is_tried_at_once_and_then_ever_later_for_ever() -> None:
    pauses = []
    for count in range(1, 8):
        due = [s for s in range(0, 100) if is_attempt_due(Attempts(count, "boot-1", 1_000), at(1_000 + s * 1000))]
        pauses.append(due[0])
    assert is_attempt_due(Attempts(), at(0))
    assert pauses == [5, 10, 20, 40, 60, 60, 60]
    assert (min(PAUSES_S), max(PAUSES_S)) == (5, 60)  # SIA DC-09 Annex C


@given(st.integers(1, 50), st.integers(0, 10**6), st.integers(0, 10**6), st.sampled_from(["boot-1", "boot-2"]))
def test_a_retry_never_comes_before_five_seconds_are_proven(count: int, tried: int, now: int, boot: str) -> None:
    due = is_attempt_due(Attempts(count, "boot-1", tried), Moment(0, False, boot, now))
    proven = now - tried if boot == "boot-1" and now >= tried else now
    assert due is (proven >= [5_000, 10_000, 20_000, 40_000, 60_000][min(count, 5) - 1])
