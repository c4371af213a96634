"""A press that nobody hears: no network, a receiving centre that never replies, a modem whose network refuses.

One press, watched for as long as the promise of 100 s lasts. The pauses between the sendings are seen by those to whom
it is sent; the last rung hands everything over anew, so only what came before it counts.
"""

from __future__ import annotations

import socketserver
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from itertools import pairwise
from pathlib import Path

import msgspec

from benchmarks.alarm.heard import Heard
from benchmarks.alarm.presses import AFTER_HOLD_S, HOLD_S
from benchmarks.alarm.seen import Seen
from benchmarks.alarm.site import Wiring, box_of, bridge_of, bring_ladder, store_of
from benchmarks.alarm.timed_box import BUTTON
from benchmarks.niceness import ANOTHER_MACHINE, started_with
from benchmarks.rig import Rig, wait_until
from firmware_bridge.dc09.envelope import FrameReader
from firmware_bridge.dc09.frames import Message, Token, decode
from firmware_bridge.modem.emulated_line import EmulatedLine
from firmware_bridge.modem.emulated_world import World
from firmware_bridge.modem.emulator import EmulatedModem
from kiosk.core.alarm_words import Lamp

UNANSWERED_WITHIN_S = 130
REFUSED = "+CMS ERROR: 38"  # network out of order, TS 27.005
REFUSALS = 1_000
LADDER = b"""\
version = 1
dated = 2026-11-22

[[contacts]]
id = "piket"
name = "Piket"
role = "duty"
number = "+6281200000101"
acknowledges = true

[[rungs]]
after_s = 0
do = ["mqtt", "siren", "beat"]

[[rungs]]
after_s = 5
unless = "received"
do = ["dc09"]
sms = ["duty"]

[[rungs]]
after_s = 100
do = ["unanswered"]
"""


class NobodyTimes(msgspec.Struct, frozen=True):
    """Seconds from the complete hold to the lamp's "nobody has answered", and the pauses from sending to sending."""

    unanswered_s: float
    dc09_pauses_s: tuple[float, ...]
    sms_pauses_s: tuple[float, ...]


def nobody_times(folder: Path, journal: Path) -> NobodyTimes:
    with ExitStack() as stack:
        with started_with(ANOTHER_MACHINE):
            centre = stack.enter_context(_mute_centre())
            heard = Heard()
            wiring = Wiring(folder / "wires", HOLD_S, modem=True, receiver_port=centre.port)
            world = World(refusals=[REFUSED] * REFUSALS, heard=heard)
            modem = stack.enter_context(closing(EmulatedLine(EmulatedModem(world=world), wiring.modem.parent)))
        modem.plug(wiring.modem.name)
        rig = Rig(folder / "kiosk", f"sqlite:///{folder}/central.db", journal, bridge=wiring.toml)
        store = stack.enter_context(store_of(rig))
        bring_ladder(store, LADDER)
        box = stack.enter_context(box_of(wiring))
        stack.enter_context(bridge_of(rig, box))
        wait_until(lambda: "AT+CREG?" in heard, "the modem is set up", 60)
        began_s = time.monotonic()
        box.press(BUTTON, HOLD_S + AFTER_HOLD_S)
        shown_s = box.seen.first(lambda look: look.lamp is Lamp.RED_AMBER, began_s, "unanswered", UNANSWERED_WITHIN_S)
        whole_s = box.closed_at_s(began_s) + HOLD_S
        dc09_s = [at_s for at_s, message in centre.came.all() if message.token is Token.EVENT]
        sms_s = [at_s for at_s, line in heard.seen.all() if line.startswith("AT+CMGS=")]
        return NobodyTimes(shown_s - whole_s, pauses_s(dc09_s, shown_s), pauses_s(sms_s, shown_s))


def pauses_s(times_s: Sequence[float], before_s: float) -> tuple[float, ...]:
    """From each to the next, of those before `before_s`."""
    return tuple(later - earlier for earlier, later in pairwise(at_s for at_s in times_s if at_s < before_s))


class _MuteCentre(socketserver.ThreadingTCPServer):
    """Takes every connection, reads every frame and says nothing."""

    daemon_threads = True

    def __init__(self) -> None:
        self.came: Seen[Message] = Seen()
        super().__init__(("127.0.0.1", 0), _Caller)

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class _Caller(socketserver.BaseRequestHandler):
    server: _MuteCentre

    def handle(self) -> None:
        reader = FrameReader()
        while data := self.request.recv(4_096):
            for frame in reader.feed(data):
                self.server.came.tell(decode(frame))


@contextmanager
def _mute_centre() -> Iterator[_MuteCentre]:
    with _MuteCentre() as centre:
        thread = threading.Thread(target=centre.serve_forever, name="mute-centre", daemon=True)
        thread.start()
        try:
            yield centre
        finally:
            centre.shutdown()
            thread.join()
