"""What the central's processes are told at start.

Read from the `[central]` table of `central.toml`, strictly: an unknown key is a typing error and is named. Officers
and tokens are not here but in the database, because they change while the central runs.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from kiosk.core.errors import BadInput
from kiosk.core.toml import load
from sync.central.store.database import sqlite_file

Port = Annotated[int, Meta(ge=1, le=65_535)]


class CentralSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Raises BadInput when an address in it cannot be one.

    `database`: `sqlite:////folder/central.db` or `postgresql://user@host/name`. `brokers`: `mqtt://` or `mqtts://`
    addresses; ingest connects to every one. `tls_ca`, `tls_certificate`, `tls_key`: PEM files for `mqtts://`: whom
    to trust instead of the machine's authorities, and what ingest shows. `public_url`: what people type, without a
    slash at the end; `https://` makes the console's cookie secure. `signing_key`: file of the key that
    acknowledgements are signed with, made when missing. `post` and `utc_offset_h`: name and clock of the post;
    sites keep their own time. `frame_ancestors`: addresses of pages that may show ours in a frame; empty for none.
    `threads`: one per open console and four more.
    `hellos_per_s`: how many kiosks one ingest worker lets in each second when a nation comes back at once.
    """

    database: str = "sqlite:////var/lib/kentongan/central.db"
    brokers: tuple[str, ...] = ("mqtt://127.0.0.1:1883",)
    tls_ca: str | None = None
    tls_certificate: str | None = None
    tls_key: str | None = None
    host: str = "127.0.0.1"
    port: Port = 8090
    public_url: str = "http://127.0.0.1:8090"
    signing_key: str = "/var/lib/kentongan/central.key"
    post: Annotated[str, Meta(min_length=1, max_length=80)] = "Posko"
    utc_offset_h: Literal[7, 8, 9] = 7
    frame_ancestors: tuple[str, ...] = ()
    threads: Annotated[int, Meta(ge=8, le=500)] = 48
    hellos_per_s: Annotated[float, Meta(ge=1, le=10_000)] = 200.0

    def __post_init__(self) -> None:
        if not self.database.startswith(("postgresql://", "postgres://")):
            sqlite_file(self.database)
        for broker in self.brokers:
            _require_address(broker, ("mqtt", "mqtts"), "brokers")
        if bool(self.tls_certificate) != bool(self.tls_key):
            raise BadInput("tls_certificate dan tls_key ditulis berdua")
        _require_address(self.public_url, ("http", "https"), "public_url")
        for ancestor in self.frame_ancestors:
            _require_address(ancestor, ("http", "https"), "frame_ancestors")

    @property
    def is_secure(self) -> bool:
        """Whether browsers reach us by TLS."""
        return self.public_url.startswith("https://")

    @property
    def frame_sources(self) -> str:
        """`frame_ancestors` as a CSP source list."""
        return " ".join(("'self'", *self.frame_ancestors)) if self.frame_ancestors else "'none'"


class _CentralFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    central: CentralSettings


def load_central(path: Path) -> CentralSettings:
    """Reads and checks the central's settings. Raises BadToml saying file, key and line."""
    return load(path, _CentralFile).central


def _require_address(address: str, schemes: tuple[str, ...], key: str) -> None:
    parts = urlsplit(address)
    if parts.scheme not in schemes or not parts.hostname or any(letter in address for letter in " ;,'\""):
        raise BadInput(f"{key}: {address!r} bukan alamat; tulis seperti {schemes[0]}://contoh.go.id:1883")
