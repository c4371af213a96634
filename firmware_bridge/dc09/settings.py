"""How a site reaches its alarm receiving centre: where, as which account, with which key, how often it is polled.

A frozen value that checks itself and knows no file. The receiver is named by address, never by name: a name would
make DNS part of every alarm, and a resolver that hangs cannot be interrupted. The limits keep the promise of EN 50136:
whatever is set within them, a receiver that fell silent is a fault within 90 s.
"""

from __future__ import annotations

import ipaddress
import re
from typing import Any, Literal

import msgspec

from firmware_bridge.dc09.cipher import KEY_BYTES, Cipher

POLL_LIMIT_S = 30.0  # EN 50136 DP4
_ACCOUNT = re.compile(r"[0-9A-F]{3,16}")
_NUMBER = re.compile(r"[0-9A-F]{1,6}")
_HEX_KEY = re.compile(r"(?:[0-9A-Fa-f]{2})+")


class ReceiverSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`key` is the shared AES key, empty for none: 32, 48 or 64 hexadecimal digits, or with `key_form = "text"` 16, 24
    or 32 characters that are its bytes, as Home Assistant and many panels have it. It stands in no text of this value.

    `receiver_number` empty leaves out the R field; a receiver is known (pysiaalarm issue 88) that then answers
    nonsense. `partition` is Contact ID's group. `timestamps` adds the time to unencrypted messages too. `poll_s` and
    `reply_timeout_s` are seconds. Raises ValueError saying which setting is wrong, and never shows a key.
    """

    host: str
    port: int
    account: str
    key: str = ""
    key_form: Literal["hex", "text"] = "hex"
    transport: Literal["tcp", "udp"] = "tcp"
    receiver_number: str = "0"
    line_prefix: str = "0"
    partition: int = 1
    timestamps: bool = False
    poll_s: float = 25.0
    reply_timeout_s: float = 5.0

    def __post_init__(self) -> None:
        try:
            ipaddress.ip_address(self.host)
        except ValueError:
            raise ValueError("host harus alamat IP pusat alarm, misalnya 203.0.113.7, bukan nama") from None
        for wrong, why in (
            (not 1 <= self.port <= 65_535, "port antara 1 dan 65535"),
            (not _ACCOUNT.fullmatch(self.account), "account harus 3 sampai 16 angka heksadesimal, huruf besar"),
            (self.transport not in ("tcp", "udp"), 'transport harus "tcp" atau "udp"'),
            (self.key_form not in ("hex", "text"), 'key_form harus "hex" atau "text"'),
            (
                self.receiver_number != "" and not _NUMBER.fullmatch(self.receiver_number),
                "receiver_number harus 1 sampai 6 angka heksadesimal, atau kosong",
            ),
            (not _NUMBER.fullmatch(self.line_prefix), "line_prefix harus 1 sampai 6 angka heksadesimal"),
            (not 0 <= self.partition <= 99, "partition antara 0 dan 99"),
            (not 5 <= self.poll_s <= POLL_LIMIT_S, "poll_s antara 5 dan 30 detik (EN 50136)"),
            (not 1 <= self.reply_timeout_s <= 15, "reply_timeout_s antara 1 dan 15 detik"),
            (self.key != "" and len(self._key_bytes()) not in KEY_BYTES, self._key_words()),
        ):
            if wrong:
                raise ValueError(why)

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
