"""The dialogue and the emulated modem joined by a wire that the test cuts as it likes, in time that the test passes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from firmware_bridge.modem.dialogue import Dialogue
from firmware_bridge.modem.emulator import EmulatedModem
from firmware_bridge.modem.events import Event, PinNeeded, Received, Reset, StrayReport, TextStep
from firmware_bridge.modem.outbox import Text
from kiosk.core.alert import Alert, AlertCode, AlertState, Evidence

OFFICER = "+628123456789"
SECOND = "+628199900011"
TEXT = Text("alert-1", OFFICER, "Kebakaran 22/11 15.50\nBalas: OK K7F2 4MQ9TX")
Cut = Callable[[bytes], Iterator[bytes]]


def whole(data: bytes) -> Iterator[bytes]:
    yield data


def byte_by_byte(data: bytes) -> Iterator[bytes]:
    for at in range(len(data)):
        yield data[at : at + 1]


def alert(number: int = 1, state: AlertState = AlertState.SENDING, **changes: object) -> Alert:
    values: dict[str, object] = {
        "id": f"019ab000-0000-7000-8000-{number:012d}",
        "code": AlertCode.FIRE,
        "source": "panic",
        "state": state,
        "evidence": Evidence.COMMITTED,
        "nonce": f"{number:016x}",
        "raised_ms": 1_763_801_457_000,
        "raised_mono_ms": 0,
        "boot": "boot-1",
    }
    return Alert(**{**values, **changes})  # type: ignore[arg-type]


class Rig:
    """Starts with the port closed. `resets` are those that the dialogue asked for and got."""

    def __init__(
        self, modem: EmulatedModem | None = None, cut: Cut = whole, has_power_pin: bool = True, pin: str = ""
    ) -> None:
        self.modem = modem or EmulatedModem()
        self.world = self.modem.world
        self.dialogue = Dialogue(lambda: 0.5, has_power_pin)
        self.events: list[Event] = []
        self.resets: list[str] = []
        self.now_ms = 1_000_000
        self._cut = cut
        self._pin = pin

    def plug(self) -> Rig:
        self.dialogue.connected("/dev/modem", self.now_ms)
        return self

    def unplug(self) -> None:
        self._take(self.dialogue.lost(self.now_ms))
        self.modem.dtr_dropped()

    def ready(self) -> Rig:
        """Plugs it in and lets the set-up and the first look pass."""
        self.plug().run(3)
        assert self.dialogue.health.is_usable, self.dialogue.health
        return self

    def send(self, text: Text = TEXT) -> None:
        self._take(self.dialogue.send(text, self.now_ms))
        self.exchange()

    def run(self, seconds: float) -> None:
        """Lets time pass, in steps of 50 ms."""
        for _ in range(round(seconds * 20)):
            self.now_ms += 50
            self._take(self.dialogue.tick(self.now_ms))
            self.exchange()

    def exchange(self) -> None:
        """Lets the two talk until neither has anything more to say now."""
        while True:
            asked = self.dialogue.outgoing()
            self._take(self.dialogue.written(self.now_ms))
            self.modem.receive(asked, self.now_ms)
            said = self.modem.outgoing(self.now_ms)
            if not asked and not said:
                return
            for part in self._cut(said):
                self._take(self.dialogue.receive(part, self.now_ms))

    def say(self, data: bytes) -> None:
        """Bytes that nobody asked for reach the host."""
        for part in self._cut(data):
            self._take(self.dialogue.receive(part, self.now_ms))

    def shown(self, text: Text = TEXT) -> list[Evidence]:
        """The evidence told of a text so far."""
        return [step.evidence for step in self.steps(text) if step.evidence is not None]

    def steps(self, text: Text = TEXT) -> list[TextStep]:
        return [
            event
            for event in self.events
            if isinstance(event, TextStep) and (event.send_id, event.number) == (text.send_id, text.number)
        ]

    def received(self) -> list[tuple[str, str]]:
        return [(event.sender, event.text) for event in self.events if isinstance(event, Received)]

    def stray(self) -> list[StrayReport]:
        return [event for event in self.events if isinstance(event, StrayReport)]

    def _take(self, events: list[Event]) -> None:
        for event in events:
            self.events.append(event)
            if isinstance(event, PinNeeded) and self._pin:
                self.dialogue.enter_pin(self._pin)
            if isinstance(event, Reset):
                self.resets.append(event.by)
                if event.by == "power":
                    self.modem.power_cut(self.now_ms)
                self.unplug()
                self.now_ms += 1_000
                self.plug()
