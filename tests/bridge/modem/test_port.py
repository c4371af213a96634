"""The modem on a real pseudo-terminal: its thread never holds up the bridge, and no fault of the port ends it."""

from __future__ import annotations

import fcntl
import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import msgspec
import pytest

from firmware_bridge.modem.emulated_line import EmulatedLine, EmulatedPower
from firmware_bridge.modem.emulated_world import Quirks, World
from firmware_bridge.modem.emulator import EmulatedModem
from firmware_bridge.modem.events import TextStep
from firmware_bridge.modem.outbox import Text
from firmware_bridge.modem.phases import Phase
from firmware_bridge.modem.port import Modem
from firmware_bridge.modem.texts import Place, alert_text
from kiosk.core.alert import Evidence
from kiosk.core.clock import Moment, SystemClock
from kiosk.core.modem_settings import ModemSettings
from kiosk.core.sms_answer import answer_code, short_id
from tests.bridge.modem.rig import OFFICER, SECOND, alert
from tests.bridge.rig import wait_until

OPEN = alert()
TEXT = Text(OPEN.id, OFFICER, alert_text(OPEN, Place("Kel. Gunung Pangilun"), OFFICER))
SHOWN = [Evidence.HANDED, Evidence.CARRIED, Evidence.RECEIVED]


class FastClock(SystemClock):
    """The machine's clock, running so many times as fast: the modem's time limits pass within a test's."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self._times = times

    def now(self) -> Moment:
        moment = super().now()
        return msgspec.structs.replace(moment, mono_ms=moment.mono_ms * self._times)


class Site:
    """A folder of devices, an emulated modem that can be plugged in, and the bridge's modem."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.line = EmulatedLine(EmulatedModem(world=World(reports=((0x00, 20),))), folder)
        self.power = EmulatedPower(self.line)
        self.steps: list[TextStep] = []
        self.modem: Modem | None = None

    def start(self, clock_times: int = 1, **settings: object) -> Modem:
        described = ModemSettings(devices=(f"{self.folder}/usb-modem-*",), **settings)  # type: ignore[arg-type]
        self.modem = Modem(described, self.folder, FastClock(clock_times), self.power)
        return self.modem

    def shown(self) -> list[Evidence]:
        assert self.modem is not None
        self.steps += self.modem.take_steps()
        return [step.evidence for step in self.steps if step.evidence is not None]

    def close(self) -> None:
        if self.modem is not None:
            self.modem.close()
        self.line.close()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with closing(Site(tmp_path)) as made:
        yield made


def until(reached: Callable[[], bool]) -> None:
    wait_until(reached, within_s=30)


def test_a_text_goes_over_the_port_and_its_arrival_is_shown(site: Site) -> None:
    site.line.plug("usb-modem-if02")
    modem = site.start()
    modem.send(TEXT)
    until(lambda: site.shown() == SHOWN)

    with site.line.modem() as emulated:
        assert [(text.number, text.text) for text in emulated.world.sent] == [(OFFICER, TEXT.text)]
    until(lambda: modem.health.operator == "TELKOMSEL")
    assert modem.health.device.endswith("usb-modem-if02")


def test_orders_return_at_once_while_the_modem_hangs_or_is_absent(site: Site) -> None:
    modem = site.start()
    began = time.monotonic()
    for number in range(200):
        modem.send(Text(f"alert-{number}", OFFICER, "x"))
        modem.withdraw(f"alert-{number}")
        modem.take_steps()
        modem.take_received()
        assert modem.health.faults == ("modem SMS tidak terhubung",)

    assert time.monotonic() - began < 0.5


def test_a_modem_that_vanishes_and_comes_back_under_another_name_gets_the_text(site: Site) -> None:
    site.line.plug("usb-modem-if02")
    modem = site.start(clock_times=5)
    until(lambda: modem.health.is_usable)
    with site.line.modem() as emulated:
        emulated.world.hangs = ["frame"]
    modem.send(TEXT)
    until(lambda: site.shown() == [Evidence.HANDED] and _is_stopped(site))
    site.line.unplug()
    until(lambda: modem.health.phase is Phase.ABSENT)
    with site.line.modem() as emulated:
        emulated.power_cut(site.line.now_ms())
    site.line.plug("usb-modem-if03")
    until(lambda: site.shown() == [Evidence.HANDED, *SHOWN])

    assert modem.health.device.endswith("usb-modem-if03")


def test_a_modem_that_is_plugged_in_late_is_found(site: Site) -> None:
    modem = site.start()
    modem.send(TEXT)
    until(lambda: modem.health.phase is Phase.ABSENT)
    site.line.plug("usb-modem-if02")
    until(lambda: site.shown() == SHOWN)


@pytest.mark.parametrize(("hangs_until", "cuts"), [("escape", 0), ("dtr", 0), ("power", 1)])
def test_a_modem_that_hangs_mid_prompt_is_reset_and_the_text_goes(site: Site, hangs_until: str, cuts: int) -> None:
    with site.line.modem() as emulated:
        emulated.world.hangs = ["prompt"]
        emulated.world.hangs_until = hangs_until  # type: ignore[assignment]
    site.line.plug("usb-modem-if02")
    modem = site.start(clock_times=20)
    modem.send(TEXT)
    until(lambda: site.shown() == SHOWN)

    assert site.power.cuts == cuts
    assert modem.health.stalls >= 1


def test_a_device_that_is_no_modem_is_left_for_the_one_that_is(site: Site) -> None:
    master, slave = os.openpty()
    try:
        (site.folder / "usb-modem-if01").symlink_to(os.ttyname(slave))
        site.line.plug("usb-modem-if02")
        modem = site.start(clock_times=20)
        modem.send(TEXT)
        until(lambda: site.shown() == SHOWN)
        assert modem.health.device.endswith("usb-modem-if02")
    finally:
        os.close(master)
        os.close(slave)


