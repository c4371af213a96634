"""A site and a central on one machine, with a real broker between them, for tests of the way from one to the other."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

import msgspec
from nacl.signing import SigningKey

from deploy.demo.broker import Kind, accepts, command
from kiosk.core.settings import Paths as SitePaths
from kiosk.core.settings import Site, SiteSettings, SyncSettings
from kiosk.store.database import Store, open_store
from kiosk.store.migrate import migrate as migrate_site
from sync.agent import daemon
from sync.central.ingest import worker
from sync.central.ingest.consumer import BrokerAddress
from sync.central.store import CentralStore, SiteCard, open_central
from sync.central.store import migrate as migrate_central
from sync.keys import load_or_create, public_hex
from tests.ports import free_port

ALL_SHARDS = frozenset(range(64))


def eventually(true: Callable[[], object], within_s: float = 15.0) -> None:
    """Returns as soon as `true()` is; fails when it is not within `within_s`."""
    until, pause = time.monotonic() + within_s, threading.Event()
    while not true():
        assert time.monotonic() < until, f"not within {within_s} s"
        pause.wait(0.01)


@contextmanager
def running_broker(folder: Path, port: int | None = None) -> Iterator[int]:
    """A Mosquitto of its own; yields its port."""
    chosen = port or free_port()
    folder.mkdir(parents=True, exist_ok=True)
    process = subprocess.Popen(
        command(Kind.MOSQUITTO, chosen, folder), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        eventually(lambda: accepts(chosen))
        yield chosen
    finally:
        process.kill()
        process.wait()


@contextmanager
def in_thread(work: Callable[[threading.Event], None]) -> Iterator[threading.Event]:
    """Runs `work(stop)` and stops it at the end; an error in it is raised there."""
    stop = threading.Event()
    with ThreadPoolExecutor(max_workers=1) as thread:
        done = thread.submit(work, stop)
        try:
            yield stop
        finally:
            stop.set()
        done.result(timeout=20)


class Bench:
    """One site with its store, and one central with its store; agent and ingest run when asked."""

    def __init__(self, folder: Path, broker_port: int, central_url: str, stack: ExitStack) -> None:
        self.central_key: SigningKey = load_or_create(folder / "central.key")
        self.carrier = folder / "net"
        (self.carrier / "eth0").mkdir(parents=True)
        self.settings = SiteSettings(
            site=Site(code="31.74.05.1001", name="Kelurahan Uji", address="Jl. Uji 1"),
            sync=SyncSettings(
                central_key=public_hex(self.central_key),
                broker_port=broker_port,
                carrier_dir=str(self.carrier),
            ),
            paths=SitePaths(data_dir=str(folder / "site")),
        )
        self.broker_port = broker_port
        migrate_site(self.settings.database, self.settings.device)
        self.device_key = load_or_create(self.settings.device_key)
        migrate_central(central_url)
        self.site: Store = open_store(self.settings.database)
        stack.callback(self.site.close)
        self.central: CentralStore = open_central(central_url)
        stack.callback(self.central.close)
        card = SiteCard(code=self.settings.site.code, name="Kelurahan Uji", address="Jl. Uji 1")
        self.central.enrol(self.settings.device, bytes(self.device_key.verify_key), card)

    def through(self, port: int) -> None:
        """Lets the agent reach the broker by another port, e.g. a proxy's."""
        self.settings = msgspec.structs.replace(
            self.settings, sync=msgspec.structs.replace(self.settings.sync, broker_port=port)
        )

    def agent(self) -> AbstractContextManager[threading.Event]:
        return in_thread(lambda stop: daemon.run(self.settings, stop))

    def ingest(self) -> AbstractContextManager[threading.Event]:
        broker = BrokerAddress("127.0.0.1", self.broker_port)
        return in_thread(lambda stop: worker.run(self.central, self.central_key, [broker], ALL_SHARDS, stop))
