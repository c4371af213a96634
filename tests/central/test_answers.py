"""Officers answering alerts: one is first, everyone else is told by whom and when, and the kiosk gets its message."""

from __future__ import annotations

import threading
from typing import Any

import msgspec
import pytest

from kiosk.core.alert import AlertAction, AlertState, Evidence
from kiosk.core.errors import BadInput, Conflict, NotFound
from kiosk.core.event import Lane
from kiosk.core.ids import uuid7
from sync.central.store import CentralStore, CloseReason
from tests.central.stories import DEVICE, NOW_MS, Journal, raise_alert, raised

ACKNOWLEDGE, DISPATCH = AlertAction.ACKNOWLEDGE, AlertAction.DISPATCH
ARRIVE, CLOSE = AlertAction.ARRIVE, AlertAction.CLOSE
UNIT: dict[str, object] = {"unit": "Patroli 3", "minutes": 7}
CLOSED: dict[str, object] = {"reason": "true", "note": "Sudah aman"}


def test_the_four_answers_carry_an_alert_from_received_to_closed(store: CentralStore) -> None:
    alert_id = raise_alert(store)
    states = [
        store.answer_alert(alert_id, action, "Sari", detail, NOW_MS + at)
        for at, (action, detail) in enumerate([(ACKNOWLEDGE, {}), (DISPATCH, UNIT), (ARRIVE, {}), (CLOSE, CLOSED)])
    ]
    assert [alert.state for alert in states] == ["acknowledged", "dispatched", "arrived", "closed"]
    assert [alert.evidence for alert in states] == [5, 6, 6, 7]
    last = states[-1]
    assert (last.officer, last.unit, last.minutes, last.close_reason) == ("Sari", "Patroli 3", 7, CloseReason.TRUE)
    assert [step.actor for step in last.steps] == [DEVICE, "Sari", "Sari", "Sari", "Sari"]
    assert store.open_alerts() == []


def test_the_kiosk_gets_each_answer_numbered_with_its_nonce(store: CentralStore) -> None:
    alert_id = raise_alert(store)
    store.answer_alert(alert_id, ACKNOWLEDGE, "Sari", {}, NOW_MS)
    store.answer_alert(alert_id, DISPATCH, "Sari", UNIT, NOW_MS + 1)
    assert store.devices_with_pending_down() == [DEVICE]
    first, second = store.pending_down(DEVICE, 0)
    assert (first.number, first.kind, second.number) == (NOW_MS, "alert.answer", NOW_MS + 1)
    assert msgspec.json.decode(first.body) == {
        "alert": alert_id,
        "nonce": "00000000000000ab",
        "action": "acknowledge",
        "officer": "Sari",
        "at_ms": NOW_MS,
        "detail": {},
    }
    assert msgspec.json.decode(second.body)["detail"] == UNIT
    assert [down.number for down in store.pending_down(DEVICE, first.number)] == [second.number]
    store.down_applied(DEVICE, first.number)
    assert [down.number for down in store.pending_down(DEVICE, 0)] == [second.number]
    store.down_applied(DEVICE, second.number)
    assert store.devices_with_pending_down() == []


def test_of_officers_who_acknowledge_at_once_exactly_one_wins_and_the_others_hear_who(store: CentralStore) -> None:
    for _ in range(5):
        alert_id, start = raise_alert(store), threading.Barrier(6)
        won: list[str] = []
        told: list[str] = []

        def press(name: str, alert_id: str = alert_id, start: Any = start, won: Any = won, told: Any = told) -> None:
            start.wait()
            try:
                store.answer_alert(alert_id, ACKNOWLEDGE, name, {}, NOW_MS)
                won.append(name)
            except Conflict as error:
                told.append(str(error))

        officers = [threading.Thread(target=press, args=(f"Petugas {number}",)) for number in range(6)]
        for officer in officers:
            officer.start()
        for officer in officers:
            officer.join()
        assert len(won) == 1
        assert told == [f"panggilan ini sudah diterima oleh {won[0]} pukul 07.20.00"] * 5
        assert store.alert(alert_id).officer == won[0]
        assert [step.action for step in store.alert(alert_id).steps] == ["receive", "acknowledge"]
    assert len(store.pending_down(DEVICE, 0)) == 5


def test_nobody_is_sent_and_nothing_closed_before_a_human_acknowledged(store: CentralStore) -> None:
    alert_id = raise_alert(store)
    for action, detail in ((DISPATCH, UNIT), (ARRIVE, {}), (CLOSE, CLOSED)):
        with pytest.raises(Conflict, match="belum diterima"):
            store.answer_alert(alert_id, action, "Sari", detail, NOW_MS)
    assert store.alert(alert_id).state is AlertState.RECEIVED
    assert store.pending_down(DEVICE, 0) == []


