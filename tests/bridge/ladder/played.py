"""Clients that the test plays, and a site with a ladder of its own in time that the test passes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from firmware_bridge.carriers import Carriers
from firmware_bridge.dc09.events import Event
from firmware_bridge.dc09.evidence import Outcome
from firmware_bridge.dc09.evidence import Step as ReceiverStep
from firmware_bridge.modem.events import Received, TextStep
from firmware_bridge.modem.health import Health
from firmware_bridge.modem.outbox import Text
from firmware_bridge.modem.phases import Phase
from kiosk.core.alert import Alert, AlertCode, Evidence
from kiosk.core.bridge_settings import BridgeSettings, Button
from kiosk.core.clock import ManualClock
from kiosk.core.sms_answer import answer_code, short_id
from kiosk.store.alerts import find, steps
from kiosk.store.parts import record_alive
from tests.bridge.rig import Rig, rig
from tests.core.ladders import EXAMPLE
from tests.store.test_documents import bring

PIKET, LURAH, RT = "+6281210001000", "+6281210005000", "+6281210004000"
BUTTONS = {
    "panic": Button(AlertCode.PANIC),
    "fire": Button(AlertCode.FIRE),
    "knee": Button(AlertCode.PANIC, silent=True),
}
SETTINGS = BridgeSettings(buttons=BUTTONS)
WELL = Health(phase=Phase.READY, registration=1)


class PlayedSms:
    """An `SmsClient` whose carrier is the test: `works` takes every text at once, and each phone reports."""

    def __init__(self, clock: ManualClock, works: bool = True) -> None:
        self.clock, self.works = clock, works
        self.is_alive, self.is_closed = True, False
        self.health = WELL
        self.sent: list[Text] = []
        self.withdrawn: list[str] = []
        self.received: list[Received] = []
        self._steps: list[TextStep] = []

    def send(self, text: Text) -> None:
        self.sent.append(text)
        if self.works:
            for evidence in (Evidence.HANDED, Evidence.CARRIED):
                self.show(text, evidence)

    def show(self, text: Text, evidence: Evidence, raw: str = "+CMGS: 1") -> None:
        self._steps.append(TextStep(text.send_id, text.number, evidence, "", raw, self.clock.now().mono_ms))

    def answer(self, sender: str, text: str) -> None:
        self.received.append(Received(sender, text, self.clock.now().mono_ms))

    def withdraw(self, send_id: str) -> None:
        self.withdrawn.append(send_id)

    def take_steps(self) -> list[TextStep]:
        taken, self._steps = self._steps, []
        return taken

    def take_received(self) -> list[Received]:
        taken, self.received = self.received, []
        return taken

    def close(self) -> None:
        self.is_closed = True

    def told(self) -> list[str]:
        """The keys of the sends, in order."""
        return [text.send_id.partition("|")[2] for text in self.sent]


class PlayedReceiver:
    """A `ReceiverClient`; `works` acknowledges every event at once."""

    def __init__(self, clock: ManualClock, works: bool = True) -> None:
        self.clock, self.works = clock, works
        self.is_alive = True
        self.events: list[Event] = []
        self.withdrawn: list[str] = []
        self.wrong: tuple[str, ...] = ()
        self._steps: list[ReceiverStep] = []

    def submit(self, event: Event) -> bool:
        self.events.append(event)
        if self.works:
            for outcome in (Outcome.HANDED, Outcome.CARRIED):
                self.show(event, outcome)
        return True

    def show(self, event: Event, outcome: Outcome, raw: str = '"ACK"0001R0L0#1234[]') -> None:
        self._steps.append(ReceiverStep(event, outcome, self.clock.now(), raw))

    def withdraw(self, keys: Collection[str]) -> None:
        self.withdrawn += sorted(keys)

    def take_steps(self) -> list[ReceiverStep]:
        taken, self._steps = self._steps, []
        return taken

    def faults(self) -> tuple[str, ...]:
        return self.wrong

    def close(self) -> None:
        pass


class Site:
    """A rig whose clients are played."""

    def __init__(self, clock: ManualClock, sms: PlayedSms, dc09: PlayedReceiver) -> None:
        self.clock, self.sms, self.dc09 = clock, sms, dc09
        self.make_sms: Callable[[], PlayedSms] = lambda: sms  # asked again when the one before has died

    def start(self, made: Rig) -> None:
        self.rig, self.store = made, made.store

    def press(self, name: str = "panic") -> Alert:
        self.rig.finger(name)
        return self.rig.alerts()[-1]

    def turns(self, seconds: float, every_s: float = 0.5) -> None:
        self.rig.turns(seconds, every_s)

    def changed_by_another(self) -> None:
        """Rows were written by what stands for another process here."""
        self.rig.rounds.forget_rows()

    def alert(self, alert: Alert) -> Alert:
        return find(self.store, alert.id)

    def paths(self, alert: Alert) -> list[tuple[str, int]]:
        """What was proven on each path, in order."""
        return [(step.path, step.level.value) for step in steps(self.store, alert.id) if step.level]

    def network(self, connected: bool) -> None:
        """What the sync says of its link."""
        record_alive(self.store, "sync", {"alarm": {"connected": connected, "answered": connected}}, ok=connected)
        self.changed_by_another()


def good_answer(alert: Alert, number: str = PIKET) -> str:
    return f"OK {short_id(alert)} {answer_code(alert, number)}"


@contextmanager
def site(
    folder: Path,
    settings: BridgeSettings = SETTINGS,
    clock: ManualClock | None = None,
    works: bool = True,
    ladder: str = EXAMPLE,
    sms: PlayedSms | None = None,
    dc09: PlayedReceiver | None = None,
) -> Iterator[Site]:
    """Starts a bridge on the folder's database, a new one or that of the bridge before it."""
    used = clock or ManualClock()
    found = Site(used, sms or PlayedSms(used, works), dc09 or PlayedReceiver(used, works))
    with rig(folder, settings, clock=used, carriers=Carriers(lambda: found.make_sms(), lambda: found.dc09)) as made:
        found.start(made)
        if ladder:
            bring(made.store, ladder.encode(), 1, "ladder")
            found.changed_by_another()
            made.turns(0.02)
        yield found


def rebooted(clock: ManualClock, boot: str, mono_ms: int = 20_000) -> ManualClock:
    """The clock after a power cut: monotonic time begins anew, and nobody knows the date."""
    clock.moment = msgspec.structs.replace(clock.moment, boot=boot, mono_ms=mono_ms, wall_ms=0, synchronised=False)
    return clock
