"""A sealed envelope: what a resident wrote, readable by the holders of a few private keys and by nobody else.

The content is closed once with a fresh key (XChaCha20-Poly1305), and that key goes into a libsodium sealed box for each
recipient: a third reader costs 88 bytes, not another copy. The id of the case is authenticated with it, so that one
resident's envelope cannot be laid into another's case. Contents are padded to whole blocks, because the length of an
answer may tell it. This machine keeps none of the private keys in the clear; what is sealed here, it cannot read.

Layout (`sync/PROTOCOL.md`): `KS1`, number of recipients, then for each 8 bytes that name its public key and an 80-byte
sealed box; the rest is nonce and ciphertext.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from nacl.bindings import sodium_pad, sodium_unpad
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.secret import Aead
from nacl.signing import SigningKey, VerifyKey
from nacl.utils import random

from kiosk.core.errors import BadInput, NotAllowed

MARK = b"KS1"
BLOCK_BYTES = 256
CONTENT_LIMIT_BYTES = 6_000  # in base64 it must fit a journal row beside its recipients
_NAME_BYTES = 8
_BOX_BYTES = 80  # 32 of the content's key and 48 that a sealed box adds


class BadEnvelope(BadInput):
    """These bytes are no envelope, were changed, or belong to another case."""

    code = "bad-envelope"


class NotForThisKey(NotAllowed):
    """The envelope was not sealed to this key."""

    code = "not-for-this-key"


def key_name(key: PublicKey) -> bytes:
    """Eight bytes by which an envelope names a recipient; they tell nothing of the key's owner."""
    return hashlib.blake2b(bytes(key), digest_size=_NAME_BYTES, person=b"kentongan-seal").digest()


def seal(content: bytes, case: str, recipients: Sequence[PublicKey]) -> bytes:
    """The envelope of a case. Raises BadInput when there is nobody to open it or the content is too long."""
    if not recipients:
        raise BadInput("Tidak ada kunci untuk menyegel data ini.")
    if len(content) > CONTENT_LIMIT_BYTES:
        raise BadInput(f"Isian sebesar {len(content)} byte melebihi batas {CONTENT_LIMIT_BYTES}.")
    secret = random(Aead.KEY_SIZE)
    boxes = b"".join(key_name(key) + SealedBox(key).encrypt(secret) for key in recipients)
    closed = Aead(secret).encrypt(sodium_pad(content, BLOCK_BYTES), case.encode())
    return MARK + bytes([len(recipients)]) + boxes + closed


def unseal(envelope: bytes, case: str, key: PrivateKey) -> bytes:
    """What was sealed. Raises NotForThisKey for somebody else's envelope, BadEnvelope for a damaged or moved one."""
    count = envelope[len(MARK)] if envelope.startswith(MARK) and len(envelope) > len(MARK) else 0
    boxes_end = len(MARK) + 1 + count * (_NAME_BYTES + _BOX_BYTES)
    if not count or len(envelope) <= boxes_end:
        raise BadEnvelope("Ini bukan amplop tersegel.")
    name = key_name(key.public_key)
    for at in range(len(MARK) + 1, boxes_end, _NAME_BYTES + _BOX_BYTES):
        if envelope[at : at + _NAME_BYTES] == name:
            box = envelope[at + _NAME_BYTES : at + _NAME_BYTES + _BOX_BYTES]
            break
    else:
        raise NotForThisKey("Amplop ini disegel untuk kunci lain.")
    try:
        secret = SealedBox(key).decrypt(box)
        return sodium_unpad(Aead(secret).decrypt(envelope[boxes_end:], case.encode()), BLOCK_BYTES)
    except (CryptoError, ValueError, TypeError) as error:
        raise BadEnvelope("Amplop ini rusak atau bukan milik permohonan ini.") from error


def central_recipient(verify_hex: str) -> PublicKey:
    """The central's key for sealing, from the Ed25519 key that signs its answers: one pin at enrolment serves both.

    Raises BadInput when those 64 digits are no key at all.
    """
    try:
        return VerifyKey(bytes.fromhex(verify_hex)).to_curve25519_public_key()
    except (CryptoError, ValueError, RuntimeError) as error:
        raise BadInput(
            "sync.central_key bukan kunci publik pusat: salin lagi dari `kentongan central migrate`"
        ) from error


def central_opener(key: SigningKey) -> PrivateKey:
    """The private key with which the central opens what was sealed to `central_recipient` of its public half."""
    return key.to_curve25519_private_key()
