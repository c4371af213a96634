"""What an authority signs: certificates of brokers, kiosks and ingest workers, and the list of those revoked. Pure.

Decisions. The authority decides the name: it signs a request only for the name that it was told. Purposes are written
in, so that a kiosk's certificate cannot stand in for a broker, and the authority cannot make others. Nothing outlives
the authority. Lengths of time are data (`Validity`), and `now` comes from outside.

It keeps nothing: what was signed and revoked is remembered by `sync.authority`.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, ObjectIdentifier

from kiosk.core.errors import BadInput
from kiosk.core.ids import is_device_id
from sync.certificates import is_worker_name, key_pem, load_certificate, load_key, requested_key, subject

_PEM = serialization.Encoding.PEM
_HOST = re.compile(r"(?!-)[a-z0-9-]{1,63}(\.(?!-)[a-z0-9-]{1,63})*\Z", re.IGNORECASE)


class Validity(msgspec.Struct, frozen=True):
    """How long things are good, in days. They are renewed at half of it; a kiosk's also when it is over.

    The list of revoked certificates lasts as long as the authority: Mosquitto refuses *everybody* once it is over, and
    a new one replaces it anyway. All is good from `earlier_days` before it was made: the broker's clock is another.
    """

    authority_days: int = 7300
    server_days: int = 1095
    client_days: int = 1095
    revocations_days: int = 7300
    earlier_days: int = 2


def new_authority(name: str, now: datetime, validity: Validity = Validity()) -> tuple[bytes, bytes]:
    """A new authority: its certificate and its key, PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    ends = now + timedelta(days=validity.authority_days)
    builder = _begun(key.public_key(), name, now, ends, validity).issuer_name(subject(name))
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(_usage(certifies=True), critical=True)
    return builder.sign(key, hashes.SHA256()).public_bytes(_PEM), key_pem(key)


class Issuer:
    """An authority at work. Raises BadInput when what it is given is no certificate and key."""

    def __init__(self, certificate: bytes, key: bytes, validity: Validity = Validity()) -> None:
        self._certificate, self._key, self._validity = load_certificate(certificate), load_key(key), validity

    def device(self, request: bytes, device: str, now: datetime) -> bytes:
        """A kiosk's certificate, PEM. Raises BadInput for a request that is not this device's."""
        if not is_device_id(device):
            raise BadInput(f"{device!r} bukan nama perangkat: tulis seperti 31.74.05.1001-k1")
        return self._client(request, device, now)

    def worker(self, request: bytes, name: str, now: datetime) -> bytes:
        """An ingest worker's certificate, PEM. Raises BadInput for a request that is not this worker's."""
        if not is_worker_name(name):
            raise BadInput(f"{name!r} bukan nama pekerja penerimaan: huruf kecil, angka dan -, misalnya penerima")
        return self._client(request, name, now)

    def server(self, request: bytes, names: Sequence[str], now: datetime) -> bytes:
        """A broker's certificate, PEM, for the host names and addresses that clients dial; the first is its name."""
        builder = self._leaf(request, names[0], now, self._validity.server_days, ExtendedKeyUsageOID.SERVER_AUTH)
        return self._signed(
            builder.add_extension(x509.SubjectAlternativeName([_dialled(name) for name in names]), critical=False)
        )

    def revocations(self, revoked: Mapping[int, datetime], number: int, now: datetime) -> bytes:
        """The list (CRL, PEM) of all revoked serial numbers; `number` grows with each list."""
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self._certificate.subject)
            .last_update(now - timedelta(days=self._validity.earlier_days))
            .next_update(now + timedelta(days=self._validity.revocations_days))
            .add_extension(self._signer(), critical=False)
            .add_extension(x509.CRLNumber(number), critical=False)
        )
        for serial, since in revoked.items():
            entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(since).build()
            builder = builder.add_revoked_certificate(entry)
        return builder.sign(self._key, hashes.SHA256()).public_bytes(_PEM)

    def _client(self, request: bytes, name: str, now: datetime) -> bytes:
        return self._signed(self._leaf(request, name, now, self._validity.client_days, ExtendedKeyUsageOID.CLIENT_AUTH))

    def _leaf(
        self, request: bytes, name: str, now: datetime, days: int, purpose: ObjectIdentifier
    ) -> x509.CertificateBuilder:
        ends = min(now + timedelta(days=days), self._certificate.not_valid_after_utc)
        return (
            _begun(requested_key(request, name), name, now, ends, self._validity)
            .issuer_name(self._certificate.subject)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(certifies=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
            .add_extension(self._signer(), critical=False)
        )

    def _signer(self) -> x509.AuthorityKeyIdentifier:
        held = self._certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
        return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(held)

    def _signed(self, builder: x509.CertificateBuilder) -> bytes:
        return builder.sign(self._key, hashes.SHA256()).public_bytes(_PEM)


def _begun(
    key: ec.EllipticCurvePublicKey, name: str, now: datetime, ends: datetime, validity: Validity
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject(name))
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=validity.earlier_days))
        .not_valid_after(ends)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _usage(certifies: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not certifies,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=certifies,
        crl_sign=certifies,
        encipher_only=False,
        decipher_only=False,
    )


def _dialled(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        if not _HOST.match(name):
            raise BadInput(f"{name!r} bukan nama atau alamat broker: tulis seperti broker.kota.example") from None
        return x509.DNSName(name.lower())
