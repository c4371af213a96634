"""What is said to the alarm receiving centre, as Contact ID."""

from __future__ import annotations

import pytest

from firmware_bridge.dc09.events import Event, Report, contact_id, data_of
from kiosk.core.alert import AlertCode
from kiosk.core.errors import BadInput


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (Event("a", Report.RAISED, AlertCode.PANIC), (1, 120)),
        (Event("a", Report.RAISED, AlertCode.MEDICAL), (1, 100)),
        (Event("a", Report.RAISED, AlertCode.FIRE), (1, 110)),
        (Event("a", Report.RAISED, AlertCode.CRIME), (1, 123)),
        (Event("a", Report.RAISED, AlertCode.CRIME, silent=True), (1, 122)),
        (Event("a", Report.CANCELLED, AlertCode.FIRE), (1, 406)),
        (Event("a", Report.CLOSED, AlertCode.FIRE), (3, 110)),
        (Event("a", Report.CLOSED, AlertCode.PANIC, silent=True), (3, 122)),
        (Event("day", Report.TEST), (1, 602)),
        (Event("tamper", Report.FAULT), (1, 137)),
        (Event("tamper", Report.FAULT_OVER), (3, 137)),
    ],
)
def test_each_report_has_its_contact_id_code(event: Event, said: tuple[int, int]) -> None:
    assert contact_id(event) == said


@pytest.mark.parametrize("code", AlertCode)
def test_every_kind_of_alert_can_be_told(code: AlertCode) -> None:
    assert 100 <= contact_id(Event("a", Report.RAISED, code))[1] <= 199


@pytest.mark.parametrize("report", Report)
@pytest.mark.parametrize("silent", [False, True])
def test_nothing_that_a_drill_says_can_be_taken_for_an_alarm(report: Report, silent: bool) -> None:
    assert contact_id(Event("a", report, AlertCode.CRIME, silent=silent, drill=True))[1] == 601


def test_a_test_is_a_test_whatever_code_it_carries() -> None:
    assert contact_id(Event("day", Report.TEST, AlertCode.FIRE)) == (1, 602)


def test_the_data_name_account_code_partition_and_zone() -> None:
    assert data_of(Event("a", Report.RAISED, AlertCode.PANIC, zone=1), "1234", 1) == "#1234|1120 01 001"
    assert data_of(Event("a", Report.CLOSED, AlertCode.PANIC, zone=999), "00AF", 99) == "#00AF|3120 99 999"


def test_a_call_for_help_goes_before_everything_else() -> None:
    ranks = [Event("a", report, AlertCode.FIRE).rank for report in Report]

    assert ranks[0] < min(ranks[1:])
    assert ranks == sorted(ranks)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"key": ""}, "nama"),
        ({"key": "x" * 65}, "nama"),
        ({"zone": -1}, "zona"),
        ({"zone": 1_000}, "zona"),
        ({"code": None}, "jenis"),
        ({"code": None, "report": Report.CLOSED}, "jenis"),
    ],
)
def test_an_event_that_contact_id_cannot_say_is_refused(wrong: dict[str, object], why: str) -> None:
    good: dict[str, object] = {"key": "a", "report": Report.RAISED, "code": AlertCode.FIRE}
    with pytest.raises(BadInput, match=why):
        Event(**(good | wrong))  # type: ignore[arg-type]
