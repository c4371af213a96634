"""A kiosk, a broker and a central as their own processes, from the commands that a machine's units run.

Everything listens on the loopback; both databases commit with synchronous FULL (PostgreSQL with fsync on).
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from kiosk.core.event import Lane
from kiosk.core.settings import SiteSettings, load_site
from sync.central.store import SiteCard, open_central
from sync.central.store import migrate as migrate_central
from sync.keys import load_or_create, public_hex
from tests.ports import free_port

SITE_CODE = "31.74.05.1001"
DEVICE = f"{SITE_CODE}-k1"
ROOT = Path(__file__).parents[1]
LOOK_EVERY_S = 0.004

_BROKER = """\
listener {port} 127.0.0.1
allow_anonymous true
user root
persistence false
max_packet_size 262144
max_queued_messages 1000
set_tcp_nodelay true
log_dest stderr
log_type subscribe
"""


class TooSlow(RuntimeError):
    """Something did not happen within its time; the message says what."""


def wait_until(true: Callable[[], object], what: str, within_s: float, look_every_s: float = LOOK_EVERY_S) -> None:
    """Returns as soon as `true()` is. Raises TooSlow."""
    until_s, pause = time.monotonic() + within_s, threading.Event()
    while not true():
        if time.monotonic() > until_s:
            raise TooSlow(f"{what}: not within {within_s:.0f} s")
        pause.wait(look_every_s)


@contextmanager
def running(arguments: list[str], log: Path, unit: str = "") -> Iterator[subprocess.Popen[bytes]]:
    """A child process whose output goes to `log`, with the environment that the `unit` gives; it is asked to end, then
    made to."""
    environment = {**os.environ, "KENTONGAN_CLOCK": "synchronised", "PYTHONPATH": str(ROOT), **_environment_of(unit)}
    with log.open("ab") as out:
        process = subprocess.Popen(arguments, stdout=out, stderr=subprocess.STDOUT, cwd=ROOT, env=environment)
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _environment_of(unit: str) -> dict[str, str]:
    """What the lines `Environment=` of a unit of ours set."""
    lines = (ROOT / "deploy/units" / unit).read_text().splitlines() if unit else []
    words = [word for line in lines if line.startswith("Environment=") for word in line[12:].split()]
    return dict(word.split("=", 1) for word in words if not word.startswith("PYTHON"))


def mosquitto() -> str | None:
    """Debian puts it where an ordinary user's PATH does not look."""
    return shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")


@contextmanager
def running_mosquitto(folder: Path, settings: str, port: int) -> Iterator[Path]:
    """A Mosquitto with these settings; yields its log once it accepts connections."""
    program = mosquitto()
    assert program is not None, "mosquitto is not installed"
    folder.mkdir(parents=True, exist_ok=True)
    configuration, log = folder / "mosquitto.conf", folder / "mosquitto.log"
    configuration.write_text(settings)
    with running([program, "-c", str(configuration)], log):
        wait_until(lambda: _accepts(port), "broker accepts connections", 10)
        yield log


