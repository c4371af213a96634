"""HTTPS on the office's network: the device's own certificate, forms and streams through it, no PIN in the clear."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.core.settings import SiteSettings
from kiosk.store.database import Store
from kiosk.web.certificate import device_certificate, fingerprint
from tests.web.site import PIN, free_port

ROOT = Path(__file__).parents[2]
CONFIG = """
[site]
code = "31.74.05.1001"
name = "Kelurahan Pulo"
address = "Jl. Puri Mutiara No. 1"
[sync]
central_key = "{key}"
[paths]
data_dir = "{folder}"
[kiosk]
port = {plain}
tls_port = {tls}
tls_host = "127.0.0.1"
tls_names = ["localhost", "127.0.0.1"]
"""


@pytest.fixture
def ports(tmp_path: Path, settings: SiteSettings, store: Store) -> Iterator[tuple[int, int]]:
    """A kiosk's daemon, as production runs it: its plain and its safe port."""
    plain, tls = free_port(), free_port()
    config = tmp_path / "kentongan.toml"
    config.write_text(CONFIG.format(key="0" * 64, folder=settings.data_dir, plain=plain, tls=tls))
    ready = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
        told.bind(str(ready))
        told.settimeout(60)
        command = [sys.executable, "-m", "deploy.cli", "kiosk", "serve", "--config", str(config)]
        environment = {**os.environ, "NOTIFY_SOCKET": str(ready)}
        with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL) as daemon:
            try:
                while told.recv(1024) != b"READY=1":
                    pass
                yield plain, tls
            finally:
                daemon.send_signal(signal.SIGTERM)
                assert daemon.wait(30) == 0


def test_an_officer_works_by_https_with_the_devices_certificate(ports: tuple[int, int], settings: SiteSettings) -> None:
    certificate = settings.data_dir / "office.pem"
    assert (settings.data_dir / "office.key").stat().st_mode & 0o777 == 0o600
    trusting = ssl.create_default_context(cafile=str(certificate))
    line = http.client.HTTPSConnection("localhost", ports[1], timeout=20, context=trusting)
    address = f"https://localhost:{ports[1]}"
    headers = {"Content-Type": "application/json", "Origin": address}
    try:
        wish = json.dumps({"officer": "Ratna", "pin": PIN, "counter": 1})
        line.request("POST", "/api/v1/sign-in", wish, headers)
        answer = line.getresponse()
        token = json.loads(answer.read())["csrf"]
        cookie = str(answer.getheader("Set-Cookie"))
        assert "Secure" in cookie
        mine = {**headers, "Cookie": cookie.partition(";")[0], "X-CSRF-Token": token}
        line.request("POST", "/api/v1/tickets", json.dumps({"service": "usaha"}), headers)
        assert line.getresponse().read()
        line.request("POST", "/api/v1/counters/1/next", "{}", mine)
        assert json.loads(line.getresponse().read())["number"] == "A-001"
        line.request("GET", "/loket/konsol/events", headers=mine)
        stream = line.getresponse()
        while "A-001" not in (text := stream.readline().decode()):
            assert text
    finally:
        stream.close()
        line.close()


def test_nothing_but_tls_is_answered_on_the_safe_port_and_old_versions_are_refused(ports: tuple[int, int]) -> None:
    with socket.create_connection(("127.0.0.1", ports[1]), timeout=20) as line:
        line.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert not line.recv(100).startswith(b"HTTP")
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
    old.set_ciphers("DEFAULT:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        old.maximum_version = ssl.TLSVersion.TLSv1_1
    with socket.create_connection(("127.0.0.1", ports[1]), timeout=20) as line, pytest.raises(ssl.SSLError):
        old.wrap_socket(line, server_hostname="localhost")


def test_the_certificate_is_made_once_and_keeps_its_fingerprint(tmp_path: Path) -> None:
    names = ("kentongan.local", "192.168.1.20")
    first, _ = device_certificate(tmp_path, "31.74.05.1001-k1", names)
    seen = fingerprint(first)
    again, _ = device_certificate(tmp_path, "31.74.05.1001-k1", names)
    assert fingerprint(again) == seen
    assert len(seen.split(":")) == 32
