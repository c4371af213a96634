"""Messages and commands on their way to the kiosks: published in order, and again to whoever asks.

A kiosk that greets is told all that it has not applied; one that is connected is told what is new at once. Nothing
else is repeated, except by a slow sweep: a kiosk that is offline for a month must not be talked to every second.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable

import msgspec

from kiosk.core.decoding import from_json
from sync.central.store import CentralStore
from sync.central.store.orders import COMMAND
from sync.central.store.values import Down as DownRow
from sync.wire.downlink import Command, Message
from sync.wire.messages import encode
from sync.wire.topics import Down

log = logging.getLogger(__name__)

FRESH_MS = 60_000  # longer than any transaction lasts, so that none is overlooked because it committed late
WINDOW = 20  # told at once; the next when these are applied

Outgoing = tuple[str, Down, bytes]


class _CommandBody(msgspec.Struct, frozen=True):
    id: str
    name: str
    arguments: msgspec.Raw
    expires_ms: int


class Messages:
    """Used by one thread. `out` receives what is to be published: device, channel, payload."""

    def __init__(self, store: CentralStore, is_mine: Callable[[str], bool], out: deque[Outgoing]) -> None:
        self._store, self._is_mine, self._out = store, is_mine, out
        self._applied: dict[str, int] = {}
        self.begin()

    def begin(self) -> None:
        """A new connection to the broker: nobody knows what the last one still carried."""
        self._told: dict[str, int] = {}

    def greeted(self, device: str, applied: int) -> None:
        """A kiosk said hello, having applied messages up to this one."""
        self._store.downlink.messages_applied(device, applied)
        self._applied[device] = self._told[device] = applied
        self._tell(device)

    def applied(self, device: str, number: int) -> None:
        """A kiosk mentions the last message that it has applied."""
        if number > self._applied.get(device, 0):
            self._store.downlink.messages_applied(device, number)
            self._applied[device] = number
            self._tell(device)

    def changed(self) -> None:
        """Something changed at the central: tells what was written just now."""
        for device in self._store.downlink.devices_told_since(self._store.now_ms() - FRESH_MS):
            if self._is_mine(device):
                self._tell(device)

    def sweep(self, after: str) -> str:
        """Tells one page of the kiosks everything again; where to go on, empty at the end."""
        devices = self._store.downlink.devices_waiting(after)
        for device in devices:
            if self._is_mine(device):
                self._told.pop(device, None)
                self._tell(device)
        return devices[-1] if devices else ""

    def _tell(self, device: str) -> None:
        before = 0
        for row in self._store.downlink.pending_messages(device, WINDOW):
            if row.number > self._told.get(device, 0):
                try:
                    self._out.append(_outgoing(device, row, before))
                except msgspec.MsgspecError as error:
                    log.error("cannot be said", extra={"device": device, "number": row.number, "why": str(error)})
                    continue  # the next one names the one before this, so this one holds nothing up
                self._told[device] = row.number
            before = row.number


def _outgoing(device: str, row: DownRow, before: int) -> Outgoing:
    if row.kind == COMMAND:
        body = from_json(row.body, _CommandBody)
        command = Command(row.number, before, body.id, body.name, body.arguments, body.expires_ms)
        return device, Down.COMMAND, encode(command)
    return device, Down.MESSAGE, encode(Message(row.number, before, row.kind, msgspec.Raw(row.body)))
