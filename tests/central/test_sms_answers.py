"""A contact of the site who answers by SMS: an answer at the post, with name and way, that unsays no other."""

from __future__ import annotations

import threading

import pytest

from kiosk.core.alert import AlertAction, AlertState, Evidence
from kiosk.core.errors import Conflict
from kiosk.core.event import Lane
from kiosk.core.ids import uuid7
from sync.central.store import CentralStore
from tests.central.stories import NOW_MS, Journal, raised

UNIT: dict[str, object] = {"unit": "Patroli 3", "minutes": 7}
ANSWER = {"state": "acknowledged", "evidence": 5, "path": "sms/rw-2", "level": 5, "raw": "OK 3F9A2C 4711"}


class Site:
    """A kiosk with one alert, and what it tells of it."""

    def __init__(self, store: CentralStore) -> None:
        self.store, self.alert, self._journal, self._told = store, uuid7(), Journal(Lane.ALARM), 0
        self._journal.add("alert.raised", raised(self.alert))
        self.send()

    def tell(self, kind: str, **body: object) -> None:
        self._journal.add(kind, {"id": self.alert, **body})
        self.send()

    def answer(self, **changes: object) -> None:
        self.tell("alert.evidence", **{"officer": "Ibu Ratna", **ANSWER, **changes})

    def send(self) -> None:
        first, self._told = self._told + 1, len(self._journal.events)
        self._journal.send(self.store, first)


@pytest.fixture
def site(store: CentralStore) -> Site:
    return Site(store)


@pytest.mark.parametrize("path", ["sms/rw-2", "again/sms/rw-2"])
def test_a_contacts_sms_is_an_answer_with_name_and_way(site: Site, path: str) -> None:
    site.tell("alert.evidence", state="unanswered", evidence=4, path="bridge")
    site.answer(path=path)
    alert = site.store.alert(site.alert)
    assert (alert.state, alert.evidence) == (AlertState.ACKNOWLEDGED, Evidence.ACKNOWLEDGED)
    assert (alert.officer, alert.answered_path) == ("Ibu Ratna", path)
    assert alert.acknowledged_ms == NOW_MS + 3_000
    step = alert.steps[-1]
    assert (step.path, step.level, step.person, step.raw) == (path, 5, "Ibu Ratna", "OK 3F9A2C 4711")


def test_the_kiosk_is_not_told_what_it_told(site: Site) -> None:
    site.answer()
    assert site.store.devices_with_pending_down() == []


def test_the_post_goes_on_where_a_contact_answered(site: Site) -> None:
    site.answer()
    with pytest.raises(Conflict, match=r"sudah diterima oleh Ibu Ratna pukul 07\.20\.02"):
        site.store.answer_alert(site.alert, AlertAction.ACKNOWLEDGE, "Sari", {}, NOW_MS + 9_000)
    site.store.answer_alert(site.alert, AlertAction.DISPATCH, "Sari", UNIT, NOW_MS + 9_000)
    alert = site.store.answer_alert(site.alert, AlertAction.CLOSE, "Sari", {"reason": "true"}, NOW_MS + 9_500)
    assert (alert.state, alert.officer, alert.answered_path) == (AlertState.CLOSED, "Ibu Ratna", "sms/rw-2")


def test_a_contact_after_an_officer_changes_nothing_and_is_kept(site: Site) -> None:
    site.store.answer_alert(site.alert, AlertAction.ACKNOWLEDGE, "Sari", {}, NOW_MS + 1_000)
    site.store.answer_alert(site.alert, AlertAction.DISPATCH, "Sari", UNIT, NOW_MS + 1_500)
    site.answer(state="dispatched", evidence=6)
    alert = site.store.alert(site.alert)
    assert (alert.state, alert.officer, alert.acknowledged_ms) == (AlertState.DISPATCHED, "Sari", NOW_MS + 1_000)
    assert alert.answered_path == "posko"
    assert [step.person for step in alert.steps] == ["", "Sari", "Sari", "Ibu Ratna"]


def test_a_cancelled_alert_that_a_contact_answered_waits_for_the_post_all_the_same(site: Site) -> None:
    site.tell("alert.cancelled")
    site.answer(state="cancel-requested")
    alert = site.store.alert(site.alert)
    assert (alert.state, alert.officer, alert.is_open) == (AlertState.CANCEL_REQUESTED, "Ibu Ratna", True)


@pytest.mark.parametrize(
    "changes",
    [
        {"path": "posko"},
        {"path": "dc09"},
        {"path": "mqtt sms/rw-2"},
        {"path": "cancel/sms/rw-2"},
        {"level": 4},
        {"officer": ""},
    ],
)
def test_nothing_but_a_named_contacts_own_sms_is_an_answer(site: Site, changes: dict[str, object]) -> None:
    site.answer(**changes)
    alert = site.store.alert(site.alert)
    assert (alert.state, alert.officer, alert.acknowledged_ms) == (AlertState.RECEIVED, None, None)
    assert len(alert.steps) == 2


def test_a_closed_alert_is_not_opened_by_a_late_sms(site: Site) -> None:
    site.store.answer_alert(site.alert, AlertAction.ACKNOWLEDGE, "Sari", {}, NOW_MS)
    site.store.answer_alert(site.alert, AlertAction.CLOSE, "Sari", {"reason": "false"}, NOW_MS + 1)
    site.answer()
    alert = site.store.alert(site.alert)
    assert (alert.state, alert.officer) == (AlertState.CLOSED, "Sari")


def test_of_an_officer_and_a_contact_at_once_exactly_one_answered(store: CentralStore) -> None:
    for _ in range(8):
        site = Site(store)
        refused: list[Conflict] = []

        def officer(alert: str = site.alert, refused: list[Conflict] = refused) -> None:
            try:
                store.answer_alert(alert, AlertAction.ACKNOWLEDGE, "Sari", {}, NOW_MS + 5_000)
            except Conflict as error:
                refused.append(error)

        at_once = [threading.Thread(target=officer), threading.Thread(target=site.answer)]
        for thread in at_once:
            thread.start()
        for thread in at_once:
            thread.join()
        alert = store.alert(site.alert)
        assert alert.state is AlertState.ACKNOWLEDGED
        assert (alert.officer == "Ibu Ratna") == bool(refused)
        assert (alert.officer, alert.answered_path) in {("Ibu Ratna", "sms/rw-2"), ("Sari", "posko")}


def test_a_carriers_reply_is_read_without_its_number(site: Site) -> None:
    raw = '+CDS: 6,7,"+6281210005000",145,0'
    site.tell("alert.evidence", state="received", evidence=4, path="sms/rw-2", level=4, raw=raw)
    assert site.store.alert(site.alert).steps[-1].raw == '+CDS: 6,7,"+628…000",145,0'


def test_the_post_sees_when_the_box_has_its_answer(site: Site) -> None:
    site.store.answer_alert(site.alert, AlertAction.ACKNOWLEDGE, "Sari", {}, NOW_MS)
    assert site.store.alert(site.alert).shown_ms is None
    for _ in range(2):
        site.tell("alert.evidence", state="acknowledged", evidence=5, path="posko", level=5, officer="Sari")
    alert = site.store.alert(site.alert)
    assert (alert.shown_ms, alert.officer, alert.answered_path) == (NOW_MS + 2_000, "Sari", "posko")


def test_a_step_tells_how_long_after_the_press_it_was_whatever_the_wall_clock_shows(site: Site) -> None:
    site.tell("alert.evidence", state="carried", evidence=3, path="sms/rw-2", level=3)
    assert site.store.alert(site.alert).steps[-1].detail["after_ms"] == 1_000
