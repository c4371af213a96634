"""Keys, requests and what a certificate says: the part that a kiosk needs as much as the authority does. Pure.

Decisions. EC P-256: Mosquitto, every OpenSSL in use and Python take it, a handshake stays under 2 KB, and a secure
element can hold such a key later. It is not the Ed25519 key that signs events: a TLS key can be renewed without a new
enrolment. A kiosk makes its key and a request for a certificate; the key never leaves it.

The common name is what the broker's permissions go by, so only unmistakable ones exist: a device's begins with a digit,
an ingest worker's with a letter, and neither holds anything that a topic filter would read.

No files here (`sync.private_files`), no signatures (`sync.issuing`), no judgement of dates in a handshake (`sync.tls`).
"""

from __future__ import annotations

import re
from datetime import datetime

import msgspec
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from kiosk.core.errors import BadInput

_WORKER = re.compile(r"[a-z][a-z0-9-]{0,30}\Z")
_NAME_LETTERS_MOST = 64  # ub-common-name of RFC 5280


class Facts(msgspec.Struct, frozen=True):
    """What a certificate says of itself; `key` is its public key (DER)."""

    name: str
    serial: int
    key: bytes
    begins: datetime
    ends: datetime
    is_server: bool

    def is_due(self, now: datetime) -> bool:
        """Whether half of its time is over, which is when it is to be renewed."""
        return now >= self.begins + (self.ends - self.begins) / 2


def is_worker_name(name: str) -> bool:
    """Whether an ingest worker may be called so."""
    return _WORKER.match(name) is not None


def new_key() -> bytes:
    """A fresh P-256 key, PEM (PKCS 8); not encrypted, for a kiosk starts with nobody there to type a word."""
    return key_pem(ec.generate_private_key(ec.SECP256R1()))


def new_request(key: bytes, name: str) -> bytes:
    """A request (PKCS 10, PEM) to be certified as `name`, signed with the PEM `key`. Raises BadInput."""
    builder = x509.CertificateSigningRequestBuilder().subject_name(subject(name))
    return builder.sign(load_key(key), hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def requested_key(request: bytes, name: str) -> ec.EllipticCurvePublicKey:
    """The key that a request wants certified as `name`. Raises BadInput when it is forged, weak or for another."""
    try:
        read = x509.load_pem_x509_csr(request)
        key, sound = read.public_key(), read.is_signature_valid
    except (ValueError, UnsupportedAlgorithm, x509.InvalidVersion) as error:
        raise BadInput(f"berkas ini bukan permintaan sertifikat (PEM): {error}") from error
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise BadInput("permintaan sertifikat harus berkunci EC P-256: buat lagi dengan `kentongan central ca request`")
    if not sound:
        raise BadInput(
            "permintaan sertifikat rusak: tanda tangannya tidak cocok dengan kuncinya; salin ulang berkasnya"
        )
    if (found := common_name(read.subject)) != name:
        raise BadInput(f"permintaan ini untuk {found!r}, bukan {name!r}: periksa berkas mana milik siapa")
    return key


def facts(certificate: bytes) -> Facts:
    """What the PEM `certificate` says. Raises BadInput when it is none."""
    read = load_certificate(certificate)
    try:
        purposes = list(read.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
    except x509.ExtensionNotFound:
        purposes = []
    return Facts(
        name=common_name(read.subject),
        serial=read.serial_number,
        key=public_bytes(read.public_key()),
        begins=read.not_valid_before_utc,
        ends=read.not_valid_after_utc,
        is_server=ExtendedKeyUsageOID.SERVER_AUTH in purposes,
    )


def public_bytes(key: CertificatePublicKeyTypes) -> bytes:
    """A public key in the form in which two can be compared (DER)."""
    return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    plain = serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)


def load_key(pem: bytes) -> ec.EllipticCurvePrivateKey:
    """Raises BadInput when `pem` is no unencrypted EC key."""
    try:
        key = serialization.load_pem_private_key(pem, password=None)
    except (TypeError, ValueError, UnsupportedAlgorithm) as error:
        raise BadInput(f"berkas ini bukan kunci TLS (PEM): {error}") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise BadInput("kunci TLS harus EC P-256")
    return key


def load_certificate(pem: bytes) -> x509.Certificate:
    """Raises BadInput when `pem` is no certificate."""
    try:
        return x509.load_pem_x509_certificate(pem)
    except (ValueError, x509.InvalidVersion) as error:
        raise BadInput(f"berkas ini bukan sertifikat (PEM): {error}") from error


def subject(name: str) -> x509.Name:
    """A subject of nothing but a common name. Raises BadInput when that is too long for a certificate."""
    if not 1 <= len(name) <= _NAME_LETTERS_MOST:
        raise BadInput(f"nama {name[:80]!r} harus 1 sampai {_NAME_LETTERS_MOST} huruf")
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def common_name(subject: x509.Name) -> str:
    """The one common name; empty when there is none or more than one."""
    found = subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(found[0].value) if len(found) == 1 else ""
