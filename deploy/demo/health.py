"""Asks the servers how they are, as a monitoring system would: over HTTP, with a time limit, and from a thread of its
own.

The kiosk's `/healthz` also tells about the bridge and the sync agent, which have no port: each is as old as its last
beat in the database. This module only asks and remembers; what the answers mean for the demo is decided by who reads
them.
"""

from __future__ import annotations

import http.client
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Self

import msgspec

from kiosk.core.decoding import from_json

_ANSWER_TIMEOUT_S = 2.0
# While something is still starting, a fast pace is what makes READY prompt; afterwards a person looks, not a race.
_PAUSE_UNTIL_WELL_S = 0.05
_PAUSE_S = 1.0


class Part(msgspec.Struct, frozen=True):
    """One line of a `/healthz`; a server that tells nothing of a part but its name is taken to be well there."""

    ok: bool = True
    age_s: float | None = None
    detail: dict[str, Any] = {}


class Answer(msgspec.Struct, frozen=True):
    """What a `/healthz` said; not answering at all is `ok=False` with no parts."""

    ok: bool
    parts: dict[str, Part] = {}


class _Body(msgspec.Struct, frozen=True):
    parts: dict[str, Part] = {}


def ask(url: str, timeout_s: float = _ANSWER_TIMEOUT_S) -> Answer:
    """One question. A server that is not there, or answers nonsense, is simply not well."""
    try:
        with urllib.request.urlopen(url, timeout=timeout_s) as reply:
            status, body = reply.status, reply.read()
    except urllib.error.HTTPError as refusal:
        with refusal:
            status, body = refusal.code, refusal.read()
    except (OSError, http.client.HTTPException):  # nobody listens yet, and our own question may come back
        return Answer(ok=False)
    try:
        parts = from_json(body, _Body).parts
    except msgspec.MsgspecError:
        return Answer(ok=False)
    return Answer(ok=status == 200, parts=parts)


class Health:
    """Puts each server its question again and again, between `start` and `stop`, and keeps the last answer."""

    def __init__(self, questions: Mapping[str, Callable[[], Answer]]) -> None:
        self._questions = dict(questions)
        self._answers = {name: Answer(ok=False) for name in self._questions}
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._watch, args=(name,), name=f"demo-health-{name}", daemon=True)
            for name in self._questions
        ]

    def answers(self) -> dict[str, Answer]:
        return dict(self._answers)

    def start(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(_ANSWER_TIMEOUT_S * 2)

    def wait_until_well(self, name: str, timeout_s: float) -> bool:
        """Asks afresh until the server is well; for who has just killed it and must not be told of the life before."""
        deadline_s = time.monotonic() + timeout_s
        while time.monotonic() < deadline_s and not self._stop.is_set():
            answer = self._questions[name]()
            self._answers[name] = answer
            if answer.ok:
                return True
            self._stop.wait(_PAUSE_UNTIL_WELL_S)
        return False

    def _watch(self, name: str) -> None:
        while not self._stop.is_set():
            answer = self._questions[name]()
            self._answers[name] = answer
            self._stop.wait(_PAUSE_S if answer.ok else _PAUSE_UNTIL_WELL_S)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()
