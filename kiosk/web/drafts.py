"""Forms that are being filled in: in the memory of this process, and nowhere else.

A half-filled form is the most personal thing on a kiosk and nobody has consented to keep it. So it is on no disk, in no
cookie and in no page but the one that asks: the visit's cookie holds a random name for it. It is gone when it is sent,
when the visit ends, after half an hour, or with the process; then the resident is told so and begins again.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from typing import Literal

import msgspec

from kiosk.core.errors import NotFound

DraftKind = Literal["request", "complaint", "survey", "code"]
KEPT_FOR_S = 30 * 60.0  # as long as a visit's cookie
MOST = 20  # one screen fills one form; a few more for those who began again


class DraftGone(NotFound):
    """The form was wiped, or the machine has started again meanwhile."""

    code = "draft-gone"

    def __init__(self) -> None:
        super().__init__(
            "Isian Anda tidak lagi ada di mesin ini, agar data Anda aman. Mulai lagi dari awal, atau panggil petugas."
        )


class Told(msgspec.Struct, frozen=True):
    """What the page of a question says beside it: a fault or a warning, by its key and figures."""

    question: str
    key: str
    figures: dict[str, int] = {}
    is_fault: bool = True


class Draft(msgspec.Struct, frozen=True):
    """One form. `subject` is a service, a way to complain, a ticket, or a code that led nowhere; `key` makes two
    sendings one case; `skipped` are questions that the person cannot answer now."""

    kind: DraftKind
    subject: str
    key: str
    answers: dict[str, str] = {}
    skipped: frozenset[str] = frozenset()
    told: Told | None = None


class Drafts:
    """The drafts of one server. Thread-safe."""

    def __init__(self, monotonic_s: Callable[[], float] = time.monotonic) -> None:
        self._monotonic_s = monotonic_s
        self._lock = threading.Lock()
        self._held: dict[str, tuple[Draft, float]] = {}

    def begin(self, kind: DraftKind, subject: str) -> str:
        """A new empty draft; returns its name."""
        name = secrets.token_urlsafe(18)
        with self._lock:
            self._forget_old()
            while len(self._held) >= MOST:
                del self._held[next(iter(self._held))]
            self._held[name] = (Draft(kind, subject, secrets.token_urlsafe(18)), self._monotonic_s())
        return name

    def get(self, name: str) -> Draft:
        """Raises DraftGone."""
        with self._lock:
            self._forget_old()
            if name not in self._held:
                raise DraftGone()
            return self._held[name][0]

    def put(self, name: str, draft: Draft) -> None:
        """Replaces a draft that is still held; one that was wiped meanwhile stays wiped."""
        with self._lock:
            if name in self._held:
                self._held[name] = (draft, self._monotonic_s())

    def drop(self, name: str) -> None:
        with self._lock:
            self._held.pop(name, None)

    def _forget_old(self) -> None:
        now_s = self._monotonic_s()
        for name, (_, at_s) in list(self._held.items()):
            if now_s - at_s > KEPT_FOR_S:
                del self._held[name]
