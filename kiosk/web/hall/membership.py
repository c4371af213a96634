"""The keys of a hall on disk: one file a satellite, the same at the hub and there, for the daemons' group alone.

`kentongan hub add` makes one, `kentongan hub join` puts it in its place at the satellite. What was given once is never
given to another: a satellite that was removed leaves its mark behind in an empty file.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import msgspec

from kiosk.core.decoding import from_json
from kiosk.core.errors import BadInput, Conflict, NotFound, StoreError
from kiosk.core.hall.seal import Membership
from kiosk.core.hall.series import next_mark
from kiosk.core.ids import is_device_id

_LIMIT_BYTES = 4_096


def read_membership(path: Path) -> Membership:
    """Raises NotFound when there is none, BadInput when it is none of ours, StoreError when it cannot be read."""
    try:
        data = path.read_bytes()[: _LIMIT_BYTES + 1]
    except FileNotFoundError:
        raise NotFound(f"{path} belum ada: lihat `kentongan hub add --help` di induk") from None
    except OSError as error:
        raise StoreError(f"{path} tidak dapat dibaca: {error.strerror or error}") from error
    try:
        return from_json(data, Membership)
    except msgspec.DecodeError:
        raise BadInput(f"{path} bukan kunci satelit yang utuh: salin lagi dari induk") from None


def write_membership(path: Path, held: Membership) -> None:
    """On disk as a whole, mode 0640 (the daemons' group), when it returns. Raises StoreError."""
    fresh = path.with_suffix(".new")
    try:
        path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o640)
        try:
            os.write(descriptor, msgspec.json.format(msgspec.json.encode(held)) + b"\n")
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        fresh.replace(path)
    except OSError as error:
        raise StoreError(f"{path} tidak dapat ditulis: {error.strerror or error}") from error


class Satellites:
    """The hub's folder of keys."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def of(self, device: str) -> Membership | None:
        """The membership of a satellite, None for one that is not ours."""
        if not is_device_id(device):
            return None  # it also names a file
        try:
            return read_membership(self._folder / f"{device}.key")
        except NotFound:
            return None

    def all(self) -> list[Membership]:
        """In order of their names."""
        return [read_membership(path) for path in sorted(self._folder.glob("*.key"))]

    def add(self, hub: str, device: str, certificate: str) -> Membership:
        """A new satellite with a key and a mark of its own. Raises Conflict when it is known already."""
        if not is_device_id(device) or device == hub:
            raise BadInput(f"{device} bukan nama kiosk lain: tulis seperti k2")
        if (self._folder / f"{device}.key").exists():
            raise Conflict(f"{device} sudah menjadi satelit induk ini: hapus dulu dengan `kentongan hub remove`")
        mark = next_mark([each.mark for each in self.all()] + [path.suffix[1:] for path in self._folder.glob("*.?")])
        if mark is None:
            raise Conflict("Semua huruf tanda sudah pernah diberikan: tidak ada lagi untuk satelit baru.")
        made = Membership(hub, device, mark, secrets.token_hex(32), certificate)
        write_membership(self._folder / f"{device}.key", made)
        return made

    def remove(self, device: str) -> None:
        """From now on it is not answered. Raises NotFound."""
        held = self.of(device)
        if held is None:
            raise NotFound(f"{device} bukan satelit induk ini")
        (self._folder / f"{device}.{held.mark}").touch()  # its tickets carry the mark
        (self._folder / f"{device}.key").unlink()
