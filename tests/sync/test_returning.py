"""A central that was away or is too busy, and the kiosks that wait for it, over a real broker."""

from __future__ import annotations

import threading
import time

import pytest

from kiosk.core.alert import AlertCode, Evidence
from kiosk.store import alerts
from kiosk.store.parts import parts
from sync.agent import link
from sync.central.ingest import worker
from sync.central.ingest.consumer import BrokerAddress
from sync.central.ingest.gate import HelloGate
from sync.wire.envelope import unseal
from sync.wire.messages import CentralState, decode
from sync.wire.topics import CENTRAL_STATE, Up, up
from tests.sync.site import ALL_SHARDS, Bench, eventually, in_thread
from tests.sync.test_conversation import take
from tests.sync.wire_tap import Tap


def states(bench: Bench, tap: Tap) -> list[bool]:
    key = bytes(bench.central_key.verify_key)
    return [decode(unseal(key, CENTRAL_STATE, each), CentralState).online for each in tap.on(CENTRAL_STATE)]


def links(bench: Bench) -> dict[str, dict[str, object]]:
    said = {part.name: part.detail for part in parts(bench.site)}.get("sync", {})
    return {name: link for name, link in said.items() if isinstance(link, dict) and "answered" in link}


def test_a_kiosk_that_greeted_before_the_central_listened_is_answered_at_once(bench: Bench, tap: Tap) -> None:
    take(bench.site, 3)
    hellos = up(bench.settings.device, Up.HELLO)
    with bench.agent():
        eventually(lambda: len(tap.on(hellos)) >= 4)  # both said it twice: the next is seconds away
        with bench.ingest():
            began_s = time.monotonic()
            eventually(lambda: bench.waiting() == 0)
            took_s = time.monotonic() - began_s
    print(f"answered {took_s:.2f} s after ingest began")
    assert took_s < 5


def test_a_waiting_kiosk_keeps_its_connection_to_the_broker(
    bench: Bench, tap: Tap, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link, "ASK_AGAIN_AFTER_S", 0.3)
    presence = up(bench.settings.device, Up.PRESENCE)
    with bench.agent():
        eventually(lambda: len(tap.on(up(bench.settings.device, Up.HELLO))) >= 6, within_s=20)
        assert len(tap.on(presence)) == 1


def test_ingest_says_that_it_listens_and_takes_it_back(bench: Bench, tap: Tap) -> None:
    with bench.ingest():
        eventually(lambda: states(bench, tap) == [True])
    eventually(lambda: set(states(bench, tap)[1:]) == {False})  # the broker may say the last will besides
    with Tap(bench.broker_port) as late:
        eventually(lambda: states(bench, late) == [False])  # kept by the broker


def test_a_worker_that_leaves_does_not_speak_for_the_others(bench: Bench, tap: Tap) -> None:
    with bench.ingest():
        eventually(lambda: states(bench, tap) == [True])
        with bench.ingest():
            eventually(lambda: states(bench, tap) == [True, True])
        eventually(lambda: False in states(bench, tap))
        eventually(lambda: states(bench, tap)[-1])


def test_a_kiosk_that_is_told_to_wait_stays_away_and_then_comes(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    waits = iter([3.0, 3.0])
    monkeypatch.setattr(HelloGate, "ask", lambda *_: next(waits, 0.0))
    take(bench.site, 3)
    with bench.ingest(), bench.agent():
        eventually(lambda: all(link["waits_s"] for link in links(bench).values()) and links(bench))
        assert not bench.central.events()
        eventually(lambda: bench.waiting() == 0)
    assert next(waits, None) is None


def test_a_conversation_that_goes_on_is_not_dropped_for_a_hello_too_many(
    bench: Bench, tap: Tap, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_shut = threading.Event()
    monkeypatch.setattr(HelloGate, "ask", lambda *_: 30.0 if is_shut.is_set() else 0.0)
    hellos, presence = up(bench.settings.device, Up.HELLO), up(bench.settings.device, Up.PRESENCE)
    with bench.ingest(), bench.agent():
        eventually(lambda: all(link["answered"] for link in links(bench).values()) and links(bench))
        is_shut.set()
        before = len(tap.on(hellos))
        monkeypatch.setattr(link, "ASK_EVERY_S", 0.0)
        eventually(lambda: len(tap.on(hellos)) >= before + 4)
        take(bench.site, 3)
        eventually(lambda: bench.waiting() == 0)
        assert len(tap.on(presence)) == 1


def test_an_alarm_that_waits_is_taken_however_busy_the_central_is(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(HelloGate, "ask", lambda *_: 30.0)
    with bench.ingest(), bench.agent():
        eventually(lambda: all(link["waits_s"] for link in links(bench).values()) and links(bench))
        took_s = []
        for code in (AlertCode.PANIC, AlertCode.FIRE):
            began_s = time.monotonic()
            alert = alerts.raise_alert(bench.site, code, "button")
            eventually(lambda: alerts.find(bench.site, alert.id).evidence is Evidence.RECEIVED)  # noqa: B023
            took_s.append(time.monotonic() - began_s)
    print(f"alarms at a busy central acknowledged after {', '.join(f'{each:.2f} s' for each in took_s)}")


def test_a_worker_lets_in_no_more_than_its_rate(bench: Bench) -> None:
    broker = BrokerAddress("127.0.0.1", bench.broker_port)

    def slow_ingest(stop: threading.Event) -> None:
        worker.run(bench.central, bench.central_key, [broker], ALL_SHARDS, stop, hellos_per_s=0.5)

    take(bench.site, 1)
    with in_thread(slow_ingest), bench.agent():
        eventually(lambda: any(link["waits_s"] for link in links(bench).values()))
        eventually(lambda: bench.waiting() == 0)
