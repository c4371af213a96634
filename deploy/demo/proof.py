"""Asks the kiosk about its newest alert, so that the simulated box can show what has been proven so far.

The kiosk's public API, as any screen may ask it: the demo reads no database. Asked often while the button's lamp is
lit, seldom otherwise, and never waited for.
"""

from __future__ import annotations

import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Self

import msgspec

_ANSWER_TIMEOUT_S = 2.0
_PAUSE_S, _PAUSE_LIT_S = 2.0, 0.25
# One look at the lamp is far cheaper than a question, and the first of a lit lamp should come at once.
_LOOK_EVERY_S = 0.1


class _Alerts(msgspec.Struct, frozen=True):
    alerts: list[dict[str, Any]]


class KioskAlerts:
    """`is_lit` says whether the lamp is lit; `alert` is the newest one that the kiosk told of, from any thread."""

    def __init__(self, kiosk_url: str, is_lit: Callable[[], bool]) -> None:
        self._url = f"{kiosk_url}/api/v1/alerts"
        self._is_lit = is_lit
        self._newest: Mapping[str, Any] | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="demo-proof", daemon=True)

    def alert(self) -> Mapping[str, Any] | None:
        return self._newest

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
                alerts = msgspec.json.decode(reply.read(), type=_Alerts).alerts
        except (OSError, msgspec.MsgspecError):
            return
        self._newest = max(alerts, key=lambda alert: str(alert.get("raised_at", "")), default=None)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()
