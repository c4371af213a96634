"""Presses of a button, one after another: when the light answered, the siren sounded, and the post had the alert.

Each is a real hold on a real contact that bounces; the clocks start where the promise says: at the stable edge for the
light, at the complete hold for the rest. Afterwards the alert is closed in the kiosk's rows, as the post's answer would
close it, so that the next press begins from silence.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable

import msgspec

from benchmarks.alarm.timed_box import BUTTON, TimedBox
from benchmarks.raw_commits import raw_commits
from benchmarks.rig import wait_until
from kiosk.core.alarm_words import Lamp
from kiosk.core.alert import AlertAction, Evidence
from kiosk.core.bridge_settings import BridgeSettings
from kiosk.store.alerts import advance, find, open_alerts
from kiosk.store.database import Store

HOLD_S = 0.3
AFTER_HOLD_S = 0.15
DEBOUNCE_S = BridgeSettings().debounce_ms / 1000
LOOK_EVERY_S = 0.001
WITHIN_S = 30
PAUSE_S = (0.06, 0.12)  # a contact that was open for less has not opened


class PressTimes(msgspec.Struct, frozen=True):
    """Seconds of one press. `noticed_s`: until the daemon began to commit it. `raw_s`: a bare commit on the same disk
    a moment later."""

    lit_s: float
    noticed_s: float
    sounding_s: float
    raw_s: float
    received_s: float


def press_often(box: TimedBox, store: Store, most: int, goes_on: Callable[[], bool] = lambda: True) -> list[PressTimes]:
    """At most `most` presses, for as long as `goes_on()`; the last one before it ended is not counted."""
    times: list[PressTimes] = []
    pause = threading.Event()
    with raw_commits(box.path.with_suffix(".db")) as commit:
        while len(times) < most:
            one = _press(box, store, lambda: commit(len(times)))
            if not goes_on():
                break
            times.append(one)
            pause.wait(random.uniform(*PAUSE_S))
    return times


def _press(box: TimedBox, store: Store, commit: Callable[[], float]) -> PressTimes:
    began_s = time.monotonic()
    box.press(BUTTON, HOLD_S + AFTER_HOLD_S)
    lit_s = box.seen.first(lambda look: look.lamp is not Lamp.OFF, began_s, "the light answers", WITHIN_S)
    sounding_s = box.seen.first(lambda look: look.siren, lit_s, "the siren sounds", WITHIN_S)
    (alert,) = open_alerts(store)  # it is on disk before anything sounds
    closed_s = box.closed_at_s(began_s)
    wait_until(lambda: find(store, alert.id).evidence >= Evidence.RECEIVED, "the post has it", WITHIN_S, LOOK_EVERY_S)
    whole_s, received_s = closed_s + HOLD_S, time.monotonic()
    advance(store, alert.id, AlertAction.CLOSE, "bench")
    box.seen.now(lambda look: look.lamp is Lamp.OFF and not look.siren, "the box is dark", WITHIN_S)
    box.contacts.first(lambda level: not level, began_s + HOLD_S, "the finger has left", WITHIN_S)
    noticed_s = alert.raised_mono_ms / 1000 - _boot_ahead_s()
    lit_s -= closed_s + DEBOUNCE_S
    return PressTimes(lit_s, noticed_s - whole_s, sounding_s - whole_s, commit(), received_s - whole_s)


def _boot_ahead_s() -> float:
    """The clock of the rows, which counts on through suspend, against the one used here."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) - time.monotonic()
