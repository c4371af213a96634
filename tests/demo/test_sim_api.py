"""The JSON of the simulated box: what it takes, what it refuses, and from whom."""

from __future__ import annotations

import threading
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from deploy.demo.addresses import Addresses
from deploy.demo.demo_file import DemoFile, SignIns
from deploy.demo.front import create_app
from deploy.demo.line import Mode
from deploy.demo.page_server import PageServer
from deploy.demo.tour import tour_of
from kiosk.http.stream import Streams
from tests.demo.stand_ins import PNG, Parts, simulation

ADDRESSES = Addresses(8080)
DEMO_FILE = DemoFile("", "", "", "", "", SignIns(), "")
TOUR = tour_of(DEMO_FILE, ADDRESSES, Path("demo"))


@pytest.fixture
def parts() -> Parts:
    return Parts()


@pytest.fixture
def client(parts: Parts) -> FlaskClient:
    return create_app(simulation(parts), TOUR, Streams()).test_client()


def post(client: FlaskClient, path: str, body: object, **headers: str) -> tuple[int, dict[str, Any], str]:
    sent = {"Host": "127.0.0.1:8080"} | {name.replace("_", "-"): value for name, value in headers.items()}
    answer = client.post(path, json=body, headers=sent)
    return answer.status_code, answer.get_json(force=True), answer.content_type


def test_a_press_reaches_the_box_with_its_hold(client: FlaskClient, parts: Parts) -> None:
    assert post(client, "/sim/button", {"input": "panic", "hold_s": 1.5})[0] == 202
    assert post(client, "/sim/button", {})[0] == 202
    assert parts.done == ["press panic 1.5", "press panic 1.2"]


def test_a_finger_may_come_and_go_and_lets_go_by_itself_in_the_end(client: FlaskClient, parts: Parts) -> None:
    post(client, "/sim/button", {"held": True})
    post(client, "/sim/button", {"held": False})
    assert parts.done == ["press panic 30.0", "release panic"]


def test_a_button_that_the_box_does_not_have_is_named(client: FlaskClient, parts: Parts) -> None:
    status, answer, content_type = post(client, "/sim/button", {"input": "fire"})
    assert (status, content_type) == (404, "application/problem+json")
    assert "fire" in answer["detail"]
    assert parts.done == []


def test_a_telephone_of_the_ladder_answers_and_no_other(client: FlaskClient, parts: Parts) -> None:
    assert post(client, "/sim/sms", {"contact": "piket", "text": "OK 3F9A2C K7F2QX"})[0] == 202
    assert post(client, "/sim/sms", {"contact": "nobody", "text": "OK"})[0] == 404
    assert parts.done == ["sms piket OK 3F9A2C K7F2QX"]


def test_the_ways_beside_the_cable_are_cut_together(client: FlaskClient, parts: Parts) -> None:
    assert post(client, "/sim/ways", {"mode": "down"})[:2] == (200, {"mode": "down"})
    assert client.get("/sim/state", headers={"Host": "127.0.0.1:8080"}).get_json()["other_ways"] == "down"
    assert parts.done == ["signal False", "line False"]


@pytest.mark.parametrize("mode", ["up", "down", "blackhole", "slow"])
def test_every_mode_of_the_network_can_be_chosen(client: FlaskClient, parts: Parts, mode: str) -> None:
    assert post(client, "/sim/network", {"mode": mode})[:2] == (200, {"mode": mode})
    assert parts.done == [f"network {mode}"]


def test_paper_and_line_of_the_printer_change_separately(client: FlaskClient, parts: Parts) -> None:
    assert post(client, "/sim/printer", {"paper": "out"})[1] == {"paper": "out", "online": True}
    assert post(client, "/sim/printer", {"online": False})[1] == {"paper": "out", "online": False}
    assert parts.done == ["paper out", "online False"]


def test_a_power_cut_kills_the_site_and_answers_when_the_kiosk_is_back(client: FlaskClient, parts: Parts) -> None:
    status, body, _ = post(client, "/sim/power", {"cut": True})
    assert status == 200
    assert body["took_s"] >= 0
    # The box, the printer and the modem, off and on again.
    assert parts.done == ["cut site", "off", "off", "off", "on", "on", "on", "restore site", "wait kiosk"]


