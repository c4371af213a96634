"""The certificate of the device for the office's own network: made once, kept beside the database, valid ten years.

No authority signs for a name like `kios.local`, so the certificate signs itself and an officer's browser is told once
to trust it, by the fingerprint that the daemon logs and `kentongan kiosk certificate` prints. A site with an
authority of its own puts its files in the place of these two.
"""

from __future__ import annotations

import hashlib
import ipaddress
import os
import ssl
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.core.errors import StoreError

if TYPE_CHECKING:
    from cryptography.x509 import GeneralName

_DAYS = 3650
# A Pi's clock may stand in the past when the certificate is made; nobody's browser must find it not yet valid.
_BEGINS = datetime(2024, 1, 1, tzinfo=UTC)


def device_certificate(data_dir: Path, device: str, names: Sequence[str]) -> tuple[Path, Path]:
    """(certificate, key), made (the key with mode 0600) when there are none. Raises StoreError when it cannot be."""
    certificate, key = data_dir / "office.pem", data_dir / "office.key"
    try:
        if not (certificate.exists() and key.exists()):
            _make(certificate, key, device, names)
    except OSError as error:
        raise StoreError(f"{certificate} tidak dapat dibuat: {error.strerror or error}") from error
    return certificate, key


def fingerprint(certificate: Path) -> str:
    """SHA-256 as browsers show it: `AB:CD:…`."""
    digest = hashlib.sha256(ssl.PEM_cert_to_DER_cert(certificate.read_text())).hexdigest().upper()
    return ":".join(digest[at : at + 2] for at in range(0, len(digest), 2))


def _make(certificate: Path, key_file: Path, device: str, names: Sequence[str]) -> None:
    # 6 MB of memory that a daemon whose certificate exists never needs.
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Kentongan {device}")])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_BEGINS)
        .not_valid_after(max(datetime.now(UTC), _BEGINS) + timedelta(days=_DAYS))
        .add_extension(x509.SubjectAlternativeName([_name(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    _write(key_file, private, 0o600)
    _write(certificate, made.public_bytes(serialization.Encoding.PEM), 0o644)


def _name(text: str) -> GeneralName:
    from cryptography import x509

    try:
        return x509.IPAddress(ipaddress.ip_address(text))
    except ValueError:
        return x509.DNSName(text)


def _write(path: Path, data: bytes, mode: int) -> None:
    fresh = path.with_suffix(path.suffix + ".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    try:
        os.write(descriptor, data)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    fresh.replace(path)
