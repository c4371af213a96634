"""What the authority signs and what it doesn't, and what a power cut leaves of it."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.errors import BadInput, Conflict, NotFound
from kiosk.core.ids import is_device_id
from sync.authority import Authority
from sync.certificates import facts, is_worker_name, new_key, new_request, subject
from sync.issuing import Validity
from tests.broker.site import DEVICE, NEIGHBOUR, WORKER

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
PEM = serialization.Encoding.PEM
ARMOUR = b"-----BEGIN CERTIFICATE REQUEST-----\n%s-----END CERTIFICATE REQUEST-----\n"


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority.create(tmp_path / "ca", "Kentongan Uji", NOW)


def request(name: str) -> bytes:
    return new_request(new_key(), name)


def test_a_certificate_says_name_purpose_and_dates(authority: Authority) -> None:
    device = facts(authority.sign_device(request(DEVICE), DEVICE, NOW))
    assert (device.name, device.is_server) == (DEVICE, False)
    assert (device.begins, device.ends) == (NOW - timedelta(days=2), NOW + timedelta(days=1095))
    assert not device.is_due(NOW + timedelta(days=546))
    assert device.is_due(NOW + timedelta(days=547))
    assert facts(authority.sign_server(request("b.example"), ["b.example", "10.0.0.1", "::1"], NOW)).is_server


def test_the_authority_signs_only_the_name_it_was_told(authority: Authority) -> None:
    with pytest.raises(BadInput, match=NEIGHBOUR):
        authority.sign_device(request(NEIGHBOUR), DEVICE, NOW)
    assert authority.issued() == []


@pytest.mark.parametrize("name", [WORKER, "+", "#", "31.74.05.1001", f"{DEVICE}/up", f"{DEVICE}\n", ""])
def test_a_kiosk_is_never_given_a_name_that_permissions_would_misread(authority: Authority, name: str) -> None:
    with pytest.raises(BadInput):
        authority.sign_device(request(name or "x"), name, NOW)


@pytest.mark.parametrize("name", [DEVICE, "+", "#", "Penerima", "a b", "pen/erima", "p\n", ""])
def test_a_worker_is_never_given_a_name_that_permissions_would_misread(authority: Authority, name: str) -> None:
    with pytest.raises(BadInput):
        authority.sign_worker(request(name or "x"), name, NOW)


@given(st.text(max_size=40) | st.from_regex(r"[0-9a-z.+#/$-]{1,40}", fullmatch=True))
def test_no_name_is_both_a_kiosks_and_a_workers(name: str) -> None:
    assert not (is_device_id(name) and is_worker_name(name))


@pytest.mark.parametrize("name", ["", "a b", "-x", "broker..example", "*.example", "broker.example\nuser root"])
def test_a_broker_is_named_only_by_what_can_be_dialled(authority: Authority, name: str) -> None:
    with pytest.raises(BadInput):
        authority.sign_server(request("broker.example"), ["broker.example", name], NOW)


def test_other_keys_than_p256_are_not_signed(authority: Authority) -> None:
    builder = x509.CertificateSigningRequestBuilder().subject_name(subject(DEVICE))
    for key in (rsa.generate_private_key(65537, 2048), ec.generate_private_key(ec.SECP384R1())):
        with pytest.raises(BadInput, match="P-256"):
            authority.sign_device(builder.sign(key, hashes.SHA256()).public_bytes(PEM), DEVICE, NOW)


def test_a_damaged_request_is_refused_in_words(authority: Authority) -> None:
    der = x509.load_pem_x509_csr(request(DEVICE)).public_bytes(serialization.Encoding.DER)
    for at in range(0, len(der), 7):
        damaged = der[:at] + bytes([der[at] ^ 0x01]) + der[at + 1 :]
        with pytest.raises(BadInput):
            authority.sign_device(ARMOUR % base64.encodebytes(damaged), DEVICE, NOW)
    with pytest.raises(BadInput):
        authority.sign_device(b"", DEVICE, NOW)


def test_nothing_outlives_the_authority(tmp_path: Path) -> None:
    short = Validity(authority_days=10)
    authority = Authority.create(tmp_path / "ca", "Kentongan Uji", NOW, short)
    assert facts(authority.sign_device(request(DEVICE), DEVICE, NOW)).ends == NOW + timedelta(days=10)


def test_revoking_by_name_takes_every_certificate_of_that_name_and_no_other(authority: Authority) -> None:
    mine = {facts(authority.sign_device(request(DEVICE), DEVICE, NOW)).serial for _ in range(2)}
    authority.sign_device(request(NEIGHBOUR), NEIGHBOUR, NOW)
    assert set(authority.revoke(DEVICE, NOW)) == mine
    assert authority.revoke(DEVICE, NOW + timedelta(days=1)) == []
    authority.revoke(NEIGHBOUR, NOW + timedelta(days=2))
    again = Authority(authority.folder)
    assert {each.facts.serial for each in again.issued() if each.revoked == NOW} == mine
    assert all(each.revoked for each in again.issued())
    with pytest.raises(NotFound):
        authority.revoke("31.74.05.9999-k1", NOW)


def test_after_a_revocation_a_kiosk_gets_in_with_a_new_key_only(authority: Authority) -> None:
    stolen = request(DEVICE)
    authority.sign_device(stolen, DEVICE, NOW)
    authority.sign_device(stolen, DEVICE, NOW)
    authority.revoke(DEVICE, NOW)
    with pytest.raises(BadInput, match="dicabut"):
        authority.sign_device(stolen, DEVICE, NOW)
    authority.sign_device(request(DEVICE), DEVICE, NOW)
    assert [each.revoked for each in authority.issued()].count(None) == 1


def test_an_authority_is_never_replaced(authority: Authority) -> None:
    held = (authority.folder / "ca.key").read_bytes()
    with pytest.raises(Conflict):
        Authority.create(authority.folder, "Lain", NOW)
    assert (authority.folder / "ca.key").read_bytes() == held


@pytest.mark.parametrize("left", [["ca.key"], ["ca.key", "ca.pem"], ["ca.key.new"]])
def test_an_authority_half_made_by_a_power_cut_is_made_anew(
    authority: Authority, tmp_path: Path, left: list[str]
) -> None:
    half = tmp_path / "half"
    half.mkdir()
    for name in left:
        (half / name).write_bytes((authority.folder / name.removesuffix(".new")).read_bytes()[:99])
    made = Authority.create(half, "Kentongan Uji", NOW)
    made.sign_device(request(DEVICE), DEVICE, NOW)


def test_a_lost_list_of_revocations_is_not_taken_for_an_empty_one(authority: Authority) -> None:
    authority.sign_device(request(DEVICE), DEVICE, NOW)
    authority.revocations_file.unlink()
    with pytest.raises(BadInput, match="cadangan"):
        authority.revoke(DEVICE, NOW)


def test_every_file_is_readable_by_its_owner_only(authority: Authority) -> None:
    authority.sign_device(request(DEVICE), DEVICE, NOW)
    modes = {path.stat().st_mode & 0o777 for path in authority.folder.rglob("*") if path.is_file()}
    assert modes == {0o600}
