"""When the modem has the first text: the network silent but believed good, and the network known to be down.

The clock starts when the hold is complete and stops when the emulated network has taken a text, so the dialogue with
the modem is in it.
"""

from __future__ import annotations

import threading
import time
from contextlib import ExitStack
from pathlib import Path

import msgspec

from benchmarks.alarm.presses import AFTER_HOLD_S, HOLD_S, WITHIN_S
from benchmarks.alarm.site import (
    Wiring,
    box_of,
    bridge_of,
    bring_ladder,
    close_alerts,
    store_of,
    wait_for_link,
    wait_without_faults,
)
from benchmarks.alarm.timed_box import BUTTON, TimedBox
from benchmarks.niceness import ANOTHER_MACHINE, started_with
from benchmarks.rig import Rig, wait_until
from deploy.demo.ladder import demo_ladder, ladder_bytes
from deploy.demo.line import Mode
from deploy.demo.modem import PluggedModem
from deploy.demo.network import NetworkProxy
from kiosk.core.alarm_words import Lamp

SILENT_PRESSES, DOWN_PRESSES = 3, 5
MODEM_RESTS_S = 1.0


class SmsTimes(msgspec.Struct, frozen=True):
    """Seconds from the complete hold to the first text, press by press."""

    unconfirmed_s: tuple[float, ...]
    known_bad_s: tuple[float, ...]


def sms_times(folder: Path, central_url: str, journal: Path) -> SmsTimes:
    """Both, at one site."""
    wiring = Wiring(folder / "wires", HOLD_S, modem=True)
    with ExitStack() as stack:
        rig = Rig(folder / "kiosk", central_url, journal, bridge=wiring.toml)
        line = stack.enter_context(NetworkProxy(rig.broker_port))
        rig.link_port = line.port
        rig.write_settings()
        store = stack.enter_context(store_of(rig))
        bring_ladder(store, ladder_bytes())
        with started_with(ANOTHER_MACHINE):
            modem = stack.enter_context(PluggedModem(wiring.modem, demo_ladder(), _now_ms))
        box = stack.enter_context(box_of(wiring))
        for process in (rig.central(), rig.agent(), bridge_of(rig, box)):
            stack.enter_context(process)
        wait_without_faults(store)
        unconfirmed_s = []
        for _ in range(SILENT_PRESSES):
            line.set_mode(Mode.UP)
            wait_for_link(store, up=True)
            line.set_mode(Mode.BLACKHOLE)
            unconfirmed_s.append(_press(box, modem))
            close_alerts(store)
            _wait_dark(box)
        line.set_mode(Mode.DOWN)
        wait_for_link(store, up=False)
        known_bad_s = []
        for _ in range(DOWN_PRESSES):
            known_bad_s.append(_press(box, modem))
            close_alerts(store)
            _wait_dark(box)
        return SmsTimes(tuple(unconfirmed_s), tuple(known_bad_s))


def _now_ms() -> int:
    return time.monotonic_ns() // 1_000_000


def _press(box: TimedBox, modem: PluggedModem) -> float:
    began_s, before = time.monotonic(), max((text.number for text in modem.texts()), default=0)
    box.press(BUTTON, HOLD_S + AFTER_HOLD_S)
    wait_until(lambda: any(text.number > before for text in modem.texts()), "a text leaves", WITHIN_S, 0.01)
    first = min((text for text in modem.texts() if text.number > before), key=lambda text: text.number)
    return first.at_ms / 1000 - box.closed_at_s(began_s) - HOLD_S


def _wait_dark(box: TimedBox) -> None:
    """And until the modem has let go of the second duty number, whose text may be half said."""
    box.seen.now(lambda look: look.lamp is Lamp.OFF, "the box is dark", WITHIN_S)
    threading.Event().wait(MODEM_RESTS_S)