def _accepts(port: int) -> bool:
    import socket

    with closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Rig:
    """One enrolled kiosk with its settings files; agent and ingest run when asked."""

    def __init__(
        self, folder: Path, central_url: str, journal: Path, link_port: int | None = None, bridge: str = ""
    ) -> None:
        """`bridge`: the `[bridge]` tables of the settings, as TOML."""
        self.folder, self.central_url, self._bridge = folder, central_url, bridge
        self.broker_port = free_port()
        self.link_port = link_port
        folder.mkdir(parents=True)
        (folder / "net").mkdir()
        (folder / "site").mkdir()
        self.database = folder / "site" / "kiosk.db"
        shutil.copy(journal, self.database)
        os.sync()  # else the first commits wait for the copy to be written back
        self._central_key = load_or_create(folder / "central.key")
        migrate_central(central_url)
        self.write_settings()
        key = load_or_create(self.settings().device_key)
        with closing(open_central(central_url)) as central:
            card = SiteCard(code=SITE_CODE, name="Kelurahan Uji", address="Jl. Uji 1")
            central.enrol(DEVICE, bytes(key.verify_key), card)

    @property
    def site_toml(self) -> Path:
        return self.folder / "site.toml"

    def settings(self) -> SiteSettings:
        return load_site(self.site_toml)

    def write_settings(self) -> None:
        """Writes both settings files anew; call it after `link_port` (the agent's way to the broker) has changed."""
        self.site_toml.write_text(
            f'[site]\ncode = "{SITE_CODE}"\nname = "Kelurahan Uji"\naddress = "Jl. Uji 1"\n'
            f'[sync]\ncentral_key = "{public_hex(self._central_key)}"\n'
            f'broker_port = {self.link_port or self.broker_port}\ncarrier_dir = "{self.folder / "net"}"\n'
            f'[paths]\ndata_dir = "{self.folder / "site"}"\n'
            f"{self._bridge}"
        )
        (self.folder / "central.toml").write_text(
            f'[central]\ndatabase = "{self.central_url}"\nbrokers = ["mqtt://127.0.0.1:{self.broker_port}"]\n'
            f'signing_key = "{self.folder / "central.key"}"\n'
        )

    @contextmanager
    def central(self) -> Iterator[subprocess.Popen[bytes]]:
        """Broker and ingest worker; entered once the worker has subscribed, so no run pays for its start."""
        with running_mosquitto(self.folder / "broker", _BROKER.format(port=self.broker_port), self.broker_port) as log:
            ingest = [*_kentongan(), "central", "ingest", "--config", str(self.folder / "central.toml")]
            with running(ingest, self.folder / "ingest.log") as process:
                wait_until(lambda: b"/batch" in log.read_bytes(), "ingest subscribes", 20)
                yield process

    @contextmanager
    def agent(self) -> Iterator[subprocess.Popen[bytes]]:
        """The sync daemon with what a kiosk has installed: psycopg belongs to the central, and peewee would load it."""
        without_psycopg = "import sys; sys.modules['psycopg'] = None; from deploy.cli import main; main(sys.argv[1:])"
        command = [sys.executable, "-c", without_psycopg, "sync", "run", "--config", str(self.site_toml)]
        with running(command, self.folder / "agent.log", "kentongan-sync.service") as process:
            yield process

    @contextmanager
    def bridge(self) -> Iterator[subprocess.Popen[bytes]]:
        """The bridge daemon, with the hardware that the settings name."""
        command = [*_kentongan(), "bridge", "run", "--config", str(self.site_toml)]
        with running(command, self.folder / "bridge.log") as process:
            yield process

    @contextmanager
    def watch(self) -> Iterator[Callable[[Lane], tuple[int, int]]]:
        """A look at a lane from outside: (acknowledged seq, last seq), as they are on the kiosk's disk."""
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as connection:

            def look(lane: Lane) -> tuple[int, int]:
                sql = "SELECT acknowledged_seq, last_seq FROM stream WHERE lane = ?"
                acknowledged, last = connection.execute(sql, (lane.value,)).fetchone()
                return int(acknowledged), int(last)

            yield look

    def held_by_central(self, lane: Lane) -> int:
        """How far the central holds that lane without a gap. Raises when it holds any fault."""
        with closing(open_central(self.central_url)) as central:
            faults = {name: count for name, count in central.faults().items() if count}
            assert not faults, f"the central found faults: {faults}"
            epoch = _epoch(self.database)
            cursors = central.cursors(DEVICE, epoch)
            return cursors[lane].committed_through if lane in cursors else 0


def _epoch(database: Path) -> str:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return str(connection.execute("SELECT epoch FROM identity").fetchone()[0])


def _kentongan() -> list[str]:
    return [sys.executable, "-m", "deploy.cli"]
