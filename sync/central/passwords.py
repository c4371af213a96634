"""Secrets at rest: passwords by scrypt, random tokens by SHA-256.

A password is short and guessable, so its hash must be slow and large (scrypt, 16 MiB, about 50 ms: RFC 7914's
interactive choice); a token of 256 random bits needs neither. Comparisons take the same time whatever differs, and an
unknown name costs as much as a wrong password.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from functools import cache

from kiosk.core.errors import BadInput

MIN_PASSWORD = 6  # a PIN of six digits, with five tries per five minutes, takes years to walk through
MAX_PASSWORD = 200
_COST, _BLOCK, _PARALLEL = 2**14, 8, 1


def hash_password(password: str) -> str:
    """`scrypt$cost$block$parallel$salt$hash`. Raises BadInput for one that is too short or too long."""
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise BadInput(f"kata sandi harus {MIN_PASSWORD}–{MAX_PASSWORD} huruf atau angka")
    salt = secrets.token_bytes(16)
    digest = _scrypt(password, salt, _COST, _BLOCK, _PARALLEL)
    return f"scrypt${_COST}${_BLOCK}${_PARALLEL}${salt.hex()}${digest.hex()}"


def is_password(password: str, kept: str | None) -> bool:
    """Whether it is the password behind the kept hash; None (nobody of that name) takes as long and is never right."""
    known = kept if kept is not None else _nobody()
    _, cost, block, parallel, salt, digest = known.split("$")
    given = _scrypt(password[:MAX_PASSWORD], bytes.fromhex(salt), int(cost), int(block), int(parallel))
    return hmac.compare_digest(given, bytes.fromhex(digest)) and kept is not None


def new_secret() -> str:
    """A random token of 256 bits, safe in a cookie or a header."""
    return secrets.token_urlsafe(32)


def secret_hash(secret: str) -> str:
    """What is kept of a random token."""
    return hashlib.sha256(b"kentongan token 1:" + secret.encode(errors="replace")).hexdigest()


@cache
def _nobody() -> str:
    return hash_password(secrets.token_hex(16))


def _scrypt(password: str, salt: bytes, cost: int, block: int, parallel: int) -> bytes:
    secret = password.encode(errors="replace")
    return hashlib.scrypt(secret, salt=salt, n=cost, r=block, p=parallel, maxmem=64 * 1024 * 1024, dklen=32)
