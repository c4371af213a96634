"""A real Mosquitto with generated settings, the authority behind it, and clients of every kind at its door."""

from __future__ import annotations

import getpass
import secrets
import signal
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from deploy.broker.mosquitto import BrokerPlan, permissions, settings
from deploy.demo.broker import Kind, accepts, command
from sync.authority import Authority
from sync.broker import Arrived, Carried, Connected, Connection, Happening, Lost, Will
from sync.certificates import new_key, new_request
from sync.private_files import write_private
from sync.tls import TlsFiles, tls_context
from tests.ports import free_port
from tests.sync.site import eventually

DEVICE, NEIGHBOUR, WORKER = "31.74.05.1001-k1", "31.74.05.1002-k1", "penerima"


class SecureBroker:
    """`folder/ca` is the authority, `folder/broker` what the broker reads, `folder/clients` what clients show."""

    def __init__(self, folder: Path, now: datetime | None = None) -> None:
        self.folder, self.now = folder, now or datetime.now(UTC)
        self.authority = Authority.create(folder / "ca", "Kentongan Uji", self.now)
        self.plan = BrokerPlan(
            folder=folder / "broker", workers=(WORKER,), port=free_port(), address="127.0.0.1", user=getpass.getuser()
        )
        key = new_key()
        server = self.authority.sign_server(new_request(key, "127.0.0.1"), ["127.0.0.1"], self.now)
        write_private(self.plan.folder / "server.key", key)
        write_private(self.plan.folder / "server.pem", server)
        write_private(self.plan.folder / "ca.pem", self.authority.certificate_file.read_bytes())
        write_private(self.plan.folder / "mosquitto.conf", settings(self.plan).encode())
        self.permit(permissions(self.plan))
        self.publish_revocations()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def port(self) -> int:
        return self.plan.port

    @property
    def log(self) -> str:
        return (self.folder / "broker.log").read_text()

    def permit(self, acl: str) -> None:
        write_private(self.plan.folder / "acl", acl.encode())

    def publish_revocations(self) -> None:
        write_private(self.plan.folder / "crl.pem", self.authority.revocations_file.read_bytes())

    def files(self, name: str, sign: Callable[[bytes, str, datetime], bytes] | None = None) -> TlsFiles:
        """What a client called `name` shows: made, signed and written."""
        key = new_key()
        chosen = sign or (self.authority.sign_worker if name == WORKER else self.authority.sign_device)
        clients = self.folder / "clients"
        shown, held = clients / f"{name}.pem", clients / f"{name}.key"
        write_private(shown, chosen(new_request(key, name), name, self.now))
        write_private(held, key)
        return TlsFiles(str(self.authority.certificate_file), str(shown), str(held))

    @contextmanager
    def running(self) -> Iterator[SecureBroker]:
        program = command(Kind.MOSQUITTO, self.port, self.folder)[0]
        with (self.folder / "broker.log").open("wb") as log:
            self._process = subprocess.Popen(
                [program, "-c", str(self.plan.folder / "mosquitto.conf")], stdout=log, stderr=log
            )
            try:
                eventually(lambda: accepts(self.port))
                eventually(lambda: " running" in self.log)  # only now does SIGHUP reload and not kill
                yield self
            finally:
                self._process.kill()
                self._process.wait()

    def reload(self) -> None:
        """Lets it read permissions and revocations anew; it says so and does it before the next packet."""
        assert self._process is not None
        before = self.log.count("Reloading config")
        self._process.send_signal(signal.SIGHUP)
        eventually(lambda: self.log.count("Reloading config") > before)


class Client:
    """Our own connection with what happened on it so far."""

    def __init__(self, port: int, files: TlsFiles, will: Will | None = None) -> None:
        self.connection = Connection(secrets.token_hex(8), will, tls_context(files))
        self.seen: list[Happening] = []
        self.connection.connect("127.0.0.1", port)

    def until(self, *kinds: type[Happening]) -> Happening:
        """Steps until something of these kinds has happened; returns the first of them."""

        def found() -> bool:
            self.seen += self.connection.step(0.02)
            return any(isinstance(each, kinds) for each in self.seen)

        eventually(found)
        return next(each for each in self.seen if isinstance(each, kinds))

    def carried(self, topic: str, payload: bytes = b"uji") -> Carried:
        """The broker's answer to one publish."""
        self.seen.clear()
        message = self.connection.publish(topic, payload)
        carried = self.until(Carried)
        assert isinstance(carried, Carried)
        assert carried.message == message
        return carried

    def arrived(self) -> list[str]:
        return [each.topic for each in self.seen if isinstance(each, Arrived)]


@contextmanager
def client(port: int, files: TlsFiles, topics: Sequence[str] = (), will: Will | None = None) -> Iterator[Client]:
    """Connected and subscribed; dies without a word at the end, so that its will is told."""
    made = Client(port, files, will)
    try:
        made.until(Connected)
        if topics:
            made.connection.subscribe(topics)
        yield made
    finally:
        made.connection.abandon()


def is_refused(port: int, files: TlsFiles) -> bool:
    """Whether the broker ends a connection that shows these files, before it is an MQTT connection."""
    try:
        made = Client(port, files)
    except OSError:
        return True
    try:
        return isinstance(made.until(Connected, Lost), Lost)
    finally:
        made.connection.abandon()
