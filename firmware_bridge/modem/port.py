"""The GSM modem as the bridge sees it: one thread owns it, so that nothing it does can hold up the bridge's loop.

The loop only puts orders into a queue and takes results out of another; both return at once. The thread opens the port
for ever (`serial_line`), lets `dialogue` decide what is said, and does what it asks for: a reset, a PIN. Texts live in
this thread alone: after a crash the bridge, which knows from its rows which alerts are open, gives them again.

Logged are steps in words with masked numbers; never a PIN, a text, a frame or a whole number.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections import deque
from collections.abc import Sequence
from pathlib import Path

from firmware_bridge.modem.dialogue import Dialogue
from firmware_bridge.modem.events import (
    Event,
    PinAccepted,
    PinNeeded,
    PinRefused,
    Received,
    Reset,
    StrayReport,
    TextStep,
)
from firmware_bridge.modem.health import Health
from firmware_bridge.modem.outbox import Text
from firmware_bridge.modem.pin import PinFile
from firmware_bridge.modem.power import PowerPin
from firmware_bridge.modem.serial_line import ModemLost, SerialLine
from kiosk.core.clock import Clock
from kiosk.core.modem_settings import ModemSettings

DTR_S = 1.0  # longer than any modem debounces it
PIN_COUNT_FILE = "sim-pin-attempts"
RECEIVED_LIMIT = 500  # texts that nobody has taken; a flood drops the oldest

log = logging.getLogger("bridge.modem")


class Modem:
    """`send`, `withdraw`, `take_…` and `health` are for one other thread, and none of them waits."""

    def __init__(self, settings: ModemSettings, data_dir: Path, clock: Clock, power: PowerPin | None = None) -> None:
        self._clock, self._power = clock, power
        self._line = SerialLine(settings)
        self._pin = PinFile(settings.pin_file, data_dir / PIN_COUNT_FILE)
        self._dialogue = Dialogue(has_power_pin=power is not None)
        self._orders: queue.SimpleQueue[Text | str] = queue.SimpleQueue()  # a text to send, or a send to withdraw
        self._steps: deque[TextStep] = deque()
        self._received: deque[Received] = deque(maxlen=RECEIVED_LIMIT)
        self._health = self._dialogue.health
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="modem", daemon=True)
        self._thread.start()

    @property
    def health(self) -> Health:
        """How the modem is now."""
        return self._health

    @property
    def is_alive(self) -> bool:
        """False when the thread has ended by an error of ours; a new Modem may then be made."""
        return self._thread.is_alive()

    def send(self, text: Text) -> None:
        """Sends until the phone has it or the send is withdrawn; what comes of it is told by `take_steps`."""
        self._orders.put(text)

    def withdraw(self, send_id: str) -> None:
        """Begins no more texts of this send."""
        self._orders.put(send_id)

    def take_steps(self) -> list[TextStep]:
        """What has happened to texts since the last call, in order."""
        return [self._steps.popleft() for _ in range(len(self._steps))]

    def take_received(self) -> list[Received]:
        """The texts that came since the last call, in order and not judged; `kiosk.core.sms_answer` reads them."""
        return [self._received.popleft() for _ in range(len(self._received))]

    def close(self) -> None:
        """Ends the thread and lets go of the port; a reset is finished first. Texts that wait are forgotten."""
        self._closing.set()
        self._thread.join()
        if self._power is not None:
            self._power.close()

    def _run(self) -> None:
        try:
            while not self._closing.is_set():
                self._obey()
                if self._line.is_open:
                    self._turn()
                elif (name := self._line.open()) is not None:
                    self._dialogue.connected(name, self._now_ms())
                else:
                    self._closing.wait(self._line.pause_s())
                self._health = self._dialogue.health
        finally:
            self._line.close(True, "the program ends")
            self._health = Health()

    def _obey(self) -> None:
        while not self._orders.empty():
            order = self._orders.get()
            if isinstance(order, Text):
                self._tell(self._dialogue.send(order, self._now_ms()))
            else:
                self._dialogue.withdraw(order)

    def _turn(self) -> None:
        try:
            self._line.write(self._dialogue.outgoing())
            self._tell(self._dialogue.written(self._now_ms()))
            data = self._line.read()
        except ModemLost as error:
            self._lose(str(error))
            return
        if data:
            self._tell(self._dialogue.receive(data, self._now_ms()))
        self._tell(self._dialogue.tick(self._now_ms()))

    def _lose(self, why: str) -> None:
        """The port is gone, by itself or by our will."""
        self._line.close(self._dialogue.has_answered, why)
        self._tell(self._dialogue.lost(self._now_ms()))
        self._health = self._dialogue.health
        self._closing.wait(self._line.pause_s())

    def _reset(self, by: str) -> None:
        log.warning("modem is reset", extra={"by": by})
        self._line.drop_dtr()
        if by == "power" and self._power is not None:
            self._power.cut()
        else:
            self._closing.wait(DTR_S)
        self._lose(f"reset by {by}")

    def _tell(self, events: Sequence[Event]) -> None:
        for event in events:
            match event:
                case TextStep():
                    self._steps.append(event)
                    log.info("text", extra={"send": event.send_id, "path": event.path, "words": event.words})
                case Received():
                    self._received.append(event)
                case StrayReport():
                    log.warning("report fits no text", extra={"number": event.number_masked, "words": event.words})
                case Reset(by):
                    self._reset(by)
                case PinNeeded():
                    self._dialogue.enter_pin(self._pin.take() or "")
                case PinAccepted():
                    self._pin.accepted()
                case PinRefused():
                    log.error("SIM refused the PIN")

    def _now_ms(self) -> int:
        return self._clock.now().mono_ms
