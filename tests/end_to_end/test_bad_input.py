"""What is wrong gets a clear error, and nothing else is disturbed."""

from __future__ import annotations

import json
import subprocess
import sys

import paho.mqtt.publish
import pytest
from paho.mqtt.enums import MQTTProtocolVersion

from kiosk.core.ids import shard_of
from tests.end_to_end.demo import Answer, Demo, call, eventually

DEVICE = "31.74.05.1001-k1"


def expect_problem(answer: Answer, status: int) -> str:
    assert answer.status == status, answer.data
    assert answer.content_type.startswith("application/problem+json")
    problem = answer.json
    assert problem["status"] == status
    assert problem["detail"]
    assert problem["type"]
    return str(problem["detail"])


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        ({"service": "tidak-ada"}, 404, "tidak-ada"),
        (b"{", 400, "JSON"),
        (b"\xff\xfe", 400, "JSON"),
        ({}, 400, "service"),
        ({"service": 7}, 400, "service"),
        ({"service": "x" * 1_000_000}, 413, "besar"),
    ],
)
def test_a_wrong_ticket_request_is_answered_in_words(demo: Demo, body: object, status: int, says: str) -> None:
    answer = call("POST", f"{demo.kiosk}/api/v1/tickets", body)
    assert says.lower() in expect_problem(answer, status).lower()
    assert call("GET", f"{demo.kiosk}/healthz").status == 200


def test_wrong_sim_requests_change_nothing(demo: Demo) -> None:
    before = demo.state()["network"]
    for what, body in [("network", {"mode": "sideways"}), ("power", {"cut": "yes"}), ("button", {"input": "bom"})]:
        answer = call("POST", f"{demo.url}/sim/{what}", body)
        assert 400 <= answer.status < 500
        assert answer.json["detail"]
    assert demo.state()["network"] == before


def test_wrong_mqtt_payloads_are_quarantined_and_the_next_ticket_still_arrives(demo: Demo) -> None:
    broker = demo_port(demo) + 3
    topic = f"kt/1/{shard_of(DEVICE):02x}/{DEVICE}/up"
    for channel, payload in [("alarm", b"{}"), ("batch", b"KT\x01\x00" + bytes(80)), ("hello", b""), ("lagu", b"x")]:
        paho.mqtt.publish.single(
            f"{topic}/{channel}", payload, qos=1, hostname="127.0.0.1", port=broker, protocol=MQTTProtocolVersion.MQTTv5
        )
    number = demo.ticket(demo.services()[0]).json["number"]
    eventually(lambda: number in [t["number"] for t in demo.ask_central("tickets")["items"]])
    assert demo.ask_central("alerts")["items"] == []
    assert call("GET", f"{demo.central}/healthz").status == 200


def test_a_broken_settings_file_is_refused_with_file_key_and_line(demo: Demo) -> None:
    good = (demo.folder / "site.toml").read_text()
    broken = demo.folder / "broken.toml"
    broken.write_text(good.replace("counters = 2", 'counters = "dua"'))
    line = 1 + [text.startswith("counters") for text in broken.read_text().splitlines()].index(True)
    command = [sys.executable, "-m", "deploy.cli", "config", "check", "--config"]
    wrong = subprocess.run([*command, str(broken)], capture_output=True, text=True, check=False)
    assert wrong.returncode == 1
    assert "broken.toml" in wrong.stderr
    assert f"baris {line}" in wrong.stderr
    assert "site.counters" in wrong.stderr
    right = subprocess.run([*command, str(demo.folder / "site.toml")], capture_output=True, text=True, check=False)
    assert right.returncode == 0, right.stderr
    assert json.loads((demo.folder / "demo.json").read_text())["kiosk"]


def demo_port(demo: Demo) -> int:
    return int(demo.url.rsplit(":", 1)[1])
