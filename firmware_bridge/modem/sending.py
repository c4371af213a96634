"""The text under way: what is written for it, and which evidence each answer is. Pure; `dialogue` says when.

E2 is told when the frame has been written after the prompt, E3 when the carrier's reference is read, E4 when a report
says that the phone has it. A text whose answer is missing is not claimed and is tried again, though it may have gone:
two texts are a nuisance, none is a danger.
"""

from __future__ import annotations

from collections.abc import Callable

from firmware_bridge.modem.error_words import status_words
from firmware_bridge.modem.events import StrayReport, TextStep
from firmware_bridge.modem.outbox import DELIVERED, Outbox, Text
from firmware_bridge.modem.pdu import StatusReport, submit
from kiosk.core.alert import Evidence
from kiosk.core.phone_number import masked

_EARLY_LIMIT = 8  # reports that came before the answer they belong to
_CONTROL_Z = b"\x1a"


class Sending:
    """Used by one thread."""

    def __init__(self, jitter: Callable[[], float]) -> None:
        self.outbox = Outbox()
        self._jitter = jitter
        self._current: Text | None = None
        self._referenced = self._unwritten = False
        self._early: list[tuple[StatusReport, str]] = []

    @property
    def is_referenced(self) -> bool:
        """Whether the carrier has taken the text under way."""
        return self._referenced

    def offer(self, now_ms: int) -> str | None:
        """The command that offers the next text; None when none is due."""
        self._current, self._referenced, self._early = self.outbox.due(now_ms), False, []
        if self._current is None:
            return None
        return f"AT+CMGS={submit(self._current.number, self._current.text)[1]}"

    def give(self) -> bytes:
        """The frame, after the prompt."""
        if self._current is None:
            return b""
        self._unwritten = True
        return submit(self._current.number, self._current.text)[0].encode() + _CONTROL_Z

    def written(self, now_ms: int) -> list[TextStep]:
        """All that was to be written has left: E2, if the frame was in it."""
        unwritten, self._unwritten = self._unwritten, False
        if not unwritten or self._current is None:
            return []
        return [self._step(self._current, Evidence.HANDED, "SMS diberikan", ">", now_ms)]

    def take_reference(self, reference: int, raw: str, now_ms: int) -> list[TextStep | StrayReport]:
        """`+CMGS` came: E3, and whatever report came before it."""
        text = self._current
        if text is None or self._referenced:
            return []
        self._referenced = True
        provable = self.outbox.taken(text, reference, now_ms, self._jitter())
        words = "SMS diterima operator" if provable else "SMS diterima operator, dikirim ulang agar laporannya pasti"
        steps: list[TextStep | StrayReport] = [self._step(text, Evidence.CARRIED, words, raw, now_ms)]
        early, self._early = self._early, []
        for report, report_raw in early:
            steps += self.take_report(report, report_raw, now_ms)
        return steps

    def fail(self, words: str, raw: str, now_ms: int) -> list[TextStep]:
        """The text under way was refused, or nothing answered; it is tried again later."""
        text, self._current, self._unwritten = self._current, None, False
        if text is None or self._referenced:
            return []
        self.outbox.failed(text, now_ms, self._jitter())
        return [self._step(text, None, words, raw, now_ms)]

    def finish(self) -> list[TextStep]:
        """The carrier took it and the modem has said so: nothing is under way any more."""
        self._current = None
        return []

    def take_report(self, report: StatusReport, raw: str, now_ms: int) -> list[TextStep | StrayReport]:
        """`+CDS` came: E4 for status 0x00, otherwise what it says."""
        text = self.outbox.report(report, now_ms, self._jitter())
        words = status_words(report.status)
        if text is not None:
            evidence = Evidence.RECEIVED if report.status == DELIVERED else None
            return [self._step(text, evidence, words, raw, now_ms)]
        if self._current is not None and not self._referenced and len(self._early) < _EARLY_LIMIT:
            self._early.append((report, raw))
            return []
        return [StrayReport(masked(report.number), report.reference, words)]

    def expire(self, now_ms: int) -> list[TextStep]:
        """Texts that nobody reported on in time are sent again, and say so."""
        words = "tidak ada laporan sampai, dikirim ulang"
        return [self._step(text, None, words, "", now_ms) for text in self.outbox.expired(now_ms, self._jitter())]

    def add(self, text: Text, now_ms: int) -> list[TextStep]:
        """Takes a text to send; says so when there is no room."""
        if self.outbox.add(text, now_ms) or self.outbox.is_waiting(text):
            return []
        return [self._step(text, None, "antrean SMS penuh", "", now_ms)]

    def _step(self, text: Text, evidence: Evidence | None, words: str, raw: str, now_ms: int) -> TextStep:
        return TextStep(text.send_id, text.number, evidence, words, raw, now_ms)
