"""The hub's one address: only satellites of its own are answered, nothing is taken twice, nothing odd gets in."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient

from deploy.cli import kentongan
from kiosk.core.clock import ManualClock, Moment
from kiosk.core.errors import BadInput, Conflict, NotFound
from kiosk.core.hall import seal
from kiosk.core.hall.link import LinkEvent
from kiosk.core.hall.messages import MOST_TICKETS, Drawn, Question
from kiosk.core.hall_settings import HallSettings
from kiosk.store.database import open_store
from kiosk.store.migrate import migrate
from kiosk.web.app import create_app, office_of
from kiosk.web.certificate import device_certificate, fingerprint
from kiosk.web.hall.door import HubDoor
from kiosk.web.hall.line import HubAway, HubLine, HubUntrue
from kiosk.web.hall.lines import desk_words
from kiosk.web.hall.membership import Satellites, read_membership, write_membership
from kiosk.web.office import EXTENSION
from tests.ports import free_port
from tests.web.site import make_settings, running

HUB, SATELLITE = "31.74.05.1001-k1", "31.74.05.1001-k2"


@pytest.fixture
def member(tmp_path: Path) -> seal.Membership:
    return Satellites(tmp_path / "satellites").add(HUB, SATELLITE, "")


@pytest.fixture
def app(tmp_path: Path, member: seal.Membership) -> Iterator[Flask]:
    settings = make_settings(tmp_path, hall=HallSettings(role="hub"))
    migrate(settings.database, settings.device)
    store = open_store(settings.database, ManualClock())
    yield create_app(settings, store)
    store.close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def question(**changes: Any) -> bytes:
    asked = Question(SATELLITE, "epoch", Moment(1, False, "boot", 1), spare=10)
    return msgspec.json.encode({**msgspec.structs.asdict(asked), **changes})  # as it may come, good or not


def said(client: FlaskClient, member: seal.Membership, challenge: str, body: bytes, device: str = SATELLITE) -> Any:
    nonce = seal.new_nonce()
    header = seal.sign_question(member.secret, device, challenge, nonce, body).header()
    answer = client.post(
        "/hall/v1/ask", data=body, headers={"Authorization": header, "Content-Type": "application/json"}
    )
    mac, then = answer.headers.get(seal.MAC_HEADER, ""), answer.headers.get(seal.CHALLENGE_HEADER, "")
    if mac:
        assert seal.is_answer_true(member.secret, mac, nonce, then, answer.status_code, answer.data)
    return answer


def challenge_of(client: FlaskClient, member: seal.Membership) -> str:
    answer = said(client, member, "none", b"{}")
    assert answer.status_code == 401
    return str(answer.headers[seal.CHALLENGE_HEADER])


def drawn(**changes: Any) -> dict[str, Any]:
    found = Drawn(
        id="019aae14-f380-7f27-b09f-701d344e5efd",
        day="2025-11-22",
        series="A",
        ordinal=7,
        service="usaha",
        track_hash="0" * 64,
        moment=Moment(1, False, "boot", 1),
    )
    return {**msgspec.structs.asdict(found), **changes}


def _forget_challenges(app: Flask) -> None:
    """As a restart of the hub does."""
    here = office_of(app)
    assert here.hub_door is not None
    app.extensions[EXTENSION] = replace(here, hub_door=HubDoor(here.hub_door.satellites))


def tickets(app: Flask) -> int:
    row = office_of(app).store.one("SELECT COUNT(*) FROM ticket")
    return int(row[0]) if row else 0


def test_a_challenge_is_taken_once_so_nothing_recorded_can_be_said_again(
    app: Flask, client: FlaskClient, member: seal.Membership
) -> None:
    given, body = challenge_of(client, member), question(tickets=(drawn(),))
    assert said(client, member, given, body).status_code == 200
    assert tickets(app) == 1
    again = said(client, member, given, question(tickets=(drawn(id="019aae14-f380-7f27-b09f-701d344e5e00"),)))
    assert again.status_code == 401
    assert tickets(app) == 1


def test_who_has_no_key_or_another_ones_is_refused_in_words(
    app: Flask, client: FlaskClient, member: seal.Membership
) -> None:
    given, body = challenge_of(client, member), question(tickets=(drawn(),))
    forged = seal.Membership(HUB, SATELLITE, "X", "0" * 64)
    for answer in (
        said(client, forged, given, body),
        said(client, member, given, body, device="31.74.05.1001-k9"),
        said(client, member, given, body, device="../../etc/passwd"),
        client.post("/hall/v1/ask", data=body),
    ):
        assert answer.status_code == 403
        assert seal.MAC_HEADER not in answer.headers
        assert "terdaftar di induk" in answer.get_data(as_text=True)
    assert tickets(app) == 0


def test_strangers_are_slowed_down(client: FlaskClient, member: seal.Membership) -> None:
    forged = seal.Membership(HUB, SATELLITE, "X", "0" * 64)
    codes = {said(client, forged, "none", b"{}").status_code for _ in range(30)}
    assert codes == {403, 429}
    assert challenge_of(client, member)  # a satellite of ours is heard all the same


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"\xff",
        question(device="31.74.05.1001-k3"),
        question(spare=100_000),
        question(now={"wall_ms": 2**60, "synchronised": False, "boot": "b", "mono_ms": 1}),
        question(tickets=(drawn(series="a"),)),
        question(tickets=(drawn(ordinal=0),)),
        question(tickets=(drawn(day="kemarin"),)),
        question(tickets=(drawn(moment={"wall_ms": -5, "synchronised": False, "boot": "b", "mono_ms": 1}),)),
        question(tickets=(drawn(),) * (MOST_TICKETS + 1)),
    ],
)
def test_what_is_no_question_changes_nothing(
    app: Flask, client: FlaskClient, member: seal.Membership, body: bytes
) -> None:
    answer = said(client, member, challenge_of(client, member), body)
    assert answer.status_code in (400, 403)
    assert msgspec.json.decode(answer.data)["why"]
    assert tickets(app) == 0


def test_the_hub_says_how_its_satellites_are(app: Flask, client: FlaskClient, member: seal.Membership) -> None:
    def told() -> tuple[Any, str]:
        return client.get("/healthz").json, client.get("/metrics").get_data(as_text=True)

    health, figures = told()
    assert "belum terhubung sejak kiosk ini menyala" in health["parts"]["hall"]["detail"]["words"][0]
    assert f'kentongan_hall_linked{{device="{SATELLITE}"}} 0' in figures
    said(client, member, challenge_of(client, member), question(unmerged=3))
    health, figures = told()
    assert health["parts"]["hall"]["detail"]["words"] == ["Satelit k2: terhubung, 3 nomor belum digabung"]
    assert f'kentongan_hall_linked{{device="{SATELLITE}"}} 1' in figures
    assert f'kentongan_hall_unmerged{{device="{SATELLITE}"}} 3' in figures
    clock = office_of(app).store.clock
    assert isinstance(clock, ManualClock)
    clock.advance(60)
    health, figures = told()
    assert "terputus sejak" in health["parts"]["hall"]["detail"]["words"][0]
    assert not health["parts"]["hall"]["ok"]
    for each in ("k3", "k4"):
        added = Satellites(office_of(app).settings.satellite_keys).add(HUB, f"31.74.05.1001-{each}", "")
        office_of(app).hall_watch.note(added.satellite, LinkEvent.HEARD, office_of(app).store.now(), 30)
    said(client, member, challenge_of(client, member), question())
    assert desk_words(office_of(app)) == ["3 satelit terhubung, sisa nomor paling sedikit 30"]


def test_a_question_without_end_is_not_read(client: FlaskClient, member: seal.Membership) -> None:
    assert said(client, member, "none", b"x" * 100_000).status_code == 413


def test_the_address_is_there_at_a_hub_only(tmp_path: Path) -> None:
    settings = make_settings(tmp_path / "alone")
    migrate(settings.database, settings.device)
    store = open_store(settings.database, ManualClock())
    try:
        assert create_app(settings, store).test_client().post("/hall/v1/ask", data=b"{}").status_code == 404
    finally:
        store.close()


def test_a_line_finds_its_hub_again_after_a_restart_and_knows_a_false_one(
    app: Flask, member: seal.Membership, tmp_path: Path
) -> None:
    port = free_port()
    line = HubLine(f"http://127.0.0.1:{port}", member)
    false = HubLine(f"http://127.0.0.1:{port}", seal.Membership(HUB, SATELLITE, "X", "0" * 64))
    try:
        with pytest.raises(HubAway):
            line.ask(question())
        with running(app, port):
            assert line.ask(question())
            assert line.ask(question())
            with pytest.raises(HubUntrue, match="tanpa tanda tangan"):
                false.ask(question())
            _forget_challenges(app)
            assert line.ask(question())  # its challenge was forgotten with the hub's memory
    finally:
        line.close()
        false.close()


def test_no_key_is_in_what_travels(app: Flask, member: seal.Membership, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = list[str]()
    original = http.client.HTTPConnection.request

    def request(self: Any, method: str, url: str, body: bytes, headers: dict[str, str]) -> None:
        sent.append(f"{url} {headers} {body!r}")
        original(self, method, url, body, headers)

    monkeypatch.setattr(http.client.HTTPConnection, "request", request)
    with running(app) as address:
        line = HubLine(address, member)
        line.ask(question())
        line.close()
    assert sent
    assert not any(member.key in one or "?" in one.partition(" ")[0] for one in sent)


def test_each_satellite_has_a_key_and_a_mark_that_no_other_ever_gets(tmp_path: Path) -> None:
    satellites = Satellites(tmp_path / "satellites")
    first, second = (satellites.add(HUB, f"31.74.05.1001-k{at}", "") for at in (2, 3))
    assert (first.mark, second.mark) == ("X", "Y")
    assert first.key != second.key
    with pytest.raises(Conflict):
        satellites.add(HUB, first.satellite, "")
    with pytest.raises(BadInput):
        satellites.add(HUB, HUB, "")
    satellites.remove(first.satellite)
    assert satellites.of(first.satellite) is None
    assert satellites.add(HUB, first.satellite, "").mark == "Z"
    with pytest.raises(NotFound):
        satellites.remove("31.74.05.1001-k9")
    (path,) = (tmp_path / "satellites").glob("*-k3.key")
    assert path.stat().st_mode & 0o777 == 0o640
    path.write_text("{}")
    with pytest.raises(BadInput, match="salin lagi"):
        read_membership(path)


def test_a_key_is_made_carried_and_put_in_place_by_commands(tmp_path: Path) -> None:
    config = tmp_path / "k1.toml"
    text = (
        'kiosk_id = "{}"\n[site]\ncode = "31.74.05.1001"\nname = "Pulo"\naddress = "Jl. 1"\n'
        '[sync]\ncentral_key = "{}"\n[paths]\ndata_dir = "{}"\n[hall]\n{}\n'
    )
    tls = "[kiosk]\ntls_port = 8443"
    config.write_text(text.format("k1", "0" * 64, tmp_path / "k1", f'role = "hub"\n{tls}'))
    other = tmp_path / "k2.toml"
    satellite = 'role = "satellite"\nhub = "https://192.168.1.20:8443"'
    other.write_text(text.format("k2", "0" * 64, tmp_path / "k2", satellite))

    def run(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(kentongan, ["hub", *words])
        return done.exit_code, done.output + str(done.exception or "")

    key = tmp_path / "k2.key"
    assert "HTTPS" in run("add", "k2", "--out", str(key), "--config", str(config))[1]  # not without a certificate
    (tmp_path / "k1").mkdir()
    certificate, _ = device_certificate(tmp_path / "k1", HUB, ("localhost",))
    assert run("add", "k2", "--out", str(key), "--config", str(config))[0] == 0
    assert run("list", "--config", str(config)) == (0, "31.74.05.1001-k2  tanda X\n")
    assert "bukan induk" in run("list", "--config", str(other))[1]
    code, shown = run("join", str(key), "--config", str(other))
    assert code == 0
    assert read_membership(key).key not in shown
    assert read_membership(key).certificate == fingerprint(certificate).replace(":", "").lower()
    assert read_membership(tmp_path / "k2" / "hub.key") == read_membership(key)
    assert "kiosk ini 31.74.05.1001-k1" in run("join", str(key), "--config", str(config))[1]
    assert run("remove", "k2", "--config", str(config))[0] == 0
    assert run("list", "--config", str(config)) == (0, "")


@pytest.mark.parametrize(
    "address",
    ["", "192.168.1.20:8443", "http://192.168.1.20:8000", "https://x/loket/", "https://a:b@192.168.1.20:8443"],
)
def test_a_satellite_speaks_to_another_machine_by_https_only(address: str) -> None:
    with pytest.raises(ValueError, match="hub"):
        HallSettings(role="satellite", hub=address)
    assert HallSettings(role="satellite", hub="https://192.168.1.20:8443").is_satellite


def test_a_kiosk_with_another_ones_key_does_not_start(tmp_path: Path) -> None:
    hall = HallSettings(role="satellite", hub="https://192.168.1.20:8443")
    settings = make_settings(tmp_path, kiosk_id="k3", hall=hall)
    migrate(settings.database, settings.device)
    store = open_store(settings.database, ManualClock())
    try:
        with pytest.raises(NotFound, match="kentongan hub add"):
            create_app(settings, store)
        write_membership(settings.hub_key, seal.Membership(HUB, SATELLITE, "X", "0" * 64))
        with pytest.raises(BadInput, match="adalah kunci"):
            create_app(settings, store)
    finally:
        store.close()
