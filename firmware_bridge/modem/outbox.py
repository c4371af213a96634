"""Texts on their way: which is next, when one is tried again, and which of them a delivery report speaks of. Pure.

A text is tried until the carrier takes it, after 5 s and then ever more slowly up to a minute, for ever (the figures of
SIA DC-09, Annex C), unless it is withdrawn. Then it waits for its report; while the centre is still trying it
goes on waiting. It is sent again when the centre gives up, or is silent for longer than it was told to try.

**A report is believed only for a text that can be meant.** A reference has 8 bits and a modem that restarts may begin
anew, so a report must fit number and reference, and the centre cannot have had it for longer than we have sent it.
While a reference is in use for two sends at one number, a report of it proves neither: the newer text is sent again
under another. Withdrawn texts are remembered for that reason too.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from firmware_bridge.modem import gsm7
from firmware_bridge.modem.error_words import is_given_up
from firmware_bridge.modem.pdu import VALIDITY_MIN, StatusReport
from kiosk.core.errors import BadInput
from kiosk.core.phone_number import normalised

RETRY_FIRST_MS = 5_000
RETRY_LAST_MS = 60_000
REPORT_WAIT_MS = (VALIDITY_MIN + 5) * 60_000  # the centre's own time limit, and some minutes for the report itself
CLOCK_SLACK_S = 60  # between a centre's two time stamps and our two moments
TEXTS_LIMIT = 500
DELIVERED = 0x00


class Text(msgspec.Struct, frozen=True):
    """One SMS to one number (normalised); its sender calls it `send_id`.

    Raises BadInput when it cannot be sent as one message.
    """

    send_id: str
    number: str
    text: str

    def __post_init__(self) -> None:
        if normalised(self.number) != self.number:
            raise BadInput("nomor tujuan harus berbentuk +62…")
        if not self.text or not gsm7.is_sendable(self.text) or gsm7.septets(self.text) > gsm7.MESSAGE_SEPTETS:
            raise BadInput("teks tidak muat dalam satu SMS")


@dataclass
class _Waiting:
    text: Text
    attempts: int
    due_ms: int


class _Taken(msgspec.Struct, frozen=True):
    """A text that the carrier took; `wanted` while its arrival still matters to somebody."""

    text: Text
    attempts: int
    reference: int
    given_ms: int
    wanted: bool


def retry_ms(attempt: int, jitter: float) -> int:
    """Pause after failed attempt number `attempt` (from 1): 5 s doubling to 60 s, a tenth of it `jitter` (0–1)."""
    whole = min(RETRY_LAST_MS, RETRY_FIRST_MS << min(attempt - 1, 10))
    return max(RETRY_FIRST_MS, round(whole * (0.9 + 0.1 * jitter)))


class Outbox:
    """Used by one thread. `jitter` arguments are random, 0–1."""

    def __init__(self) -> None:
        self._waiting: list[_Waiting] = []
        self._taken: list[_Taken] = []

    @property
    def waiting(self) -> int:
        """Texts that no carrier has taken yet."""
        return len(self._waiting)

    @property
    def unreported(self) -> int:
        """Texts that a carrier took and whose arrival nothing has shown."""
        return sum(taken.wanted for taken in self._taken)

    def add(self, text: Text, now_ms: int) -> bool:
        """False when it waits already, or 500 others do. One that was taken before is sent once more."""
        if self._find(text) is not None or len(self._waiting) >= TEXTS_LIMIT:
            return False
        self._unwant(text.send_id, text.number)
        self._waiting.append(_Waiting(text, 0, now_ms))
        return True

    def is_waiting(self, text: Text) -> bool:
        """Whether this text is still to be taken."""
        return self._find(text) is not None

    def withdraw(self, send_id: str) -> None:
        """Nothing more is sent under this name."""
        self._waiting = [waiting for waiting in self._waiting if waiting.text.send_id != send_id]
        self._unwant(send_id)

    def due(self, now_ms: int) -> Text | None:
        """The text to send now, the longest due first."""
        ready = [waiting for waiting in self._waiting if waiting.due_ms <= now_ms]
        return min(ready, key=lambda waiting: waiting.due_ms).text if ready else None

    def failed(self, text: Text, now_ms: int, jitter: float) -> None:
        """It was not taken, or nobody knows: it will be tried again."""
        if (waiting := self._find(text)) is not None:
            self._again(waiting, now_ms, jitter)

    def taken(self, text: Text, reference: int, now_ms: int, jitter: float) -> bool:
        """The carrier took it. False when no report could prove its arrival, so that it will be sent again."""
        waiting = self._find(text)
        provable = all(
            other.text.send_id == text.send_id
            for other in self._taken
            if (other.reference, other.text.number) == (reference, text.number)
        )
        self._unwant(text.send_id, text.number)
        attempts = waiting.attempts + 1 if waiting is not None else 1
        self._taken.append(_Taken(text, attempts, reference, now_ms, waiting is not None and provable))
        if waiting is not None and provable:
            self._waiting.remove(waiting)
        elif waiting is not None:
            self._again(waiting, now_ms, jitter)
        return provable

    def report(self, report: StatusReport, now_ms: int, jitter: float) -> Text | None:
        """The text that a report speaks of; None when there is none or more than one that it could mean."""
        meant = [taken for taken in self._taken if _is_meant(taken, report, now_ms)]
        if len({taken.text.send_id for taken in meant}) != 1:
            return None
        text, attempts, wanted = meant[-1].text, meant[-1].attempts, any(taken.wanted for taken in meant)
        if report.status == DELIVERED or is_given_up(report.status):
            self._taken = [taken for taken in self._taken if taken not in meant]
        if report.status == DELIVERED:
            self._unwant(text.send_id, text.number)
        elif is_given_up(report.status) and wanted:
            self._wait_again(text, attempts, now_ms, jitter)
        return text

    def expired(self, now_ms: int, jitter: float) -> list[Text]:
        """Texts whose report should have come long ago; they wait to be sent again."""
        late = [taken for taken in self._taken if now_ms - taken.given_ms >= REPORT_WAIT_MS]
        self._taken = [taken for taken in self._taken if taken not in late]
        for taken in late:
            if taken.wanted:
                self._wait_again(taken.text, taken.attempts, now_ms, jitter)
        return [taken.text for taken in late if taken.wanted]

    def _find(self, text: Text) -> _Waiting | None:
        key = (text.send_id, text.number)
        return next((w for w in self._waiting if (w.text.send_id, w.text.number) == key), None)

    def _wait_again(self, text: Text, attempts: int, now_ms: int, jitter: float) -> None:
        if self._find(text) is None:
            self._waiting.append(_Waiting(text, attempts, now_ms + retry_ms(attempts, jitter)))

    def _again(self, waiting: _Waiting, now_ms: int, jitter: float) -> None:
        waiting.attempts += 1
        waiting.due_ms = now_ms + retry_ms(waiting.attempts, jitter)

    def _unwant(self, send_id: str, number: str | None = None) -> None:
        self._taken = [
            msgspec.structs.replace(taken, wanted=False)
            if taken.text.send_id == send_id and number in (None, taken.text.number)
            else taken
            for taken in self._taken
        ]


def _is_meant(taken: _Taken, report: StatusReport, now_ms: int) -> bool:
    try:
        number = normalised(report.number)
    except BadInput:
        return False
    age_s = (now_ms - taken.given_ms) / 1000 + CLOCK_SLACK_S
    fits = report.under_way_s is None or report.under_way_s <= age_s
    return fits and (taken.reference, taken.text.number) == (report.reference, number)
