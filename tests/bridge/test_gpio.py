"""Real pins as gpiozero's own mock plays them: raw edges in, levels with a dead-man time out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from gpiozero import Device
from gpiozero.pins.mock import MockFactory

from firmware_bridge.debounce import Edge
from firmware_bridge.gpio import GpioButtons, GpioOutputs, driven
from firmware_bridge.ports import Command, Started
from firmware_bridge.rhythm import TITIR
from kiosk.core.alarm_words import Lamp
from kiosk.core.alert import AlertCode
from kiosk.core.bridge_settings import Button, OutputPins
from kiosk.core.clock import ManualClock
from tests.bridge.rig import wait_until

BUTTONS = {"panic": Button(AlertCode.PANIC, pin=17), "fire": Button(AlertCode.FIRE, pin=0)}
PINS = OutputPins(striker=25, buzzer=12)
GREEN = Command(Lamp.GREEN, 5_000, False, 0, "", TITIR)
ALARM = Command(Lamp.RED_FAST, 5_000, True, 180_000, "", TITIR)


@pytest.fixture
def pins() -> Iterator[Any]:
    before, Device.pin_factory = Device.pin_factory, MockFactory()
    yield Device.pin_factory
    Device.pin_factory.close()
    Device.pin_factory = before


def test_the_first_reading_is_the_level_at_start(pins: Any) -> None:
    with closing(GpioButtons(BUTTONS, ManualClock())) as buttons:
        assert buttons.read(0) == [Started({"panic": False, "fire": False}, 1_000)]


def test_a_button_that_is_closed_at_start_is_told_as_closed(pins: Any) -> None:
    pins.pin(17).drive_low()  # as a jammed contact would, stronger than the pull-up that the adapter asks for
    pins.pin(17)._set_pull = lambda value: None

    with closing(GpioButtons(BUTTONS, ManualClock())) as buttons:
        (started,) = buttons.read(0)

        assert isinstance(started, Started)
        assert started.levels == {"panic": True, "fire": False}


def test_every_raw_edge_is_told_with_its_time(pins: Any) -> None:
    clock = ManualClock()
    with closing(GpioButtons(BUTTONS, clock)) as buttons:
        buttons.read(0)
        for _ in range(3):
            clock.advance(0.001)
            pins.pin(17).drive_low()
            clock.advance(0.001)
            pins.pin(17).drive_high()

        edges = buttons.read(0.1)

        assert edges == [Edge("panic", turn % 2 == 0, 1_001 + turn) for turn in range(6)]


def test_pin_0_is_a_pin(pins: Any) -> None:
    with closing(GpioButtons(BUTTONS, ManualClock())) as buttons:
        buttons.read(0)
        pins.pin(0).drive_low()

        assert [edge.input for edge in buttons.read(0.1) if isinstance(edge, Edge)] == ["fire"]


def test_an_edge_that_the_library_lost_is_found_by_reading_the_pin(pins: Any) -> None:
    with closing(GpioButtons(BUTTONS, ManualClock())) as buttons:
        buttons.read(0)
        pins.pin(17)._change_state(False)  # the level changes and nobody is called

        assert buttons.read(0) == [Edge("panic", True, 1_000)]
        assert buttons.read(0) == []


def test_outputs_follow_the_command_and_its_dead_man_time(pins: Any) -> None:
    clock = ManualClock()
    with closing(GpioOutputs(PINS, clock)) as outputs:
        assert not pins.pin(PINS.lamp_green).state
        outputs.show(GREEN)
        wait_until(lambda: bool(pins.pin(PINS.lamp_green).state))

        clock.advance(5.1)  # the loop has died: nobody renews

        wait_until(lambda: not pins.pin(PINS.lamp_green).state)


def test_the_siren_is_off_at_the_end_of_its_time_though_nobody_says_so(pins: Any) -> None:
    clock = ManualClock()
    with closing(GpioOutputs(PINS, clock)) as outputs:
        outputs.show(ALARM)
        wait_until(lambda: bool(pins.pin(PINS.siren).state))
        clock.advance(179)
        outputs.show(GREEN)
        wait_until(lambda: not pins.pin(PINS.siren).state)
        outputs.show(ALARM)
        wait_until(lambda: bool(pins.pin(PINS.siren).state))

        clock.advance(181)

        wait_until(lambda: not pins.pin(PINS.siren).state)


def test_the_striker_beats_titir_while_the_siren_sounds() -> None:
    levels = [driven(ALARM, 0, 0, at_ms)["striker"] for at_ms in range(0, 1_800, 10)]

    assert levels.count(True) == 120
    assert not driven(GREEN, 0, 0, 0)["striker"]


def test_without_a_striker_nothing_is_driven_for_it(pins: Any) -> None:
    with closing(GpioOutputs(OutputPins(), ManualClock())) as outputs:
        outputs.show(ALARM)

        wait_until(lambda: bool(pins.pin(PINS.siren).state))


def test_the_buzzer_follows_the_lamp_from_its_change_and_ends_with_its_time(pins: Any) -> None:
    clock = ManualClock()
    with closing(GpioOutputs(PINS, clock)) as outputs:
        outputs.show(GREEN)
        wait_until(lambda: bool(pins.pin(PINS.buzzer).state))
        clock.advance(1)
        outputs.show(GREEN)  # renewed, and no news
        wait_until(lambda: not pins.pin(PINS.buzzer).state)

    assert [driven(GREEN, at_ms, at_ms, at_ms)["buzzer"] for at_ms in (0, 170, 200, 800)] == [True, False, True, False]
    assert not driven(ALARM, 5_000, 5_600, 5_600)["buzzer"]
    assert driven(ALARM, 4_000, 5_600, 5_600)["buzzer"]
