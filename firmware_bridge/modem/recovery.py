"""What is done about a modem that fell silent or started anew: the text under way is tried again, all is asked anew."""

from __future__ import annotations

from firmware_bridge.modem.agenda import Agenda
from firmware_bridge.modem.events import Event, Reset
from firmware_bridge.modem.phases import Move, Phase
from firmware_bridge.modem.reset_ladder import ResetLadder, Rung
from firmware_bridge.modem.sending import Sending
from firmware_bridge.modem.talk import Talk


class Recovery:
    """Used by one thread."""

    def __init__(self, talk: Talk, sending: Sending, agenda: Agenda, has_power_pin: bool) -> None:
        self._talk, self._sending, self._agenda = talk, sending, agenda
        self.ladder = ResetLadder(has_power_pin)

    def stall(self, has_answered: bool, now_ms: int) -> list[Event]:
        """A time limit has passed."""
        steps = self._sending.fail("modem berhenti menjawab", "", now_ms)
        rung = self.ladder.stalled(bool(steps), has_answered)
        if rung in (Rung.WAKE, Rung.RESTART):
            self.wake(now_ms, is_starting=False, restart=rung is Rung.RESTART)
            return [*steps]
        self._agenda.forget()
        self._talk.move(Move.RESET)
        return [*steps, Reset("power" if rung is Rung.POWER else "dtr")]

    def restarted(self, certain: bool, line: str, now_ms: int) -> list[Event]:
        """The modem says so itself. A line that may also come late after a start interrupts no text."""
        phase = self._talk.phase
        if phase is Phase.HELD:
            self._talk.hold_no_longer(now_ms)
        will_be_set_up = phase in (Phase.WAKING, Phase.QUIET, Phase.HELD) or not self._talk.can(Move.STALL)
        if will_be_set_up or (not certain and phase in (Phase.OFFERED, Phase.GIVEN)):
            return []
        steps = self._sending.fail("modem menyala ulang", line, now_ms)
        self.wake(now_ms, is_starting=certain)
        return [*steps]

    def wake(self, now_ms: int, is_starting: bool, restart: bool = False) -> None:
        """Begins from the start, without closing the port."""
        self._agenda.forget()
        self._talk.move(Move.STALL)
        self._talk.wake(now_ms, is_starting, restart)
