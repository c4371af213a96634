"""How a site reaches its alarm receiving centre (SIA DC-09): where, as which account, how often it is polled.

The key is not here but in a file of its own (mode 0640, group kentongan), since settings are shown to people. The
receiver is named by address, never by name: a name would make DNS part of every alarm, and a resolver that hangs cannot
be interrupted. The limits keep the promise of EN 50136: whatever is set within them, a receiver that fell silent is a
fault within 90 s.
"""

from __future__ import annotations

import ipaddress
import re
from typing import Literal

import msgspec

POLL_LIMIT_S = 30.0  # EN 50136 DP4
_ACCOUNT = re.compile(r"[0-9A-F]{3,16}")
_NUMBER = re.compile(r"[0-9A-F]{1,6}")


class ReceiverSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`key_file` holds the shared AES key, empty for none: 32, 48 or 64 hexadecimal digits, or with
    `key_form = "text"` 16, 24 or 32 characters that are its bytes, as Home Assistant and many panels have it.

    `receiver_number` empty leaves out the R field; a receiver is known (pysiaalarm issue 88) that then answers
    nonsense. `partition` is Contact ID's group. `timestamps` adds the time to unencrypted messages too. `poll_s` and
    `reply_timeout_s` are seconds.
    """

    host: str
    port: int
    account: str
    key_file: str = ""
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
            (self.key_file != "" and not self.key_file.startswith("/"), "key_file harus jalur lengkap"),
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
        ):
            if wrong:
                raise ValueError(why)
