"""Who gets through the broker's door, and which broker a kiosk takes for its own, whatever the clocks say."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from sync import tls
from sync.broker import Connection
from sync.certificates import new_key, new_request
from sync.private_files import write_private
from sync.tls import BadTlsFiles, TlsFiles, tls_context
from tests.broker.site import DEVICE, NEIGHBOUR, SecureBroker, client, is_refused


@pytest.fixture
def broker(tmp_path: Path) -> SecureBroker:
    return SecureBroker(tmp_path)


@pytest.fixture
def running(broker: SecureBroker) -> Iterator[SecureBroker]:
    with broker.running():
        yield broker


def shake_hands(broker: SecureBroker, context: ssl.SSLContext) -> str:
    """Raises ssl.SSLError when our side does not take the broker's certificate."""
    with (
        socket.create_connection(("127.0.0.1", broker.port), timeout=10) as plain,
        context.wrap_socket(plain, server_hostname="127.0.0.1") as line,
    ):
        return line.version() or ""


def test_only_a_certificate_of_the_authority_opens_the_door(running: SecureBroker, tmp_path: Path) -> None:
    files = running.files(DEVICE)
    assert not is_refused(running.port, files)
    assert is_refused(running.port, TlsFiles(files.authority))
    forger = SecureBroker(tmp_path / "forger").files(DEVICE)
    assert is_refused(running.port, TlsFiles(files.authority, forger.certificate, forger.key))


def test_a_brokers_certificate_opens_no_door_and_a_kiosks_makes_no_broker(broker: SecureBroker) -> None:
    files = broker.files(DEVICE)
    server = broker.plan.folder / "server.pem"
    with broker.running():
        assert is_refused(broker.port, TlsFiles(files.authority, str(server), str(broker.plan.folder / "server.key")))
    key = new_key()
    write_private(broker.plan.folder / "server.key", key)
    write_private(server, broker.authority.sign_device(new_request(key, DEVICE), DEVICE, broker.now))
    with broker.running(), pytest.raises(ssl.SSLCertVerificationError, match="purpose"):
        shake_hands(broker, tls_context(files))


def test_a_broker_of_another_name_or_authority_is_not_taken(broker: SecureBroker, tmp_path: Path) -> None:
    files = broker.files(DEVICE)
    other = SecureBroker(tmp_path / "other").files(DEVICE)
    key = new_key()
    named = broker.authority.sign_server(new_request(key, "b.example"), ["b.example"], broker.now)
    with broker.running(), pytest.raises(ssl.SSLCertVerificationError, match="self-signed"):
        shake_hands(broker, tls_context(TlsFiles(other.authority, files.certificate, files.key)))
    write_private(broker.plan.folder / "server.key", key)
    write_private(broker.plan.folder / "server.pem", named)
    with broker.running(), pytest.raises(ssl.SSLCertVerificationError, match="IP address mismatch"):
        shake_hands(broker, tls_context(files))


@pytest.mark.parametrize(("years", "said"), [(54, "not yet valid"), (-40, "expired")])
def test_a_kiosk_whose_clock_is_decades_off_still_gets_through(tmp_path: Path, years: int, said: str) -> None:
    # A test cannot set the kiosk's clock, so the broker's authority and certificate are of another time instead. The
    # broker judges clients by its own clock and therefore takes them from an authority of today.
    today = SecureBroker(tmp_path / "today")
    broker = SecureBroker(tmp_path / "far", today.now + timedelta(days=365 * years))
    for name in ("ca.pem", "crl.pem"):
        write_private(broker.plan.folder / name, (today.plan.folder / name).read_bytes())
    files = msgspec.structs.replace(today.files(DEVICE), authority=str(broker.authority.certificate_file))
    with broker.running():
        judging = ssl.create_default_context(cafile=files.authority)
        with pytest.raises(ssl.SSLCertVerificationError, match=said):
            shake_hands(broker, judging)
        with client(broker.port, files) as kiosk:
            assert kiosk.carried(f"kt/1/00/{DEVICE}/up/batch").accepted


def test_an_expired_certificate_is_refused_and_its_renewal_taken(running: SecureBroker) -> None:
    present, running.now = running.now, running.now - timedelta(days=1096)
    assert is_refused(running.port, running.files(DEVICE))
    running.now = present
    assert not is_refused(running.port, running.files(DEVICE))


def test_a_revoked_certificate_is_refused_as_soon_as_the_broker_has_the_list(running: SecureBroker) -> None:
    files, neighbour = running.files(DEVICE), running.files(NEIGHBOUR)
    running.authority.revoke(DEVICE, running.now)
    assert not is_refused(running.port, files), "the broker cannot know yet"
    running.publish_revocations()
    running.reload()
    assert is_refused(running.port, files)
    assert not is_refused(running.port, neighbour)
    assert not is_refused(running.port, running.files(DEVICE)), "a new certificate of the same name"


def test_a_list_of_revocations_as_old_as_the_central_locks_nobody_out(tmp_path: Path) -> None:
    broker = SecureBroker(tmp_path, datetime.now(UTC) - timedelta(days=5000))
    broker.now = datetime.now(UTC)
    with broker.running():
        assert not is_refused(broker.port, broker.files(DEVICE))


def test_a_handshake_that_nobody_answers_ends_long_before_the_keepalive(
    broker: SecureBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tls, "HANDSHAKE_TIMEOUT_S", 0.2)
    connection = Connection("uji", tls=tls_context(broker.files(DEVICE)))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        began_s = time.monotonic()
        with pytest.raises(TimeoutError):
            connection.connect("127.0.0.1", silent.getsockname()[1])
    connection.abandon()
    assert time.monotonic() - began_s < 5


def test_unusable_files_are_named_and_count_as_a_network_error(broker: SecureBroker, tmp_path: Path) -> None:
    files = broker.files(DEVICE)
    (tmp_path / "empty.pem").touch()
    for wrong in (
        msgspec.structs.replace(files, authority=str(tmp_path / "none.pem")),
        msgspec.structs.replace(files, certificate=str(tmp_path / "empty.pem")),
        msgspec.structs.replace(files, key=broker.files(NEIGHBOUR).key),
    ):
        with pytest.raises(BadTlsFiles, match=r"none\.pem|empty\.pem|\.1002-k1\.key") as raised:
            tls_context(wrong)
        assert isinstance(raised.value, OSError), "what a link survives"
