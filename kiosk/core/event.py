"""The journal's event and the hash chain that binds each to the one before.

An event is (device, epoch, lane, seq) and nothing else identifies it. Its hash covers the hash before it, so removing,
altering or reordering one is visible to whoever holds a later one: the answer to illegal levies (pungli). Pure: the
store assigns `seq`, the central recomputes the same hashes from what arrives.
"""

from __future__ import annotations

import hashlib
from enum import StrEnum

import msgspec

from kiosk.core.clock import Moment


class Lane(StrEnum):
    """Streams that never wait for one another; the order here is the order of urgency."""

    ALARM = "alarm"
    SERVICE = "service"
    HEALTH = "health"


START_HASH = bytes(32)


class Event(msgspec.Struct, frozen=True, gc=False):
    """One journal row. `body` is canonical JSON text of at most 16 KiB, without personal data in the clear."""

    device: str
    epoch: str
    lane: Lane
    seq: int
    kind: str
    moment: Moment
    body: bytes


def chain_hash(before: bytes, event: Event) -> bytes:
    """SHA-256 over the hash before and the event's canonical form, 32 bytes."""
    at = event.moment
    head = msgspec.json.encode(
        [
            1,
            event.device,
            event.epoch,
            event.lane,
            event.seq,
            event.kind,
            at.wall_ms,
            at.synchronised,
            at.boot,
            at.mono_ms,
        ]
    )
    return hashlib.sha256(before + len(head).to_bytes(4, "big") + head + event.body).digest()


def canonical_json(value: object) -> bytes:
    """Compact JSON with sorted keys: the one spelling of a body, so that both ends hash the same bytes."""
    return msgspec.json.encode(value, order="deterministic")
