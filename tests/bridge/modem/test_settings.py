"""A modem's description is taken whole or refused with what is wrong in it."""

from __future__ import annotations

import pytest

from kiosk.core.errors import BadToml
from kiosk.core.modem_settings import ModemSettings
from kiosk.core.toml import loads


def test_a_description_is_read() -> None:
    text = """
        devices = ["/dev/serial/by-id/usb-SimTech*-if02*", "/dev/ttyAMA0"]
        baud = 9600
        pin_file = "/etc/kentongan/sim.pin"
        power_pin = 5
    """

    settings = loads(text, "modem.toml", ModemSettings)

    assert settings.devices == ("/dev/serial/by-id/usb-SimTech*-if02*", "/dev/ttyAMA0")
    assert (settings.baud, settings.power_pin, settings.power_off_s) == (9600, 5, 2.0)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('devices = ["/dev/serial/by-id/*"]', "cocok dengan segala perangkat"),
        ('devices = ["/dev/*"]', "cocok dengan segala perangkat"),
        ('devices = ["ttyUSB2"]', "devices"),
        ('devices = ["/dev/tty USB2"]', "devices"),
        ("baud = 300", "baud"),
        ('pin_file = "sim.pin"', "jalur lengkap"),
        ("power_pin = 28", "power_pin"),
        ("power_off_s = 0", "power_off_s"),
        ('pin = "4711"', "kunci tidak dikenal"),
        ("devices = [" + '"/dev/ttyUSB2",' * 9 + "]", "devices"),
    ],
)
def test_a_wrong_value_is_refused_in_words(text: str, why: str) -> None:
    with pytest.raises(BadToml, match=why):
        loads(text, "modem.toml", ModemSettings)
