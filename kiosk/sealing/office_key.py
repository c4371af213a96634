"""The office's key: its public half seals, its private half lies encrypted on the card and is opened by a pass phrase.

An officer unlocks it for their own session (`holder`). It lives in the memory of one process for as long as anybody
holds it: until they sign out, have read nothing for a quarter of an hour, or the working day is over. Who has not typed
the phrase reads nothing, whoever else has. It is stretched with Argon2id (libsodium's *moderate*: 256 MiB, about a
second), because a thief of the card may try for as long as he likes; that is also why the phrase has a least length.
Who lost the phrase makes a new key: what was sealed to the old one is still readable at the central.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import msgspec
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey
from nacl.pwhash import argon2id
from nacl.secret import SecretBox
from nacl.utils import random

from kiosk.core.decoding import from_json
from kiosk.core.errors import BadInput, Conflict, NotAllowed, StoreError
from kiosk.sealing.envelope import unseal

LEAST_LETTERS = 12
UNLOCKED_FOR_S = 12 * 3_600.0  # a working day; nobody has to remember to lock
UNREAD_FOR_S = 15 * 60.0  # a desk that somebody has left; a phrase of four words is typed again in seconds

_Hex32 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]


class Locked(NotAllowed):
    """Nobody has unlocked the office's key, or not since this machine started."""

    code = "office-locked"
    http_status = 423


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """As on disk: everything but `closed` may be read by anyone. `ops` and `memory_bytes` are Argon2id's costs."""

    public: _Hex32
    salt: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{32}\Z")]
    ops: Annotated[int, msgspec.Meta(ge=1, le=64)]
    memory_bytes: Annotated[int, msgspec.Meta(ge=8_192, le=2_147_483_648)]
    closed: Annotated[str, msgspec.Meta(max_length=400)]


class Cost(msgspec.Struct, frozen=True):
    """What one try of a pass phrase costs."""

    ops: int = argon2id.OPSLIMIT_MODERATE
    memory_bytes: int = argon2id.MEMLIMIT_MODERATE


def make_office_key(path: Path, phrase: str, cost: Cost = Cost()) -> PublicKey:
    """Makes the key; on disk (mode 0640: the daemons' group) when it returns. Raises BadInput for a short phrase and
    Conflict when there is a key already."""
    if len(phrase) < LEAST_LETTERS:
        raise BadInput(f"Kata sandi kunci kantor paling sedikit {LEAST_LETTERS} huruf, misalnya empat kata.")
    if path.exists():
        raise Conflict(f"{path} sudah ada. Pindahkan dulu bila memang diganti.")
    key, salt = PrivateKey.generate(), random(argon2id.SALTBYTES)
    closed = SecretBox(_stretched(phrase, salt, cost)).encrypt(bytes(key))
    file = _File(bytes(key.public_key).hex(), salt.hex(), cost.ops, cost.memory_bytes, closed.hex())
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640)
    with os.fdopen(descriptor, "wb") as out:
        out.write(msgspec.json.encode(file) + b"\n")
        out.flush()
        os.fsync(out.fileno())
    return key.public_key


def office_recipient(path: Path) -> PublicKey | None:
    """The public half, or None while the office has no key. Raises StoreError when the file is damaged."""
    return PublicKey(bytes.fromhex(_read(path).public)) if path.exists() else None


class OfficeKey:
    """The private half while anybody holds it. Thread-safe; nothing of it is ever written or logged."""

    def __init__(self, path: Path, monotonic_s: Callable[[], float]) -> None:
        self._path, self._monotonic_s = path, monotonic_s
        self._lock = threading.Lock()
        self._stretching = threading.Lock()  # one at a time: each takes 256 MiB
        self._key: PrivateKey | None = None
        self._holders: dict[str, tuple[float, float]] = {}  # since when, and when it was last used

    @property
    def exists(self) -> bool:
        """Whether this office has made a key at all."""
        return self._path.exists()

    def is_held(self, holder: str) -> bool:
        return self._held(holder, used=False) is not None

    def unlock(self, phrase: str, holder: str) -> None:
        """Opens the key for one session. Raises NotAllowed for a wrong phrase, StoreError without a key."""
        file = _read(self._path)
        with self._stretching:
            stretched = _stretched(phrase[:1_000], bytes.fromhex(file.salt), Cost(file.ops, file.memory_bytes))
        try:
            key = PrivateKey(SecretBox(stretched).decrypt(bytes.fromhex(file.closed)))
        except (CryptoError, ValueError) as error:
            raise NotAllowed("Kata sandi kunci kantor tidak cocok. Coba lagi.") from error
        with self._lock:
            now_s = self._monotonic_s()
            self._key, self._holders[holder] = key, (now_s, now_s)

    def lock(self, holder: str) -> None:
        """This session holds it no longer; with the last one the private half is forgotten."""
        with self._lock:
            self._holders.pop(holder, None)
            self._forget()

    def open(self, envelope: bytes, case: str, holder: str) -> bytes:
        """What a resident wrote. Raises Locked, NotForThisKey (sealed before this key) or BadEnvelope."""
        key = self._held(holder, used=True)
        if key is None:
            raise Locked("Data warga masih terkunci. Buka dengan kata sandi kunci kantor.")
        return unseal(envelope, case, key)

    def _held(self, holder: str, used: bool) -> PrivateKey | None:
        with self._lock:
            self._forget()
            if holder not in self._holders:
                return None
            if used:
                self._holders[holder] = (self._holders[holder][0], self._monotonic_s())
            return self._key

    def _forget(self) -> None:
        """Holders whose time is over, and the key with the last of them."""
        now_s = self._monotonic_s()
        for name, (since_s, used_s) in list(self._holders.items()):
            if now_s - since_s >= UNLOCKED_FOR_S or now_s - used_s >= UNREAD_FOR_S:
                del self._holders[name]
        if not self._holders:
            self._key = None


def _stretched(phrase: str, salt: bytes, cost: Cost) -> bytes:
    return argon2id.kdf(SecretBox.KEY_SIZE, phrase.encode(), salt, cost.ops, cost.memory_bytes)


def _read(path: Path) -> _File:
    try:
        return from_json(path.read_bytes(), _File)
    except (OSError, msgspec.DecodeError) as error:
        raise StoreError(f"kunci kantor {path} tidak dapat dibaca: {error}") from error
