"""Whether an unconfirmed send is tried for ever: a week of silence in time that is passed in. Pure.

The very session and outbox of the bridge's clients, without their sockets and ports.
"""

from __future__ import annotations

import random
from itertools import pairwise

from firmware_bridge.dc09.events import Event, Report
from firmware_bridge.dc09.session import Session
from firmware_bridge.dc09.settings import ReceiverSettings
from firmware_bridge.modem.outbox import Outbox, Text
from kiosk.core.alert import AlertCode
from kiosk.core.clock import ManualClock

WEEK_S = 7 * 86_400


def dc09_pauses_s(for_s: float = WEEK_S, seed: int = 1) -> list[float]:
    """Seconds from each sending of one event to the next, with a receiver that never replies."""
    clock, chance = ManualClock(), random.Random(seed)
    session = Session(ReceiverSettings("127.0.0.1", 1, "1234"), clock.now(), jitter=chance.random)
    session.submit(Event("alert|dc09", Report.RAISED, AlertCode.PANIC), clock.now())
    began_ms, sent_ms = clock.now().mono_ms, []
    while clock.now().mono_ms - began_ms < for_s * 1000:
        session.tick(clock.now())
        if session.is_due_to_send(clock.now()):
            session.begin(clock.now())
            session.handed(clock.now())
            sent_ms.append(clock.now().mono_ms)
        clock.advance(max(0.001, (session.due_ms() - clock.now().mono_ms) / 1000))
    return [(later - earlier) / 1000 for earlier, later in pairwise(sent_ms)]


def sms_pauses_s(for_s: float = WEEK_S, seed: int = 1) -> list[float]:
    """Seconds from each attempt at one text to the next, with a network that refuses at once."""
    chance, outbox, now_ms, sent_ms = random.Random(seed), Outbox(), 0, []
    outbox.add(Text("alert|sms/piket", "+6281200000101", "DARURAT"), now_ms)
    while now_ms < for_s * 1000:
        if (text := outbox.due(now_ms)) is not None:
            sent_ms.append(now_ms)
            outbox.failed(text, now_ms, chance.random())
        now_ms += 100
    return [(later - earlier) / 1000 for earlier, later in pairwise(sent_ms)]
