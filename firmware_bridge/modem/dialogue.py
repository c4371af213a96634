"""The talk with a GSM modem, without ports or clocks: bytes and time in, bytes and events out.

`phases` is its table, `talk` one command with its time limit, `set_up` and `agenda` what is asked, `sending` what
becomes of a text, `mailbox` what comes in, `recovery` what is done about silence. It goes on for ever: a text is given
up only when it is withdrawn.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from firmware_bridge.modem.agenda import Agenda
from firmware_bridge.modem.answers import Final, FrameNext, Reference, Restarted, Sim, Stored, meaning
from firmware_bridge.modem.events import Event, Received
from firmware_bridge.modem.health import Health, sim_words
from firmware_bridge.modem.known import Known
from firmware_bridge.modem.lines import PROMPT
from firmware_bridge.modem.mailbox import Mailbox
from firmware_bridge.modem.outbox import Text
from firmware_bridge.modem.pdu import Delivered
from firmware_bridge.modem.phases import Move, Phase
from firmware_bridge.modem.recovery import Recovery
from firmware_bridge.modem.sending import Sending
from firmware_bridge.modem.set_up import Held, SetUp
from firmware_bridge.modem.talk import Talk

_ANSWER_AWAITED = (Phase.WAKING, Phase.SETTING_UP, Phase.ASKED, Phase.OFFERED, Phase.GIVEN)


class Dialogue:
    """Used by one thread. After each call `outgoing` has the bytes to write; `tick` is called some times a second."""

    def __init__(self, jitter: Callable[[], float] = random.random, has_power_pin: bool = False) -> None:
        self._talk = Talk()
        self._known = Known()
        self._mailbox = Mailbox()
        self._agenda = Agenda(self._mailbox)
        self._set_up = SetUp()
        self._sending = Sending(jitter)
        self._recovery = Recovery(self._talk, self._sending, self._agenda, has_power_pin)
        self.has_answered = False  # whether the port that is open now has a modem at its end at all

    @property
    def phase(self) -> Phase:
        return self._talk.phase

    @property
    def health(self) -> Health:
        return Health(
            phase=self.phase,
            device=self._talk.device,
            sim=self._known.sim,
            registration=self._known.registration,
            operator=self._known.operator,
            signal_dbm=self._known.signal_dbm,
            reports=self._set_up.routing[1] == 1,
            waiting=self._sending.outbox.waiting,
            unreported=self._sending.outbox.unreported,
            stalls=self._recovery.ladder.stalls,
            garbled=self._talk.reader.dropped + self._mailbox.garbled,
            trouble=self._talk.trouble,
        )

    def outgoing(self) -> bytes:
        """Bytes to write now."""
        return self._talk.outgoing()

    def written(self, now_ms: int) -> list[Event]:
        """To be called once the bytes of `outgoing` have left."""
        return [*self._sending.written(now_ms)]

    def send(self, text: Text, now_ms: int) -> list[Event]:
        """Tries until the carrier takes it and the phone has it, or it is withdrawn."""
        events = self._sending.add(text, now_ms)
        self._act(now_ms)
        return [*events]

    def withdraw(self, send_id: str) -> None:
        """Nothing more is begun for this send; a text that the modem has been given already may still go."""
        self._sending.outbox.withdraw(send_id)

    def enter_pin(self, pin: str) -> None:
        """A PIN for one attempt, after `PinNeeded`."""
        self._set_up.pin = pin

    def connected(self, device: str, now_ms: int) -> None:
        """The port `device` is open: anything may be at its end, in any state."""
        self._known, self.has_answered = Known(), False
        self._agenda.forget()
        self._talk.open(device, now_ms, self._recovery.ladder.was_power_cut)

    def lost(self, now_ms: int) -> list[Event]:
        """The port is gone; what was under way is tried again."""
        self._talk.lose()
        return [*self._sending.fail("modem terputus", "", now_ms)]

    def receive(self, data: bytes, now_ms: int) -> list[Event]:
        """What `data` says, however it is cut."""
        self._talk.heard(now_ms)
        return [event for line in self._talk.reader.feed(data) for event in self._line(line, now_ms)]

    def tick(self, now_ms: int) -> list[Event]:
        """What time alone brings."""
        events: list[Event] = [*self._sending.expire(now_ms)]
        late = self._talk.is_late(now_ms)
        if late and self.phase in _ANSWER_AWAITED:
            return events + self._recovery.stall(self.has_answered, now_ms)
        if self.phase is Phase.WAKING:
            self._talk.wake_again(now_ms)
        elif (self.phase is Phase.QUIET and self._talk.is_rested(now_ms)) or (self.phase is Phase.HELD and late):
            self._talk.move(Move.REST if self.phase is Phase.QUIET else Move.AGAIN)
            self._talk.ask(self._set_up.start(), now_ms)
        self._act(now_ms)
        return events

    def _line(self, line: str, now_ms: int) -> list[Event]:
        if line == PROMPT and self.phase is Phase.OFFERED:
            self._talk.give(self._sending.give(), now_ms)
            return []
        if (taken := self._mailbox.take(line, now_ms)) is not None:
            frame_read, raw = taken
            if isinstance(frame_read, Delivered):
                return [Received(frame_read.sender, frame_read.text, now_ms)]
            return [*self._sending.take_report(frame_read, raw, now_ms)] if frame_read is not None else []
        answer = meaning(line)  # none for an echo of our own words
        if answer is not None:
            self._known.learn(answer)
        match answer:
            case Final():
                return self._final(answer, line, now_ms)
            case Reference(number) if self.phase is Phase.GIVEN:
                self._recovery.ladder.text_taken()
                return [*self._sending.take_reference(number, line, now_ms)]
            case FrameNext():
                self._mailbox.announce(answer, line, now_ms)
            case Stored(name):
                self._agenda.stored(name)
            case Sim() if self.phase is Phase.HELD and self._known.is_sim_ready:
                self._talk.hold_no_longer(now_ms)
            case Restarted(certain):
                return self._recovery.restarted(certain, line, now_ms)
        return []

    def _final(self, final: Final, line: str, now_ms: int) -> list[Event]:
        move = Move.ANSWER if final.ok else Move.REFUSE
        events: list[Event] = []
        if not self._talk.can(move) or (self.phase is Phase.GIVEN and final.ok and not self._sending.is_referenced):
            return events  # an answer to something that was given up long ago
        if self.phase is Phase.SETTING_UP:
            return self._set_up_answered(final, now_ms)
        if self.phase is Phase.ASKED:
            return self._asked_answered(final, move, now_ms)
        if self.phase is Phase.WAKING and final.ok:
            self.has_answered = True
            self._talk.rest(now_ms)
        elif self.phase in (Phase.OFFERED, Phase.GIVEN):
            events += self._sending.finish() if final.ok else self._sending.fail(final.words, line, now_ms)
        self._talk.move(move)
        self._act(now_ms)
        return events

    def _set_up_answered(self, final: Final, now_ms: int) -> list[Event]:
        then = self._set_up.answered(final, self._known)
        if isinstance(then, Held):
            self._talk.hold(then.words, now_ms)
        elif then is not None:
            self._talk.move(Move.ANSWER)
            self._talk.ask(then, now_ms)
        else:
            self._talk.move(Move.FINISH)
            self._agenda.start(now_ms)
            self._act(now_ms)
        return self._set_up.take_events()

    def _asked_answered(self, final: Final, move: Move, now_ms: int) -> list[Event]:
        asked = self._talk.asked
        if self._agenda.is_sim_gone(asked, final, self._known):
            self._talk.hold(final.words or sim_words(self._known.sim), now_ms)
            return []
        self._talk.move(move)
        if self._agenda.is_round_done(asked):
            self._recovery.ladder.round_answered()
            if self._agenda.is_routing_lost(self._known):  # it has restarted unnoticed: reports would go nowhere
                self._recovery.wake(now_ms, is_starting=False)
        self._act(now_ms)
        return []

    def _act(self, now_ms: int) -> None:
        """Begins whatever is next, if the modem has nothing to do."""
        if self.phase is not Phase.READY:
            return
        question = self._agenda.urgent(self._known)
        may_send = question is None and self._agenda.may_send(self._known, now_ms)
        if may_send and (command := self._sending.offer(now_ms)) is not None:
            return self._talk.offer(command, now_ms)
        question = question or self._agenda.next(self._known, now_ms)
        if question is not None:
            self._talk.move(Move.ASK)
            self._talk.ask(question, now_ms)
