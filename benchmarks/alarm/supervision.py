"""How soon a way out that has silently died is told: nothing is being sent, and nobody closes a connection.

Network and receiving centre are cut by a line that goes on accepting and swallows everything; the modem stops in the
middle of its life. Each is cut when it has just been found well, as the word takes longest then. Each stop-watch runs
from the cut to the word, where people find it: on the box, in what the site says of itself, and at the post.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from itertools import pairwise
from pathlib import Path

import msgspec

from benchmarks.alarm.heard import Heard
from benchmarks.alarm.presses import HOLD_S
from benchmarks.alarm.seen import Seen
from benchmarks.alarm.site import (
    Wiring,
    alarm_link_is,
    box_of,
    bridge_of,
    bring_ladder,
    store_of,
    wait_for_link,
    wait_without_faults,
)
from benchmarks.niceness import ANOTHER_MACHINE, started_with
from benchmarks.rig import DEVICE, Rig, wait_until
from deploy.demo.ladder import ladder_bytes
from deploy.demo.line import Mode
from deploy.demo.network import NetworkProxy
from deploy.demo.receiving_centre import ReceivingCentre
from firmware_bridge.modem.emulated_line import EmulatedLine
from firmware_bridge.modem.emulated_world import World
from firmware_bridge.modem.emulator import EmulatedModem
from kiosk.core.exercise import Exercise
from kiosk.store.exercises import mark_within
from sync.central.store import CentralStore, open_central

POLLS = 2
WITHIN_S = 130
LOOK_EVERY_S = 0.05
LOOK_LASTS_S = 2.0  # the round of questions, after which the modem is left alone longest


class SupervisionTimes(msgspec.Struct, frozen=True):
    """Seconds from the cut to the word, and between two polls of the receiving centre before it."""

    poll_s: float
    network_at_site_s: float
    network_at_post_s: float
    receiver_s: float
    modem_s: float


def supervision_times(folder: Path, central_url: str, journal: Path) -> SupervisionTimes:
    with ExitStack() as stack:
        with started_with(ANOTHER_MACHINE):
            polls: Seen[int] = Seen()
            heard = Heard()
            centre = stack.enter_context(ReceivingCentre("127.0.0.1", 0, _told(polls)))
            far = stack.enter_context(NetworkProxy(centre.port))
            wiring = Wiring(folder / "wires", HOLD_S, modem=True, receiver_port=far.port)
            modem = stack.enter_context(
                closing(EmulatedLine(EmulatedModem(world=World(heard=heard)), wiring.modem.parent))
            )
        modem.plug(wiring.modem.name)
        rig = Rig(folder / "kiosk", central_url, journal, bridge=wiring.toml)
        line = stack.enter_context(NetworkProxy(rig.broker_port))
        rig.link_port = line.port
        rig.write_settings()
        store = stack.enter_context(store_of(rig))
        bring_ladder(store, ladder_bytes())
        with store.write():  # a test of today would look like a poll
            mark_within(store, Exercise.DAILY_TEST)
        box = stack.enter_context(box_of(wiring))
        central = stack.enter_context(closing(open_central(central_url)))
        for process in (rig.central(), rig.agent(), bridge_of(rig, box)):
            stack.enter_context(process)
        wait_for_link(store, up=True)
        wait_without_faults(store)
        wait_until(lambda: len(polls.all()) >= POLLS, "the receiving centre is polled", WITHIN_S, LOOK_EVERY_S)
        wait_until(lambda: _presence(central) == "online", "the post sees the kiosk", WITHIN_S, LOOK_EVERY_S)
        poll_s = max(later - earlier for (earlier, _), (later, _) in pairwise(polls.all()))
        found: dict[str, float] = {}
        cut_s = time.monotonic()
        line.set_mode(Mode.BLACKHOLE)
        far.set_mode(Mode.BLACKHOLE)
        heard.seen.first(lambda said: True, cut_s, "the modem is looked at", WITHIN_S)
        threading.Event().wait(LOOK_LASTS_S)
        silent_s = time.monotonic()
        with modem.modem():  # who holds the modem still holds its line still: it neither reads nor answers

            def told() -> bool:
                faults = " ".join(box.seen.all()[-1][1].faults)
                words = {
                    "site": alarm_link_is(store, up=False),
                    "post": _presence(central) == "offline",
                    "receiver": "DC-09 tidak menjawab" in faults,
                    "modem": "modem SMS tidak menjawab" in faults,
                }
                for name, is_told in words.items():
                    if is_told:
                        began_s = silent_s if name == "modem" else cut_s
                        found.setdefault(name, time.monotonic() - began_s)
                return len(found) == len(words)

            wait_until(told, "every fault is told", WITHIN_S, LOOK_EVERY_S)
        return SupervisionTimes(poll_s, found["site"], found["post"], found["receiver"], found["modem"])


def _told(polls: Seen[int]) -> Callable[[], int]:
    """A clock for the centre, which asks it at every poll."""

    def now_ms() -> int:
        at_ms = time.monotonic_ns() // 1_000_000
        polls.tell(at_ms)
        return at_ms

    return now_ms


def _presence(central: CentralStore) -> str | None:
    return next((device.presence for device in central.devices() if device.id == DEVICE), None)
