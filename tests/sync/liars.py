"""What strangers, thieves and broken kiosks say: each message with the words in which the central must refuse it.

Some are signed with the kiosk's own key, as a copied card or a faulty release could. None of them has anything to do
with what the kiosk has journalled: whatever becomes of them, its events must arrive as if they had never been said.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Protocol

import msgspec
import zstandard
from nacl.signing import SigningKey

from kiosk.core.clock import Moment
from kiosk.core.event import START_HASH, Event, Lane
from kiosk.core.ids import shard_of
from kiosk.store.database import Store
from sync.wire.envelope import SENT_LIMIT_BYTES, seal
from sync.wire.messages import BODY_LIMIT_BYTES, Batch, Hello, batch_of, encode
from sync.wire.topics import Up, up

THIEF = SigningKey(b"t" * 32)

Said = tuple[str, bytes]


class Victim(Protocol):
    """The kiosk in whose name they speak."""

    site: Store
    device_key: SigningKey

    @property
    def device(self) -> str: ...


def made_up(victim: Victim, count: int, lane: Lane = Lane.SERVICE, body: bytes = b"{}") -> Batch:
    """A batch of events that nobody journalled."""
    at = Moment(1, True, "boot-x", 1)
    rows = [Event(victim.device, victim.site.epoch, lane, seq, "made.up", at, body) for seq in range(1, count + 1)]
    return batch_of(START_HASH, rows, 0)


def a_hello(victim: Victim, **changes: object) -> dict[str, object]:
    hello = Hello((1, 1), victim.site.epoch, "0" * 16, {Lane.SERVICE: (1, 1)}, 0)
    return {**msgspec.to_builtins(hello), **changes}


def signed(victim: Victim, message: object, channel: Up = Up.BATCH) -> Said:
    """By the kiosk's own key."""
    topic = up(victim.device, channel)
    payload = message if isinstance(message, bytes) else msgspec.json.encode(message)
    return topic, seal(victim.device_key, topic, payload)


def wrong_key(victim: Victim) -> Said:
    topic = up(victim.device, Up.BATCH)
    return topic, seal(THIEF, topic, encode(made_up(victim, 2)))


def moved_here_from_another_channel(victim: Victim) -> Said:
    made_for = up(victim.device, Up.HELLO)
    return up(victim.device, Up.BATCH), seal(victim.device_key, made_for, encode(made_up(victim, 2)))


def unknown_device(victim: Victim) -> Said:
    topic = up("99.99.99.9999-k9", Up.BATCH)
    return topic, seal(THIEF, topic, encode(made_up(victim, 2)))


def no_device_at_all(_victim: Victim) -> Said:
    return f"kt/1/{shard_of('me'):02x}/me/up/batch", b"anything"


def wrong_shard(victim: Victim) -> Said:
    topic = up(victim.device, Up.BATCH)
    moved = topic.replace(f"/{shard_of(victim.device):02x}/", f"/{shard_of('me'):02x}/")
    return moved, seal(victim.device_key, moved, encode(made_up(victim, 2)))


def bomb(victim: Victim) -> Said:
    """A few kilobytes that unpack to fifty megabytes."""
    topic = up(victim.device, Up.BATCH)
    head, frame = b"KT\1\1", _fifty_megabytes_packed()
    return topic, head + victim.device_key.sign(topic.encode() + b"\0" + head + frame).signature + frame


@functools.cache
def _fifty_megabytes_packed() -> bytes:
    return zstandard.ZstdCompressor().compress(bytes(50_000_000))


def too_large(victim: Victim) -> Said:
    """By one byte more than an envelope may be; most brokers do not even let it pass."""
    return up(victim.device, Up.BATCH), b"KT\1\0" + bytes(SENT_LIMIT_BYTES - 3)


def a_row_too_large(victim: Victim) -> Said:
    """On the kiosk's own way, signed: one event that no journal would have taken."""
    return signed(victim, made_up(victim, 1, body=b'{"x":"%s"}' % (b"x" * BODY_LIMIT_BYTES)))


def skipping(victim: Victim) -> Said:
    """A batch whose second event is missing."""
    whole = msgspec.json.decode(encode(made_up(victim, 3)))
    return signed(victim, {**whole, "events": [whole["events"][0], whole["events"][2]]})


REFUSED: dict[str, tuple[Callable[[Victim], Said], str]] = {
    "empty": (lambda victim: (up(victim.device, Up.BATCH), b""), "sepanjang 0"),
    "rubbish": (lambda victim: (up(victim.device, Up.ALARM), b"\0" * 500), "kepala pesan"),
    "wrong key": (wrong_key, "tanda tangan"),
    "moved": (moved_here_from_another_channel, "tanda tangan"),
    "unknown device": (unknown_device, "belum terdaftar"),
    "no device": (no_device_at_all, "topik"),
    "wrong shard": (wrong_shard, "topik"),
    "bomb": (bomb, "dipadatkan"),
    "no JSON": (lambda victim: signed(victim, b"{"), "Batch"),
    "nested": (lambda victim: signed(victim, b'{"x":' + b"[" * 90_000), "Batch"),
    "no batch": (lambda victim: signed(victim, {}), "epoch"),
    "gap": (skipping, "terputus"),
    "row too large": (a_row_too_large, f"sampai {BODY_LIMIT_BYTES} byte"),
    "other lane": (lambda victim: signed(victim, made_up(victim, 2), Up.ALARM), "jalur"),
    "alarm in bulk": (lambda victim: signed(victim, made_up(victim, 1, Lane.ALARM)), "jalur"),
    "no hello": (lambda victim: signed(victim, b"[]", Up.HELLO), "Hello"),
    "too new": (lambda victim: signed(victim, a_hello(victim, versions=[2, 9]), Up.HELLO), "protokol"),
    "too old": (lambda victim: signed(victim, a_hello(victim, versions=[0, 0]), Up.HELLO), "protokol"),
    "no presence": (lambda victim: signed(victim, b'{"online":"yes"}', Up.PRESENCE), "Presence"),
}
