"""Everything that waits for a receiver's answer: the events in their order, and the poll that asks when none waits.

A question keeps its sequence number from its first sending until it is answered, so that a late reply still finds it
and the receiver can know a double. Its time is told anew at each sending, by the receiver's clock once a NAK has told
it: a repeated message with its first time would be refused as old. Pure.
"""

from __future__ import annotations

from collections.abc import Collection

from firmware_bridge.dc09.cipher import Cipher
from firmware_bridge.dc09.events import Event, data_of
from firmware_bridge.dc09.frames import Message, Token, encode, next_sequence
from firmware_bridge.dc09.settings import ReceiverSettings
from kiosk.core.clock import Moment
from kiosk.core.errors import BadInput

QUEUE_LIMIT = 1_000  # EN 50131 grade 4; who hands events over keeps the rest on disk


class Question:
    """One message until it is answered. `event` is None for a poll; sequence 0 was never sent."""

    def __init__(self, event: Event | None) -> None:
        self.event = event
        self.sequence = 0
        self.frame = b""
        self.handed = False
        self.put_off = False
        self.withdrawn = False


class Questions:
    """Used by one thread."""

    def __init__(self, settings: ReceiverSettings, cipher: Cipher | None, first_sequence: int) -> None:
        self._settings, self._cipher, self._sequence = settings, cipher, first_sequence
        self._events: list[tuple[Event, Question]] = []
        self._poll = Question(None)
        self._receiver_ahead_ms: int | None = None  # the receiver's Unix time less our monotonic one

    def __len__(self) -> int:
        """How many events wait."""
        return len(self._events)

    def add(self, event: Event) -> bool:
        """Takes an event, once however often it is handed over; False when there is no room for it."""
        if any(waiting == event for waiting, _ in self._events):
            return True
        if len(self._events) >= QUEUE_LIMIT:
            return False
        self._events.append((event, Question(event)))
        return True

    def withdraw(self, keys: Collection[str], under_way: Question | None) -> None:
        """Forgets the events with these keys; the one under way when the next question is asked, if still there."""
        for event, question in self._events:
            question.withdrawn = question.withdrawn or event.key in keys
        self._events = [waiting for waiting in self._events if not waiting[1].withdrawn or waiting[1] is under_way]

    def next(self) -> Question:
        """Help first, then in order of arrival; the poll when no event waits."""
        self._events = [waiting for waiting in self._events if not waiting[1].withdrawn]
        if not self._events:
            return self._poll
        return min(self._events, key=lambda waiting: waiting[0].rank)[1]

    def find(self, sequence: int) -> Question:
        """The question that was sent with this number. Raises BadInput when there is none."""
        for question in (self._poll, *(question for _, question in self._events)):
            if question.sequence == sequence != 0:
                return question
        raise BadInput(f"jawaban untuk urutan {sequence:04}, yang tidak ditanyakan")

    def answered(self, question: Question) -> None:
        if question is self._poll:
            self._poll = Question(None)
        self._events = [waiting for waiting in self._events if waiting[1] is not question]

    def take_time(self, receiver_ms: int, now: Moment) -> None:
        """The receiver's clock, against our monotonic one: ours may show 1970 and may yet be set."""
        self._receiver_ahead_ms = receiver_ms - now.mono_ms

    def frame(self, question: Question, now: Moment) -> bytes:
        """The bytes to send now; kept with the question."""
        if not question.sequence:
            question.sequence, self._sequence = self._sequence, next_sequence(self._sequence)
        settings, event, ahead_ms = self._settings, question.event, self._receiver_ahead_ms
        told_ms = now.wall_ms if ahead_ms is None else now.mono_ms + ahead_ms
        message = Message(
            token=Token.POLL if event is None else Token.EVENT,
            sequence=question.sequence,
            account=settings.account,
            data="" if event is None else data_of(event, settings.account, settings.partition),
            receiver=settings.receiver_number or None,
            line=settings.line_prefix,
            time_ms=told_ms if self._cipher is not None or settings.timestamps else None,
        )
        question.frame = encode(message, self._cipher)
        return question.frame
