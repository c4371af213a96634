"""A silent alert at the kiosk: whoever stands beside the person who pressed can't learn of it from any address."""

from __future__ import annotations

import json
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kiosk.core.alert import AlertAction, AlertCode, AlertState
from kiosk.core.clock import ManualClock
from kiosk.store.alerts import advance, find, raise_alert
from kiosk.store.database import Store
from kiosk.store.parts import record_alive

_STREAMS = "/events"


def everything(app: Flask, store: Store) -> dict[str, str]:
    """What each address of the server answers to a visitor, without what is random or counts events of all kinds."""
    record_alive(store, "bridge", {"open_alerts": len(_all_open(store))})
    told = {}
    rules = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments]
    for rule in sorted(rules, key=lambda rule: rule.rule):
        client = app.test_client()
        answer = client.get(rule.rule)
        if rule.rule.endswith(_STREAMS):
            body = next(iter(answer.response))
            text = body.decode() if isinstance(body, bytes) else str(body)
            answer.close()
        else:
            text = answer.text
        told[rule.rule] = f"{answer.status_code} {answer.headers.get('Location')} {_without_lanes(rule.rule, text)}"
    return told


def _all_open(store: Store) -> list[object]:
    return list(store.all("SELECT id FROM alert WHERE state <> 'closed'"))


def _without_lanes(path: str, text: str) -> str:
    if path == "/healthz":
        parts = json.loads(text)
        del parts["parts"]["central"]
        return json.dumps(parts)
    text = re.sub(r'kentongan_(backlog|acknowledged)\w*\{lane="alarm"\} .*\n', "", text)
    return re.sub(r'name="(key|csrf)" value="[^"]*"', "", text)


@pytest.mark.parametrize("audible_first", [False, True])
def test_no_address_of_the_kiosk_tells_of_a_silent_alert(
    app: Flask, store: Store, clock: ManualClock, audible_first: bool
) -> None:
    if audible_first:
        raise_alert(store, AlertCode.PANIC, "panic")
    before = everything(app, store)
    alert = raise_alert(store, AlertCode.SILENT, "silent")
    assert len(before) > 20
    assert everything(app, store) == before
    for action in (AlertAction.TIME_OUT, AlertAction.ACKNOWLEDGE, AlertAction.CLOSE):
        advance(store, alert.id, action, "posko", officer="Bripka Sari")
        assert everything(app, store) == before


def test_silent_alerts_do_not_shorten_the_list_of_the_others(client: FlaskClient, store: Store) -> None:
    audible = [raise_alert(store, code, "screen").id for code in (AlertCode.FIRE, AlertCode.MEDICAL)]
    for _ in range(60):
        advance(store, raise_alert(store, AlertCode.SILENT, "silent").id, AlertAction.CLOSE, "posko")
    answer = client.get("/api/v1/alerts").json
    assert answer
    assert [alert["id"] for alert in answer["alerts"]] == audible[::-1]


def test_the_end_of_an_audible_alert_is_shown_although_a_silent_one_is_newer(client: FlaskClient, store: Store) -> None:
    audible = raise_alert(store, AlertCode.FIRE, "screen")
    raise_alert(store, AlertCode.SILENT, "silent")
    advance(store, audible.id, AlertAction.CLOSE, "posko", officer="Sari")
    assert "Panggilan selesai ditangani" in client.get("/kiosk/darurat/panggilan").text


def test_a_silent_alert_cannot_be_cancelled_from_the_screen(client: FlaskClient, store: Store) -> None:
    alert = raise_alert(store, AlertCode.SILENT, "silent")
    silent = client.post("/kiosk/darurat/batal", data={"alert": alert.id})
    unknown = client.post("/kiosk/darurat/batal", data={"alert": alert.id[:-1] + "z"})
    assert silent.status_code == unknown.status_code == 404
    assert find(store, alert.id).state is AlertState.RAISED
