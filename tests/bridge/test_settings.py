"""A wrong [bridge] table is refused before any wire is touched."""

from __future__ import annotations

import pytest

from kiosk.core.alert import AlertCode
from kiosk.core.bridge_settings import BridgeSettings
from kiosk.core.errors import BadToml
from kiosk.core.toml import loads


def test_the_usual_table_is_read() -> None:
    settings = loads(
        'inputs = "gpio"\nhold_s = 1.5\n'
        '[buttons.panic]\ncode = "panic"\npin = 17\n[buttons.fire]\ncode = "fire"\npin = 5\n'
        "[outputs]\nsiren = 6\nstriker = 12\n",
        "kentongan.toml",
        BridgeSettings,
    )

    assert set(settings.buttons) == {"panic", "fire"}
    assert (settings.hold_s, settings.outputs.siren, settings.outputs.striker) == (1.5, 6, 12)


def test_a_panel_board_is_looked_for_under_whatever_name_it_has() -> None:
    anywhere = loads('inputs = "panel"', "kentongan.toml", BridgeSettings)
    named = loads('inputs = "panel"\npanel_port = "/dev/ttyUSB*"', "kentongan.toml", BridgeSettings)

    assert anywhere.panel_port.startswith("/dev/serial/by-id/")
    assert named.panel_port == "/dev/ttyUSB*"


def test_an_empty_table_is_a_site_without_a_box() -> None:
    assert loads("", "kentongan.toml", BridgeSettings).inputs == "none"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('inputs = "usb"', "simulated"),
        ('inputs = "simulated"', "box_socket"),
        ('inputs = "panel"\npanel_port = ""', "panel_port"),
        ('inputs = "panel"\npanel_port = "ttyACM0"', "panel_port"),
        ("hold_s = 0", "hold_s"),
        ("debounce_ms = 1", "debounce_ms"),
        ("unanswered_after_s = 101", "unanswered_after_s"),
        ("siren_limit_s = 0", "siren_limit_s"),
        ('inputs = "gpio"\n[buttons.panic]\ncode = "panic"', "belum punya pin"),
        ('inputs = "gpio"\n[buttons.panic]\ncode = "panic"\npin = 27', "pin 27 dipakai dua kali: tombol panic dan"),
        (
            'inputs = "gpio"\n[buttons.a]\ncode = "panic"\npin = 5\n[buttons.b]\ncode = "fire"\npin = 5',
            "pin 5 dipakai dua kali: tombol a dan tombol b",
        ),
        ('inputs = "gpio"\n[outputs]\nsiren = 22', "keluaran siren dan keluaran lamp_red"),
        (
            'inputs = "gpio"\n[modem]\ndevices = ["/dev/ttyUSB2"]\npower_pin = 24',
            "keluaran lamp_green dan daya modem",
        ),
        ("[modem]\nbaud = 115200", "perangkat modem"),
        ('[modem]\ndevices = ["/dev/ttyUSB2"]\nbaud = 300', "modem.baud"),
        ('[modem]\ndevices = ["/dev/ttyUSB2"]\nnumbers = ["110"]', "modem.numbers"),
        ('[receiver]\nhost = "pusat.example"\nport = 6000\naccount = "1234"', "alamat IP"),
        ('[receiver]\nhost = "203.0.113.7"\nport = 6000\naccount = "1234"\nkey = "00"', "receiver.key"),
        ('[receiver]\nhost = "203.0.113.7"\nport = 6000\naccount = "1234"\nkey_file = "k"', "jalur lengkap"),
        ("[quick]\npresses = 1", "quick.presses"),
        ('[quick]\ncode = "riot"', "quick.code"),
        ('[beats]\nprofile = "Jawa"', "beats.profile"),
        ('[beats.events]\npanic = "party"', "beats.events"),
        ('map_link = "www.example"', "map_link"),
        ('[buttons.panic]\ncode = "panic"\nsilent = 1', "silent"),
        ('[buttons.panic]\ncode = "riot"', "buttons.panic.code"),
        ('[buttons.panic]\ncode = "panic"\npin = 28', "pin"),
        ("buttons = {}", "tombol"),
        ("colour = 1", "colour"),
    ],
)
def test_a_wrong_table_is_refused_with_the_reason(text: str, why: str) -> None:
    with pytest.raises(BadToml) as refused:
        loads(text, "kentongan.toml", BridgeSettings)

    assert why in str(refused.value)


def test_a_silent_button_raises_a_silent_alert_whatever_its_code() -> None:
    settings = loads(
        '[buttons.panic]\ncode = "panic"\n[buttons.knee]\ncode = "panic"\nsilent = true\n'
        '[buttons.desk]\ncode = "silent"\n',
        "kentongan.toml",
        BridgeSettings,
    )

    assert {name: button.raises for name, button in settings.buttons.items()} == {
        "panic": AlertCode.PANIC,
        "knee": AlertCode.SILENT,
        "desk": AlertCode.SILENT,
    }


def test_pins_that_nothing_drives_are_no_conflict() -> None:
    text = 'inputs = "none"\n[modem]\ndevices = ["/dev/ttyUSB2"]\npower_pin = 27\n'

    settings = loads(text, "kentongan.toml", BridgeSettings)

    assert settings.modem is not None
    assert settings.modem.power_pin == 27
