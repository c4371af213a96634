"""Whether a kiosk is alone in its hall, the hub of others, or a satellite of one."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec

_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class HallSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`hub` is the address of the hub's HTTPS, used by a satellite only; plain HTTP is taken on this machine alone.

    `lease_numbers`: how many numbers of a series the hub gives at once. `spare_numbers`: how many of each series a
    satellite keeps in hand, enough for as long as its line may be cut. `key_file` is where `kentongan hub join` put
    the satellite's key; without it that is data_dir/hub.key.
    """

    role: Literal["alone", "hub", "satellite"] = "alone"
    hub: Annotated[str, msgspec.Meta(max_length=200)] = ""
    key_file: Annotated[str, msgspec.Meta(max_length=500)] = ""
    lease_numbers: Annotated[int, msgspec.Meta(ge=5, le=100)] = 20
    spare_numbers: Annotated[int, msgspec.Meta(ge=5, le=400)] = 40

    def __post_init__(self) -> None:
        if not self.hub:
            if self.role == "satellite":
                raise ValueError("hub: tulis alamat HTTPS induk, misalnya https://192.168.1.20:8443")
            return
        parts = urlsplit(self.hub)
        if not parts.hostname or parts.path not in ("", "/") or parts.query or parts.username is not None:
            raise ValueError("hub ditulis sebagai https://alamat:porta, misalnya https://192.168.1.20:8443")
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
            raise ValueError("hub harus https:// supaya nomor di jaringan kantor tidak dapat diubah atau dibaca orang")

    @property
    def is_satellite(self) -> bool:
        return self.role == "satellite"

    @property
    def is_hub(self) -> bool:
        return self.role == "hub"
