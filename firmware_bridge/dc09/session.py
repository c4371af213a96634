"""The talk with a receiver, without sockets and without a clock: events and bytes in, bytes and evidence out.

One question is outstanding at a time, and each sending of it is an exchange on a connection of its own, because a dead
connection and a receiver that hangs up after every reply look alike. What is sent next is chosen each time: help
overtakes a test that is being repeated. A poll goes out when nothing else was asked for `poll_s`.

Nothing but a whole frame with the right CRC, account, sequence and (where there is a key) encryption is a reply.
A NAK has no sequence and a DUH no encryption, so whoever sits on the line can forge both; he could as well cut it.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Collection

from firmware_bridge.dc09.envelope import FrameReader, printable
from firmware_bridge.dc09.events import Event, Report, contact_id
from firmware_bridge.dc09.evidence import Health, Outcome, Step
from firmware_bridge.dc09.exchange import EXCHANGE_STEPS, Exchange, Happened, retry_s
from firmware_bridge.dc09.frames import Message, Token, decode
from firmware_bridge.dc09.questions import QUEUE_LIMIT, Question, Questions
from firmware_bridge.dc09.settings import ReceiverSettings
from kiosk.core.clock import Moment
from kiosk.core.errors import BadInput
from kiosk.core.transition import step

IGNORED_LIMIT = 8  # on one connection; a receiver that babbles is hung up on


class Session:
    """Used by one thread. Time comes in as `Moment`s; what is due is in milliseconds of the monotonic clock."""

    def __init__(
        self,
        settings: ReceiverSettings,
        now: Moment,
        first_sequence: int = 1,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._settings, self._jitter, self._cipher = settings, jitter, settings.cipher()
        self._questions = Questions(settings, self._cipher, first_sequence)
        self._asked = self._questions.next()
        self._state = Exchange.IDLE
        self._reader = FrameReader()
        self._sent_ms = self._due_ms = self._proven_ms = now.mono_ms  # so the first poll goes out at once
        self._attempt = self._misses = self._ignored = self._ignored_here = 0
        self._says_nak, self._refused_event, self._refuses_polls, self._trouble = False, "", False, ""

    @property
    def state(self) -> Exchange:
        return self._state

    @property
    def listens(self) -> bool:
        """Whether anything that may still come on the open connection could count."""
        return self._state is not Exchange.IDLE and self._ignored_here <= IGNORED_LIMIT

    @property
    def has_room(self) -> bool:
        return len(self._questions) < QUEUE_LIMIT

    @property
    def health(self) -> Health:
        return Health(
            *(self._proven_ms, self._misses, self._says_nak, len(self._questions), self._ignored),
            *(self._refused_event, self._refuses_polls, self._trouble),
        )

    def submit(self, event: Event, now: Moment) -> bool:
        """Takes an event, once however often it is handed over; False when the queue is full and it was not taken.

        A new alert does not sit out a pause that older messages have earned: it is tried at once, then backs off.
        """
        waiting = len(self._questions)
        taken = self._questions.add(event)
        if len(self._questions) > waiting and event.report is Report.RAISED and self._state is Exchange.PAUSED:
            self._attempt, self._due_ms = 0, now.mono_ms
        return taken

    def withdraw(self, keys: Collection[str]) -> None:
        """Begins no more sendings of these events; the reply to one that is under way is still taken."""
        self._questions.withdraw(keys, self._asked if self._state is Exchange.AWAITING else None)

    def due_ms(self) -> int:
        """When there is something to do unless bytes come first; may be in the past."""
        at_once = self._state is Exchange.IDLE and len(self._questions) > 0
        return self._sent_ms if at_once else self._due_ms

    def is_due_to_send(self, now: Moment) -> bool:
        return self._state is not Exchange.AWAITING and now.mono_ms >= self.due_ms()

    def begin(self, now: Moment) -> bytes:
        """The frame to send now on a new connection; the time for its reply, connecting included, begins here."""
        self._state = step(EXCHANGE_STEPS, "DC-09", self._state, Happened.SEND)
        self._asked, self._reader, self._ignored_here = self._questions.next(), FrameReader(), 0
        self._sent_ms = now.mono_ms
        self._due_ms = now.mono_ms + round(self._settings.reply_timeout_s * 1000)
        return self._questions.frame(self._asked, now)

    def handed(self, now: Moment) -> list[Step]:
        """The whole frame has left. Told once per event, however often it is repeated."""
        question, told = self._asked, self._asked.handed
        question.handed = True
        if told or question.event is None:
            return []
        return [Step(question.event, Outcome.HANDED, now, printable(question.frame))]

    def received(self, data: bytes, now: Moment) -> list[Step]:
        """What came on the connection; on UDP one whole datagram."""
        reader = self._reader if self._settings.transport == "tcp" else FrameReader()
        dropped_before = reader.dropped_bytes
        steps = [self._reply(frame, now) for frame in reader.feed(data)]
        if reader.dropped_bytes > dropped_before:
            steps.append(self._ignore(data, "ini bukan bingkai DC-09", now))
        if not self.listens:
            self.lost("penerima mengirim yang bukan jawaban", now)
        return steps

    def lost(self, why: str, now: Moment) -> None:
        """The connection could not be made, or ended."""
        if self._state is Exchange.AWAITING:
            self._miss(why, now)

    def tick(self, now: Moment) -> None:
        """Time has passed."""
        if self._state is Exchange.AWAITING and now.mono_ms >= self._due_ms:
            self._miss("tidak ada jawaban", now)

    def _reply(self, frame: bytes, now: Moment) -> Step:
        try:
            reply = decode(frame, self._cipher)
            question = self._answered_by(reply)
        except BadInput as error:
            return self._ignore(frame, str(error), now)
        if reply.token is Token.NAK:
            self._put_off(question, reply.time_ms, now)
            return Step(question.event, Outcome.PUT_OFF, now, printable(frame))
        refused = reply.token is Token.DUH
        self._settle(question, refused, now)
        return Step(question.event, Outcome.REFUSED if refused else Outcome.CARRIED, now, printable(frame))

    def _answered_by(self, reply: Message) -> Question:
        if reply.token is Token.NAK and self._state is not Exchange.IDLE:
            return self._asked  # it names no sequence, but there is only one question
        if reply.token not in (Token.ACK, Token.DUH):
            raise BadInput("ini bukan jawaban")
        if reply.account != self._settings.account:
            raise BadInput(f"jawaban untuk akun {reply.account}")
        if self._cipher is not None and reply.token is Token.ACK and not reply.encrypted:
            raise BadInput("ACK tanpa sandi tidak membuktikan bahwa penerima memegang kunci")
        return self._questions.find(reply.sequence)

    def _settle(self, question: Question, refused: bool, now: Moment) -> None:
        self._questions.answered(question)
        if question.event is None:
            self._refuses_polls = refused
        else:
            qualifier, code = contact_id(question.event)
            self._refused_event = f"{qualifier.value}{code}" if refused else ""
        self._misses = self._attempt = 0
        self._proven_ms, self._says_nak, self._trouble = now.mono_ms, False, ""
        if question is self._asked:
            self._state = step(EXCHANGE_STEPS, "DC-09", self._state, Happened.DUH if refused else Happened.ACK)
            self._due_ms = self._sent_ms + round(self._settings.poll_s * 1000)

    def _put_off(self, question: Question, receiver_ms: int | None, now: Moment) -> None:
        if receiver_ms is not None:
            self._questions.take_time(receiver_ms, now)
        again_at_once = receiver_ms is not None and not question.put_off
        question.put_off = True
        if self._state is Exchange.AWAITING and not again_at_once:  # its own time did not please it: no storm
            self._miss("penerima terus menjawab NAK", now, Happened.NAK)
            return
        self._state = step(EXCHANGE_STEPS, "DC-09", self._state, Happened.NAK)
        if again_at_once:
            self._due_ms = now.mono_ms

    def _miss(self, why: str, now: Moment, happened: Happened = Happened.MISS) -> None:
        self._state = step(EXCHANGE_STEPS, "DC-09", self._state, happened)
        pause_ms = round(retry_s(self._attempt, self._jitter()) * 1000)
        self._due_ms = max(now.mono_ms, self._sent_ms + pause_ms)
        self._attempt, self._misses = self._attempt + 1, self._misses + 1
        self._says_nak, self._trouble = happened is Happened.NAK, why

    def _ignore(self, came: bytes, why: str, now: Moment) -> Step:
        self._ignored, self._ignored_here = self._ignored + 1, self._ignored_here + 1
        return Step(self._asked.event, Outcome.IGNORED, now, printable(came), why)
