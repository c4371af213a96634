"""The office's key: its public half seals, its private half lies encrypted on the card and is opened by a pass phrase.

Staff unlock it in the morning; then it lives in the memory of one process and is gone with it, with `lock()`, or at the
end of its day. The pass phrase is stretched with Argon2id (libsodium's *moderate*: 256 MiB, about a second), because a
thief of the card may try for as long as he likes; that is also why the phrase has a least length. Who lost the phrase
makes a new key: what was sealed to the old one is still readable at the central.
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
    """The private half while somebody has unlocked it. Thread-safe; nothing of it is ever written or logged."""

    def __init__(self, path: Path, monotonic_s: Callable[[], float]) -> None:
        self._path, self._monotonic_s = path, monotonic_s
        self._lock = threading.Lock()
        self._key: PrivateKey | None = None
        self._until_s = 0.0

    @property
    def is_unlocked(self) -> bool:
        return self._held() is not None

    def unlock(self, phrase: str) -> None:
        """Opens the key for a working day. Raises NotAllowed for a wrong phrase, StoreError without a key."""
        file = _read(self._path)
        stretched = _stretched(phrase[:1_000], bytes.fromhex(file.salt), Cost(file.ops, file.memory_bytes))
        try:
            key = PrivateKey(SecretBox(stretched).decrypt(bytes.fromhex(file.closed)))
        except (CryptoError, ValueError) as error:
            raise NotAllowed("Kata sandi kunci kantor tidak cocok. Coba lagi.") from error
        with self._lock:
            self._key, self._until_s = key, self._monotonic_s() + UNLOCKED_FOR_S

    def lock(self) -> None:
        """Forgets the private half."""
        with self._lock:
            self._key = None

    def open(self, envelope: bytes, case: str) -> bytes:
        """What a resident wrote. Raises Locked, NotForThisKey (sealed before this key) or BadEnvelope."""
        key = self._held()
        if key is None:
            raise Locked("Data warga masih terkunci. Buka dengan kata sandi kunci kantor.")
        return unseal(envelope, case, key)

    def _held(self) -> PrivateKey | None:
        with self._lock:
            if self._key is not None and self._monotonic_s() >= self._until_s:
                self._key = None
            return self._key


def _stretched(phrase: str, salt: bytes, cost: Cost) -> bytes:
    return argon2id.kdf(SecretBox.KEY_SIZE, phrase.encode(), salt, cost.ops, cost.memory_bytes)


def _read(path: Path) -> _File:
    try:
        return from_json(path.read_bytes(), _File)
    except (OSError, msgspec.DecodeError) as error:
        raise StoreError(f"kunci kantor {path} tidak dapat dibaca: {error}") from error
