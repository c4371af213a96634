"""Asks the kiosk about its most urgent alert, so that the simulated box can show what has been proven so far.

The kiosk's public API, as any screen may ask it: the demo reads no database. Asked often while the button's lamp is
lit, seldom otherwise, and never waited for.
"""

from __future__ import annotations

import threading
import urllib.request
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

import msgspec

from kiosk.core.alarm_words import URGENCY, AlarmStage
from kiosk.core.decoding import from_json

_ANSWER_TIMEOUT_S = 2.0
_PAUSE_S, _PAUSE_LIT_S = 2.0, 0.25
# One look at the lamp is far cheaper than a question, and the first of a lit lamp should come at once.
_LOOK_EVERY_S = 0.1


class _Shown(msgspec.Struct, frozen=True):
    stage: AlarmStage
    detail: str


class Alert(msgspec.Struct, frozen=True):
    id: str
    evidence: int
    raised_at: str
    shown: _Shown
    answered_at: str | None = None
    closed_at: str | None = None


class _Alerts(msgspec.Struct, frozen=True):
    alerts: list[Alert]


def most_urgent(alerts: Sequence[Alert]) -> Alert | None:
    """The alert that lamp and screen speak of: the most urgent open one, the newest of equals; else the newest."""
    newest_first = sorted(alerts, key=lambda alert: alert.id, reverse=True)
    return min(newest_first, key=lambda alert: URGENCY.index(alert.shown.stage), default=None)


class KioskAlerts:
    """`is_lit` says whether the lamp is lit; `alert` is what the kiosk told last, from any thread."""

    def __init__(self, kiosk_url: str, is_lit: Callable[[], bool]) -> None:
        self._url = f"{kiosk_url}/api/v1/alerts"
        self._is_lit = is_lit
        self._shown: Alert | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="demo-proof", daemon=True)

    def alert(self) -> Alert | None:
        return self._shown

    def start(self) -> Self:
        self._thread.start()
        return self

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(_ANSWER_TIMEOUT_S * 2)

    def _watch(self) -> None:
        lit = False
        while not self._stop.is_set():
            self._ask()
            pause_s = _PAUSE_LIT_S if lit else _PAUSE_S
            while pause_s > 0 and not self._stop.wait(_LOOK_EVERY_S):
                pause_s -= _LOOK_EVERY_S
                if self._is_lit() != lit:
                    lit = not lit
                    break

    def _ask(self) -> None:
        """A kiosk that is not there keeps the last that was known: a power cut proves nothing to be untrue."""
        try:
            with urllib.request.urlopen(self._url, timeout=_ANSWER_TIMEOUT_S) as reply:
                alerts = from_json(reply.read(), _Alerts).alerts
        except (OSError, msgspec.MsgspecError):
            return
        self._shown = most_urgent(alerts)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()
