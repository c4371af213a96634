"""The settings of one kiosk, as they stand in its TOML file: strict, with a limit on every value.

A wrong file is refused as a whole with file, key and line (`kiosk.core.toml`); no daemon starts on half a setting.
Secrets are not here: keys lie in files of their own under the data directory.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import msgspec

from kiosk.core.bridge_settings import BridgeSettings
from kiosk.core.ids import device_id
from kiosk.core.printer_settings import PrinterSettings
from kiosk.core.queue_settings import QueueSettings
from kiosk.core.retention import RetentionSettings
from kiosk.core.toml import load
from kiosk.core.voice_settings import VoiceSettings

Port = Annotated[int, msgspec.Meta(ge=1, le=65_535)]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Host = Annotated[str, msgspec.Meta(min_length=1, max_length=253)]
Address = Annotated[str, msgspec.Meta(pattern=r"^[^\s:/]{1,253}:[0-9]{1,5}$")]
PublicKey = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]


class Site(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where this kiosk stands. `code` is the Kemendagri area code; `kind` chooses the catalogue.

    `complaint_promise_h`: within how many hours a complaint gets its first answer.
    """

    code: Annotated[str, msgspec.Meta(pattern=r"^\d{2}\.\d{2}\.\d{2}\.\d{4}$")]
    name: Text
    address: Text
    kind: Literal["kelurahan", "mpp"] = "kelurahan"
    utc_offset_h: Literal[7, 8, 9] = 7
    counters: Annotated[int, msgspec.Meta(ge=1, le=40)] = 2
    agency: Text = "Pemerintah Kelurahan"
    complaint_promise_h: Annotated[int, msgspec.Meta(ge=1, le=720)] = 24


class Paths(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    data_dir: Annotated[str, msgspec.Meta(min_length=1, max_length=500)] = "/var/lib/kentongan"
    catalogue: str | None = None  # a site's own catalogue file instead of the packaged one of its kind


class KioskSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The web server of the kiosk. `frame_ancestors` (CSP sources) lets the demo's front page show its screens.

    With `tls_port` officers come in by HTTPS on `tls_host`, under one of `tls_names` (names and addresses of this kiosk
    on the office's network, written into the device's certificate); without HTTPS their desk is then served on this
    machine only.
    """

    host: Host = "127.0.0.1"
    port: Port = 8000
    frame_ancestors: str = "'none'"
    tls_port: Annotated[int, msgspec.Meta(ge=0, le=65_535)] = 0
    tls_host: Host = "0.0.0.0"
    tls_names: Annotated[tuple[Host, ...], msgspec.Meta(min_length=1, max_length=16)] = ("kentongan.local",)
    idle_warning_s: Annotated[float, msgspec.Meta(ge=5, le=600)] = 60.0
    idle_wipe_s: Annotated[float, msgspec.Meta(ge=5, le=600)] = 30.0


class SyncSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The way to the central. `central_key` is its Ed25519 public key, 64 hex digits, pinned at enrolment.

    `brokers` ("host:port" each) stand in the place of `broker_host` and `broker_port` where there are several: after
    each failure the next one is tried.
    `tls_ca`, `tls_certificate` and `tls_key` are PEM files: whose brokers are trusted (without it the line is plain),
    and what this kiosk shows them. `carrier_dir` is where the kernel tells of cables (`*/carrier`); a rehearsal names a
    folder of its own.
    """

    central_key: PublicKey
    broker_host: Host = "127.0.0.1"
    broker_port: Port = 1883
    brokers: Annotated[tuple[Address, ...], msgspec.Meta(max_length=16)] = ()
    tls_ca: str | None = None
    tls_certificate: str | None = None
    tls_key: str | None = None
    carrier_dir: Annotated[str, msgspec.Meta(min_length=1, max_length=500)] = "/sys/class/net"
    central_url: Annotated[str, msgspec.Meta(pattern=r"^https?://[^\s/]+$", max_length=200)] = "http://127.0.0.1:8002"

    def __post_init__(self) -> None:
        if bool(self.tls_certificate) != bool(self.tls_key) or (self.tls_certificate and not self.tls_ca):
            raise ValueError("tls_certificate dan tls_key ditulis berdua, dan hanya bersama tls_ca")
        if not all(1 <= port <= 65_535 for _, port in self.addresses):
            raise ValueError("porta broker antara 1 dan 65535")

    @property
    def addresses(self) -> tuple[tuple[str, int], ...]:
        """Host and port of each broker, at least one, in the order in which they are tried."""
        parts = [address.rpartition(":") for address in self.brokers]
        return tuple((host, int(port)) for host, _, port in parts) or ((self.broker_host, self.broker_port),)


class SiteSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything that a kiosk's daemons need to know."""

    site: Site
    sync: SyncSettings
    kiosk_id: Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9]{0,7}$")] = "k1"
    paths: Paths = Paths()
    kiosk: KioskSettings = KioskSettings()
    printer: PrinterSettings = PrinterSettings()
    bridge: BridgeSettings = msgspec.field(default_factory=BridgeSettings)
    retention: RetentionSettings = RetentionSettings()
    queue: QueueSettings = QueueSettings()
    voice: VoiceSettings = msgspec.field(default_factory=VoiceSettings)

    @property
    def device(self) -> str:
        return device_id(self.site.code, self.kiosk_id)

    @property
    def data_dir(self) -> Path:
        return Path(self.paths.data_dir)

    @property
    def database(self) -> Path:
        return self.data_dir / "kiosk.db"

    @property
    def office_key(self) -> Path:
        """The office's key for what residents write: public half in the clear, private half behind a pass phrase."""
        return self.data_dir / "office.key"

    @property
    def device_key(self) -> Path:
        """The device's Ed25519 seed, mode 0600."""
        return self.data_dir / "device.key"


def load_site(path: Path) -> SiteSettings:
    """Reads and checks a site's settings. Raises BadToml saying file, key and line."""
    return load(path, SiteSettings)
