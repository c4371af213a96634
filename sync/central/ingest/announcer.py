"""The worker's word that it listens: retained on `kt/1/central/state`, with a last will that takes it back.

A hint for kiosks whose hello found nobody, and never more: what counts is an answer. Workers share the topic; one that
hears another's farewell says again that it is there.
"""

from __future__ import annotations

from nacl.signing import SigningKey

from kiosk.core.errors import BadMessage
from sync.broker import Arrived, Connection, Will
from sync.wire.envelope import seal, unseal
from sync.wire.messages import CentralState, decode, encode
from sync.wire.topics import CENTRAL_STATE


class Announcer:
    """For one connection at a time."""

    def __init__(self, key: SigningKey, worker: str) -> None:
        self._key, self._worker = key, worker[:64]

    def will(self) -> Will:
        return Will(CENTRAL_STATE, self._sealed(online=False))

    def announce(self, connection: Connection) -> None:
        """After the subscriptions were sent: the broker takes them in this order."""
        connection.publish(CENTRAL_STATE, self._sealed(online=True), retain=True)

    def farewell(self, connection: Connection) -> None:
        connection.publish(CENTRAL_STATE, self._sealed(online=False), retain=True)

    def denies_us(self, arrived: Arrived) -> bool:
        """Whether somebody said that nobody listens. What no worker has signed says nothing."""
        try:
            payload = unseal(bytes(self._key.verify_key), arrived.topic, arrived.payload)
            return not decode(payload, CentralState).online
        except BadMessage:
            return False

    def _sealed(self, online: bool) -> bytes:
        return seal(self._key, CENTRAL_STATE, encode(CentralState(online, self._worker)))
