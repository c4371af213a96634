"""Identifiers: who made an event (device, epoch, lane, seq), which thing it is about (UUIDv7), and codes people read.

UUIDv7 is written here because Python gained one only in 3.14. Tracking codes leave out letters that are misread
(0 O, 1 I L, U) and are kept only as a hash, so that a stolen database opens nobody's case.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import time
import uuid
import zlib

from kiosk.core.errors import BadInput

TRACK_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
TRACK_LENGTH = 9  # 30^9 = 44 bits; lookups are rate limited
SHARDS = 64
_TYPED_LIMIT = 64  # nine letters and what people put between them

_DEVICE_ID = re.compile(r"[0-9]{2}\.[0-9]{2}\.[0-9]{2}\.[0-9]{4}-[a-z][a-z0-9]{0,7}\Z")


def uuid7(unix_ms: int | None = None, after: str = "") -> str:
    """A UUIDv7 (RFC 9562) as text: 48 bits of Unix milliseconds, then random; sorts by time of making.

    `after` is the highest id so far where the order of ids is the order of things: a clock that stands still or goes
    back must not put a newer alert before an older one.
    """
    moment_ms = time.time_ns() // 1_000_000 if unix_ms is None else unix_ms
    if after:
        moment_ms = max(moment_ms, (uuid.UUID(after).int >> 80) + 1)
    value = (moment_ms & (2**48 - 1)) << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return str(uuid.UUID(int=value))


def new_epoch() -> str:
    """The random name (16 hex digits) of one life of a database: new whenever it is created or restored."""
    return secrets.token_hex(8)


def is_device_id(name: str) -> bool:
    """Whether `name` has the form of a device's; nobody else speaks on a topic of ours."""
    return _DEVICE_ID.match(name) is not None


def device_id(site_code: str, kiosk: str) -> str:
    """`31.74.05.1001` and `k1` make `31.74.05.1001-k1`. Raises BadInput when either is malformed."""
    name = f"{site_code}-{kiosk}"
    if not is_device_id(name):
        raise BadInput(f"{name!r} bukan nama perangkat: tulis kode wilayah seperti 31.74.05.1001 dan kiosk seperti k1")
    return name


def shard_of(device: str) -> int:
    """CRC-32 of the device id modulo 64: which ingest worker's share the device falls in."""
    return zlib.crc32(device.encode()) % SHARDS


def new_track_code() -> str:
    """A fresh tracking code as printed, e.g. `K7F-234-QX3`."""
    return track_code_from(secrets.token_bytes(16), "")


def track_code_from(salt: bytes, secret: str) -> str:
    """The tracking code that a salt and somebody's secret always give; as unguessable as the two together."""
    number = int.from_bytes(hashlib.sha256(salt + secret.encode()).digest())
    letters = "".join(
        TRACK_ALPHABET[number // len(TRACK_ALPHABET) ** place % len(TRACK_ALPHABET)] for place in range(TRACK_LENGTH)
    )
    return "-".join(letters[at : at + 3] for at in range(0, TRACK_LENGTH, 3))


def track_hash(code: str) -> str:
    """Hash of a tracking code as a person may type it (case, spaces and dashes don't matter), 64 hex digits.

    Raises BadInput when it cannot be one of ours, so that no lookup is spent on it.
    """
    letters = re.sub(r"[\s-]+", "", code).upper() if len(code) <= _TYPED_LIMIT and code.isascii() else ""
    if len(letters) != TRACK_LENGTH or any(letter not in TRACK_ALPHABET for letter in letters):
        raise BadInput("Kode terdiri dari 9 huruf dan angka, misalnya K7F-234-QX3. Periksa lagi di tiket Anda.")
    return hashlib.sha256(b"kentongan track 1:" + letters.encode()).hexdigest()
