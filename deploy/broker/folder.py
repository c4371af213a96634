"""Files on their way from the authority to who reads them: keys that stay, owners, and what is still missing.

Mosquitto and the daemons run as users of their own and a private file is readable by its owner only, so root gives each
away. Nobody else can, and then they belong to whoever ran the command, as in a rehearsal.
"""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterable, Mapping
from pathlib import Path

from kiosk.core.errors import BadInput, NotFound
from sync.certificates import new_key
from sync.private_files import write_private

_NEEDED = ("ca.pem", "crl.pem", "server.pem", "server.key")


class Owner:
    """A system user who is given files. Raises BadInput for one that this machine does not have."""

    def __init__(self, name: str) -> None:
        self._account: pwd.struct_passwd | None = None
        if os.geteuid() == 0:
            try:
                self._account = pwd.getpwnam(name)
            except KeyError as error:
                why = f"tidak ada pengguna sistem {name!r}: pasang dulu paketnya, atau pilih yang lain dengan --user"
                raise BadInput(why) from error

    def own(self, paths: Iterable[Path]) -> None:
        if self._account is not None:
            for path in paths:
                os.chown(path, self._account.pw_uid, self._account.pw_gid)

    def receive(self, folder: Path, files: Mapping[str, bytes]) -> None:
        """Writes them; returns after they are on disk."""
        for name, data in files.items():
            write_private(folder / name, data)
        self.own(folder / name for name in files)

    def key(self, path: Path) -> bytes:
        """The TLS key in a file, made when missing. A renewal keeps it, so that key and certificate always match."""
        if not path.exists():
            write_private(path, new_key())
            self.own([path])
        return read(path)


def read(path: Path) -> bytes:
    """Raises NotFound with the file's name when it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise NotFound(f"berkas {path} tidak dapat dibaca: {error.strerror}") from error


def missing(folder: Path) -> list[str]:
    """What Mosquitto needs in its folder and does not find."""
    return [name for name in _NEEDED if not (folder / name).exists()]
