"""The folder of an authority: its key, what it has signed and what it has revoked.

`ca.key`, `ca.pem`, `crl.pem` and `issued/<serial>.pem`. Whatever is signed is on disk before it is handed out, so that
there is no certificate in the world that cannot be revoked by its name. The folder may lie on a machine without a
network: requests come and certificates go as small files.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import msgspec
from cryptography import x509

from kiosk.core.errors import BadInput, Conflict, NotFound
from sync.certificates import Facts, facts
from sync.issuing import Issuer, Validity, new_authority
from sync.private_files import write_private


class Issued(msgspec.Struct, frozen=True):
    """One certificate of ours, and since when it is revoked."""

    facts: Facts
    revoked: datetime | None


def current(issued: Sequence[Issued]) -> list[Issued]:
    """Of every name the one that counts: the newest that is not revoked, else the newest."""
    ranked = sorted(issued, key=lambda each: (each.facts.name, each.revoked is None, each.facts.ends))
    return list({each.facts.name: each for each in ranked}.values())


class Authority:
    """Opens the authority in `folder`. Raises NotFound when there is none, BadInput when it is damaged.

    What was revoked stays so: its key is not signed again, under whatever name.
    """

    def __init__(self, folder: Path, validity: Validity = Validity()) -> None:
        self.folder = folder
        self.certificate_file, self.revocations_file = folder / "ca.pem", folder / "crl.pem"
        try:
            self._issuer = Issuer(self.certificate_file.read_bytes(), (folder / "ca.key").read_bytes(), validity)
        except FileNotFoundError as error:
            why = f"tidak ada otoritas di {folder}: buat dengan `kentongan central ca init --ca {folder}`"
            raise NotFound(why) from error

    @classmethod
    def create(cls, folder: Path, name: str, now: datetime, validity: Validity = Validity()) -> Authority:
        """A new authority, on disk, with nothing revoked. Raises Conflict when there is one: it is not replaced.

        The list comes last and says that all is there; what a power cut left half made is made anew.
        """
        if (folder / "crl.pem").exists():
            raise Conflict(f"di {folder} sudah ada otoritas: semua kiosk percaya padanya; pakai folder lain")
        certificate, key = new_authority(name, now, validity)
        write_private(folder / "ca.key", key)
        write_private(folder / "ca.pem", certificate)
        made = cls(folder, validity)
        write_private(made.revocations_file, made._issuer.revocations({}, 1, now))
        return made

    def sign_device(self, request: bytes, device: str, now: datetime) -> bytes:
        """A kiosk's certificate; also its renewal, any number of times. Raises BadInput."""
        return self._keep(self._issuer.device(request, device, now))

    def sign_worker(self, request: bytes, name: str, now: datetime) -> bytes:
        """An ingest worker's certificate. Raises BadInput."""
        return self._keep(self._issuer.worker(request, name, now))

    def sign_server(self, request: bytes, names: Sequence[str], now: datetime) -> bytes:
        """A broker's certificate for the names and addresses that clients dial. Raises BadInput."""
        return self._keep(self._issuer.server(request, names, now))

    def issued(self) -> list[Issued]:
        """Everything that was ever signed, by name and beginning."""
        revoked, _ = self._revoked()
        held = [facts(path.read_bytes()) for path in (self.folder / "issued").glob("*.pem")]
        found = [Issued(fact, revoked.get(fact.serial)) for fact in held]
        return sorted(found, key=lambda each: (each.facts.name, each.facts.begins))

    def revoke(self, name: str, now: datetime, keep: int | None = None) -> list[int]:
        """Revokes what was signed for `name`, except the serial number `keep`; returns the new ones in the list.

        Returns after `crl.pem` is on disk; the broker must be given it. Raises NotFound for a name never signed.
        """
        mine = [each for each in self.issued() if each.facts.name == name]
        if not mine:
            raise NotFound(f"belum pernah ada sertifikat untuk {name!r}")
        fresh = [each.facts.serial for each in mine if each.revoked is None and each.facts.serial != keep]
        if fresh:
            revoked, number = self._revoked()
            revoked |= dict.fromkeys(fresh, now)
            write_private(self.revocations_file, self._issuer.revocations(revoked, number + 1, now))
        return fresh

    def _keep(self, certificate: bytes) -> bytes:
        fresh = facts(certificate)
        revoked, _ = self._revoked()
        if any(facts(self._file(serial).read_bytes()).key == fresh.key for serial in revoked):
            raise BadInput(f"kunci {fresh.name!r} sudah dicabut: hapus berkas kuncinya, lalu buat yang baru")
        write_private(self._file(fresh.serial), certificate)
        return certificate

    def _file(self, serial: int) -> Path:
        return self.folder / "issued" / f"{serial:x}.pem"

    def _revoked(self) -> tuple[dict[int, datetime], int]:
        try:
            held = x509.load_pem_x509_crl(self.revocations_file.read_bytes())
            number = held.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
        except (OSError, ValueError, x509.ExtensionNotFound) as error:
            why = f"daftar pencabutan {self.revocations_file} tidak terbaca: kembalikan dari cadangan ({error})"
            raise BadInput(why) from error
        return {entry.serial_number: entry.revocation_date_utc for entry in held}, number
