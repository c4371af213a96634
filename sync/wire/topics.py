"""MQTT topics: `kt/1/{shard}/{device}/{up|down}/{channel}`, shard = CRC-32 of the device id mod 64, two hex digits.

One ACL entry a device follows from this: it writes below its own `up` and reads below its own `down`. Everybody reads
`kt/1/central/state`, a retained hint of the ingest workers.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from kiosk.core.errors import BadMessage
from kiosk.core.ids import SHARDS, is_device_id, shard_of

PREFIX = "kt/1"
CENTRAL_STATE = f"{PREFIX}/central/state"


class Up(StrEnum):
    ALARM = "alarm"
    BATCH = "batch"
    HELLO = "hello"
    PRESENCE = "presence"
    RESULT = "result"


class Down(StrEnum):
    ACK = "ack"
    ALERT = "alert"
    MESSAGE = "message"
    COMMAND = "command"
    DOCUMENT = "document"


class UpTopic(msgspec.Struct, frozen=True):
    """Who sent a message, and on which channel."""

    device: str
    channel: Up


def up(device: str, channel: Up) -> str:
    return f"{PREFIX}/{shard_of(device):02x}/{device}/up/{channel.value}"


def down(device: str, channel: Down) -> str:
    return f"{PREFIX}/{shard_of(device):02x}/{device}/down/{channel.value}"


def filters(channels: Iterable[Up], shards: Iterable[int]) -> list[str]:
    """Subscriptions for an ingest worker: one wildcard a channel for all shards, else one a shard and channel."""
    wanted = sorted(set(shards))
    names = ["+"] if wanted == list(range(SHARDS)) else [f"{shard:02x}" for shard in wanted]
    return [f"{PREFIX}/{name}/+/up/{channel.value}" for channel in channels for name in names]


def parse_up(topic: str) -> UpTopic:
    """Raises BadMessage for a topic that is not ours, of no device's name, or whose shard is not the device's."""
    parts = topic.split("/")
    if len(parts) != 6 or "/".join(parts[:2]) != PREFIX or parts[4] != "up":
        raise BadMessage(f"topik {topic[:80]!r} bukan milik protokol ini")
    device, channel = parts[3], parts[5]
    if not is_device_id(device) or parts[2] != f"{shard_of(device):02x}" or channel not in list(Up):
        raise BadMessage(f"topik {topic[:80]!r}: perangkat, pecahan atau saluran tidak cocok")
    return UpTopic(device, Up(channel))
