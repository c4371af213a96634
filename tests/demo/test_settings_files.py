"""The demo's folder: real settings that the daemons accept, made once and kept."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from deploy.demo.addresses import Addresses
from deploy.demo.settings_files import prepare
from kiosk.core.alert import AlertCode
from kiosk.core.settings import load_site
from sync.central.settings import load_central
from sync.keys import load, public_hex

HERE = Addresses(9000)


def test_both_settings_files_are_what_the_daemons_read(tmp_path: Path) -> None:
    made = prepare(tmp_path, HERE)
    site, central = load_site(made.site_toml), load_central(made.central_toml)
    assert site.device == "31.74.05.1001-k1"
    assert "demo" in site.site.name
    assert (site.kiosk.port, site.printer.port, site.bridge.box_socket) == (9001, 9005, str(made.box_socket))
    modem, receiver = site.bridge.modem, site.bridge.receiver
    assert modem is not None
    assert receiver is not None
    assert (modem.devices, receiver.port, receiver.account) == ((str(made.modem),), 9006, "1234")
    assert {name: button.raises for name, button in site.bridge.buttons.items()} == {
        "panic": AlertCode.PANIC,
        "silent": AlertCode.SILENT,
    }
    assert site.sync.broker_port == HERE.network, "the site reaches the broker only through the cable"
    assert (central.port, central.brokers) == (9002, ("mqtt://127.0.0.1:9003",))
    assert central.database == f"sqlite:///{made.central_folder}/central.db"


def test_the_site_pins_the_key_of_its_central(tmp_path: Path) -> None:
    made = prepare(tmp_path, HERE)
    assert load_site(made.site_toml).sync.central_key == public_hex(load(made.central_folder / "central.key"))


def test_a_second_start_goes_on_with_the_same_keys_token_and_edits(tmp_path: Path) -> None:
    made = prepare(tmp_path, HERE)
    device_key, token = (made.site_folder / "device.key").read_text(), made.demo.central_token
    made.site_toml.write_text(made.site_toml.read_text().replace("counters = 2", "counters = 4"))
    again = prepare(tmp_path, HERE)
    assert (made.site_folder / "device.key").read_text() == device_key
    assert again.demo.central_token == token
    assert load_site(again.site_toml).site.counters == 4


def test_other_ports_are_written_into_every_file_and_the_keys_stay(tmp_path: Path) -> None:
    made = prepare(tmp_path, HERE)
    moved = prepare(tmp_path, Addresses(9100))
    assert moved.demo.central_token == made.demo.central_token
    assert load_site(moved.site_toml).kiosk.port == 9101
    assert load_central(moved.central_toml).port == 9102
    assert moved.demo.sim == "http://127.0.0.1:9100/sim/"


def test_a_folder_that_moved_finds_its_own_data(tmp_path: Path) -> None:
    prepare(tmp_path / "here", HERE)
    (tmp_path / "here").rename(tmp_path / "there")
    moved = prepare(tmp_path / "there", HERE)
    assert load_site(moved.site_toml).data_dir == tmp_path / "there" / "site"


def test_demo_json_has_what_scripts_rely_on_and_is_for_its_owner_only(tmp_path: Path) -> None:
    prepare(tmp_path, HERE)
    path = tmp_path / "demo.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    told = json.loads(path.read_text())
    assert set(told) == {"kiosk", "officer", "board", "central", "sim", "sign_ins", "central_token"}
    assert told["kiosk"] == "http://127.0.0.1:9001/kiosk/"
    assert told["central"] == "http://127.0.0.1:9002/posko/"
    assert len(told["central_token"]) >= 32
    assert set(told["sign_ins"]) == {"officer", "post"}


def test_a_path_too_long_for_a_socket_gets_one_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", "/tmp")
    deep = tmp_path / ("x" * 100)
    deep.mkdir()
    socket = prepare(deep, HERE).box_socket
    assert len(bytes(socket)) <= 107
    assert stat.S_IMODE(socket.parent.stat().st_mode) == 0o700
    socket.parent.rmdir()