def test_a_kiosk_that_does_not_come_back_is_an_error_in_words(client: FlaskClient, parts: Parts) -> None:
    parts.kiosk_well = False
    status, body, _ = post(client, "/sim/power", {"cut": True})
    assert status == 503
    assert "logs/kiosk.log" in body["detail"]


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        ("/sim/button", {"hold_s": 31}, "hold_s"),
        ("/sim/button", {"hold_s": -1}, "hold_s"),
        ("/sim/button", {"hold_s": "long"}, "hold_s"),
        ("/sim/button", {"input": "panic", "holds": 1}, "holds"),
        ("/sim/button", [], "object"),
        ("/sim/network", {"mode": "sideways"}, "sideways"),
        ("/sim/network", {}, "mode"),
        ("/sim/power", {"cut": False}, "cut"),
        ("/sim/power", {}, "cut"),
        ("/sim/printer", {"paper": "none"}, "none"),
        ("/sim/sms", {"contact": "piket", "text": ""}, "text"),
        ("/sim/sms", {"contact": "piket", "text": "x" * 161}, "text"),
        ("/sim/sms", {"text": "OK"}, "contact"),
        ("/sim/printer", {"online": "yes"}, "online"),
    ],
)
def test_bad_input_is_refused_in_words_and_changes_nothing(
    client: FlaskClient, parts: Parts, path: str, body: object, said: str
) -> None:
    status, answer, content_type = post(client, path, body)
    assert (status, content_type) == (400, "application/problem+json")
    assert said in answer["detail"]
    assert parts.done == []


def test_a_body_that_is_not_json_or_too_large_is_refused(client: FlaskClient, parts: Parts) -> None:
    host = {"Host": "127.0.0.1:8080", "Accept": "application/json"}
    assert client.post("/sim/power", data="cut=true", headers=host).status_code == 415
    assert client.post("/sim/power", data="{", content_type="application/json", headers=host).status_code == 400
    large = client.post("/sim/power", data=b" " * 5000, content_type="application/json", headers=host)
    assert large.status_code == 413
    assert parts.done == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Origin": "http://iklan.example"},
        {"Origin": "http://127.0.0.1:8081"},
        {"Host": "iklan.example:8080", "Origin": "http://iklan.example:8080"},
    ],
)
def test_another_web_page_cannot_cut_the_power(client: FlaskClient, parts: Parts, headers: dict[str, str]) -> None:
    assert post(client, "/sim/power", {"cut": True}, **headers)[0] == 403
    assert parts.done == []


def test_our_own_page_may(client: FlaskClient, parts: Parts) -> None:
    own = {"Sec_Fetch_Site": "same-origin", "Origin": "http://127.0.0.1:8080"}
    assert post(client, "/sim/network", {"mode": "down"}, **own)[0] == 200


def test_the_state_tells_every_part_in_one_answer(client: FlaskClient) -> None:
    state = client.get("/sim/state", headers={"Host": "127.0.0.1:8080"}).get_json()
    assert (state["power"], state["network"], state["paper"], state["online"]) == ("on", "up", "ok", True)
    assert (state["lamp"], state["siren"], state["sms"], state["jobs"]) == ("off", False, [], [])
    assert state["traffic"]["swallowed_bytes"] == 3
    assert state["parts"]["kiosk"] == {"state": "running", "well": True, "failures": 0}
    assert state["parts"]["bridge"]["well"] is False, "it runs, but the kiosk has not heard from it"


def test_the_paper_is_a_picture(client: FlaskClient) -> None:
    answer = client.get("/sim/paper.png", headers={"Host": "127.0.0.1:8080"})
    assert (answer.content_type, answer.data) == ("image/png", PNG)


def test_only_design_files_are_served_from_the_design_folder(client: FlaskClient) -> None:
    host = {"Host": "127.0.0.1:8080"}
    with client.get("/design/tokens.css", headers=host) as served:
        assert served.status_code == 200
    assert client.get("/design/__init__.py", headers=host).status_code == 404
    assert client.get("/design/../__init__.py", headers=host).status_code == 404


def test_the_page_hears_of_a_change_without_asking(parts: Parts) -> None:
    streams = Streams()
    app = create_app(simulation(parts), TOUR, streams)
    with (
        PageServer(app, "127.0.0.1", 0, streams) as server,
        urllib.request.urlopen(f"http://127.0.0.1:{server.port}/sim/events", timeout=5.0) as stream,
    ):
        frames = (line for line in stream if line.startswith(b"data: "))
        assert b'"network":"up"' in next(frames)
        parts.mode = Mode.DOWN
        assert b'"network":"down"' in next(frames)
    assert "demo-pages" not in [thread.name for thread in threading.enumerate()]
