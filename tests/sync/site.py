"""Sites and a central on one machine, with a real broker between them, for tests of the way from one to the other."""

from __future__ import annotations

import json
import subprocess
import sys
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
from kiosk.store.outbox import backlogs
from sync.agent import daemon
from sync.central.ingest import worker
from sync.central.ingest.consumer import BrokerAddress
from sync.central.store import CentralStore, SiteCard, open_central
from sync.central.store import migrate as migrate_central
from sync.keys import load_or_create, public_hex
from tests.ports import free_port

ALL_SHARDS = frozenset(range(64))
SITE_CODE = "31.74.05.1001"


def eventually(true: Callable[[], object], within_s: float = 15.0) -> None:
    """Returns as soon as `true()` is; fails when it is not within `within_s`."""
    until, pause = time.monotonic() + within_s, threading.Event()
    while not true():
        assert time.monotonic() < until, f"not within {within_s} s"
        pause.wait(0.01)


@contextmanager
def running_broker(folder: Path, port: int | None = None, **settings: object) -> Iterator[int]:
    """A Mosquitto of its own that keeps nothing; yields its port. `settings` replace or add lines of its file."""
    chosen = port or free_port()
    folder.mkdir(parents=True, exist_ok=True)
    started = command(Kind.MOSQUITTO, chosen, folder)
    file = folder / "mosquitto.conf"
    kept = [line for line in file.read_text().splitlines() if line.split(" ")[0] not in settings]
    file.write_text("\n".join([*kept, *(f"{name} {value}" for name, value in settings.items()), ""]))
    process = subprocess.Popen(started, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
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


class Kiosk:
    """One kiosk with its store and key; its agent runs when asked, in a thread or as the real process."""

    def __init__(self, folder: Path, broker_port: int, central_key: SigningKey, stack: ExitStack, name: str) -> None:
        self.carrier = folder / f"net-{name}"
        (self.carrier / "eth0").mkdir(parents=True)
        self._toml = folder / f"{name}.toml"
        self.settings = SiteSettings(
            site=Site(code=SITE_CODE, name="Kelurahan Uji", address="Jl. Uji 1"),
            sync=SyncSettings(
                central_key=public_hex(central_key), broker_port=broker_port, carrier_dir=str(self.carrier)
            ),
            kiosk_id=name,
            paths=SitePaths(data_dir=str(folder / name)),
        )
        migrate_site(self.settings.database, self.settings.device)
        self.device_key = load_or_create(self.settings.device_key)
        self.site: Store = open_store(self.settings.database)
        stack.callback(self.site.close)

    @property
    def device(self) -> str:
        return self.settings.device

    def through(self, port: int) -> None:
        """Lets the agent reach the broker by another port, e.g. a proxy's."""
        self.settings = msgspec.structs.replace(
            self.settings, sync=msgspec.structs.replace(self.settings.sync, broker_port=port)
        )

    def waiting(self) -> int:
        """How many events the central has not proven to hold."""
        return sum(backlog.waiting for backlog in backlogs(self.site).values())

    def agent(self) -> AbstractContextManager[threading.Event]:
        return in_thread(lambda stop: daemon.run(self.settings, stop))

    @contextmanager
    def agent_process(self, module: str = "deploy.cli") -> Iterator[subprocess.Popen[bytes]]:
        """`kentongan sync run` as a process of its own, killed at the end; `module` may be a variant of it."""
        site, sync, paths = (
            "".join(f"{name} = {json.dumps(value)}\n" for name, value in msgspec.to_builtins(table).items() if value)
            for table in (self.settings.site, self.settings.sync, self.settings.paths)
        )
        name = json.dumps(self.settings.kiosk_id)
        self._toml.write_text(f"kiosk_id = {name}\n[site]\n{site}[sync]\n{sync}[paths]\n{paths}")
        run = (sys.executable, "-m", module, "sync", "run", "--config", str(self._toml))
        with subprocess.Popen(run, stdout=subprocess.DEVNULL) as process:
            try:
                yield process
            finally:
                process.kill()


class Bench(Kiosk):
    """One kiosk, and one central with its store; agent and ingest run when asked."""

    def __init__(self, folder: Path, broker_port: int, central_url: str, stack: ExitStack) -> None:
        self.central_key: SigningKey = load_or_create(folder / "central.key")
        self.broker_port, self.folder, self._stack = broker_port, folder, stack
        super().__init__(folder, broker_port, self.central_key, stack, "k1")
        migrate_central(central_url)
        self.central: CentralStore = open_central(central_url)
        stack.callback(lambda: self.central.close())
        self._enrol(self)

    def another_kiosk(self, name: str) -> Kiosk:
        """One more kiosk of the same site, enrolled."""
        kiosk = Kiosk(self.folder, self.broker_port, self.central_key, self._stack, name)
        self._enrol(kiosk)
        return kiosk

    def _enrol(self, kiosk: Kiosk) -> None:
        card = SiteCard(code=SITE_CODE, name="Kelurahan Uji", address="Jl. Uji 1")
        self.central.enrol(kiosk.settings.device, bytes(kiosk.device_key.verify_key), card)

    def ingest(self) -> AbstractContextManager[threading.Event]:
        broker = BrokerAddress("127.0.0.1", self.broker_port)
        return in_thread(lambda stop: worker.run(self.central, self.central_key, [broker], ALL_SHARDS, stop))
