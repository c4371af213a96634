"""The settings of a receiver together with its key, as the client needs them; the key comes from a file of its own.

A frozen value that checks itself. What a site writes is `kiosk.core.receiver_settings`; the key stands in no text of
this value, in no error and in no log.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import msgspec

from firmware_bridge.dc09.cipher import KEY_BYTES, Cipher
from kiosk.core import receiver_settings
from kiosk.core.errors import BadInput

_HEX_KEY = re.compile(r"(?:[0-9A-Fa-f]{2})+")
_READ_LIMIT = 200


class ReceiverSettings(receiver_settings.ReceiverSettings, frozen=True, forbid_unknown_fields=True):
    """`key` is the shared AES key itself, empty for none. Raises ValueError saying which setting is wrong, and never
    shows a key."""

    key: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.key != "" and len(self._key_bytes()) not in KEY_BYTES:
            raise ValueError(self._key_words())

    def __repr__(self) -> str:
        key = "yes" if self.key else "no"
        return f"ReceiverSettings({self.transport}://{self.host}:{self.port}, account={self.account}, key={key})"

    __str__ = __repr__

    def __rich_repr__(self) -> list[tuple[str, Any]]:  # msgspec's own would show every field
        return [("receiver", repr(self))]

    def cipher(self) -> Cipher | None:
        """The cipher of the key, or None where nothing is encrypted."""
        return Cipher(self._key_bytes()) if self.key else None

    def _key_bytes(self) -> bytes:
        if self.key_form == "text":
            return self.key.encode("ascii", "ignore") if self.key.isascii() else b""
        return bytes.fromhex(self.key) if _HEX_KEY.fullmatch(self.key) else b""

    def _key_words(self) -> str:
        if self.key_form == "text":
            return "key harus 16, 24 atau 32 huruf ASCII"
        return "key harus 32, 48 atau 64 angka heksadesimal"


def with_key(settings: receiver_settings.ReceiverSettings) -> ReceiverSettings:
    """The settings with the key that their file holds. Raises BadInput for a file that is unreadable or holds none."""
    said = msgspec.structs.asdict(settings)
    if not settings.key_file:
        return ReceiverSettings(**said)
    try:
        with Path(settings.key_file).open(encoding="ascii") as file:
            key = file.read(_READ_LIMIT).strip()
        if not key:
            raise ValueError("kosong")
        return ReceiverSettings(**said, key=key)
    except UnicodeDecodeError as error:
        raise BadInput(f"berkas kunci {settings.key_file}: bukan teks ASCII") from error
    except OSError as error:
        raise BadInput(f"berkas kunci {settings.key_file}: tidak dapat dibaca ({error.strerror})") from error
    except ValueError as error:
        raise BadInput(f"berkas kunci {settings.key_file}: {error}") from error
