"""`GET /metrics`: what the central knows of its kiosks, for a Prometheus with a token (who is silent is not for all).

A kiosk's backlog is what it said last itself (`sync.status`), and its age is beside it: a central cannot know how much
waits at a kiosk that it does not hear.
"""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint
from flask.typing import ResponseReturnValue

from kiosk.http.metrics import CONTENT_TYPE, Sample, family
from sync.central.access import Policy, policy
from sync.central.store import CentralStore, DeviceView
from sync.central.told import told_by

PAGE = 500


def blueprint(store: CentralStore) -> Blueprint:
    metrics = Blueprint("metrics", __name__)

    @metrics.get("/metrics")
    @policy(Policy.PROGRAM)
    def show() -> ResponseReturnValue:
        return "".join(_families(store)), 200, {"Content-Type": CONTENT_TYPE}

    return metrics


def _families(store: CentralStore) -> Iterator[str]:
    now_ms, faults = store.now_ms(), store.faults()
    heard: list[Sample] = []
    online: list[Sample] = []
    status: list[Sample] = []
    waiting: list[Sample] = []
    oldest: list[Sample] = []
    dropped: list[Sample] = []
    tested: list[Sample] = []
    for kiosk in _all(store):
        labels = {"device": kiosk.id, "site": kiosk.site_code}
        if kiosk.last_contact_ms is not None:
            heard.append((labels, max(0, now_ms - kiosk.last_contact_ms) / 1000))
        online.append((labels, kiosk.presence == "online"))
        dropped.append((labels, kiosk.dropped))
        if kiosk.tested_ms is not None:
            tested.append((labels, max(0, now_ms - kiosk.tested_ms) / 1000))
        told = told_by(kiosk)
        if told is not None:
            status.append((labels, max(0, now_ms - told.received_ms) / 1000))
            for lane, said in told.lanes.items():
                waiting.append(({**labels, "lane": lane.value}, said.waiting))
                oldest.append(({**labels, "lane": lane.value}, said.oldest_s))
    yield family("kentongan_device_last_contact_age_seconds", "Since the kiosk was last heard", heard)
    yield family("kentongan_device_online", "Whether its newest connection has not said farewell", online)
    yield family("kentongan_device_status_age_seconds", "Since it last said how it is", status)
    yield family("kentongan_device_backlog_events", "How many events waited there when it said so", waiting)
    yield family("kentongan_device_backlog_oldest_seconds", "For how long the oldest had waited then", oldest)
    yield family("kentongan_device_dropped_events", "Events of the kiosk that will never arrive", dropped)
    yield family("kentongan_device_test_age_seconds", "Since its daily test of the alarm's way", tested)
    yield family("kentongan_quarantined_messages", "What could not be read", [({}, faults["quarantine"])])
    yield family("kentongan_security_events", "What looks altered, cloned or hidden", [({}, faults["security_events"])])
    yield family("kentongan_open_alerts", "Alerts that the post has not closed", [({}, len(store.open_alerts()))])


def _all(store: CentralStore) -> Iterator[DeviceView]:
    after: str | None = None
    while page := store.devices(after, PAGE):
        yield from page
        after = page[-1].id
