"""The two clients that carry an alert beside the network, SMS and DC-09: made, watched and made anew when one has died.

Neither ever waits: each has a thread of its own, and what it cannot do now it does later. A client whose thread has
ended by an error of ours is replaced, at most every ten seconds; whatever had been handed to it must then be handed
over again, which `lives` tells. What fails in making one is a fault and no reason to stop: the siren must go on
whatever a key file or a pin says.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from typing import Generic, Protocol, TypeVar

from firmware_bridge.dc09.events import Event
from firmware_bridge.dc09.evidence import Step
from firmware_bridge.modem.events import Received, TextStep
from firmware_bridge.modem.health import Health
from firmware_bridge.modem.outbox import Text
from kiosk.core.climb import PathState
from kiosk.core.errors import KentonganError

REPLACE_MS = 10_000

log = logging.getLogger("bridge.carriers")


class SmsClient(Protocol):
    """What is asked of a modem; `firmware_bridge.modem.port` is the real one."""

    @property
    def is_alive(self) -> bool: ...
    @property
    def health(self) -> Health: ...
    def send(self, text: Text) -> None: ...
    def withdraw(self, send_id: str) -> None: ...
    def take_steps(self) -> Sequence[TextStep]: ...
    def take_received(self) -> Sequence[Received]: ...
    def close(self) -> None: ...


class ReceiverClient(Protocol):
    """What is asked of the way to a receiving centre; `firmware_bridge.dc09.client` is the real one."""

    @property
    def is_alive(self) -> bool: ...
    def submit(self, event: Event) -> bool: ...
    def withdraw(self, keys: Collection[str]) -> None: ...
    def take_steps(self) -> Sequence[Step]: ...
    def faults(self) -> Sequence[str]: ...
    def close(self) -> None: ...


class _Client(Protocol):
    @property
    def is_alive(self) -> bool: ...
    def close(self) -> None: ...


C = TypeVar("C", bound=_Client)


class Kept(Generic[C]):
    """One client, or none where the site has none (`make` is None). Used by one thread.

    `lives` counts how often one was made: what was handed to an earlier one is forgotten there.
    """

    def __init__(self, name: str, make: Callable[[], C] | None) -> None:
        self._name, self._make = name, make
        self._tried_ms: int | None = None
        self.client: C | None = None
        self.lives = 0
        self.trouble = ""

    @property
    def is_wanted(self) -> bool:
        return self._make is not None

    def watch(self, now_ms: int) -> None:
        """Makes the client when there is none that lives; at most every ten seconds."""
        if self._make is None or (self.client is not None and self.client.is_alive):
            return
        if self._tried_ms is not None and now_ms - self._tried_ms < REPLACE_MS:
            return
        self._tried_ms = now_ms
        self.close()
        try:
            self.client, self.trouble = self._make(), ""
        except KentonganError as error:
            self._fail(error)
            return
        except Exception as error:  # of a pin or a library: told as a fault and tried again, for ever
            log.exception("client could not be made", extra={"client": self._name})
            self._fail(error)
            return
        self.lives += 1
        if self.lives > 1:
            log.error("client was replaced", extra={"client": self._name, "lives": self.lives})

    def _fail(self, error: Exception) -> None:
        if not self.trouble:
            log.error("client could not be made", extra={"client": self._name, "error": str(error)})
        self.trouble = f"{self._name}: {error}"

    def close(self) -> None:
        """May be called again."""
        client, self.client = self.client, None
        if client is not None:
            client.close()


class Carriers:
    """Both clients of a site. Used by one thread."""

    def __init__(
        self, make_sms: Callable[[], SmsClient] | None = None, make_dc09: Callable[[], ReceiverClient] | None = None
    ) -> None:
        self.sms: Kept[SmsClient] = Kept("modem SMS", make_sms)
        self.dc09: Kept[ReceiverClient] = Kept("jalur DC-09", make_dc09)

    def watch(self, now_ms: int) -> None:
        """Makes what is missing or dead."""
        self.sms.watch(now_ms)
        self.dc09.watch(now_ms)

    def sms_state(self) -> PathState:
        if not self.sms.is_wanted:
            return PathState.ABSENT
        client = self.sms.client
        return PathState.GOOD if client is not None and client.health.is_usable else PathState.BAD

    def dc09_state(self) -> PathState:
        if not self.dc09.is_wanted:
            return PathState.ABSENT
        client = self.dc09.client
        return PathState.BAD if client is None or client.faults() else PathState.GOOD

    def faults(self) -> dict[str, tuple[str, ...]]:
        """What is wrong with each now, in plain words; an empty tuple when all is well."""
        sms, dc09 = self.sms.client, self.dc09.client
        return {
            "modem": _words(self.sms.trouble, sms.health.faults if sms is not None else ()),
            "dc09": _words(self.dc09.trouble, dc09.faults() if dc09 is not None else ()),
        }

    def close(self) -> None:
        self.sms.close()
        self.dc09.close()


def _words(trouble: str, faults: Sequence[str]) -> tuple[str, ...]:
    return (trouble,) if trouble else tuple(faults)
