"""What a certificate allows at a real Mosquitto: one's own topics, and how a refusal is told or kept quiet."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from sync.broker import Arrived, Will
from sync.tls import tls_context
from sync.wire.topics import CENTRAL_STATE, Down, Up, down, up
from tests.broker.site import DEVICE, NEIGHBOUR, WORKER, SecureBroker, client
from tests.sync.site import eventually

OWN = [up(DEVICE, channel) for channel in Up] + [f"kt/1/00/{DEVICE}/up/result"]
FOREIGN = [
    *(up(NEIGHBOUR, channel) for channel in Up),
    *(down(device, channel) for device, channel in itertools.product((DEVICE, NEIGHBOUR), Down)),
    "kt/1/central/state",
    f"kt/1/00/{NEIGHBOUR}/{DEVICE}/up/batch",
    f"kt/1/00/00/{DEVICE}/up/batch",
    f"kt/2/00/{DEVICE}/up/batch",
    f"$SYS/{DEVICE}",
]


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[SecureBroker]:
    made = SecureBroker(tmp_path)
    with made.running():
        yield made


def test_a_kiosk_writes_its_own_topics_and_is_told_of_every_refusal(broker: SecureBroker) -> None:
    with client(broker.port, broker.files(DEVICE)) as kiosk:
        assert {topic: kiosk.carried(topic).accepted for topic in OWN} == dict.fromkeys(OWN, True)
        said = {topic: kiosk.carried(topic) for topic in FOREIGN}
        assert {topic: carried.accepted for topic, carried in said.items()} == dict.fromkeys(FOREIGN, False)
        assert {carried.reason for carried in said.values()} == {"Not authorized"}


def test_nobody_hears_what_was_refused(broker: SecureBroker) -> None:
    with (
        client(broker.port, broker.files(WORKER), ["kt/1/+/+/up/#"]) as worker,
        client(broker.port, broker.files(DEVICE)) as kiosk,
    ):
        kiosk.carried(up(NEIGHBOUR, Up.ALARM))
        kiosk.carried(up(DEVICE, Up.ALARM))
        worker.until(Arrived)
        assert worker.arrived() == [up(DEVICE, Up.ALARM)]


def test_mqtt_3_reports_the_same_refusal_as_success(broker: SecureBroker) -> None:
    """The trap that `Connection` avoids by MQTT 5: PUBACK of 3.1.1 has no place for a reason, so all looks well."""
    happened: list[object] = []
    old = mqtt.Client(CallbackAPIVersion.VERSION2, "uji-lama", protocol=mqtt.MQTTv311)
    old.tls_set_context(tls_context(broker.files(DEVICE)))
    old.on_connect = lambda *_: happened.append("connected")
    old.on_publish = lambda _client, _data, _message, reason, _properties: happened.append(reason.value)
    old.connect("127.0.0.1", broker.port)
    try:
        eventually(lambda: old.loop(0.02) or "connected" in happened)
        sent = old.publish(up(NEIGHBOUR, Up.ALARM), b"uji", qos=1)
        eventually(lambda: old.loop(0.02) or len(happened) == 2)
        assert happened[1] == 0
        assert sent.is_published()
    finally:
        old.disconnect()


@pytest.mark.parametrize("filter_", [down(NEIGHBOUR, Down.ACK), "kt/1/+/+/down/#", "kt/1/#", "#"])
def test_a_kiosk_that_listens_to_others_hears_only_itself(broker: SecureBroker, filter_: str) -> None:
    with (
        client(broker.port, broker.files(DEVICE), [filter_, down(DEVICE, Down.ALERT)]) as kiosk,
        client(broker.port, broker.files(WORKER)) as worker,
        client(broker.port, broker.files(NEIGHBOUR)) as neighbour,
    ):
        assert worker.carried(down(NEIGHBOUR, Down.ACK)).accepted
        assert neighbour.carried(up(NEIGHBOUR, Up.BATCH)).accepted
        assert worker.carried(down(DEVICE, Down.ALERT)).accepted
        kiosk.until(Arrived)
        assert set(kiosk.arrived()) == {down(DEVICE, Down.ALERT)}


def test_a_worker_reads_every_kiosk_and_answers_but_speaks_for_none(broker: SecureBroker) -> None:
    with client(broker.port, broker.files(WORKER)) as worker:
        assert worker.carried(down(NEIGHBOUR, Down.ACK)).accepted
        assert worker.carried("kt/1/central/state").accepted
        assert not worker.carried(up(NEIGHBOUR, Up.ALARM)).accepted


def test_a_kiosk_hears_that_the_central_is_there(broker: SecureBroker) -> None:
    with (
        client(broker.port, broker.files(DEVICE), [CENTRAL_STATE]) as kiosk,
        client(broker.port, broker.files(WORKER)) as worker,
    ):
        assert worker.carried(CENTRAL_STATE).accepted
        kiosk.until(Arrived)
        assert kiosk.arrived() == [CENTRAL_STATE]


def test_a_kiosk_cannot_leave_a_last_will_in_anothers_name(broker: SecureBroker) -> None:
    files, wills = broker.files(DEVICE), (up(NEIGHBOUR, Up.PRESENCE), up(DEVICE, Up.PRESENCE))
    with client(broker.port, broker.files(WORKER), ["kt/1/+/+/up/#"]) as worker:
        for topic in wills:
            with client(broker.port, files, will=Will(topic, b"{}")):
                pass
        worker.until(Arrived)
        assert worker.arrived() == [up(DEVICE, Up.PRESENCE)]
