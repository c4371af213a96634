"""An operator's way by the commands alone: authority, broker, kiosk, and the kiosk thrown out again."""

from __future__ import annotations

import getpass
import os
import signal
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from deploy.cli import kentongan
from deploy.demo.broker import Kind, accepts, command
from kiosk.core.errors import BadInput, KentonganError
from sync.authority import Authority
from sync.certificates import new_key, new_request
from sync.tls import TlsFiles
from tests.broker.site import DEVICE, client, is_refused
from tests.ports import free_port
from tests.sync.site import eventually

LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)


class Operator:
    """Types `kentongan central …` in one folder, as whoever runs the tests."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.mine = ("--user", getpass.getuser())
        self.ca = ("--ca", str(folder / "ca"))

    def types(self, *words: str, code: int = 0) -> str:
        done = CliRunner().invoke(kentongan, ["central", *words])
        if isinstance(done.exception, KentonganError):
            raise done.exception
        assert done.exit_code == code, done.output
        return done.output

    def path(self, name: str) -> str:
        return str(self.folder / name)


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    made = Operator(tmp_path)
    made.types("ca", "init", "--name", "Kota Uji", *made.ca)
    return made


def test_a_kiosk_gets_in_by_the_commands_alone_and_out_again(operator: Operator) -> None:
    port, out = free_port(), ("--out", operator.path("broker"))
    warned = operator.types("broker-config", *out, "--worker", "penerima", "--port", str(port), *operator.mine)
    assert "server.key: buat dengan `kentongan central ca server`" in warned
    operator.types("ca", "server", "localhost", "127.0.0.1", *out, *operator.mine, *operator.ca)
    key, certificate, asked = operator.path("tls.key"), operator.path("tls.pem"), operator.path("k1.csr")
    operator.types("ca", "request", DEVICE, "--key", key, "--out", asked, *operator.mine)
    operator.types("ca", "device", DEVICE, "--request", asked, "--out", certificate, *operator.ca)
    files = TlsFiles(operator.path("broker/ca.pem"), certificate, key)
    program = command(Kind.MOSQUITTO, port, operator.folder)[0]
    with subprocess.Popen([program, "-c", operator.path("broker/mosquitto.conf")], stderr=subprocess.PIPE) as broker:
        try:
            eventually(lambda: accepts(port))
            with client(port, files) as kiosk:
                assert kiosk.carried(f"kt/1/00/{DEVICE}/up/batch").accepted
            operator.types("ca", "revoke", DEVICE, "--broker", operator.path("broker"), *operator.mine, *operator.ca)
            broker.send_signal(signal.SIGHUP)
            eventually(lambda: is_refused(port, files))
        finally:
            broker.kill()


def test_renewal_keeps_the_key_so_that_a_power_cut_leaves_a_pair_that_fits(operator: Operator) -> None:
    for name, words in (("server", ("server", "localhost")), ("penerima", ("worker", "penerima"))):
        once = ("ca", *words, "--out", operator.path("out"), *operator.mine, *operator.ca)
        operator.types(*once)
        key, certificate = operator.folder / "out" / f"{name}.key", operator.folder / "out" / f"{name}.pem"
        before = key.read_bytes(), certificate.read_bytes()
        operator.types(*once)
        assert key.read_bytes() == before[0]
        assert certificate.read_bytes() != before[1]


def test_the_list_shows_each_name_once_and_fails_when_something_is_to_be_renewed(operator: Operator) -> None:
    authority = Authority(operator.folder / "ca")
    for _ in range(2):
        authority.sign_worker(new_request(new_key(), "lama"), "lama", LONG_AGO)
    operator.types("ca", "worker", "penerima", "--out", operator.path("out"), *operator.mine, *operator.ca)
    shown = operator.types("ca", "list", *operator.ca, code=1).splitlines()
    assert [line.split()[::2] for line in shown] == [["baik", "Kota"], ["perpanjang", "lama"], ["baik", "penerima"]]
    operator.types("ca", "revoke", "lama", *operator.ca)
    assert "dicabut" in operator.types("ca", "list", *operator.ca)


def test_files_for_a_user_whom_the_machine_does_not_have_are_not_written(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)  # only root gives files away
    with pytest.raises(BadInput, match="--user"):
        operator.types("ca", "server", "b", "--out", operator.path("out"), "--user", "tidak-ada", *operator.ca)
    assert not (operator.folder / "out").exists()
