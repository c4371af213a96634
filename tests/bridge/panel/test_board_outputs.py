"""The firmware's core in a real MicroPython: what it obeys, until when, and what does not disturb it."""

from __future__ import annotations

import pytest

from firmware_bridge.buzzer import is_buzzing
from firmware_bridge.frames import (
    BoxEdge,
    BoxPong,
    HostHello,
    HostPing,
    HostShow,
)
from firmware_bridge.indication import lamps_lit
from firmware_bridge.panel.codec import LAMPS
from firmware_bridge.panel.frames import Frame, to_bytes
from firmware_bridge.ports import Command
from firmware_bridge.rhythm import TITIR, Rhythm
from kiosk.core.alarm_words import Lamp
from tests.bridge.panel.hand import BOOT, BUZZER, RED, SIREN, STRIKER, Host, conditions
from tests.bridge.panel.micropython import NORMAL, PRESSED, PlayedBoard


def alarm(siren_for_ms: int = 60_000, rhythm: Rhythm = TITIR) -> Command:
    return Command(Lamp.RED_FAST, 5_000, True, siren_for_ms, "Mengirim…", rhythm)


def test_the_self_test_passes_here_and_its_failure_is_an_event(micropython: PlayedBoard) -> None:
    assert micropython.boot(BOOT) == 0
    host = Host(micropython, failures=5)
    host.cables["panic"] = PRESSED
    told = [*host.heard, *host.wait(100)]

    assert conditions(told) == [("board/self-test", "failed")]
    assert [frame.level for frame in told if isinstance(frame, BoxEdge)] == [True]


def test_a_command_is_obeyed_until_its_time_is_over_by_the_boards_own_clock(host: Host) -> None:
    host.show(alarm(siren_for_ms=8_000))
    assert host.outputs[SIREN]
    host.wait(4_900)
    assert host.outputs[SIREN]

    host.wait(200)
    assert not any(host.outputs[RED:])  # the five seconds of lamp and buzzer
    assert host.outputs[SIREN]  # a host that is dead does not cut it short
    host.wait(3_000)
    assert host.outputs == [False] * 6


def test_everything_is_off_before_a_host_has_said_anything(micropython: PlayedBoard) -> None:
    host = Host(micropython, greets=False)
    host.cables["panic"] = PRESSED
    host.wait(3_000)

    assert host.outputs == [False] * 6


def test_a_late_copy_of_an_older_command_changes_nothing(host: Host) -> None:
    old = host.codec.encode(HostShow(1, alarm()))
    host.step(data=old)
    host.step(HostShow(2, Command(Lamp.OFF, 0, False, 0, "", TITIR)))
    host.step(data=old)
    assert host.outputs == [False] * 6

    host.step(HostHello(1, 1), data=old)  # a greeting that came twice opens no door for it
    assert host.outputs == [False] * 6


def test_another_host_numbers_its_commands_from_the_start(host: Host) -> None:
    host.step(HostShow(500, alarm()))
    host.step(HostHello(1, 2), HostShow(1, Command(Lamp.GREEN, 5_000, False, 0, "", TITIR)))

    assert host.outputs == [False, False, False, False, True, True]


def test_the_striker_beats_the_rhythm_while_the_siren_sounds_and_no_longer(host: Host) -> None:
    host.show(alarm(2_000, Rhythm("maling", ((0, 100), (200, 100)), 1_000)))
    beaten = []
    for _ in range(300):
        host.step()
        beaten.append((host.now_ms, host.outputs[STRIKER]))

    for at_ms, down in beaten:
        assert down == (at_ms < 2_020 and (at_ms % 1_000 < 100 or 200 <= at_ms % 1_000 < 300)), at_ms


@pytest.mark.parametrize("lamp", Lamp)
def test_every_lamp_blinks_as_on_bare_pins(micropython: PlayedBoard, lamp: Lamp) -> None:
    times = list(range(0, 4_000, 50))

    assert micropython.ask("lamps", lamp=LAMPS.index(lamp), at_ms=times) == [list(lamps_lit(lamp, at)) for at in times]


@pytest.mark.parametrize("lamp", Lamp)
def test_the_buzzer_sounds_as_on_bare_pins(micropython: PlayedBoard, lamp: Lamp) -> None:
    times = list(range(0, 6_000, 10))

    assert micropython.ask("buzzer", lamp=LAMPS.index(lamp), at_ms=times) == [is_buzzing(lamp, at) for at in times]


def test_the_buzzer_tells_an_answer_once_however_often_the_lamp_is_renewed(host: Host) -> None:
    beeps = 0
    for _ in range(5):
        host.show(Command(Lamp.GREEN, 5_000, False, 0, "", TITIR))
        for _ in range(100):
            before = host.outputs[BUZZER]
            host.step()
            beeps += host.outputs[BUZZER] and not before

    assert beeps == 2  # the third of the three began with the first command


def test_a_lamp_that_only_a_newer_host_knows_is_red_and_never_green(micropython: PlayedBoard) -> None:
    assert micropython.ask("lamps", lamp=77, at_ms=[0, 500]) == [[True, False, False]] * 2


def test_garbage_is_counted_and_told_and_disturbs_nothing(host: Host) -> None:
    host.step(data=b"\x03\x03\x00MPY: soft reboot\r\n\x00" + to_bytes(Frame(1, 0x42, 1, b"")))
    (pong,) = [frame for frame in host.step(HostPing(1)) if isinstance(frame, BoxPong)]

    assert host.dropped == 3
    assert pong.dropped == 3


def test_a_frame_of_a_kind_that_only_a_newer_host_knows_is_passed_over(host: Host) -> None:
    host.step(data=to_bytes(Frame(1, 0x77, 1, b"whatever it is")))

    assert host.dropped == 0


def test_a_host_of_an_unknown_version_gets_presses_and_has_lamp_and_siren(host: Host) -> None:
    host.step(data=to_bytes(Frame(9, 0x41, 1, bytes.fromhex("0809" + "00000063") + b"more")))
    host.step(data=to_bytes(Frame(9, 0x44, 2, bytes.fromhex("00000001" + "02" + "00001388" + "01" + "00001388"))))
    host.cables["panic"] = PRESSED

    assert [frame.level for frame in host.wait(100) if isinstance(frame, BoxEdge)] == [True]
    assert host.outputs[SIREN]
    host.step(data=to_bytes(Frame(9, 0x43, 3, bytes.fromhex(f"{BOOT:08x}" + "01" + "00000001"))))
    assert host.held == 0


def test_a_host_that_does_not_read_costs_no_memory(micropython: PlayedBoard) -> None:
    Host(micropython).step(HostPing(1))

    assert micropython.ask("turns", now_ms=1_000, every_ms=5, turns=2_000, cables=[PRESSED, NORMAL]) == 1
    assert len(micropython.step(11_005, panic=PRESSED)["out"]) < 8_000


def test_uptime_does_not_wrap_with_the_ticks_and_takes_late_samples(micropython: PlayedBoard) -> None:
    period = 1 << 30
    ticks = [period - 100, period - 50, 20, 10, 60, 60]

    assert micropython.ask("uptime", ticks=ticks) == [0, 50, 120, 110, 160, 160]