def test_an_answer_is_given_once(store: CentralStore) -> None:
    alert_id = raise_alert(store)
    store.answer_alert(alert_id, ACKNOWLEDGE, "Sari", {}, NOW_MS)
    store.answer_alert(alert_id, DISPATCH, "Sari", UNIT, NOW_MS)
    with pytest.raises(Conflict, match="sudah dikirimi petugas oleh Sari"):
        store.answer_alert(alert_id, DISPATCH, "Budi", UNIT, NOW_MS)
    store.answer_alert(alert_id, CLOSE, "Budi", CLOSED, NOW_MS)
    for action in (ACKNOWLEDGE, DISPATCH, ARRIVE, CLOSE):
        with pytest.raises(Conflict, match="sudah"):
            store.answer_alert(alert_id, action, "Sari", {DISPATCH: UNIT, CLOSE: CLOSED}.get(action, {}), NOW_MS)


def test_what_is_known_is_told_in_the_sites_own_time(store: CentralStore) -> None:
    store.enrol(DEVICE, bytes(range(32)), msgspec.structs.replace(store.site("31.74.05.1001").site, utc_offset_h=9))
    alert_id = raise_alert(store)
    store.answer_alert(alert_id, ACKNOWLEDGE, "Sari", {}, NOW_MS)
    with pytest.raises(Conflict, match=r"oleh Sari pukul 09\.20\.00"):
        store.answer_alert(alert_id, ACKNOWLEDGE, "Budi", {}, NOW_MS)


@pytest.mark.parametrize(
    ("action", "detail"),
    [
        (ACKNOWLEDGE, {"hello": 1}),
        (DISPATCH, {}),
        (DISPATCH, {"unit": "", "minutes": 3}),
        (DISPATCH, {"unit": "P\0", "minutes": 3}),
        (DISPATCH, {"unit": "Patroli", "minutes": "soon"}),
        (DISPATCH, {"unit": "Patroli", "minutes": 100_000}),
        (CLOSE, {"reason": "bored"}),
        (CLOSE, {"reason": "true", "note": "x" * 501}),
        (AlertAction.CANCEL, {}),
        (AlertAction.RECEIVE, {}),
    ],
)
def test_an_answer_without_its_details_changes_nothing(
    store: CentralStore, action: AlertAction, detail: dict[str, object]
) -> None:
    alert_id = raise_alert(store)
    store.answer_alert(alert_id, ACKNOWLEDGE, "Sari", {}, NOW_MS)
    before = store.alert(alert_id)
    with pytest.raises(BadInput):
        store.answer_alert(alert_id, action, "Sari", detail, NOW_MS)
    assert store.alert(alert_id) == before


def test_an_unknown_alert_is_not_found(store: CentralStore) -> None:
    with pytest.raises(NotFound):
        store.answer_alert(uuid7(), ACKNOWLEDGE, "Sari", {}, NOW_MS)


def test_a_cancelled_alert_stays_open_until_the_post_closes_it(store: CentralStore) -> None:
    alert_id, journal = uuid7(), Journal(Lane.ALARM)
    journal.add("alert.raised", raised(alert_id))
    journal.add("alert.cancelled", {"id": alert_id})
    journal.send(store)
    answered = store.answer_alert(alert_id, ACKNOWLEDGE, "Sari", {}, NOW_MS)
    assert (answered.state, answered.evidence) == (AlertState.CANCEL_REQUESTED, Evidence.ACKNOWLEDGED)
    assert store.answer_alert(alert_id, CLOSE, "Sari", {"reason": "mistaken"}, NOW_MS).state is AlertState.CLOSED


def test_a_late_time_out_from_the_kiosk_never_unsays_an_answer(store: CentralStore) -> None:
    alert_id, journal = uuid7(), Journal(Lane.ALARM)
    journal.add("alert.raised", raised(alert_id))
    journal.send(store)
    store.answer_alert(alert_id, ACKNOWLEDGE, "Sari", {}, NOW_MS)
    journal.add("alert.evidence", {"id": alert_id, "state": "unanswered", "evidence": 4, "path": ""})
    journal.add("alert.answer-shown", {"id": alert_id, "action": "acknowledge", "officer": "Sari"})
    journal.send(store, 2)
    alert = store.alert(alert_id)
    assert alert.state is AlertState.ACKNOWLEDGED
    assert alert.shown_ms == NOW_MS + 3_000


def test_the_unacknowledged_come_first_and_the_newest_of_them_on_top(store: CentralStore) -> None:
    ids = [raise_alert(store) for _ in range(3)]
    store.answer_alert(ids[2], ACKNOWLEDGE, "Sari", {}, NOW_MS)
    assert [alert.id for alert in store.open_alerts()] == [ids[1], ids[0], ids[2]]
