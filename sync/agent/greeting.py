"""The hello of one connection: said, carried by the broker, answered by the central, or said again. Pure.

A hello that the broker does not even carry means a dead line. One that is carried and not answered means that the
broker lives and the central does not listen (yet): then the connection is kept, so that the word of a returning
central (`kt/1/central/state`) reaches it, and hello is said again, ever more rarely. An alarm that waits is not made to
wait for that. While it is unanswered a hello keeps its nonce, so that on a slow line a late answer to the first counts.
"""

from __future__ import annotations

import secrets

from sync.plan import time_out_s

RARELY_S = 30.0
MISSING_FOR_S = 60.0  # then a new connection is tried all the same: another broker of the list may know the central


class Greeting:
    """Used by its link's owner thread; every time is monotonic seconds, passed in."""

    def __init__(self) -> None:
        self.begin(0.0)

    def begin(self, now_s: float) -> None:
        """A new connection: nothing is said."""
        self._began_s = now_s
        self._nonce = ""
        self._message: int | None = None
        self._carried = True
        self._in_vain = 0
        self._hinted_s: float | None = None
        self.first_said_s = self.said_s = now_s

    def say(self, now_s: float) -> str:
        """The nonce to say it with."""
        if self._nonce:
            self._in_vain += 1
        else:
            self._nonce, self.first_said_s, self._in_vain = secrets.token_hex(8), now_s, 0
        self.said_s, self._hinted_s = now_s, None
        return self._nonce

    def handed(self, message: int) -> None:
        """It went to the socket as this message."""
        self._message, self._carried = message, False

    def carried(self, message: int) -> None:
        """The broker has answered for a message."""
        if message == self._message:
            self._carried = True

    def is_answer(self, nonce: str) -> bool:
        """Whether an acknowledgement with this nonce answers it. Asked once: a second answer to the same hello would
        send again what is under way."""
        if not nonce or nonce != self._nonce:
            return False
        self._nonce = ""
        return True

    def hint(self, now_s: float, within_s: float) -> None:
        """The central is said to be there: hello is due within this time."""
        self._hinted_s = now_s + within_s

    def may_repeat(self, now_s: float, after_s: float, is_urgent: bool) -> bool:
        """Whether it may be said (again): the last one was carried, and long enough ago."""
        if not self._carried:
            return False
        if self._hinted_s is not None and now_s >= self._hinted_s:
            return True
        patience_s = after_s if is_urgent else min(RARELY_S, after_s * 2.0 ** min(self._in_vain, 16))
        return now_s - self.said_s > patience_s

    def is_lost(self, now_s: float, is_urgent: bool) -> bool:
        """Whether this connection should be given up, as nobody answers on it."""
        if now_s - self._began_s > (time_out_s(None) if is_urgent else MISSING_FOR_S):
            return True
        return (not self._carried or self._message is None) and now_s - self.said_s > time_out_s(None)