def test_a_port_that_another_program_holds_is_not_shared(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    path = site.line.plug("usb-modem-if02")
    with path.open("rb+", buffering=0) as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        modem = site.start()
        until(lambda: "modem could not be opened" in caplog.messages)
        assert modem.health.phase is Phase.ABSENT
        fcntl.flock(other, fcntl.LOCK_UN)
        until(lambda: modem.health.is_usable)


def test_a_modem_that_is_dead_for_long_gets_the_text_when_it_lives_again(site: Site) -> None:
    site.line.plug("usb-modem-if02")
    modem = site.start(clock_times=20)
    until(lambda: modem.health.is_usable)
    with site.line.modem() as emulated:
        emulated.receive = lambda data, now_ms: None  # type: ignore[method-assign]
    modem.send(TEXT)
    until(lambda: site.power.cuts == 1)
    assert modem.health.faults in (("modem SMS tidak menjawab",), ("modem SMS tidak terhubung",))
    with site.line.modem() as emulated:
        del emulated.receive
    until(lambda: site.shown() == SHOWN)


def test_texts_that_come_are_handed_over_whole_and_no_log_holds_a_number_or_a_text(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    site.line.plug("usb-modem-if02")
    modem = site.start()
    until(lambda: modem.health.is_usable)
    modem.send(TEXT)
    answer = f"OK {short_id(OPEN)} {answer_code(OPEN, OFFICER)}"
    coming = [("+628777777777", answer), (SECOND, answer), ("TELKOMSEL", "promo"), ("08123456789", answer)]
    with site.line.modem() as emulated:
        for sender, text in coming:
            emulated.text_in(sender, text, site.line.now_ms())
    came: list[tuple[str, str]] = []

    def has_all() -> bool:
        came.extend((received.sender, received.text) for received in modem.take_received())
        return len(came) >= len(coming)

    until(has_all)
    until(lambda: site.shown() == SHOWN)

    assert came == coming
    logged = "\n".join(str(vars(record)) for record in caplog.records)
    for secret in (OFFICER, OFFICER[1:], SECOND, "8123456789", answer, answer_code(OPEN, OFFICER), "0791"):
        assert secret not in logged


def test_a_pin_from_a_file_opens_the_sim_and_is_never_logged(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    (site.folder / "sim.pin").write_text("4711\n")
    with site.line.modem() as emulated:
        emulated.world.sim, emulated.world.pin = "SIM PIN", "4711"
    site.line.plug("usb-modem-if02")
    modem = site.start(clock_times=10, pin_file=str(site.folder / "sim.pin"))
    until(lambda: modem.health.is_usable)

    assert not (site.folder / "sim-pin-attempts").exists()
    assert "4711" not in "\n".join(str(vars(record)) for record in caplog.records)


def test_a_wrong_pin_leaves_one_attempt_to_a_person(site: Site) -> None:
    (site.folder / "sim.pin").write_text("0000\n")
    with site.line.modem() as emulated:
        emulated.world.sim, emulated.world.pin = "SIM PIN", "4711"
    site.line.plug("usb-modem-if02")
    for asked in (5, 8):  # two starts of the program
        modem = site.start(clock_times=20, pin_file=str(site.folder / "sim.pin"))
        until(partial(_is_asked, site, asked))
        modem.close()

    with site.line.modem() as emulated:
        assert emulated.world.pins_left == 1
        assert emulated.world.sim == "SIM PIN"


def _is_stopped(site: Site) -> bool:
    with site.line.modem() as emulated:
        return not emulated.world.hangs


def _is_asked(site: Site, times: int) -> bool:
    with site.line.modem() as emulated:
        return emulated.world.heard.count("AT+CPIN?") >= times


def test_closing_ends_the_thread_soon_and_lets_go_of_the_port(site: Site) -> None:
    path = site.line.plug("usb-modem-if02")
    modem = site.start()
    until(lambda: modem.health.is_usable)
    began = time.monotonic()
    modem.close()

    assert time.monotonic() - began < 2
    assert not modem.is_alive
    with path.open("rb+", buffering=0) as other:
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_an_idle_modem_costs_next_to_no_time(site: Site) -> None:
    site.line.plug("usb-modem-if02")
    modem = site.start()
    until(lambda: modem.health.is_usable)
    used_s = time.process_time()
    pause_until = time.monotonic() + 0.5
    wait_until(lambda: time.monotonic() > pause_until)

    assert time.process_time() - used_s < 0.25  # the emulator and this wait included


def test_a_makers_quirks_pass_over_a_real_port(tmp_path: Path) -> None:
    quirks = Quirks(bare_prompt=True, keeps_echo=True, chatter=b"\r\n^RSSI:14\r\n")
    line = EmulatedLine(EmulatedModem(quirks, World(reports=((0x20, 10), (0x00, 30)))), tmp_path)
    with closing(line):
        line.plug("usb-modem-if02")
        settings = ModemSettings(devices=(f"{tmp_path}/usb-modem-*",))
        with closing(Modem(settings, tmp_path, SystemClock())) as modem:
            modem.send(TEXT)
            steps: list[TextStep] = []

            def is_received() -> bool:
                steps.extend(modem.take_steps())
                return bool(steps) and steps[-1].evidence is Evidence.RECEIVED

            until(is_received)
    assert [step.evidence for step in steps] == [Evidence.HANDED, Evidence.CARRIED, None, Evidence.RECEIVED]
