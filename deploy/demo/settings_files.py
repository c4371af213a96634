"""The demo's settings, keys and sign-ins in one folder: made at the first start, found again at every later one.

The site and the central get real settings files, the same that a technician writes, so that every `kentongan` command
works on them with `--config`. Whoever edits one keeps the edit: a file is only written anew when the demo has moved
to other ports or to another folder. The sign-ins open nothing but this demo, on this machine, and are printed openly.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

import msgspec

from deploy.demo.addresses import HOST, Addresses
from deploy.demo.demo_file import DemoFile, keep_demo_file, write_privately
from firmware_bridge.modem.texts import map_link
from sync.keys import load_or_create, public_hex

Value = str | int | float | tuple[str, ...]

SITE_CODE = "31.74.05.1001"
OFFICE = "Kelurahan Sukamaju"
SITE_NAME = f"{OFFICE} (demo)"
SITE_ADDRESS = "Jl. Melati No. 1, alamat contoh"
SITE_CONTACT = "(021) 555-0100, nomor contoh"
# Somewhere in Jakarta, so that a map has something to show.
SITE_LATITUDE, SITE_LONGITUDE = -6.2607, 106.7817
KIOSK_ID = "k1"
POST = "Posko Sukamaju (demo)"
ACCOUNT = "1234"  # of the site at its alarm receiving centre
# Left in the site's and the central's folder by `enrolment`, last of all.
ENROLLED = "enrolled-2"
# sun_path of unix(7) holds 108 bytes with its zero.
_SOCKET_PATH_BYTES = 107
BUTTONS = ("panic", "silent")


class DemoSettings(msgspec.Struct, frozen=True):
    """Where everything of one demo lies."""

    folder: Path
    box_socket: Path
    demo: DemoFile

    @property
    def site_toml(self) -> Path:
        return self.folder / "site.toml"

    @property
    def central_toml(self) -> Path:
        return self.folder / "central.toml"

    @property
    def site_folder(self) -> Path:
        return self.folder / "site"

    @property
    def central_folder(self) -> Path:
        return self.folder / "central"

    def is_enrolled(self, folder: Path) -> bool:
        """Whether an earlier start has let everybody in there."""
        return (folder / ENROLLED).exists()

    @property
    def modem(self) -> Path:
        """The serial port; where the box's socket is, since both must have short and plain names."""
        return self.box_socket.parent / "gsm-modem"

    @property
    def paper(self) -> Path:
        return self.folder / "paper"

    @property
    def carriers(self) -> Path:
        return self.folder / "carrier"

    @property
    def logs(self) -> Path:
        return self.folder / "logs"


def prepare(folder: Path, addresses: Addresses) -> DemoSettings:
    """Makes what is missing and returns where it is; everything is on disk then."""
    folder.mkdir(parents=True, exist_ok=True)
    settings = DemoSettings(folder, _box_socket(folder), keep_demo_file(folder, addresses))
    for needed in (settings.site_folder, settings.central_folder, settings.logs):
        needed.mkdir(parents=True, exist_ok=True)
    load_or_create(settings.site_folder / "device.key")
    central_key = public_hex(load_or_create(settings.central_folder / "central.key"))
    mark = (
        f"# Demo 2, port {addresses.front}, {folder}. Written anew when either changes; until then it is yours to edit."
    )
    _write_settings(settings.site_toml, mark, _site(settings, addresses, central_key))
    _write_settings(settings.central_toml, mark, _central(settings, addresses))
    return settings


def _site(settings: DemoSettings, addresses: Addresses, central_key: str) -> dict[str, Mapping[str, Value]]:
    return {
        "": {"kiosk_id": KIOSK_ID},
        "site": {"code": SITE_CODE, "name": SITE_NAME, "address": SITE_ADDRESS, "kind": "kelurahan", "counters": 2},
        "paths": {"data_dir": str(settings.site_folder)},
        "kiosk": {"host": HOST, "port": addresses.kiosk, "frame_ancestors": addresses.front_url},
        "sync": {
            "central_key": central_key,
            "broker_host": HOST,
            "broker_port": addresses.network,
            "central_url": addresses.central_url,
            "carrier_dir": str(settings.carriers),
        },
        "printer": {"connection": "network", "host": HOST, "port": addresses.printer},
        "bridge": {
            "inputs": "simulated",
            "box_socket": str(settings.box_socket),
            "map_link": map_link(SITE_LATITUDE, SITE_LONGITUDE),
        },
        "bridge.buttons.panic": {"code": "panic"},
        "bridge.buttons.silent": {"code": "panic", "silent": True},
        "bridge.modem": {"devices": (str(settings.modem),)},
        "bridge.receiver": {"host": HOST, "port": addresses.receiver, "account": ACCOUNT},
    }


def _central(settings: DemoSettings, addresses: Addresses) -> dict[str, Mapping[str, Value]]:
    return {
        "central": {
            "database": f"sqlite:///{settings.central_folder / 'central.db'}",
            "brokers": (f"mqtt://{HOST}:{addresses.broker}",),
            "host": HOST,
            "port": addresses.central,
            "public_url": addresses.central_url,
            "signing_key": str(settings.central_folder / "central.key"),
            "post": POST,
            "frame_ancestors": (addresses.front_url,),
        }
    }


def _box_socket(folder: Path) -> Path:
    """In the folder, or beside other temporary files when its path is too long for a socket, or no name of a port."""
    socket = folder / "box.sock"
    if len(bytes(socket)) <= _SOCKET_PATH_BYTES and str(socket).isascii() and " " not in str(socket):
        return socket
    name = hashlib.sha256(bytes(folder)).hexdigest()[:16]
    private = Path(tempfile.gettempdir()) / f"kentongan-demo-{os.getuid()}-{name}"
    private.mkdir(mode=0o700, exist_ok=True)
    return private / "box.sock"


def _write_settings(path: Path, mark: str, tables: Mapping[str, Mapping[str, Value]]) -> None:
    if path.exists() and path.read_text().startswith(mark + "\n"):
        return
    lines = [mark]
    for table, values in tables.items():
        lines += ["", f"[{table}]"] if table else []
        lines += [f"{name} = {_toml(value)}" for name, value in values.items()]
    write_privately(path, ("\n".join(lines) + "\n").encode())


def _toml(value: Value) -> str:
    """JSON's strings, numbers and lists of strings are also TOML's."""
    return json.dumps(value, ensure_ascii=False)
