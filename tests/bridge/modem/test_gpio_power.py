"""The power pin is low except while the power is cut."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from gpiozero import Device
from gpiozero.pins.mock import MockFactory

from firmware_bridge.modem.gpio_power import GpioPower


@pytest.fixture
def pins() -> Iterator[Any]:
    before, Device.pin_factory = Device.pin_factory, MockFactory()
    yield Device.pin_factory
    Device.pin_factory.close()
    Device.pin_factory = before


def test_power_is_cut_for_a_time_and_given_back(pins: Any) -> None:
    power = GpioPower(5, 0.05)
    pin = pins.pin(5)
    pin.clear_states()

    power.cut()

    assert [state.state for state in pin.states] == [False, True, False]
    assert pin.states[2].timestamp >= 0.04
    power.close()
