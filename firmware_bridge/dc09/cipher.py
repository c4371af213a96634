"""AES-128, -192 or -256 in CBC mode with a zero IV, as DC-09 wants it, and the pad in front that stands in for an IV.

The pad is 1 to 16 random characters, so that pad, "|", data and timestamp fill whole blocks (DC-09 5.4.4). The
standard allows any byte but "|", "[" and "]"; ours are letters and digits, because receivers are known that read the
decrypted text as ASCII or up to the first zero byte. The AES is that of `cryptography`, which the device's
certificates need anyhow.
"""

from __future__ import annotations

import re
import secrets
import string
from collections.abc import Callable

from cryptography.hazmat.primitives.ciphers import Cipher as AesCipher
from cryptography.hazmat.primitives.ciphers import algorithms, modes

from kiosk.core.errors import BadInput

BLOCK_BYTES = 16
KEY_BYTES = (16, 24, 32)
_ZERO_IV = bytes(BLOCK_BYTES)
_PAD_CHARACTERS = string.ascii_letters + string.digits
_PADDED = re.compile(r"[^|\[\]]*(?:\||(?=\]))")
_BLOCKS = re.compile(r"(?:[0-9A-Fa-f]{32})+")

Pad = Callable[[int], str]


def random_pad(length: int) -> str:
    return "".join(secrets.choice(_PAD_CHARACTERS) for _ in range(length))


class Cipher:
    """One key, shared with the receiver. The key is in no text of this object."""

    def __init__(self, key: bytes, pad: Pad = random_pad) -> None:
        if len(key) not in KEY_BYTES:
            raise BadInput("kunci DC-09 harus 16, 24 atau 32 byte (AES-128, -192, -256)")
        self._aes = AesCipher(algorithms.AES(key), modes.CBC(_ZERO_IV))
        self._pad = pad

    def encrypt(self, text: str) -> str:
        """Pad, "|" and `text` as upper-case hexadecimal. A text that fills its blocks gets a whole block of pad."""
        missing = BLOCK_BYTES - (len(text) + 1) % BLOCK_BYTES
        encryptor = self._aes.encryptor()
        padded = f"{self._pad(missing)}|{text}".encode("ascii")
        return (encryptor.update(padded) + encryptor.finalize()).hex().upper()

    def decrypt(self, blocks: str) -> str:
        """The text behind the pad. Raises BadInput when it was not encrypted with this key.

        Receivers exist that leave out the "|" where the text is empty, so a pad may also end at the closing bracket.
        """
        if not _BLOCKS.fullmatch(blocks):
            raise BadInput("bagian tersandi bukan blok heksadesimal utuh")
        decryptor = self._aes.decryptor()
        text = (decryptor.update(bytes.fromhex(blocks)) + decryptor.finalize()).decode("latin-1")
        pad = _PADDED.match(text)
        if pad is None or not text[pad.end() :].isascii():
            raise BadInput("bagian tersandi tidak terbaca: kuncinya bukan kunci yang sama")
        return text[pad.end() :]
